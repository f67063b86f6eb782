//! What the model of spend is given of a customer.

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger, RepeatSummary};
use crate::number::weight::count;
use crate::predict::given::gather::gather;
use crate::scale::Tally;

/// `x` and `m` of one customer: repeat purchases and the mean spend of one of them.
///
/// `m` is in any one unit of money; a model's amounts are in the unit of the samples that it was fitted on. It is an
/// `f64`, because it is data of an estimate: sums of money are `Decimal` up to here, and become `f64` in this room
/// only.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::predict::SpendSample;
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(1), Decimal::from(90))?;
/// history.record_purchase(day(15), Decimal::from(20))?;
/// history.record_purchase(day(20), Decimal::from(25))?;
/// let summary = history.repeat_summary(day(29)).expect("bought before");
/// assert_eq!(SpendSample::of(&summary), SpendSample::new(2, 22.5)?);
///
/// assert!(SpendSample::new(0, 22.5).is_err(), "without a repeat there is no mean");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSpendSample", into = "StoredSpendSample"))]
pub struct SpendSample {
    repeats: u32,
    mean: f64,
}

impl SpendSample {
    /// A customer without a repeat purchase: `x` and `m` are 0.
    ///
    /// What a model says of it, it says of a new customer.
    pub const NEW: Self = Self { repeats: 0, mean: 0.0 };

    /// A customer of `repeats` repeat purchases of `mean` each on average.
    ///
    /// # Errors
    ///
    /// [`Error::Number`] unless the mean is 0 or more and its product with the repeats finite, and unless it is 0 where
    /// there is no repeat.
    pub fn new(repeats: u32, mean: f64) -> Result<Self> {
        let refused = |expected| Err(Error::Number { field: "mean spend m", found: mean, expected });
        if !(mean >= 0.0 && (mean * f64::from(repeats.max(1))).is_finite()) {
            return refused("finite and 0 or more");
        }
        if repeats == 0 && mean > 0.0 {
            return refused("0 without a repeat purchase");
        }
        // The sign of a zero is dropped.
        Ok(Self { repeats, mean: mean.abs() })
    }

    /// A customer's summary: its `x`, and the mean spend of a repeat purchase day.
    pub fn of(summary: &RepeatSummary) -> Self {
        Self { repeats: summary.repeats(), mean: summary.mean_spend().unwrap_or(0.0) }
    }

    /// That of a history, whatever the day of the question; `None` without a purchase.
    fn of_history(history: &CustomerHistory) -> Option<Self> {
        Some(Self::of(&history.repeat_summary(history.last_purchase()?)?))
    }

    /// `x`: purchase days - 1.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// `m`: what was spent on a repeat purchase day, on average. 0 when `x` is 0.
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// What was spent on all repeat purchase days.
    pub(in crate::predict) fn total(&self) -> f64 {
        self.mean * f64::from(self.repeats)
    }

    /// Whether the model speaks of it: amounts are above 0 in the model, and without a repeat there is none.
    pub(in crate::predict) fn is_spending(&self) -> bool {
        self.mean > 0.0
    }

    fn row(&self) -> Row {
        (self.repeats, self.mean.to_bits())
    }

    fn of_row(&(repeats, mean): &Row) -> Self {
        Self { repeats, mean: f64::from_bits(mean) }
    }
}

/// `x` and the bits of `m`: means are not negative, so that their bits ascend with them.
type Row = (u32, u64);

/// The spends of a shop's customers: each different sample once, with the number of customers who share it.
///
/// Rows stand in one order, so that no order of the input and no split into parts changes a fit by a bit.
///
/// **Population**: customers with a repeat purchase and a mean spend above 0. The others are counted beside them, in
/// [`left_out`](SpendSamples::left_out).
///
/// # Examples
///
/// ```
/// use repurchase::predict::{SpendSample, SpendSamples};
///
/// let samples: SpendSamples =
///     [SpendSample::new(2, 22.5)?, SpendSample::NEW, SpendSample::new(1, 0.0)?, SpendSample::new(2, 22.5)?]
///         .into_iter()
///         .collect();
/// assert_eq!((samples.customers(), samples.left_out(), samples.distinct_rows()), (2, 2, 1));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(SpendSample, u64)>", into = "Vec<(SpendSample, u64)>"))]
pub struct SpendSamples {
    /// Those who are left out are among them.
    rows: Tally<Row>,
    left_out: u64,
}

