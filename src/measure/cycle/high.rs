//! Products of a high repurchase rate.

use core::cmp::Ordering;

use rust_decimal::Decimal;

use super::{CycleTable, ProductCycle};
use crate::error::{Error, Result};
use crate::number::money;
use crate::number::wide::Wide;
use crate::record::ProductId;
use crate::scale::{CutPoints, Ratio};

/// A rate of a product by which it is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum ProductRate {
    /// [`ProductCycle::repeat_within`]: how many customers come back within the given days, of those observed for so
    /// long. It does not call a product slow because it is new.
    #[default]
    Within,
    /// [`ProductCycle::repeat_customers`]: how many customers have come back at all.
    Repeat,
}

impl ProductRate {
    /// The rate of a product.
    pub const fn of(self, cycle: &ProductCycle) -> Ratio {
        match self {
            Self::Within => cycle.repeat_within,
            Self::Repeat => cycle.repeat_customers,
        }
    }
}

/// The rule for products of a high repurchase rate: a threshold that the shop sets, or one that was fitted.
///
/// A product whose rate counts fewer than `min_customers` customers is never one: one customer of one who came back
/// says nothing of a product.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::ShopCalendar;
/// use repurchase::history::LineLog;
/// use repurchase::measure::{CycleOptions, CycleTable, HighRepurchase, ProductRate};
/// use repurchase::record::OrderLine;
/// use rust_decimal::Decimal;
///
/// let line = |customer, month, product| {
///     let at = Utc.with_ymd_and_hms(2026, month, 1, 12, 0, 0).unwrap();
///     OrderLine::new(customer, at, product, Decimal::ONE, Decimal::TEN)
/// };
/// let lines = [
///     line("ann", 1, "coffee")?, line("ann", 2, "coffee")?, line("bo", 1, "coffee")?, line("bo", 3, "coffee")?,
///     line("ann", 1, "pot")?, line("bo", 1, "pot")?, line("cy", 1, "mug")?, line("cy", 3, "mug")?,
/// ];
/// let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
/// let table = CycleTable::of(&log, NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(), &CycleOptions::default());
///
/// let at_least_half = HighRepurchase::at_least(Decimal::new(5, 1), ProductRate::Within, 2)?;
/// assert_eq!(at_least_half.products(&table).collect::<Vec<_>>(), [&"coffee"], "a mug has one customer");
/// let fitted = HighRepurchase::fit(&table, Decimal::new(5, 1), ProductRate::Within, 1)?;
/// assert_eq!(fitted.products(&table).count(), 0, "coffee and mug are equal, and together more than the upper half");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HighRepurchase {
    bound: Bound,
    rate: ProductRate,
    min_customers: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
enum Bound {
    AtLeast(#[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))] Decimal),
    Above(Ratio),
}

impl HighRepurchase {
    /// Products whose rate is `threshold` or more.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when `threshold` is not above 0 and at most 1.
    pub fn at_least(threshold: Decimal, rate: ProductRate, min_customers: u64) -> Result<Self> {
        if !(Decimal::ZERO < threshold && threshold <= Decimal::ONE) {
            let field = "threshold of the repurchase rate";
            return Err(Error::Amount { field, found: threshold, expected: "above 0 and at most 1" });
        }
        Ok(Self { bound: Bound::AtLeast(threshold), rate, min_customers })
    }

    /// Products above the share `share` of the table's products, by share below: a product is of a high rate when at
    /// least that share of the products has a strictly smaller one. A share of 0.8 makes the top 20%.
    ///
    /// **Population**: the products whose rate counts `min_customers` customers or more, and at least one. Equal rates
    /// are always on one side, so that there may be fewer at the top than their share, or none. Takes time linear in
    /// products on average.
    ///
    /// # Errors
    ///
    /// [`Error::Share`] when `share` is not above 0 and below 1; [`Error::NoCustomers`] when no product has enough
    /// customers.
    pub fn fit<P>(table: &CycleTable<P>, share: Decimal, rate: ProductRate, min_customers: u64) -> Result<Self> {
        let rates = table.iter().map(|(_, cycle)| rate.of(cycle));
        let rates = rates.filter(|ratio| ratio.of() >= min_customers.max(1)).map(ByValue);
        let cuts = match CutPoints::fit_shares(rates, &[share]) {
            Err(Error::NoCustomers { .. }) => Err(Error::NoCustomers { what: "a high repurchase rate" }),
            cuts => cuts,
        }?;
        // One share makes one cut.
        let cut = cuts.cuts().first().map_or_else(Ratio::default, |cut| lowest_terms(cut.0));
        Ok(Self { bound: Bound::Above(cut), rate, min_customers })
    }

