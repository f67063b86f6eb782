//! One pass over a log or its parts, and the rules by which the counts become notes.

use core::fmt::Display;

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::alike::Spellings;
use super::customer::Customer;
use super::{MOST_EXAMPLES, Note, NoteCode, alike_of};
use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog, Times};
use crate::number::money;
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// A shop that has hardly opened has not seen anybody again.
const FEWEST_PURCHASES: u64 = 4;
/// An id of many persons has as many purchases, and as many times the mean of the other ids.
pub(super) const DOMINANT_PURCHASES: u64 = 30;
const DOMINANT_MEANS: u128 = 10;
/// The share of all purchases that such an id has: one in this number.
pub(super) const DOMINANT_PART: u64 = 10;
/// The number of purchases that repeat another one, and their share of all: one in this number. CDNOW has one in 329,
/// Online Retail one in 475.
const FEWEST_REPEATED: u64 = 3;
const REPEATED_PART: u64 = 50;
/// The fewest facts of which a day can be far from the others.
const FEWEST_FACTS: u64 = 20;
/// The largest share of facts on far days: one in this number.
const FAR_PART: u64 = 20;
const FAR_DAYS: u32 = 365;
/// The share of all spend of customers who got back more than half of theirs: one in this number.
const CREDITED_PART: i128 = 50;
/// The number of credits that equal no purchase, and their share of purchases: one in this number.
const FEWEST_UNMATCHED: u64 = 10;
const UNMATCHED_PART: u64 = 100;
/// The number of purchases of which 19 of 20 shops show one given back, if it is one in 3,333.
const MANY_PURCHASES: u64 = 10_000;

/// All that [`notes`](super::notes) counts of a log, where customers are counted apart: on many machines, or in parts that
/// fit memory one after the other.
///
/// Tallies of parts [merge](NoteTally::merge) to the tally of all of them, with the same notes.
///
/// **Population**: the customers of the logs, each in one of them with all purchases and credits.
///
/// With the feature `serde` it is stored, and so travels from one machine to another; [without ids](NoteTally::without_ids)
/// it does not grow with customers.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{NoteCode, NoteTally, notes};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let as_of = "2026-03-31".parse()?;
/// let log = |ids: core::ops::Range<u64>| {
///     let orders = ids.map(|id| Order::on(id, as_of, Decimal::TEN)).collect::<Result<Vec<_>, _>>()?;
///     PurchaseLog::from_records(orders, &ShopCalendar::utc())
/// };
/// let mut tally = NoteTally::of(&log(0..3)?, as_of);
/// tally.merge(&NoteTally::of(&log(3..5)?, as_of))?;
/// assert_eq!(tally.notes(), notes(&log(0..5)?, as_of));
/// assert_eq!((tally.notes()[0].code, tally.notes()[0].count), (NoteCode::EveryIdOnce, 5));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct NoteTally<Id> {
    pub(super) as_of: Day,
    /// The decimals of sums of money.
    pub(super) scale: u32,
    /// Whether the log that is folded has credits, which are matched with purchases.
    pub(super) keeps_facts: bool,
    pub(super) purchases: u64,
    pub(super) credits: u64,
    /// Customers with a purchase.
    pub(super) buyers: u64,
    /// Customers with a purchase or a credit, and how their ids are written; `None` without ids.
    pub(super) ids: Option<Vec<Id>>,
    pub(super) spellings: Spellings,
    /// The customers with most purchases, the most first, of equal ones the smaller id.
    pub(super) dominant: Vec<(u64, Id)>,
    pub(super) repeated: u64,
    pub(super) unmatched: u64,
    pub(super) spend: i128,
    pub(super) half_spend: i128,
    pub(super) half_customers: u64,
    /// The smallest ids of these customers.
    pub(super) half: Vec<Id>,
    pub(super) days: HashMap<Day, u64, FixedState>,
    pub(super) after: u64,
    pub(super) after_days: Option<(Day, Day)>,
    /// Whether nothing was given back; `false` where nobody has told.
    pub(super) has_no_refund: bool,
    pub(super) times: Times,
}

