//! Visitors who had not bought, as of any day.

use chrono::TimeZone;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::sample::VisitorSample;
use crate::error::Result;
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::record::calendar::{Day, DayClock};
use crate::record::when::When;
use crate::record::{CustomerId, Interaction, InteractionKind, ProductId, ShopCalendar};

/// The interactions of each visitor up to a day, with the day of the first purchase.
pub(super) struct Past<'a, Id> {
    /// Ascending.
    visitors: Vec<&'a Id>,
    first_purchase: Vec<Option<Day>>,
    /// The acts by visitor, ascending, and then by day.
    acts: Vec<Act>,
    /// The day of the first interaction of all.
    pub(super) first: Option<Day>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Act {
    visitor: usize,
    day: Day,
    kind: InteractionKind,
    category: usize,
}

/// A visitor as of a day, and the day of the first purchase after it.
pub(super) struct Seen<'a, Id> {
    pub(super) id: &'a Id,
    pub(super) sample: VisitorSample,
    pub(super) first_purchase: Option<Day>,
}

impl<'a, Id: CustomerId> Past<'a, Id> {
    pub(super) fn of<P: ProductId + 'a, Tz: TimeZone>(
        log: &PurchaseLog<Id>,
        interactions: impl IntoIterator<Item = &'a Interaction<Id, P>>,
        calendar: &ShopCalendar<Tz>,
        as_of: Day,
    ) -> Result<Self> {
        let mut clock = DayClock::new(calendar);
        let mut found = Vec::new();
        for (index, one) in interactions.into_iter().enumerate() {
            let day = clock.day_of(When::At(one.at())).map_err(|error| error.at_record(index))?;
            if day <= as_of {
                found.push((one.customer(), day, one.kind(), one.product()));
            }
        }
        let mut visitors: Vec<&Id> = found.iter().map(|&(visitor, ..)| visitor).collect();
        visitors.sort_unstable();
        visitors.dedup();
        let mut categories: Vec<&P> = found.iter().map(|&(.., category)| category).collect();
        categories.sort_unstable();
        categories.dedup();
        // Every one is there.
        let acts = found.iter().map(|&(visitor, day, kind, category)| Act {
            visitor: visitors.binary_search(&visitor).unwrap_or_default(),
            day,
            kind,
            category: categories.binary_search(&category).unwrap_or_default(),
        });
        let mut acts: Vec<Act> = acts.collect();
        acts.sort_unstable();
        let first = acts.iter().map(|act| act.day).min();
        let new = || FirstFold { days: HashMap::with_hasher(FixedState::with_seed(0)) };
        let days = log.fold_joined(as_of.date(), new, |fold, other| {
            fold.days.extend(other.days.iter().map(|(customer, &day)| (customer.clone(), day)));
        });
        let first_purchase = visitors.iter().map(|&visitor| days.days.get(visitor).copied()).collect();
        Ok(Self { visitors, first_purchase, acts, first })
    }

    /// Returns those with an interaction in the `lookback` days up to and including a day, and without a purchase up to
    /// it; ascending by id.
    pub(super) fn seen(&self, as_of: Day, lookback: u32) -> Vec<Seen<'a, Id>> {
        let (mut seen, mut own, mut categories) = (Vec::new(), Vec::new(), Vec::new());
        for acts in self.acts.chunk_by(|left, right| left.visitor == right.visitor) {
            let Some(visitor) = acts.first().map(|act| act.visitor) else { continue };
            let first_purchase = self.first_purchase[visitor];
            if first_purchase.is_some_and(|day| day <= as_of) {
                continue;
            }
            own.clear();
            categories.clear();
            for act in acts.iter().filter(|act| act.day <= as_of && as_of.since(act.day) < lookback) {
                own.push((as_of.since(act.day), act.kind));
                categories.push(act.category);
            }
            categories.sort_unstable();
            categories.dedup();
            if let Some(sample) = VisitorSample::sorted(&mut own, categories.len()) {
                seen.push(Seen { id: self.visitors[visitor], sample, first_purchase });
            }
        }
        seen
    }
}

struct FirstFold<Id> {
    days: HashMap<Id, Day, FixedState>,
}

impl<Id: CustomerId> CustomerFold<Id> for FirstFold<Id> {
    type State = Option<Day>;

    fn step(&mut self, _: &Id, first: &mut Option<Day>, fact: Fact) {
        if fact.is_purchase() {
            first.get_or_insert(fact.day);
        }
    }

    fn finish(&mut self, customer: Id, first: Option<Day>) {
        self.days.extend(first.map(|day| (customer, day)));
    }
}
