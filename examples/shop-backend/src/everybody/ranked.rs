//! Customers in the order of what the models expect of them: whom it is worth to call first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use repurchase::predict::rounded_to_money;
use repurchase::rust_decimal::prelude::ToPrimitive;
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::shop::Figure;

use super::block::Block;
use super::{Everybody, Part};
use crate::money::Currency;

/// Of whom the models say nothing: they stand last.
const NOTHING: i64 = i64::MIN;

/// What is asked for: by which figure, in which money, of which labels by their keys.
#[derive(Debug, Clone)]
pub(crate) struct Rank {
    pub(crate) figure: Figure,
    pub(crate) currency: Currency,
    pub(crate) labels: Vec<(LabelKind, String)>,
}

/// Where a customer stands: by the figure in minor units, the highest first; of equal ones by id.
type Place<'a> = (Reverse<i64>, &'a str);

impl Rank {
    /// In minor units.
    fn of(&self, value: Option<f64>) -> repurchase::Result<i64> {
        let Some(value) = value else { return Ok(NOTHING) };
        let money = rounded_to_money(value, self.currency.decimals())?;
        Ok(self.currency.minor(money).unwrap_or(i64::MAX))
    }

    /// A value next to those of a rank, by so many units, and of another rank for sure: roundings keep the order.
    fn beside(&self, rank: i64, units: i64) -> Option<f64> {
        let beside = rank.checked_add(units)?;
        let value = self.currency.decimal(beside).to_f64()?;
        (self.of(Some(value)).ok()? == beside).then_some(value)
    }
}

impl Everybody {
    /// Whether the models say it of anybody.
    pub(crate) fn knows(&self, figure: Figure) -> bool {
        self.blocks().any(|(block, _)| block.profiles.figures(figure).any(|value| value.is_some()))
    }

    /// The first customers behind a place, in their order. In one pass, in which most are left out at a glance.
    pub(crate) fn ranked<'a>(
        &'a self,
        rank: &Rank,
        behind: Option<Place<'a>>,
        limit: usize,
    ) -> repurchase::Result<Vec<Place<'a>>> {
        let mut first: BinaryHeap<Place<'a>> = BinaryHeap::with_capacity(limit + 1);
        let too_high = behind.and_then(|(Reverse(least), _)| rank.beside(least, 1));
        let mut too_low: Option<f64> = None;
        let mut add = |value: Option<f64>, id: &'a str| {
            let is_out = value.is_some_and(|value| {
                too_high.is_some_and(|bound| value > bound) || too_low.is_some_and(|bound| value < bound)
            });
            if is_out || limit == 0 {
                return Ok(());
            }
            let place = (Reverse(rank.of(value)?), id);
            if behind.is_some_and(|behind| place <= behind) {
                return Ok(());
            }
            if first.len() == limit {
                if first.peek().is_some_and(|last| place >= *last) {
                    return Ok(());
                }
                first.pop();
            }
            first.push(place);
            if first.len() == limit {
                too_low = first.peek().and_then(|(Reverse(least), _)| rank.beside(*least, -1));
            }
            Ok::<_, repurchase::Error>(())
        };
        for (block, part) in self.blocks() {
            let mut labels: Vec<_> =
                rank.labels.iter().map(|(kind, key)| (block.profiles.labels(*kind), key)).collect();
            for (position, value) in block.profiles.figures(rank.figure).enumerate() {
                // Each column goes on by one.
                let is_it = |(column, key): &mut (_, &String)| is_labelled(column, key);
                let of_labels = labels.iter_mut().map(is_it).fold(true, |all, one| all & one);
                if of_labels && part.is_none_or(|part| !part.is_hidden(position)) {
                    add(value, block.id(position))?;
                }
            }
        }
        if rank.labels.is_empty() {
            let later = self.recent.keys().filter(|id| self.latest.position(id).is_none());
            later.map(String::as_str).try_for_each(|id| add(None, id))?;
        }
        Ok(first.into_sorted_vec())
    }

    fn blocks(&self) -> impl Iterator<Item = (&Block, Option<&Part>)> {
        let settled = self.parts.iter().map(|part| (&*part.block, Some(part)));
        settled.chain([(&*self.latest, None)])
    }
}

fn is_labelled<'a>(column: &mut impl Iterator<Item = Option<&'a Label>>, key: &str) -> bool {
    column.next().flatten().is_some_and(|label| label.key() == key)
}
