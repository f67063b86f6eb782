//! A whole shop's samples: all that models of purchases and of spend are fitted to.

use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger, RepeatSummary};
use crate::number::runs::merged;
use crate::parallel;
use crate::predict::Sample;
use crate::predict::given::counted::counted;
use crate::predict::given::grouped::{Grouped, Key};
use crate::predict::given::grouping::{self, Part};
use crate::predict::given::sample::checked_mean_spend;
use crate::predict::given::spends::{SpendKey, Spends};
use crate::record::calendar::Day;
use crate::scale::Tally;

/// The samples of a shop's customers, as of a day: each different one once, with the number of customers who share it.
///
/// [`MbgNbd::fit`](crate::predict::MbgNbd::fit) and its kin look at the purchases in it, and
/// [`GammaGamma::fit`](crate::predict::GammaGamma::fit) at the mean spends, which are not looked at before. Rows stand in
/// one order, so that no order of the input and no split into parts changes a fit by a bit.
///
/// What was kept yesterday serves today: [move it](Samples::advance_to) to today, then [remove](Samples::remove) who has
/// bought since with the history as it was and [add](Samples::add) them with the history as it is. The samples are
/// those of today's ledger.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::predict::{Sample, Samples};
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let (mut ann, mut bo) = (CustomerHistory::new(), CustomerHistory::new());
/// ann.record_purchase(day(1), Decimal::TEN)?;
/// bo.record_purchase(day(8), Decimal::TEN)?;
/// let mut samples = Samples::new(day(8));
/// samples.add(&ann)?;
/// samples.add(&bo)?;
///
/// // One week on, Ann comes back.
/// samples.advance_to(day(15))?;
/// samples.remove(&ann)?;
/// ann.record_purchase(day(15), Decimal::from(20))?;
/// samples.add(&ann)?;
/// let rows: Vec<_> = samples.iter().collect();
/// assert_eq!(rows, [(Sample::new(0, 0.0, 7.0)?, 1), (Sample::new(1, 14.0, 14.0)?, 1)]);
/// assert_eq!(samples.spends().collect::<Vec<_>>(), [(1, 20.0, 1)]);
///
/// samples.remove(&ann)?;
/// let error = samples.remove(&ann).unwrap_err();
/// assert_eq!(error.to_string(), "too few customers of x = 1 from 2026-03-01 to 2026-03-15 to take 1 out of a tally: it counts 0");
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # Complexity
///
/// Linear in customers where times are few, as days are; else that of sorting. [`add`](Samples::add) and
/// [`remove`](Samples::remove) take `log n` in distinct rows, after one pass over them when the first customer comes or
/// goes.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSamples"))]
pub struct Samples {
    as_of: Option<NaiveDate>,
    /// As fits look at them; made of the counts where there are some.
    grouped: OnceLock<Grouped>,
    /// Where customers came or went.
    counts: Option<Tally<Key>>,
    spends: Spends,
}

impl Samples {
    /// The samples of nobody, as of a day.
    pub fn new(as_of: NaiveDate) -> Self {
        Self { as_of: Some(as_of), ..Self::default() }
    }

    /// The samples of every customer of a ledger, as of its day.
    pub fn of<Id>(ledger: &Ledger<Id>) -> Self {
        let (first, last, days) = (ledger.first_days(), ledger.last_days(), ledger.purchase_days());
        let as_of = Day::from(ledger.as_of());
        let parts = parallel::map_ranges(days.len(), grouping::PART, |range| {
            let [first, last] = [first, last].map(|days| days.get(range.clone()).unwrap_or_default());
            let rows = first.iter().zip(last).zip(days.get(range).unwrap_or_default());
            Part::of(rows.map(|((&first, &last), days)| {
                // A ledger has no customer without a purchase, and none who bought after its day.
                Sample::of_valid(days.saturating_sub(1), last.since(first).into(), as_of.since(first).into())
            }))
        });
        let grouped = Grouped::of_parts(&parts).into();
        Self { as_of: Some(ledger.as_of()), grouped, counts: None, spends: Spends::of_ledger(ledger.spending()) }
    }