/// Ids are in no order: which customers finish first is not part of a tally.
impl<Id: Ord> PartialEq for NoteTally<Id> {
    fn eq(&self, other: &Self) -> bool {
        let counts = |of: &Self| [of.purchases, of.credits, of.buyers, of.repeated, of.unmatched, of.half_customers];
        let of_days = |of: &Self| (of.as_of, of.after, of.after_days, of.has_no_refund, of.times);
        let money = |of: &Self| (of.scale, of.spend, of.half_spend);
        counts(self) == counts(other)
            && of_days(self) == of_days(other)
            && money(self) == money(other)
            && (&self.spellings, &self.dominant, &self.half) == (&other.spellings, &other.dominant, &other.half)
            && self.days == other.days
            && self.ascending() == other.ascending()
    }
}

impl<Id: Ord> NoteTally<Id> {
    /// The ids in their order.
    pub(super) fn ascending(&self) -> Option<Vec<&Id>> {
        let mut ids: Vec<_> = self.ids.as_ref()?.iter().collect();
        ids.sort_unstable();
        Some(ids)
    }
}

impl<Id: CustomerId + Display> NoteTally<Id> {
    /// The tally of every customer of a log, up to and including a day.
    ///
    /// # Complexity
    ///
    /// That of [`notes`](super::notes).
    pub fn of(log: &PurchaseLog<Id>, as_of: NaiveDate) -> Self {
        let empty = || Self {
            as_of: as_of.into(),
            scale: log.scale(),
            keeps_facts: log.credits() > 0,
            purchases: 0,
            credits: 0,
            buyers: 0,
            ids: Some(Vec::new()),
            spellings: Spellings::default(),
            dominant: Vec::new(),
            repeated: 0,
            unmatched: 0,
            spend: 0,
            half_spend: 0,
            half_customers: 0,
            half: Vec::new(),
            days: HashMap::with_hasher(FixedState::with_seed(0)),
            after: 0,
            after_days: None,
            has_no_refund: log.has_no_refund(),
            times: log.times(),
        };
        let mut parts = log.fold_parts(NaiveDate::MAX, empty).into_iter();
        let mut whole = parts.next().unwrap_or_else(empty);
        parts.for_each(|part| whole.append(part));
        Self { keeps_facts: false, spellings: whole.spellings.seen(), ..whole }
    }

