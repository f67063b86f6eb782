//! Scores of the shop's own quantiles, fitted once.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::money::MoneyBinning;
use super::score::MAX_BINS;
use super::table::Monetary;
use super::{MonetaryMeasure, RfmMeasures, RfmScore, RfmTable, RfmTally, RfmValues};
use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Money};
use crate::number::money;
use crate::record::calendar::Day;
use crate::scale::cuts::{Key, cuts_of_keys};
use crate::scale::ranks::bin_ranks;
use crate::scale::{Bands, Bins, CutPoints, Language};

/// How one dimension becomes scores.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "T: Clone + serde::Serialize")))]
#[cfg_attr(feature = "serde", serde(bound(deserialize = "T: Ord + serde::Deserialize<'de>")))]
pub enum BinRule<T> {
    /// So many bins of equal shares of the customers, 2..=10; ties can leave some of them empty.
    Quantiles(u8),
    /// Thresholds of the shop's own, of 2..=10 bands. Needed where most customers have bought once, so that quantiles
    /// of F leave most bins empty.
    Bands(Bands<T>),
}

/// How an [`RfmModel`] is fitted: by default five quantile bins for each of R, F and M.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "super::stored::StoredOptions", into = "super::stored::StoredOptions"))]
pub struct RfmOptions {
    pub(super) recency: BinRule<u32>,
    pub(super) frequency: BinRule<u64>,
    pub(super) monetary: BinRule<Decimal>,
}

impl Default for RfmOptions {
    fn default() -> Self {
        Self::quantiles(5)
    }
}

impl RfmOptions {
    /// So many quantile bins, 2..=10, for each of R, F and M.
    pub const fn quantiles(bins: u8) -> Self {
        Self {
            recency: BinRule::Quantiles(bins),
            frequency: BinRule::Quantiles(bins),
            monetary: BinRule::Quantiles(bins),
        }
    }

    /// Bins for R; bands are of days since the last purchase, ascending, the first of them scores highest.
    ///
    /// Days are counted back from the as-of day of the fit: the model keeps dates, and is to be fitted anew as time
    /// goes on.
    #[must_use]
    pub fn with_recency(mut self, bins: BinRule<u32>) -> Self {
        self.recency = bins;
        self
    }

    /// Bins for F.
    #[must_use]
    pub fn with_frequency(mut self, bins: BinRule<u64>) -> Self {
        self.frequency = bins;
        self
    }

    /// Bins for M.
    #[must_use]
    pub fn with_monetary(mut self, bins: BinRule<Decimal>) -> Self {
        self.monetary = bins;
        self
    }
}

/// Fitted RFM scores: the cut points of the shop's customers, with which any customer is scored on its own.
///
/// **Population**: the customers of the table, all with a purchase.
///
/// **Score** of a value with `k` quantile bins: `1 + k * below / N` in integers, where `below` of the `N` customers
/// have a strictly smaller value; for a customer who was not there, 1 + the number of cuts below the value, which is
/// the same for those who were. Equal values always get equal scores. A later last purchase, a higher frequency and a
/// higher amount score higher.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::segment::{RfmMeasures, RfmModel, RfmOptions, RfmTable};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::from(id));
/// let orders = (1..=5).map(|id| order(id, id)).collect::<Result<Vec<_>, _>>()?;
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())?;
///
/// let table = RfmTable::of(&ledger, RfmMeasures::default());
/// let model = RfmModel::fit(&table, &RfmOptions::default())?;
/// let scores: Vec<_> = model.score_all(&table)?.iter().map(ToString::to_string).collect();
/// assert_eq!(scores, ["111", "212", "313", "414", "515"], "all bought once: F cannot tell them apart");
///
/// let newcomer = ledger.get(&5).and_then(|history| model.score_history(&history));
/// assert_eq!(newcomer.map(|score| score.recency()), Some(5));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "super::stored::StoredModel", into = "super::stored::StoredModel"))]
pub struct RfmModel {
    pub(super) measures: RfmMeasures,
    /// Whether F and M are those of a window.
    pub(super) in_window: bool,
    pub(super) recency: Bins<NaiveDate>,
    pub(super) frequency: Bins<u64>,
    pub(super) monetary: MoneyBinning,
}

