//! What the purchases of a shop are, whatever the day of the question.

use core::cmp::Reverse;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::predict::given::gather::gather;
use crate::predict::{Sample, Samples};
use crate::record::calendar::Day;
use crate::scale::Tally;

/// One customer's purchases as [`Samples`] need them: how many repeats between the first and the last purchase day.
///
/// It stays the same until the customer buys again, while the `T` of a [`Sample`] grows every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredSpan", into = "StoredSpan"))]
pub struct PurchaseSpan {
    repeats: u32,
    /// Descending, so that spans stand in the order of their samples.
    first: Reverse<Day>,
    last: Day,
}

impl PurchaseSpan {
    /// A customer of `repeats` repeat purchase days, the last of them on `last`, who first bought on `first`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more repeats than days after the first up to the last, and for none where there are
    /// such days; [`Error::NotAscending`] for a last day before the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use repurchase::predict::PurchaseSpan;
    ///
    /// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
    /// assert_eq!(PurchaseSpan::new(2, day(1), day(15))?.repeats(), 2);
    /// let error = PurchaseSpan::new(0, day(1), day(15)).unwrap_err();
    /// assert_eq!(error.to_string(), "repeats x must lie between 1 and 14, found 0");
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn new(repeats: u32, first: NaiveDate, last: NaiveDate) -> Result<Self> {
        if last < first {
            return Err(Error::NotAscending { what: "first and last purchase day", position: 1 });
        }
        let most = Day::from(last).since(first.into());
        crate::predict::given::opportunity::within("repeats x", repeats, most.min(1), most)?;
        Ok(Self { repeats, first: Reverse(first.into()), last: last.into() })
    }

    /// That of a history; `None` without a purchase.
    pub fn of(history: &CustomerHistory) -> Option<Self> {
        let (first, last) = (history.first_purchase()?, history.last_purchase()?);
        let repeats = history.repeat_summary(last)?.repeats();
        Some(Self { repeats, first: Reverse(first.into()), last: last.into() })
    }

    /// `x`: purchase days - 1.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// The first purchase day.
    pub fn first(&self) -> NaiveDate {
        self.first.0.date()
    }

    /// The last purchase day.
    pub fn last(&self) -> NaiveDate {
        self.last.date()
    }

    /// `t_x` and `T` in days.
    fn days(&self, as_of: Day) -> (u32, u32) {
        (self.last.since(self.first.0), as_of.since(self.first.0))
    }
}

/// The purchases of a shop's customers, for a fit every night: each different [`PurchaseSpan`] once, with the number of
/// customers who share it.
///
/// What was kept yesterday serves today: only customers who bought since are removed with what they were and added with
/// what they are. [`in_weeks`](PurchaseSpans::in_weeks) makes the samples as of any day, to the same bits as from all
/// the histories; parts of a shop are [merged](PurchaseSpans::merge).
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::predict::{PurchaseSpans, Sample};
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let (mut ann, mut bo) = (CustomerHistory::new(), CustomerHistory::new());
/// ann.record_purchase(day(1), Decimal::TEN)?;
/// bo.record_purchase(day(8), Decimal::TEN)?;
/// let mut spans = PurchaseSpans::default();
/// spans.add(&ann);
/// spans.add(&bo);
///
/// // One day on, Ann comes back.
/// spans.remove(&ann)?;
/// ann.record_purchase(day(15), Decimal::TEN)?;
/// spans.add(&ann);
/// let samples = spans.in_weeks(day(29))?;
/// assert_eq!(samples, [Sample::new(1, 2.0, 4.0)?, Sample::new(0, 0.0, 3.0)?].into_iter().collect());
///
/// spans.remove(&ann)?;
/// let error = spans.remove(&ann).unwrap_err();
/// assert_eq!(error.to_string(), "too few customers of x = 1 from 2026-03-01 to 2026-03-15 to take 1 out of a tally: it counts 0");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<(PurchaseSpan, u64)>", into = "Vec<(PurchaseSpan, u64)>"))]
pub struct PurchaseSpans(Tally<PurchaseSpan>);

impl PurchaseSpans {
    /// Those of every customer of a ledger.
    pub fn of<Id>(ledger: &Ledger<Id>) -> Self {
        ledger.iter().filter_map(|(_, history)| PurchaseSpan::of(&history)).collect()
    }

