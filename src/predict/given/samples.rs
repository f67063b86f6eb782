//! A shop's samples, to which models of purchases and of spend are fitted.

use std::sync::OnceLock;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger, RepeatSummary};
use crate::number::runs::merged;
use crate::parallel;
use crate::predict::Sample;
use crate::predict::given::counted::{TOO_MANY, counted};
use crate::predict::given::grouped::{Grouped, Key};
use crate::predict::given::grouping::{self, Part};
use crate::predict::given::rhythms::{self, RhythmKey, Rhythms};
use crate::predict::given::sample::checked_mean_spend;
use crate::predict::given::spends::{SpendKey, Spends};
use crate::record::calendar::Day;
use crate::scale::Tally;

/// The different samples of a shop's customers as of a day, each with its number of customers.
///
/// Models of purchases, such as [`MbgNbd`](crate::predict::MbgNbd), are fitted to the purchases, and
/// [`GammaGamma`](crate::predict::GammaGamma) to the mean spends, which are computed when first needed. Rows are sorted:
/// neither the order of the input nor its parts change a fit by a bit.
///
/// To update yesterday's samples, [move](Samples::advance_to) them to today; then, for each customer who has bought since,
/// [remove](Samples::remove) the old history and [add](Samples::add) the new one. They equal those of today's ledger.
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
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # Complexity
///
/// Linear in customers where different times are few, as days are; else that of sorting. [`add`](Samples::add) and
/// [`remove`](Samples::remove) take `log n` in distinct rows, the first call one pass over them.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    as_of: Option<NaiveDate>,
    /// The rows for fits, made of the counts where there are some.
    grouped: OnceLock<Grouped>,
    /// The rows once customers were added or removed.
    counts: Option<Tally<Key>>,
    rhythms: Rhythms,
    spends: Spends,
}