    /// Leaves the ids out, and the note on ids that are [alike](super::ids_alike), which may lie in two parts: that note is
    /// asked of ids that a program keeps beside. Ids that are examples of other notes stay. The tally then takes memory by
    /// days with a purchase or credit, and not by customers.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::measure::{NoteCode, NoteTally, ids_alike};
    /// use repurchase::{Order, PurchaseLog, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (as_of, ids) = ("2026-03-31".parse()?, ["Ann", "ann ", "bo", "cy"]);
    /// let orders = ids.map(|id| Order::on(id, as_of, Decimal::TEN)).into_iter().collect::<Result<Vec<_>, _>>()?;
    /// let tally = NoteTally::of(&PurchaseLog::from_records(orders, &ShopCalendar::utc())?, as_of);
    /// let codes = |tally: &NoteTally<&str>| tally.notes().iter().map(|note| note.code).collect::<Vec<_>>();
    /// assert_eq!(codes(&tally), [NoteCode::EveryIdOnce, NoteCode::IdsAlike]);
    /// assert_eq!(codes(&tally.without_ids()), [NoteCode::EveryIdOnce]);
    /// assert_eq!(ids_alike(ids).map(|note| note.count), Some(2));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn without_ids(self) -> Self {
        Self { ids: None, spellings: Spellings::default(), ..self }
    }

    /// Adds the customers of another part of the shop, which must share none with this one. Where one of the two is
    /// [without ids](Self::without_ids), so is the merged one.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for a tally as of another day; this one is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.as_of != other.as_of {
            return Err(Error::AsOfMismatch { left: self.as_of.date(), right: other.as_of.date() });
        }
        let mut other = other.clone();
        let scale = self.scale.max(other.scale);
        for tally in [&mut *self, &mut other] {
            // Compared, never shown: what passes 127 bits stays there.
            let finer = money::power(scale - tally.scale).unwrap_or(i128::MAX);
            tally.spend = tally.spend.saturating_mul(finer);
            tally.half_spend = tally.half_spend.saturating_mul(finer);
            tally.scale = scale;
        }
        self.has_no_refund &= other.has_no_refund;
        self.times.join(other.times);
        self.append(other);
        Ok(())
    }

    fn append(&mut self, other: Self) {
        self.purchases += other.purchases;
        self.credits += other.credits;
        self.buyers += other.buyers;
        if let (Some(ids), Some(more)) = (&mut self.ids, other.ids) {
            ids.extend(more);
            self.spellings.merge(&other.spellings);
        } else {
            (self.ids, self.spellings) = (None, Spellings::default());
        }
        for (purchases, id) in &other.dominant {
            self.add_dominant(*purchases, id);
        }
        self.repeated += other.repeated;
        self.unmatched += other.unmatched;
        self.spend = self.spend.saturating_add(other.spend);
        self.half_spend = self.half_spend.saturating_add(other.half_spend);
        self.half_customers += other.half_customers;
        for id in &other.half {
            self.add_half(id);
        }
        for (day, facts) in other.days {
            *self.days.entry(day).or_default() += facts;
        }
        self.after += other.after;
        let ends = other.after_days.map(|(first, last)| [first, last]);
        ends.into_iter().flatten().for_each(|day| self.widen_after(day));
    }

    fn widen_after(&mut self, day: Day) {
        let (first, last) = self.after_days.unwrap_or((day, day));
        self.after_days = Some((first.min(day), last.max(day)));
    }

    fn add_dominant(&mut self, purchases: u64, id: &Id) {
        if purchases >= DOMINANT_PURCHASES {
            // No more ids than these can have a tenth of all purchases each.
            let most = |(known, of): &(u64, Id)| (core::cmp::Reverse(*known), of) < (core::cmp::Reverse(purchases), id);
            let place = self.dominant.partition_point(most);
            if place < DOMINANT_PART as usize {
                self.dominant.insert(place, (purchases, id.clone()));
                self.dominant.truncate(DOMINANT_PART as usize);
            }
        }
    }

    fn add_half(&mut self, id: &Id) {
        let place = self.half.partition_point(|known| known < id);
        if place < MOST_EXAMPLES {
            self.half.insert(place, id.clone());
            self.half.truncate(MOST_EXAMPLES);
        }
    }

    /// The notes on all customers, in the order of their codes.
    pub fn notes(&self) -> Vec<Note> {
        let facts = self.purchases + self.credits;
        let note = |code, count, of| Note { code, count, of, examples: Vec::new() };
        let text =
            |ids: &mut dyn Iterator<Item = &Id>| ids.take(MOST_EXAMPLES).map(|id| id.to_string().into()).collect();

        let is_once = self.purchases >= FEWEST_PURCHASES && self.buyers == self.purchases;
        let every_id_once = is_once.then(|| note(NoteCode::EveryIdOnce, self.buyers, self.buyers));
        let ids_alike = self.ids.as_ref().and_then(|ids| alike_of(&self.spellings, ids.len() as u64, ids.iter()));
        let is_repeated = self.repeated >= FEWEST_REPEATED && self.repeated > self.purchases / REPEATED_PART;
        let equal_rows = is_repeated.then(|| note(NoteCode::EqualRows, self.repeated, self.purchases));
        let after_as_of = self.after_days.map(|(first, last)| {
            let examples = if first == last { vec![first] } else { vec![first, last] };
            Note { examples: days(examples), ..note(NoteCode::AfterAsOf, self.after, facts + self.after) }
        });
        let is_credited = self.half_customers > 0 && self.half_spend > self.spend / CREDITED_PART;
        let credited_above_half = is_credited.then(|| {
            let examples = text(&mut self.half.iter());
            Note { examples, ..note(NoteCode::CreditedAboveHalf, self.half_customers, self.buyers) }
        });
        let is_unmatched = self.unmatched >= FEWEST_UNMATCHED && self.unmatched > self.purchases / UNMATCHED_PART;
        let credits_unmatched = is_unmatched.then(|| note(NoteCode::CreditsUnmatched, self.unmatched, self.credits));
        let is_kept = self.purchases >= MANY_PURCHASES && self.credits == 0 && self.has_no_refund;
        let is_turned = self.purchases == 0 && self.credits > 0;
        let one_sign = (is_kept || is_turned).then(|| note(NoteCode::OneSign, self.credits, facts));
        let is_midnight = facts >= FEWEST_FACTS && self.times.are_midnights_of_other_days();
        let all_at_midnight = is_midnight.then(|| note(NoteCode::AllAtMidnight, facts, facts));
        let all = [
            every_id_once,
            self.one_id_dominates(),
            ids_alike,
            equal_rows,
            self.far_last_day(facts),
            after_as_of,
            credited_above_half,
            credits_unmatched,
            one_sign,
            all_at_midnight,
        ];
        all.into_iter().flatten().collect()
    }

    fn one_id_dominates(&self) -> Option<Note> {
        let dominates = |of: &&(u64, Id)| {
            let purchases = of.0;
            let (others, customers) = (self.purchases - purchases, self.buyers - 1);
            let is_part = purchases >= self.purchases.div_ceil(DOMINANT_PART);
            // purchases >= 10 * others / customers
            let (mine, theirs) = (u128::from(purchases) * u128::from(customers), DOMINANT_MEANS * u128::from(others));
            is_part && customers > 0 && mine >= theirs
        };
        let found: Vec<_> = self.dominant.iter().filter(dominates).collect();
        let count = found.iter().map(|(purchases, _)| purchases).sum();
        let examples = found.iter().take(MOST_EXAMPLES).map(|(_, id)| id.to_string().into()).collect();
        let note = Note { code: NoteCode::OneIdDominates, count, of: self.purchases, examples };
        (!found.is_empty()).then_some(note)
    }

    fn far_last_day(&self, facts: u64) -> Option<Note> {
        let mut by_day: Vec<_> = self.days.iter().map(|(&day, &facts)| (day, facts)).collect();
        by_day.sort_unstable();
        let first = by_day.first()?.0;
        let is_far = |pair: &[(Day, u64)]| {
            let gap = pair[1].0.since(pair[0].0);
            gap > FAR_DAYS && gap > pair[0].0.since(first)
        };
        let far = by_day.windows(2).enumerate().filter(|(_, pair)| is_far(pair));
        let mut far = far.map(|(place, _)| &by_day[place + 1..]);
        let count = |far: &[(Day, u64)]| far.iter().map(|(_, facts)| facts).sum::<u64>();
        // Of several gaps, the first after which there is little.
        let far = far.find(|far| facts >= FEWEST_FACTS && count(far) <= facts / FAR_PART)?;
        let examples = days(far.iter().take(MOST_EXAMPLES).map(|&(day, _)| day).collect());
        Some(Note { code: NoteCode::FarLastDay, count: count(far), of: facts, examples })
    }
}

