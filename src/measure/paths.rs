//! Category paths: which first category leads to which second one.

use core::borrow::Borrow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use hashbrown::HashMap;

#[cfg(feature = "serde")]
use crate::error::Error;
use crate::history::{LineLog, ProductDay};
use crate::number::quotient;
use crate::record::calendar::Day;
use crate::record::{CustomerId, ProductId};
use crate::scale::Ratio;

/// The paths from the category of a customer's first purchase day to that of the second: which leads to which, and by
/// how much more often than by chance.
///
/// The **first** categories of a customer are those bought on the first purchase day in the log, the **second** ones
/// those bought on the next different purchase day, among them perhaps the first ones again. A day on which several
/// categories were bought counts for each of them: who takes tea and a pot on the first day and tea on the second
/// stands in tea to tea and in pot to tea, once in each. So no order of a day's lines is needed, a customer is never
/// counted twice in a cell, and rows of shops with such days add up to more than their customers.
///
/// **Population**: the customers with two purchase days or more up to and including the as-of day.
///
/// # Formula
///
/// `lift(A, B) = P(B is second | A is first) / P(B is second)`, that is `pairs(A, B) * customers / (first(A) *
/// second(B))`. Above 1, A leads to B more often than the shop's customers come to B in general. Of few customers it is
/// a guess: look at the counts beside it.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::history::LineLog;
/// use repurchase::measure::CategoryPaths;
/// use repurchase::record::OrderLine;
/// use repurchase::{Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let line = |customer, day, category| {
///     let at = Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
///     OrderLine::new(customer, at, category, Decimal::ONE, Decimal::TEN)
/// };
/// let lines = [
///     line("ann", 1, "pots")?, line("ann", 5, "tea")?, line("bo", 2, "pots")?, line("bo", 9, "tea")?,
///     line("cy", 1, "tea")?, line("cy", 2, "cups")?, line("di", 4, "tea")?, line("di", 8, "tea")?,
///     line("ed", 1, "tea")?,
/// ];
/// let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
///
/// let paths = CategoryPaths::of(&log, NaiveDate::from_ymd_opt(2026, 3, 31).unwrap());
/// assert_eq!(paths.customers(), 4, "Ed has come once");
/// assert_eq!(paths.share(&"pots", &"tea"), Ratio::new(2, 2)?);
/// assert_eq!(paths.second(&"tea"), Ratio::new(3, 4)?);
/// assert_eq!(paths.lift(&"pots", &"tea"), Some(4.0 / 3.0));
/// assert_eq!(paths.lift(&"cups", &"tea"), None, "nobody began with cups");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("lift", "cross-sell"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryPaths<C> {
    customers: u64,
    first: BTreeMap<C, u64>,
    second: BTreeMap<C, u64>,
    /// The customers by first, then by second category.
    pairs: BTreeMap<C, BTreeMap<C, u64>>,
}

impl<C: ProductId> CategoryPaths<C> {
    /// Counts the paths up to and including a day. Takes time also for each customer's pairs of first and second
    /// categories: few for categories, many for the single products of full baskets.
    pub fn of<Id: CustomerId>(log: &LineLog<Id, C>, as_of: NaiveDate) -> Self {
        let as_of = Day::from(as_of);
        let mut customers = 0;
        let (mut first, mut second) = (vec![0; log.products().len()], vec![0; log.products().len()]);
        let mut pairs: HashMap<(u32, u32), u64, foldhash::fast::FixedState> = HashMap::default();
        for bought in log.by_customer() {
            let Some((first_day, second_day)) = first_two_days(bought, as_of) else { continue };
            customers += 1;
            let on = |day: Day| bought.iter().filter(move |one| one.day == day).map(|one| one.product);
            for from in on(first_day) {
                first[from as usize] += 1;
                for to in on(second_day) {
                    *pairs.entry((from, to)).or_default() += 1;
                }
            }
            for to in on(second_day) {
                second[to as usize] += 1;
            }
        }
        // Places are those of the log's categories.
        let name = |place: u32| log.products()[place as usize].clone();
        let named = |counts: Vec<u64>| {
            let counts = log.products().iter().zip(counts).filter(|&(_, count)| count > 0);
            counts.map(|(category, count)| (category.clone(), count)).collect()
        };
        let pairs = nested(pairs.into_iter().map(|((from, to), count)| (name(from), name(to), count)));
        Self { customers, first: named(first), second: named(second), pairs }
    }