    /// Whether a product is one.
    pub fn is_high(&self, cycle: &ProductCycle) -> bool {
        let ratio = self.rate.of(cycle);
        if ratio.of() < self.min_customers.max(1) {
            return false;
        }
        match self.bound {
            Bound::AtLeast(threshold) => is_at_least(ratio, threshold),
            Bound::Above(cut) => ByValue(ratio) > ByValue(cut),
        }
    }

    /// The products that are, ascending.
    pub fn products<'a, P: ProductId>(&self, table: &'a CycleTable<P>) -> impl Iterator<Item = &'a P> {
        table.iter().filter(|(_, cycle)| self.is_high(cycle)).map(|(product, _)| product)
    }
}

/// Whether `count / of >= threshold`, exactly, for a threshold within 0..=1.
fn is_at_least(ratio: Ratio, threshold: Decimal) -> bool {
    let threshold = threshold.normalize();
    let Some(unit) = money::power(threshold.scale()) else { return false };
    // Both sides are parts of `of * unit`, of 64 and 94 bits.
    let product = |count: u64, factor: i128| Wide::from(factor.unsigned_abs()).times(count);
    product(ratio.count(), unit) >= product(ratio.of(), threshold.mantissa())
}

/// The same value whichever of several equal rates was the one at the cut.
fn lowest_terms(ratio: Ratio) -> Ratio {
    let (mut divisor, mut rest) = (ratio.of(), ratio.count());
    while rest > 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    let parts = ratio.count().checked_div(divisor).zip(ratio.of().checked_div(divisor));
    parts.map_or(ratio, |(count, of)| Ratio::counted(count, of))
}

/// A ratio of somebody, ordered by its value.
#[derive(Debug, Clone, Copy)]
struct ByValue(Ratio);

impl Ord for ByValue {
    fn cmp(&self, other: &Self) -> Ordering {
        let product = |one: Ratio, other: Ratio| u128::from(one.count()) * u128::from(other.of());
        product(self.0, other.0).cmp(&product(other.0, self.0))
    }
}

impl PartialOrd for ByValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ByValue {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for ByValue {}

crate::stored::stored! {
    HighRepurchase { bound: Bound, rate: ProductRate, min_customers: u64 } <=> match bound {
        Bound::AtLeast(threshold) => HighRepurchase::at_least(threshold, rate, min_customers),
        // A cut is the rate of some product, so it counts somebody.
        Bound::Above(cut) => {
            Error::within("customers of the cut", cut.of(), 1..=u64::MAX)?;
            Ok(HighRepurchase { bound, rate, min_customers })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_exact() -> Result<()> {
        let third = Ratio::new(1, 3)?;
        let below = Decimal::from_i128_with_scale(3_333_333_333_333_333_333_333_333_333, 28);
        let above = Decimal::from_i128_with_scale(3_333_333_333_333_333_333_333_333_334, 28);
        assert!(is_at_least(third, below) && !is_at_least(third, above));
        let large = Ratio::new(u64::MAX - 1, u64::MAX)?;
        assert!(!is_at_least(large, Decimal::ONE) && is_at_least(Ratio::new(u64::MAX, u64::MAX)?, Decimal::ONE));
        assert!(is_at_least(Ratio::new(1, 5)?, Decimal::new(20, 2)));
        assert!(!is_at_least(Ratio::new(0, 5)?, Decimal::new(1, 28)));
        Ok(())
    }

    #[test]
    fn ratios_compare_by_value() -> Result<()> {
        assert_eq!(ByValue(Ratio::new(2, 4)?), ByValue(Ratio::new(3, 6)?));
        assert!(ByValue(Ratio::new(u64::MAX - 1, u64::MAX)?) < ByValue(Ratio::new(1, 1)?));
        assert_eq!(lowest_terms(Ratio::new(6, 8)?), Ratio::new(3, 4)?);
        assert_eq!(lowest_terms(Ratio::new(0, 8)?), Ratio::new(0, 1)?);
        Ok(())
    }
}