    /// The samples of rows that were counted elsewhere, as a database groups them: rows of purchases, and rows of `x`,
    /// mean spend and customers. Rows come in any order; a mean spend of a sample counts as a row of its own.
    ///
    /// Without a day, no history can be [added](Samples::add).
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a mean spend as [`Sample::with_mean_spend`], and for a time of a sample that is no whole
    /// number of days where there is an as-of day; [`Error::CountOverflow`] for more than `2^63 - 1` customers.
    pub fn from_rows(
        as_of: Option<NaiveDate>,
        purchases: impl IntoIterator<Item = (Sample, u64)>,
        spends: impl IntoIterator<Item = (u32, f64, u64)>,
    ) -> Result<Self> {
        let (mut rows, mut spending) = (Vec::new(), Vec::new());
        for (sample, customers) in purchases {
            let times = [sample.age_days(), sample.recency_days()];
            if let Some(&found) = times.iter().find(|time| as_of.is_some() && time.fract() != 0.0) {
                return Err(Error::Number { field: "time of a sample", found, expected: "a whole number of days" });
            }
            let [age, recency] = times.map(f64::to_bits);
            rows.push(((sample.repeats(), age, recency), customers));
            spending.extend(sample.mean_spend().map(|mean| ((sample.repeats(), mean.to_bits()), customers)));
        }
        for (repeats, mean, customers) in spends {
            checked_mean_spend(repeats, mean)?;
            // The sign of a zero is dropped.
            spending.extend((repeats > 0).then_some(((repeats, mean.abs().to_bits()), customers)));
        }
        let grouped = of_tally(&counted(rows)?).into();
        Ok(Self { as_of, grouped, counts: None, spends: Spends::of_rows(spending)? })
    }

    /// The day up to which the customers were observed; `None` for samples that were given without one.
    pub const fn as_of(&self) -> Option<NaiveDate> {
        self.as_of
    }