    /// The customers whose first day holds `from` and whose second one `to`.
    pub fn count<Q: Ord + ?Sized>(&self, from: &Q, to: &Q) -> u64
    where
        C: Borrow<Q>,
    {
        self.pairs.get(from).and_then(|paths| paths.get(to)).copied().unwrap_or_default()
    }

    /// Customers whose first day holds the category, of all.
    pub fn first<Q: Ord + ?Sized>(&self, category: &Q) -> Ratio
    where
        C: Borrow<Q>,
    {
        Ratio::counted(self.first.get(category).copied().unwrap_or_default(), self.customers)
    }

    /// Customers whose second day holds the category, of all.
    pub fn second<Q: Ord + ?Sized>(&self, category: &Q) -> Ratio
    where
        C: Borrow<Q>,
    {
        Ratio::counted(self.second.get(category).copied().unwrap_or_default(), self.customers)
    }

    /// Customers whose second day holds `to`, of those whose first one holds `from`.
    pub fn share<Q: Ord + ?Sized>(&self, from: &Q, to: &Q) -> Ratio
    where
        C: Borrow<Q>,
    {
        Ratio::counted(self.count(from, to), self.first(from).count())
    }

    /// The lift of a path, correctly rounded; `None` when nobody began with `from` or nobody came to `to`.
    pub fn lift<Q: Ord + ?Sized>(&self, from: &Q, to: &Q) -> Option<f64>
    where
        C: Borrow<Q>,
    {
        // Counts are below 2^32.
        let product = |one: u64, other: u64| i128::from(one) * i128::from(other);
        let expected = product(self.first(from).count(), self.second(to).count());
        quotient(product(self.count(from, to), self.customers), expected)
    }
}

impl<C> CategoryPaths<C> {
    /// The customers with two purchase days or more.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// Every path that somebody took and how many did, ascending by first and then by second category.
    pub fn iter(&self) -> impl Iterator<Item = (&C, &C, u64)> {
        let paths = self.pairs.iter();
        paths.flat_map(|(from, paths)| paths.iter().map(move |(to, &count)| (from, to, count)))
    }
}

fn nested<C: Ord>(pairs: impl Iterator<Item = (C, C, u64)>) -> BTreeMap<C, BTreeMap<C, u64>> {
    let mut nested: BTreeMap<C, BTreeMap<C, u64>> = BTreeMap::new();
    for (from, to, count) in pairs {
        nested.entry(from).or_default().insert(to, count);
    }
    nested
}

/// The first two different days of one customer's purchases; `None` when there are not two up to `as_of`.
fn first_two_days(bought: &[ProductDay], as_of: Day) -> Option<(Day, Day)> {
    let days = || bought.iter().map(|one| one.day).filter(|&day| day <= as_of);
    let first = days().min()?;
    Some((first, days().filter(|&day| day > first).min()?))
}

// Lists instead of maps, whose keys need not be text.
crate::stored::stored! {
    CategoryPaths<C: ProductId>(paths) {
        customers: u64 = paths.customers,
        first: Vec<(C, u64)> = paths.first.clone().into_iter().collect(),
        second: Vec<(C, u64)> = paths.second.clone().into_iter().collect(),
        pairs: Vec<(C, C, u64)> = paths.iter().map(|(from, to, count)| (from.clone(), to.clone(), count)).collect(),
    } <=> {
        let lengths = [first.len(), second.len(), pairs.len()];
        let [first, second] = [first, second].map(|counts| counts.into_iter().collect::<BTreeMap<C, u64>>());
        // A log has fewer customers.
        Error::within("customers of paths", customers, 0..=u32::MAX.into())?;
        for &count in first.values().chain(second.values()) {
            Error::within("customers of paths", count, 1..=customers)?;
        }
        for (from, to, count) in &pairs {
            let most = first.get(from).min(second.get(to)).copied().unwrap_or_default();
            Error::within("customers of a path", *count, 1..=most)?;
        }
        let pairs = nested(pairs.into_iter());
        let kept = [first.len(), second.len(), pairs.values().map(BTreeMap::len).sum()];
        for (given, kept) in lengths.into_iter().zip(kept) {
            Error::within("categories that stand there once", given as u64, kept as u64..=kept as u64)?;
        }
        Ok(Self { customers, first, second, pairs })
    }
}