impl Samples {
    /// Starts without any sample, as of a day.
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
        Self {
            as_of: Some(ledger.as_of()),
            grouped: Grouped::of_parts(&parts).into(),
            counts: None,
            rhythms: Rhythms::of_spending(ledger.spending(), as_of),
            spends: Spends::of_spending(ledger.spending()),
        }
    }

    /// The samples of rows counted elsewhere, as by a database: rows of purchases, with or without gaps, and rows of `x`,
    /// mean spend and customers, in any order. A mean spend of a sample counts as a row of its own. Without a day, no history can be
    /// [added](Samples::add).
    ///
    /// # Errors
    ///
    /// [`Error::Number`] for a mean spend as [`Sample::with_mean_spend`], and, with an as-of day, for a time that is no
    /// whole number of days; [`Error::CountOverflow`] for more than `2^63 - 1` customers.
    pub fn from_rows(
        as_of: Option<NaiveDate>,
        purchases: impl IntoIterator<Item = (Sample, u64)>,
        spends: impl IntoIterator<Item = (u32, f64, u64)>,
    ) -> Result<Self> {
        let (mut rows, mut rhythms, mut spending) = (Vec::new(), Vec::new(), Vec::new());
        for (sample, customers) in purchases {
            let times = [sample.age_days(), sample.recency_days()];
            if let Some(&found) = times.iter().find(|time| as_of.is_some() && time.fract() != 0.0) {
                return Err(Error::Number { field: "time of a sample", found, expected: "a whole number of days" });
            }
            let [age, recency] = times.map(f64::to_bits);
            rows.push(((sample.repeats(), age, recency), customers));
            rhythms.extend(rhythms::key(&sample).map(|key| (key, customers)));
            spending.extend(sample.mean_spend().map(|mean| ((sample.repeats(), mean.to_bits()), customers)));
        }
        for (repeats, mean, customers) in spends {
            checked_mean_spend(repeats, mean)?;
            // The sign of a zero is dropped.
            spending.extend((repeats > 0).then_some(((repeats, mean.abs().to_bits()), customers)));
        }
        let grouped = of_tally(&counted(rows)?).into();
        let (rhythms, spends) = (Rhythms::of_rows(rhythms)?, Spends::of_rows(spending)?);
        Ok(Self { as_of, grouped, counts: None, rhythms, spends })
    }

    /// The last day of the observation; `None` for samples without one.
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
        let Some(CustomerRows { row, rhythm, spend, .. }) = self.rows_of(history)? else { return Ok(()) };
        self.counts().add(row, 1)?;
        // Of those who are counted, some have gaps, and some spend.
        rhythm.map_or(Ok(()), |rhythm| self.rhythms.change(|rhythms| rhythms.add(rhythm, 1)))?;
        spend.map_or(Ok(()), |spend| self.spends.change(|spends| spends.add(spend, 1)))
    }

    /// Removes a customer who was added with this history, or with one of the same `x`, first and last day, gaps and mean
    /// spend. One without a purchase changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::TallyShort`] where no such customer is left, and those of [`add`](Samples::add). The samples are
    /// unchanged.
    pub fn remove(&mut self, history: &CustomerHistory) -> Result<()> {
        let Some(CustomerRows { row, rhythm, spend, summary }) = self.rows_of(history)? else { return Ok(()) };
        let repeats = summary.repeats();
        let [first, last] = [history.first_purchase(), history.last_purchase()].map(Option::unwrap_or_default);
        let short = |counted| Error::tally_short(&format_args!("x = {repeats} from {first} to {last}"), 1, counted);
        self.counts().take(&row, 1).map_err(short)?;
        let with_gaps = rhythm.map_or(Ok(()), |rhythm| self.rhythms.change(|rhythms| rhythms.take(&rhythm, 1)));
        if let Err(counted) = with_gaps {
            self.counts().add(row, 1)?;
            let gaps = summary.ln_gaps();
            return Err(Error::tally_short(&format_args!("x = {repeats} and gaps of logarithm {gaps}"), 1, counted));
        }
        let Some(spend) = spend else { return Ok(()) };
        let taken = self.spends.change(|spends| spends.take(&spend, 1)).map_err(|counted| {
            let mean = f64::from_bits(spend.1);
            Error::tally_short(&format_args!("x = {repeats} and a mean spend of {mean}"), 1, counted)
        });
        if taken.is_err() {
            self.counts().add(row, 1)?;
            rhythm.map_or(Ok(()), |rhythm| self.rhythms.change(|rhythms| rhythms.add(rhythm, 1)))?;
        }
        taken
    }

    /// Moves the samples to a later day, as if nobody had bought since: every `T` grows by the days between.
    /// Linear in distinct rows.
    ///
    /// # Errors
    ///
    /// [`Error::NoAsOf`] for samples without a day, [`Error::NotAscending`] for an earlier day. The samples are
    /// unchanged.
    pub fn advance_to(&mut self, as_of: NaiveDate) -> Result<()> {
        let now = self.as_of.ok_or(Error::NoAsOf)?;
        if as_of < now {
            return Err(Error::NotAscending { what: "as-of days of samples", position: 1 });
        }
        let days = f64::from(Day::from(as_of).since(now.into()));
        let older = |(repeats, age, recency): Key| (repeats, (f64::from_bits(age) + days).to_bits(), recency);
        self.counts();
        self.counts = self.counts.take().map(|counts| counts.map(older));
        self.rhythms.map(|(row, ln_gaps)| (older(row), ln_gaps));
        self.as_of = Some(as_of);
        Ok(())
    }

    /// Adds the customers of another part of the shop, which must share none with this one. [`Samples::default`], without
    /// customers, takes the other's day. Linear in distinct rows.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for samples as of different days, [`Error::NoAsOf`] where only one of two parts with
    /// customers has a day, [`Error::CountOverflow`] for more than `2^63 - 1` customers. The samples are unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let as_of = match (self.as_of, other.as_of) {
            (Some(left), Some(right)) if left != right => return Err(Error::AsOfMismatch { left, right }),
            (None, Some(_)) if self.customers() > 0 => return Err(Error::NoAsOf),
            (Some(_), None) if other.customers() > 0 => return Err(Error::NoAsOf),
            (left, right) => left.or(right),
        };
        let customers = self.customers().checked_add(other.customers());
        if customers.is_none_or(|customers| i64::try_from(customers).is_err()) {
            return Err(TOO_MANY);
        }
        let (left, right) = (self.grouped().iter(), other.grouped().iter());
        let rows = merged(left, right, |one, other| one.0.cmp(&other.0), |(row, one), (_, other)| (row, one + other));
        let grouped = Grouped::of_ascending(rows).into();
        self.rhythms.change(|rhythms| rhythms.merge(other.rhythms.tally()))?;
        self.spends.change(|spends| spends.merge(other.spends.tally()))?;
        (self.as_of, self.grouped, self.counts) = (as_of, grouped, None);
        Ok(())
    }

    /// The number of customers.
    pub fn customers(&self) -> u64 {
        self.counts.as_ref().map_or_else(|| self.grouped().customers, Tally::customers)
    }

    /// The number of customers outside a fit of spend: without a repeat purchase, or with a mean spend of 0 or unknown.
    pub fn left_out_of_spend(&self) -> u64 {
        self.customers().saturating_sub(self.spends.above_zero().map(|(.., customers)| customers).sum())
    }

    /// The number of different rows of purchases.
    pub fn distinct_rows(&self) -> usize {
        self.grouped().distinct_rows()
    }

    /// Each different row of purchases, without mean spends, and its number of customers, ascending by `x`, `T`, `t_x`.
    pub fn iter(&self) -> impl Iterator<Item = (Sample, u64)> + '_ {
        self.grouped().iter().map(|((repeats, age, recency), customers)| {
            (Sample::of_valid(repeats, f64::from_bits(recency), f64::from_bits(age)), customers)
        })
    }

    /// The rows of [`iter`](Samples::iter), cut by what is known of gaps: to which models of regular customers are fitted.
    pub fn with_gaps(&self) -> impl Iterator<Item = (Sample, u64)> + '_ {
        self.rhythm_rows().into_iter().map(|((repeats, age, recency), ln_gaps, customers)| {
            let sample = Sample::of_valid(repeats, f64::from_bits(recency), f64::from_bits(age));
            (ln_gaps.map_or(sample, |ln_gaps| sample.with_valid_ln_gaps(ln_gaps)), customers)
        })
    }

    /// Each different `x` and mean spend of customers with a repeat purchase, and the number of customers, ascending.
    pub fn spends(&self) -> impl Iterator<Item = (u32, f64, u64)> + '_ {
        self.spends.iter()
    }

    /// Pearson's correlation of `x` and `m`, in `[-1, 1]`, over the customers in a fit of spend. It is near 0 where
    /// frequency and spend are independent, as the Gamma-Gamma model assumes; one extreme mean can move it far. `None`
    /// where `x` or `m` is the same for all of them. Formula: `Σ (x - x̄)(m - m̄) / √(Σ (x - x̄)² Σ (m - m̄)²)`, with
    /// the averages `x̄` and `m̄` over customers. It is the check of Fader, Hardie and Lee (2005), a reference of
    /// [`GammaGamma`](crate::predict::GammaGamma).
    pub fn spend_correlation(&self) -> Option<f64> {
        self.spends.correlation()
    }

    pub(in crate::predict) fn grouped(&self) -> &Grouped {
        self.grouped.get_or_init(|| self.counts.as_ref().map(of_tally).unwrap_or_default())
    }

    pub(in crate::predict) fn rhythm_rows(&self) -> Vec<(Key, Option<f64>, u64)> {
        self.rhythms.of_all(self.grouped())
    }

    pub(in crate::predict) const fn spend_rows(&self) -> &Spends {
        &self.spends
    }

    /// The counts, for changes.
    fn counts(&mut self) -> &mut Tally<Key> {
        let grouped = self.grouped.take().unwrap_or_default();
        self.counts.get_or_insert_with(|| Tally::of_ascending(grouped.iter()))
    }

    /// The rows of a customer.
    fn rows_of(&self, history: &CustomerHistory) -> Result<Option<CustomerRows>> {
        let Some(last) = history.last_purchase() else { return Ok(None) };
        let as_of = self.as_of.ok_or(Error::NoAsOf)?;
        let summary = history.repeat_summary(as_of).ok_or(Error::AfterAsOf { last, as_of })?;
        let sample = Sample::of(&summary);
        let row = (sample.repeats(), sample.age_days().to_bits(), sample.recency_days().to_bits());
        let spend = sample.mean_spend().map(|mean| (sample.repeats(), mean.to_bits()));
        Ok(Some(CustomerRows { row, rhythm: rhythms::key(&sample), spend, summary }))
    }
}