impl RfmModel {
    /// Fits the cut points to all customers of a table.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] for an empty table, [`Error::OutOfRange`] for bins that are not 2..=10,
    /// [`Error::DayOverflow`] for bands of recency that reach beyond chrono's first day.
    ///
    /// # Complexity
    ///
    /// Linear in customers on average.
    pub fn fit(table: &RfmTable<'_>, options: &RfmOptions) -> Result<Self> {
        if table.is_empty() {
            return Err(Error::NoCustomers { what: "an RFM model" });
        }
        let monetary = |bins| match &table.monetary {
            Monetary::Minor(Money::Narrow(amounts), scale) => Ok(decimals(quantiles(amounts, bins)?, *scale)),
            Monetary::Minor(Money::Wide(amounts), scale) => {
                Ok(decimals(CutPoints::fit(amounts.iter().copied(), bins)?, *scale))
            }
            Monetary::Decimal(amounts) => CutPoints::fit(amounts.iter().copied(), bins),
        };
        Self::of_cuts(
            (table.measures, table.in_window),
            table.as_of,
            options,
            |bins| Ok(quantiles(table.last_purchase, bins)?.map(Day::date)),
            |bins| Ok(quantiles(&table.frequency, bins)?.map(u64::from)),
            monetary,
        )
    }

    /// Fits the cut points to the customers of a tally, as of a day: the same model as [`fit`](RfmModel::fit) on a
    /// table of them all.
    ///
    /// # Errors
    ///
    /// As [`fit`](RfmModel::fit), and [`Error::AfterAsOf`] when somebody bought after `as_of`.
    ///
    /// # Complexity
    ///
    /// Linear in the tally's distinct days, counts and amounts.
    pub fn fit_tally(tally: &RfmTally, as_of: NaiveDate, options: &RfmOptions) -> Result<Self> {
        match tally.last_purchases().largest() {
            None => return Err(Error::NoCustomers { what: "an RFM model" }),
            Some(&last) if last > as_of => return Err(Error::AfterAsOf { last, as_of }),
            Some(_) => {}
        }
        Self::of_cuts(
            (tally.measures(), tally.is_in_window()),
            as_of,
            options,
            |bins| tally.last_purchases().cut_points(bins),
            |bins| tally.frequencies().cut_points(bins),
            |bins| match tally.measures().monetary {
                MonetaryMeasure::Revenue => tally.monetary().cut_points(bins),
                // Quotients have no common number of decimals.
                MonetaryMeasure::MeanOrderAmount => tally.monetary().amounts().cut_points(bins),
            },
        )
    }

    /// The bands that were given, and the cuts of so many bins that `recency`, `frequency` and `monetary` give.
    fn of_cuts(
        (measures, in_window): (RfmMeasures, bool),
        as_of: NaiveDate,
        options: &RfmOptions,
        recency: impl FnOnce(u8) -> Result<CutPoints<NaiveDate>>,
        frequency: impl FnOnce(u8) -> Result<CutPoints<u64>>,
        monetary: impl FnOnce(u8) -> Result<CutPoints<Decimal>>,
    ) -> Result<Self> {
        Ok(Self {
            measures,
            in_window,
            recency: match checked(&options.recency)? {
                BinRule::Quantiles(bins) => Bins::Quantiles(recency(*bins)?),
                BinRule::Bands(bands) => Bins::Bands(first_days(bands, as_of)?),
            },
            frequency: match checked(&options.frequency)? {
                BinRule::Quantiles(bins) => Bins::Quantiles(frequency(*bins)?),
                BinRule::Bands(bands) => Bins::Bands(bands.clone()),
            },
            monetary: MoneyBinning::new(match checked(&options.monetary)? {
                BinRule::Quantiles(bins) => Bins::Quantiles(monetary(*bins)?),
                BinRule::Bands(bands) => Bins::Bands(bands.clone()),
            })?,
        })
    }

    /// Scores one customer's values. No allocation.
    #[inline]
    pub fn score(&self, values: &RfmValues) -> RfmScore {
        RfmScore::of_bins(
            self.recency.position(&values.last_purchase),
            self.frequency.position(&values.frequency),
            self.monetary.position(values.monetary),
        )
    }

    /// Scores one customer by the measures that the model was fitted with. No allocation.
    ///
    /// `None` without a purchase, and for a model of a [window](RfmTable::in_window), by whose cuts a whole history
    /// cannot be scored: see [`score_in_window`](RfmModel::score_in_window).
    #[inline]
    pub fn score_history(&self, history: &CustomerHistory) -> Option<RfmScore> {
        if self.in_window { None } else { self.measures.of(history).map(|values| self.score(&values)) }
    }

    /// Scores one customer by a model of a [window](RfmTable::in_window), of which `recent` is the customer's history.
    ///
    /// `None` without a purchase in `history`, and for a model that is not of a window. No allocation.
    pub fn score_in_window(&self, history: &CustomerHistory, recent: &CustomerHistory) -> Option<RfmScore> {
        if self.in_window { self.measures.in_window(history, recent).map(|values| self.score(&values)) } else { None }
    }

