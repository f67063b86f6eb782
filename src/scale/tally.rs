//! Counts of customers by value, which add up.

use core::fmt::Debug;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::runs::merged;
use crate::scale::CutPoints;
use crate::scale::ranks::{bin_ranks, bin_ranks_from_top, share_ranks};

/// The number of customers of each value: all that quantile cuts need to know of a population, exact and mergeable.
///
/// The tally of two groups of customers is the [`merge`](Tally::merge) of theirs, whoever is in which and in whatever
/// order, and its [`cut_points`](Tally::cut_points) are those of [`CutPoints::fit`] on all the values. So a fit can be
/// split over threads, machines or files; and a nightly job takes out yesterday's value of each customer who bought,
/// and puts in today's. The empty tally is neutral.
///
/// It holds one entry per **distinct** value: a few thousand for days and counts. For amounts of money there is
/// [`MoneyTally`](crate::scale::MoneyTally). Values that compare as equal are one value. To add or remove a customer takes
/// time `log n` in distinct values (many at once are faster by [`extend`](Extend::extend)); to merge or cut, time linear
/// in them.
///
/// # Examples
///
/// ```
/// use repurchase::scale::{CutPoints, Tally};
///
/// let mut north: Tally<u32> = [1, 1, 1, 9].into_iter().collect();
/// let south: Tally<u32> = [1, 1, 1, 2, 3, 5].into_iter().collect();
/// north.merge(&south)?;
/// assert_eq!(north.customers(), 10);
/// assert_eq!(north.cut_points(5)?, CutPoints::fit([1, 1, 1, 1, 1, 1, 2, 3, 5, 9], 5)?);
///
/// // Somebody who had bought twice buys again.
/// north.remove(&2, 1)?;
/// north.add(3, 1)?;
/// assert_eq!(north.iter().collect::<Vec<_>>(), [(&1, 6), (&3, 2), (&5, 1), (&9, 1)]);
/// assert_eq!(north.remove(&2, 1).unwrap_err().to_string(), "too few customers of 2 to take 1 out of a tally: it counts 0");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tally<T> {
    /// The customers of each value, 1 or more.
    counts: BTreeMap<T, u64>,
    /// The sum of these numbers.
    customers: u64,
}

/// The most customers: as many as a signed number of 64 bits can count, which is what databases have.
const MOST: u64 = i64::MAX as u64;

impl<T: Ord> Tally<T> {
    /// The tally of nobody.
    pub const fn new() -> Self {
        Self { counts: BTreeMap::new(), customers: 0 }
    }

    /// Adds `customers` customers with this value.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for more than `2^63 - 1` customers in all; the tally is then unchanged.
    pub fn add(&mut self, value: T, customers: u64) -> Result<()> {
        self.customers = self.with(customers)?;
        if customers > 0 {
            *self.counts.entry(value).or_insert(0) += customers;
        }
        Ok(())
    }

    /// Takes away `customers` customers with this value.
    ///
    /// # Errors
    ///
    /// [`Error::TallyShort`] when there are not as many of this value; the tally is then unchanged.
    pub fn remove(&mut self, value: &T, customers: u64) -> Result<()>
    where
        T: Debug,
    {
        self.take(value, customers).map_err(|counted| Error::tally_short(value, customers, counted))
    }

    /// [`remove`](Tally::remove), or how many there are where they are too few.
    pub(crate) fn take(&mut self, value: &T, customers: u64) -> Result<(), u64> {
        match self.counts.get_mut(value) {
            _ if customers == 0 => return Ok(()),
            Some(count) if *count > customers => *count -= customers,
            Some(count) if *count == customers => drop(self.counts.remove(value)),
            Some(&mut count) => return Err(count),
            None => return Err(0),
        }
        self.customers -= customers;
        Ok(())
    }

    /// Counts the customers of another tally, too: others than those who are counted here.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for more than `2^63 - 1` customers in all; the tally is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()>
    where
        T: Clone,
    {
        self.customers = self.with(other.customers)?;
        self.absorb(other.counts.iter().map(|(value, &count)| (value.clone(), count)), other.distinct());
        Ok(())
    }

    /// Cuts the values into `bins` bins of equal shares: [`CutPoints::fit`] on the value of each customer.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `bins` is not within 2..=255; [`Error::NoCustomers`] for the tally of nobody.
    pub fn cut_points(&self, bins: u8) -> Result<CutPoints<T>>
    where
        T: Clone,
    {
        Ok(self.at_ranks(&bin_ranks(self.customers, bins)?))
    }

    /// The smallest values of `bins` bins that are counted from the top.
    pub(crate) fn cut_points_from_top(&self, bins: u8) -> Result<CutPoints<T>>
    where
        T: Clone,
    {
        Ok(self.at_ranks(&bin_ranks_from_top(self.customers, bins)?))
    }

    /// Cuts the values where the given shares of the customers lie below: [`CutPoints::fit_shares`] on the value of
    /// each customer.
    ///
    /// # Errors
    ///
    /// [`Error::Share`] for a share that is not above 0 and below 1, [`Error::NotAscending`] when one is not above the
    /// one before it, [`Error::NoCustomers`] for the tally of nobody.
    pub fn cut_points_at(&self, shares: &[Decimal]) -> Result<CutPoints<T>>
    where
        T: Clone,
    {
        Ok(self.at_ranks(&share_ranks(self.customers, shares)?))
    }