/// The rows in which one customer is counted.
struct CustomerRows {
    row: Key,
    rhythm: Option<RhythmKey>,
    spend: Option<SpendKey>,
    summary: RepeatSummary,
}

fn of_tally(counts: &Tally<Key>) -> Grouped {
    Grouped::of_ascending(counts.iter().map(|(&row, customers)| (row, customers)))
}

impl PartialEq for Samples {
    fn eq(&self, other: &Self) -> bool {
        self.as_of == other.as_of
            && self.grouped().iter().eq(other.grouped().iter())
            && self.rhythms.tally() == other.rhythms.tally()
            && self.spends.tally() == other.spends.tally()
    }
}

/// Samples that are read before they are grouped on all cores.
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
        let rhythms = parts.iter().flat_map(|part: &Part| part.rhythms.iter().map(|&row| (row, 1)));
        let spends = parts.iter().flat_map(|part: &Part| part.spends.iter().map(|&row| (row, 1)));
        // No memory holds 2^63 samples.
        let (rhythms, spends) =
            (Rhythms::of_rows(rhythms).unwrap_or_default(), Spends::of_rows(spends).unwrap_or_default());
        Self { as_of: None, grouped: Grouped::of_parts(&parts).into(), counts: None, rhythms, spends }
    }
}

crate::stored::stored! {
    Samples(samples) {
        as_of: Option<NaiveDate> = samples.as_of,
        purchases: Vec<(Sample, u64)> = samples.with_gaps().collect(),
        spends: Vec<(u32, f64, u64)> = samples.spends().collect(),
    } <=> Samples::from_rows(as_of, purchases, spends)
}