fn days(days: Vec<Day>) -> Vec<Box<str>> {
    days.into_iter().map(|day| day.date().to_string().into()).collect()
}

impl<Id: CustomerId + Display> CustomerFold<Id> for NoteTally<Id> {
    type State = Customer;

    fn step(&mut self, _: &Id, customer: &mut Customer, fact: Fact) {
        if fact.day > self.as_of {
            self.after += 1;
            self.widen_after(fact.day);
            return;
        }
        *self.days.entry(fact.day).or_default() += 1;
        customer.add(fact, self.keeps_facts);
    }

    fn finish(&mut self, id: Id, mut customer: Customer) {
        self.purchases += customer.purchases;
        self.credits += customer.credits;
        self.buyers += u64::from(customer.purchases > 0);
        self.repeated += customer.repeated();
        self.unmatched += customer.unmatched();
        self.spend = self.spend.saturating_add(customer.spend);
        if customer.is_credited_above_half() {
            self.half_customers += 1;
            self.half_spend = self.half_spend.saturating_add(customer.spend);
            self.add_half(&id);
        }
        if customer.purchases + customer.credits > 0 {
            self.add_dominant(customer.purchases, &id);
            if let Some(ids) = &mut self.ids {
                self.spellings.see(&id);
                ids.push(id);
            }
        }
    }
}