impl SpendSamples {
    /// The samples of every customer of a ledger.
    pub fn of<Id>(ledger: &Ledger<Id>) -> Self {
        ledger
            .iter()
            .filter_map(|(_, history)| history.repeat_summary(ledger.as_of()))
            .map(|summary| SpendSample::of(&summary))
            .collect()
    }

    /// Adds a customer. One without a purchase changes nothing.
    ///
    /// Credits do not enter a sample; nor does the day of the question, so that what was kept yesterday serves today.
    ///
    /// # Complexity
    ///
    /// `log n` in distinct rows.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use repurchase::CustomerHistory;
    /// use repurchase::predict::{SpendSample, SpendSamples};
    /// use rust_decimal::Decimal;
    ///
    /// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
    /// let mut ann = CustomerHistory::new();
    /// ann.record_purchase(day(1), Decimal::from(90))?;
    /// let mut samples = SpendSamples::default();
    /// samples.add(&ann);
    /// assert_eq!((samples.customers(), samples.left_out()), (0, 1));
    ///
    /// // One day on, Ann comes back.
    /// samples.remove(&ann)?;
    /// ann.record_purchase(day(15), Decimal::from(20))?;
    /// samples.add(&ann);
    /// assert_eq!(samples, [SpendSample::new(1, 20.0)?].into_iter().collect());
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn add(&mut self, history: &CustomerHistory) {
        if let Some(sample) = SpendSample::of_history(history) {
            // It is refused beside 2^63 - 1 others only, which is more than are counted.
            if self.rows.add(sample.row(), 1).is_ok() {
                self.left_out += u64::from(!sample.is_spending());
            }
        }
    }

    /// Takes a customer away who was added with this very history, or one with the same sample.
    ///
    /// One without a purchase changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::TallyShort`] where no such customer is left; nothing is changed.
    ///
    /// # Complexity
    ///
    /// `log n` in distinct rows.
    pub fn remove(&mut self, history: &CustomerHistory) -> Result<()> {
        let Some(sample) = SpendSample::of_history(history) else { return Ok(()) };
        let short = |counted| {
            let SpendSample { repeats, mean } = sample;
            Error::tally_short(&format_args!("x = {repeats} and a mean spend of {mean}"), 1, counted)
        };
        self.rows.take(&sample.row(), 1).map_err(short)?;
        self.left_out -= u64::from(!sample.is_spending());
        Ok(())
    }