    /// Adds a customer. One without a purchase changes nothing; nor do credits.
    ///
    /// # Errors
    ///
    /// [`Error::NoAsOf`] for samples without a day; [`Error::AfterAsOf`] for a history that reaches beyond it;
    /// [`Error::CountOverflow`] for more than `2^63 - 1` customers. The samples are unchanged.
    pub fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        let Some((row, spend, _)) = self.rows_of(history)? else { return Ok(()) };
        self.counts().add(row, 1)?;
        // Of those who are counted, some spend.
        spend.map_or(Ok(()), |spend| self.spends.change(|spends| spends.add(spend, 1)))
    }

    /// Removes a customer who was added with this very history, or one with the same purchase days and mean spend.
    ///
    /// One without a purchase changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::TallyShort`] where no such customer is left, and those of [`add`](Samples::add). The samples are
    /// unchanged.
    pub fn remove(&mut self, history: &CustomerHistory) -> Result<()> {
        let Some((row, spend, summary)) = self.rows_of(history)? else { return Ok(()) };
        let (first, last) = (history.first_purchase(), history.last_purchase());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let short = |counted| {
            let repeats = summary.repeats();
            Error::tally_short(&format_args!("x = {repeats} from {first} to {last}"), 1, counted)
        };
        self.counts().take(&row, 1).map_err(short)?;
        let Some(spend) = spend else { return Ok(()) };
        let taken = self.spends.change(|spends| spends.take(&spend, 1)).map_err(|counted| {
            let (repeats, mean) = (spend.0, f64::from_bits(spend.1));
            Error::tally_short(&format_args!("x = {repeats} and a mean spend of {mean}"), 1, counted)
        });
        if taken.is_err() {
            self.counts().add(row, 1)?;
        }
        taken
    }

    /// Moves the samples to a later day, up to which their customers did not buy: every `T` grows by the days between.
    ///
    /// # Errors
    ///
    /// [`Error::NoAsOf`] for samples without a day, [`Error::NotAscending`] for an earlier day. The samples are
    /// unchanged.
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows.
    pub fn advance_to(&mut self, as_of: NaiveDate) -> Result<()> {
        let now = self.as_of.ok_or(Error::NoAsOf)?;
        if as_of < now {
            return Err(Error::NotAscending { what: "as-of days of samples", position: 1 });
        }
        let days = f64::from(Day::from(as_of).since(now.into()));
        let older = |(repeats, age, recency): Key| (repeats, (f64::from_bits(age) + days).to_bits(), recency);
        self.counts();
        self.counts = self.counts.take().map(|counts| counts.map(older));
        self.as_of = Some(as_of);
        Ok(())
    }

    /// Adds the customers of another part of the shop, which must share none with this one.
    ///
    /// [`Samples::default`] is neutral: it is of nobody and takes the other's day.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for samples as of different days, [`Error::NoAsOf`] where only one of two parts with
    /// customers has a day, [`Error::CountOverflow`] for more than `2^63 - 1` customers. The samples are unchanged.
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let as_of = match (self.as_of, other.as_of) {
            (Some(left), Some(right)) if left != right => return Err(Error::AsOfMismatch { left, right }),
            (None, Some(_)) if self.customers() > 0 => return Err(Error::NoAsOf),
            (Some(_), None) if other.customers() > 0 => return Err(Error::NoAsOf),
            (left, right) => left.or(right),
        };
        let customers = self.customers().checked_add(other.customers());
        if customers.is_none_or(|customers| i64::try_from(customers).is_err()) {
            return Err(Error::CountOverflow { field: "number of customers in a tally" });
        }
        let (left, right) = (self.grouped().iter(), other.grouped().iter());
        let rows = merged(left, right, |one, other| one.0.cmp(&other.0), |(row, one), (_, other)| (row, one + other));
        let grouped = Grouped::of_ascending(rows).into();
        self.spends.change(|spends| spends.merge(other.spends.tally()))?;
        (self.as_of, self.grouped, self.counts) = (as_of, grouped, None);
        Ok(())
    }

    /// How many customers.
    pub fn customers(&self) -> u64 {
        self.counts.as_ref().map_or_else(|| self.grouped().customers, Tally::customers)
    }

    /// How many of the customers do not enter a fit of spend: those without a repeat purchase, of a mean spend of 0, or
    /// of one that is not known.
    pub fn left_out_of_spend(&self) -> u64 {
        self.customers().saturating_sub(self.spends.above_zero().map(|(.., customers)| customers).sum())
    }

    /// How many different rows of purchases.
    pub fn distinct_rows(&self) -> usize {
        self.grouped().distinct_rows()
    }

    /// Each different row of purchases, without mean spends, and the number of customers who share it: ascending by
    /// `x`, then `T`, then `t_x`.
    pub fn iter(&self) -> impl Iterator<Item = (Sample, u64)> + '_ {
        self.grouped().iter().map(|((repeats, age, recency), customers)| {
            (Sample::of_valid(repeats, f64::from_bits(recency), f64::from_bits(age)), customers)
        })
    }

    /// Each different pair of `x` and mean spend, of customers with a repeat purchase, and the number of customers who
    /// share it: ascending by `x`, then the mean.
    pub fn spends(&self) -> impl Iterator<Item = (u32, f64, u64)> + '_ {
        self.spends.iter()
    }

    /// A check of what the Gamma-Gamma model assumes: that how often customers buy says nothing of how much they spend.
    ///
    /// Pearson's correlation of `x` and `m`, in `[-1, 1]`, over the customers who enter a fit of spend; near 0 where the
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
    /// use repurchase::predict::{Sample, Samples};
    ///
    /// let customers = [(1, 30.0), (2, 10.0), (3, 20.0)];
    /// let sample = |&(x, m)| Sample::new(x, 9.0, 9.0)?.with_mean_spend(m);
    /// let samples = customers.iter().map(sample).collect::<Result<Samples, _>>()?;
    /// assert_eq!(samples.spend_correlation(), Some(-0.5));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    ///
    /// # References
    ///
    /// P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: using iso-value curves for customer base
    /// analysis", Journal of Marketing Research 42(4), 415-430, doi 10.1509/jmkr.2005.42.4.415, where independence is
    /// checked in this way.
    pub fn spend_correlation(&self) -> Option<f64> {
        self.spends.correlation()
    }

    pub(in crate::predict) fn grouped(&self) -> &Grouped {
        self.grouped.get_or_init(|| self.counts.as_ref().map(of_tally).unwrap_or_default())
    }

    pub(in crate::predict) const fn spend_rows(&self) -> &Spends {
        &self.spends
    }

    /// The counts, to be changed.
    fn counts(&mut self) -> &mut Tally<Key> {
        let grouped = self.grouped.take().unwrap_or_default();
        self.counts.get_or_insert_with(|| Tally::of_ascending(grouped.iter()))
    }

    /// The rows that a customer is counted in.
    fn rows_of(&self, history: &CustomerHistory) -> Result<Option<(Key, Option<SpendKey>, RepeatSummary)>> {
        let Some(last) = history.last_purchase() else { return Ok(None) };
        let as_of = self.as_of.ok_or(Error::NoAsOf)?;
        let summary = history.repeat_summary(as_of).ok_or(Error::AfterAsOf { last, as_of })?;
        let sample = Sample::of(&summary);
        let row = (sample.repeats(), sample.age_days().to_bits(), sample.recency_days().to_bits());
        Ok(Some((row, sample.mean_spend().map(|mean| (sample.repeats(), mean.to_bits())), summary)))
    }
}

