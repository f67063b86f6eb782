//! Changes since earlier models, or an earlier day.

use std::collections::BTreeMap;

use super::models::ShopModels;
use super::profiles::Profiles;
use crate::error::Result;
use crate::history::Ledger;
use crate::record::CustomerId;
use crate::segment::{LabelKind, Migration};

impl ShopModels {
    /// Counts the customers who moved from one label to another since earlier models and an earlier ledger, for each
    /// kind of label that either shop has, by the labels' keys. The same ledger given twice tells what the new models
    /// change.
    ///
    /// Who has no label of a kind, or is not in a ledger, has entered or left it.
    ///
    /// # Errors
    ///
    /// As [`profile_all`](ShopModels::profile_all), of each ledger.
    pub fn changes<'a, Id: CustomerId + Sync>(
        &'a self,
        now: &Ledger<Id>,
        earlier: &'a Self,
        then: &Ledger<Id>,
    ) -> Result<BTreeMap<LabelKind, Migration<&'a str>>> {
        let (after, before) = (self.profile_all(now)?, earlier.profile_all(then)?);
        let pairs = pairs(then.ids(), now.ids());
        let kinds = LabelKind::ALL.into_iter().filter_map(|kind| {
            let (from, to) = (earlier.labels(kind), self.labels(kind));
            if from.is_empty() && to.is_empty() {
                return None;
            }
            let position = |profiles: &Profiles, customer: Option<usize>| profiles.label(kind).0.position_at(customer?);
            let width = to.len() + 1;
            let mut counts = vec![0u64; (from.len() + 1) * width];
            for &(old, new) in &pairs {
                let old = position(&before, old).map_or(0, |old| old + 1);
                let new = position(&after, new).map_or(0, |new| new + 1);
                if let Some(count) = counts.get_mut(old * width + new) {
                    *count += 1;
                }
            }
            let mut moved = BTreeMap::new();
            for (at, count) in counts.into_iter().enumerate().filter(|&(_, count)| count > 0) {
                let key = |labels: &[&'a crate::scale::Label], at: usize| {
                    at.checked_sub(1).and_then(|at| labels.get(at)).map(|label| label.key())
                };
                let pair = (key(&from, at / width), key(&to, at % width));
                if pair != (None, None) {
                    moved.insert(pair, count);
                }
            }
            Some((kind, Migration::of_counts(moved)))
        });
        Ok(kinds.collect())
    }
}

/// The positions of each customer in two ascending lists of ids.
fn pairs<Id: Ord>(left: &[Id], right: &[Id]) -> Vec<(Option<usize>, Option<usize>)> {
    let (mut pairs, mut at, mut other) = (Vec::with_capacity(left.len().max(right.len())), 0, 0);
    loop {
        let order = match (left.get(at), right.get(other)) {
            (None, None) => return pairs,
            (Some(_), None) => core::cmp::Ordering::Less,
            (None, Some(_)) => core::cmp::Ordering::Greater,
            (Some(one), Some(two)) => one.cmp(two),
        };
        pairs.push((order.is_le().then_some(at), order.is_ge().then_some(other)));
        at += usize::from(order.is_le());
        other += usize::from(order.is_ge());
    }
}