    /// The samples of two parts of a shop, that share no customer.
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self::of_rows(self.rows.and(other.rows))
    }

    /// How many customers enter a fit.
    pub const fn customers(&self) -> u64 {
        self.rows.customers() - self.left_out
    }

    /// How many customers do not, because they have no repeat purchase, or none that cost anything.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How many different rows enter a fit.
    pub fn distinct_rows(&self) -> usize {
        self.iter().count()
    }

    /// Each different row that enters a fit and the number of customers who share it, ascending by `x`, then `m`.
    pub fn iter(&self) -> impl Iterator<Item = (SpendSample, u64)> + '_ {
        self.all().filter(|(sample, _)| sample.is_spending())
    }

    fn all(&self) -> impl Iterator<Item = (SpendSample, u64)> + '_ {
        self.rows.iter().map(|(row, customers)| (SpendSample::of_row(row), customers))
    }

    /// A check of what the Gamma-Gamma model assumes: that how often customers buy says nothing of how much they spend.
    ///
    /// Pearson's correlation of `x` and `m`, in `[-1, 1]`, over the customers who enter a fit; near 0 where the
    /// assumption holds. `None` where `x` or `m` is the same for all of them. One customer of an extreme mean can move
    /// it far.
    ///
    /// # Formula
    ///
    /// `Σ (x - x̄)(m - m̄) / √(Σ (x - x̄)² Σ (m - m̄)²)`, with the averages `x̄` and `m̄` over customers.
    ///
    /// # Complexity
    ///
    /// Linear in the rows.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::predict::{SpendSample, SpendSamples};
    ///
    /// let spends = [(1, 30.0), (2, 10.0), (3, 20.0)];
    /// let samples =
    ///     spends.iter().map(|&(x, m)| SpendSample::new(x, m)).collect::<Result<SpendSamples, _>>()?;
    /// assert_eq!(samples.correlation(), Some(-0.5));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: using iso-value curves for customer base
    /// analysis", Journal of Marketing Research 42(4), 415-430, doi 10.1509/jmkr.2005.42.4.415, where independence is
    /// checked in this way.
    pub fn correlation(&self) -> Option<f64> {
        // In units of the largest mean, squares stay finite.
        let largest = self.largest_mean();
        let points = || {
            self.iter().map(|(sample, customers)| (f64::from(sample.repeats), sample.mean / largest, count(customers)))
        };
        let customers = count(self.customers());
        let average = |sum: f64| sum / customers;
        let mean_x = average(points().map(|(x, _, customers)| x * customers).sum());
        let mean_m = average(points().map(|(_, m, customers)| m * customers).sum());
        let (mut xx, mut mm, mut xm) = (0.0, 0.0, 0.0);
        for (x, m, customers) in points() {
            let (x, m) = (x - mean_x, m - mean_m);
            xx += x * x * customers;
            mm += m * m * customers;
            xm += x * m * customers;
        }
        // Where all are equal, rounding may still have left a difference to their average.
        let smallest = self.iter().fold(largest, |smallest, (sample, _)| sample.mean.min(smallest));
        let repeats = || self.iter().map(|(sample, _)| sample.repeats);
        let is_defined = smallest < largest && repeats().min() < repeats().max();
        (is_defined && xx > 0.0 && mm > 0.0).then(|| (xm / xx.sqrt() / mm.sqrt()).clamp(-1.0, 1.0))
    }

    fn of_rows(rows: Tally<Row>) -> Self {
        let mut samples = Self { rows, left_out: 0 };
        samples.left_out =
            samples.all().filter(|(sample, _)| !sample.is_spending()).map(|(_, customers)| customers).sum();
        samples
    }

    /// 0 where nobody enters a fit.
    pub(in crate::predict) fn largest_mean(&self) -> f64 {
        self.iter().fold(0.0, |largest, (sample, _)| sample.mean.max(largest))
    }
}

impl FromIterator<SpendSample> for SpendSamples {
    fn from_iter<I: IntoIterator<Item = SpendSample>>(samples: I) -> Self {
        Self::of_rows(gather(samples.into_iter().map(|sample| (sample.row(), 1))))
    }
}

/// Rows in any order, with the number of customers of each. Of more than `2^63 - 1` customers in all, which no shop has,
/// those of the last rows are left out.
impl From<Vec<(SpendSample, u64)>> for SpendSamples {
    fn from(rows: Vec<(SpendSample, u64)>) -> Self {
        Self::of_rows(gather(rows.into_iter().map(|(sample, customers)| (sample.row(), customers))))
    }
}

impl From<SpendSamples> for Vec<(SpendSample, u64)> {
    fn from(samples: SpendSamples) -> Self {
        samples.all().collect()
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSpendSample {
    repeats: u32,
    mean: f64,
}

#[cfg(feature = "serde")]
impl From<SpendSample> for StoredSpendSample {
    fn from(SpendSample { repeats, mean }: SpendSample) -> Self {
        Self { repeats, mean }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredSpendSample> for SpendSample {
    type Error = Error;

    fn try_from(StoredSpendSample { repeats, mean }: StoredSpendSample) -> Result<Self> {
        Self::new(repeats, mean)
    }
}