    /// Counts of strictly ascending values. Of more customers than a tally counts, the last are left out.
    pub(crate) fn of_ascending(counts: impl IntoIterator<Item = (T, u64)>) -> Self {
        let mut customers = 0;
        let within = |(value, count): (T, u64)| {
            let count = count.min(MOST - customers);
            customers += count;
            (count > 0).then_some((value, count))
        };
        // A map of ascending entries is built in linear time.
        let counts = counts.into_iter().filter_map(within).collect();
        Self { counts, customers }
    }

    /// The same customers by another unit in which distinct values stay distinct and in order.
    pub(crate) fn map<U: Ord>(self, unit: impl Fn(T) -> U) -> Tally<U> {
        let counts = self.counts.into_iter().map(|(value, count)| (unit(value), count));
        Tally { counts: counts.collect(), customers: self.customers }
    }

    /// The values of ascending ranks from 1 to the number of customers.
    fn at_ranks(&self, ranks: &[u64]) -> CutPoints<T>
    where
        T: Clone,
    {
        let (mut cuts, mut passed, mut ranks) = (Vec::with_capacity(ranks.len()), 0, ranks.iter().peekable());
        for (value, count) in &self.counts {
            passed += count;
            while ranks.next_if(|&&rank| rank <= passed).is_some() {
                cuts.push(value.clone());
            }
        }
        CutPoints::ascending(cuts)
    }

    /// The number of customers after `more` are added.
    fn with(&self, more: u64) -> Result<u64> {
        let customers = self.customers.checked_add(more).filter(|&customers| customers <= MOST);
        customers.ok_or(Error::CountOverflow { field: "number of customers in a tally" })
    }

    /// Counts of strictly ascending values, of customers who are counted already.
    fn absorb(&mut self, counts: impl Iterator<Item = (T, u64)>, distinct: usize) {
        if distinct < self.counts.len() / 16 {
            for (value, count) in counts {
                *self.counts.entry(value).or_insert(0) += count;
            }
        } else {
            // A map of ascending entries is built in linear time.
            self.counts = both(core::mem::take(&mut self.counts).into_iter(), counts).collect();
        }
    }
}

impl<T> Tally<T> {
    /// The number of customers.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// Whether nobody is counted.
    pub const fn is_empty(&self) -> bool {
        self.customers == 0
    }

    /// The number of distinct values.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// The smallest value; `None` when nobody is counted.
    pub fn smallest(&self) -> Option<&T> {
        self.counts.keys().next()
    }

    /// The largest value; `None` when nobody is counted.
    pub fn largest(&self) -> Option<&T> {
        self.counts.keys().next_back()
    }

    /// Each value, ascending, with the number of its customers, 1 or more.
    pub fn iter(&self) -> impl Iterator<Item = (&T, u64)> + '_ {
        self.counts.iter().map(|(value, &count)| (value, count))
    }
}

/// The counts of two tallies, by ascending value.
fn both<T: Ord>(
    left: impl Iterator<Item = (T, u64)>,
    right: impl Iterator<Item = (T, u64)>,
) -> impl Iterator<Item = (T, u64)> {
    merged(left, right, |(left, _), (right, _)| left.cmp(right), |(value, left), (_, right)| (value, left + right))
}

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self { counts: BTreeMap::new(), customers: 0 }
    }
}

/// One customer of each value.
impl<T: Ord> Extend<T> for Tally<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        let mut values: Vec<T> = values.into_iter().collect();
        values.sort_unstable();
        // No memory holds 2^63 values.
        self.customers += values.len() as u64;
        let mut counts: Vec<(T, u64)> = Vec::new();
        for value in values {
            match counts.last_mut() {
                Some((last, count)) if *last == value => *count += 1,
                _ => counts.push((value, 1)),
            }
        }
        let distinct = counts.len();
        self.absorb(counts.into_iter(), distinct);
    }
}

/// One customer of each value.
impl<T: Ord> FromIterator<T> for Tally<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut tally = Self::new();
        tally.extend(values);
        tally
    }
}

/// Values with the number of their customers, as a database groups them.
///
/// # Errors
///
/// [`Error::NotAscending`] when a value is not above the one before it, [`Error::OutOfRange`] for a number of 0,
/// [`Error::CountOverflow`] for more than `2^63 - 1` customers in all.
impl<T: Ord> TryFrom<Vec<(T, u64)>> for Tally<T> {
    type Error = Error;

    fn try_from(counts: Vec<(T, u64)>) -> Result<Self> {
        Error::ascending("values of a tally", &counts, |(lower, _), (upper, _)| lower >= upper)?;
        let mut tally = Self::new();
        for &(_, count) in &counts {
            // More than most of them is refused below.
            Error::within("customers of a value", count.min(MOST), 1..=MOST)?;
            tally.customers = tally.with(count)?;
        }
        tally.counts = counts.into_iter().collect();
        Ok(tally)
    }
}

crate::stored::stored! {
    Tally<T: Ord>(tally) as counts: Vec<(T, u64)> = tally.iter().collect::<Vec<_>>() => Self::try_from(counts)
}