fn of_tally(counts: &Tally<Key>) -> Grouped {
    Grouped::of_ascending(counts.iter().map(|(&row, customers)| (row, customers)))
}

impl PartialEq for Samples {
    fn eq(&self, other: &Self) -> bool {
        self.as_of == other.as_of
            && self.grouped().iter().eq(other.grouped().iter())
            && self.spends.tally() == other.spends.tally()
    }
}

/// Samples that are read at once, before they are grouped on all cores.
const BATCH: usize = 8 * grouping::PART;

/// Samples without an as-of day.
impl FromIterator<Sample> for Samples {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Self {
        let (mut samples, mut parts) = (samples.into_iter(), Vec::new());
        if parallel::is_one_thread() {
            parts.push(Part::of(samples.by_ref().take(grouping::PART)));
            while parts.last().is_some_and(Part::is_full) {
                parts.push(Part::of(samples.by_ref().take(grouping::PART)));
            }
        } else {
            let mut batch: Vec<Sample> = samples.by_ref().take(BATCH).collect();
            while !batch.is_empty() {
                parts.extend(parallel::map_ranges(batch.len(), grouping::PART, |range| {
                    Part::of(batch.get(range).unwrap_or_default().iter().copied())
                }));
                batch.clear();
                batch.extend(samples.by_ref().take(BATCH));
            }
        }
        let spends = parts.iter().flat_map(|part: &Part| part.spends.iter().map(|&row| (row, 1)));
        // No memory holds 2^63 samples.
        let spends = Spends::of_rows(spends).unwrap_or_default();
        Self { as_of: None, grouped: Grouped::of_parts(&parts).into(), counts: None, spends }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Samples {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut stored = serializer.serialize_struct("Samples", 3)?;
        stored.serialize_field("as_of", &self.as_of)?;
        stored.serialize_field("purchases", &self.iter().collect::<Vec<_>>())?;
        stored.serialize_field("spends", &self.spends().collect::<Vec<_>>())?;
        stored.end()
    }
}

#[cfg(feature = "serde")]
crate::stored::stored! {
    StoredSamples { as_of: Option<NaiveDate>, purchases: Vec<(Sample, u64)>, spends: Vec<(u32, f64, u64)> }
    -> Samples: Samples::from_rows(as_of, purchases, spends)
}