    /// Scores every customer of a table, in the order of its ledger's ids.
    ///
    /// # Errors
    ///
    /// [`Error::MeasuresMismatch`] for a table of other [measures](RfmMeasures) than the model was fitted on, or when
    /// one of the two is of a [window](RfmTable::in_window) and the other is not.
    ///
    /// # Complexity
    ///
    /// Linear in customers; one allocation.
    pub fn score_all(&self, table: &RfmTable<'_>) -> Result<Vec<RfmScore>> {
        if (self.measures, self.in_window) != (table.measures, table.in_window) {
            let (model, table) = (self.measures.describe(self.in_window), table.measures.describe(table.in_window));
            return Err(Error::MeasuresMismatch { model, table });
        }
        Ok(super::bulk::score_all(self, table))
    }

    /// The number of bins of R, F and M.
    pub fn bins(&self) -> [u8; 3] {
        // At most `MAX_BINS` each.
        [self.recency.bins(), self.frequency.bins(), self.monetary.marks().bins()].map(|bins| bins as u8)
    }

    /// The scores of R, F and M that no customer can get, not even one who was not there when the model was fitted,
    /// because ties made the cuts around them equal.
    pub fn empty_scores(&self) -> [Vec<u8>; 3] {
        [self.recency.empty_bins(), self.frequency.empty_bins(), self.monetary.marks().empty_bins()]
            .map(|bins| bins.into_iter().map(|bin| bin as u8 + 1).collect())
    }

    /// What F counts and M sums.
    pub const fn measures(&self) -> RfmMeasures {
        self.measures
    }

    /// The cuts or edges of R, as days of the last purchase.
    pub const fn recency(&self) -> &Bins<NaiveDate> {
        &self.recency
    }

    /// The cuts or edges of F.
    pub const fn frequency(&self) -> &Bins<u64> {
        &self.frequency
    }

    /// The cuts or edges of M.
    pub const fn monetary(&self) -> &Bins<Decimal> {
        self.monetary.marks()
    }

    /// Why a customer has these scores: each value, and the cuts or edges around it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use chrono::{NaiveDate, TimeZone, Utc};
    /// # use repurchase::segment::{RfmMeasures, RfmModel, RfmOptions, RfmTable};
    /// # use repurchase::{Ledger, Order, ShopCalendar, scale::Language};
    /// # use rust_decimal::Decimal;
    /// # let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::from(id));
    /// # let orders = (1..=5).map(|id| order(id, id)).collect::<Result<Vec<_>, _>>()?;
    /// # let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())?;
    /// # let table = RfmTable::of(&ledger, RfmMeasures::default());
    /// # let model = RfmModel::fit(&table, &RfmOptions::default())?;
    /// let values = table.iter().next().expect("five customers");
    /// assert_eq!(
    ///     model.explain(&values, Language::English),
    ///     "R 1 of 5: last purchase 2026-03-01, up to 2026-03-01; F 1 of 5: purchases 1, at most 1; M 1 of 5: revenue 1, at most 1"
    /// );
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn explain(&self, values: &RfmValues, language: Language) -> String {
        super::explain::explain(self, values, language)
    }
}

pub(super) fn check_bins(bins: usize) -> Result<()> {
    if (2..=usize::from(MAX_BINS)).contains(&bins) {
        return Ok(());
    }
    Err(Error::OutOfRange { field: "bins", found: bins as u64, min: 2, max: MAX_BINS.into() })
}

fn checked<T>(bins: &BinRule<T>) -> Result<&BinRule<T>> {
    check_bins(match bins {
        BinRule::Quantiles(bins) => usize::from(*bins),
        BinRule::Bands(bands) => bands.len(),
    })?;
    Ok(bins)
}

fn quantiles<K: Key>(values: &[K], bins: u8) -> Result<CutPoints<K>> {
    Ok(cuts_of_keys(values, &bin_ranks(values.len() as u64, bins)?))
}

/// Amounts of a ledger, which fit a decimal.
fn decimals(cuts: CutPoints<impl Into<i128>>, scale: u32) -> CutPoints<Decimal> {
    cuts.map(|cut| money::decimal(cut.into(), scale).unwrap_or_default())
}

/// From days since the last purchase to days of the calendar: fewer than `edge` days before `as_of` is on or after
/// `as_of - edge + 1`.
fn first_days(bands: &Bands<u32>, as_of: NaiveDate) -> Result<Bands<NaiveDate>> {
    let day = |&edge: &u32| Ok(Day::from(as_of).plus(1 - i64::from(edge))?.date());
    Bands::new(bands.edges().iter().rev().map(day).collect::<Result<_>>()?)
}