    /// Adds a customer. One without a purchase changes nothing.
    ///
    /// # Complexity
    ///
    /// `log n` in distinct rows.
    pub fn add(&mut self, history: &CustomerHistory) {
        if let Some(span) = PurchaseSpan::of(history) {
            // It is refused beside 2^63 - 1 others only, which is more than are counted.
            let _ = self.0.add(span, 1);
        }
    }

    /// Takes a customer away who was added with this very history, or one with the same purchase days.
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
        let Some(span) = PurchaseSpan::of(history) else { return Ok(()) };
        let short = |counted| {
            let PurchaseSpan { repeats, .. } = span;
            Error::tally_short(&format_args!("x = {repeats} from {} to {}", span.first(), span.last()), 1, counted)
        };
        self.0.take(&span, 1).map_err(short)
    }

    /// The samples of all customers as of a day, in weeks.
    ///
    /// # Errors
    ///
    /// [`Error::AfterAsOf`] when a purchase lies after that day.
    ///
    /// # Complexity
    ///
    /// As [`Samples`], linear in distinct rows.
    pub fn in_weeks(&self, as_of: NaiveDate) -> Result<Samples> {
        self.samples(as_of, |days| f64::from(days) / 7.0)
    }

    /// The samples of all customers as of a day, in days.
    ///
    /// # Errors
    ///
    /// [`Error::AfterAsOf`] when a purchase lies after that day.
    pub fn in_days(&self, as_of: NaiveDate) -> Result<Samples> {
        self.samples(as_of, f64::from)
    }

    fn samples(&self, as_of: NaiveDate, unit: impl Fn(u32) -> f64) -> Result<Samples> {
        if let Some(last) = self.iter().map(|(span, _)| span.last).max().filter(|last| last.date() > as_of) {
            return Err(Error::AfterAsOf { last: last.date(), as_of });
        }
        let sample = |(span, customers): (PurchaseSpan, u64)| {
            let (recency, age) = span.days(as_of.into());
            (Sample::of_valid(span.repeats, unit(recency), unit(age)), customers)
        };
        Ok(self.iter().map(sample).collect::<Vec<_>>().into())
    }

    /// Those of two parts of a shop, that share no customer.
    ///
    /// # Complexity
    ///
    /// Linear in distinct rows.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self(self.0.and(other.0))
    }

    /// How many customers.
    pub const fn customers(&self) -> u64 {
        self.0.customers()
    }

    /// How many different rows.
    pub fn distinct_rows(&self) -> usize {
        self.0.distinct()
    }

    /// Each different row and the number of customers who share it, ascending by `x`, then from late first days to
    /// early ones, then by the last day: in the order of the samples.
    pub fn iter(&self) -> impl Iterator<Item = (PurchaseSpan, u64)> + '_ {
        self.0.iter().map(|(&span, customers)| (span, customers))
    }
}

impl FromIterator<PurchaseSpan> for PurchaseSpans {
    fn from_iter<I: IntoIterator<Item = PurchaseSpan>>(spans: I) -> Self {
        Self(gather(spans.into_iter().map(|span| (span, 1))))
    }
}

/// Rows in any order, with the number of customers of each. Of more than `2^63 - 1` customers in all, which no shop has,
/// those of the last rows are left out.
impl From<Vec<(PurchaseSpan, u64)>> for PurchaseSpans {
    fn from(rows: Vec<(PurchaseSpan, u64)>) -> Self {
        Self(gather(rows))
    }
}

impl From<PurchaseSpans> for Vec<(PurchaseSpan, u64)> {
    fn from(spans: PurchaseSpans) -> Self {
        spans.iter().collect()
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSpan {
    repeats: u32,
    first: NaiveDate,
    last: NaiveDate,
}

#[cfg(feature = "serde")]
impl From<PurchaseSpan> for StoredSpan {
    fn from(span: PurchaseSpan) -> Self {
        Self { repeats: span.repeats, first: span.first(), last: span.last() }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredSpan> for PurchaseSpan {
    type Error = Error;

    fn try_from(StoredSpan { repeats, first, last }: StoredSpan) -> Result<Self> {
        Self::new(repeats, first, last)
    }
}
