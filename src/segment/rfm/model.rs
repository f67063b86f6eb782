//! Scores by the shop's own quantiles or thresholds, fitted once.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::columns::Columns;
use super::integers::{DayBins, MoneyBins};
use super::measure::{Measures, Values};
use super::options::check_bins;
use super::score::BinCounts;
use super::{BinRule, RfmOptions, RfmScore, RfmTally};
use crate::error::{Error, Result};
use crate::history::{CustomerHistory, Ledger};
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::scale::{Bands, Bins, CutPoints, Language};

/// Fitted RFM scores: the cut points of the shop's customers, with which any customer is scored alone.
///
/// **Population**: the customers with a purchase.
///
/// **Scores** with `k` quantile bins, in integers; higher is better for all three, and equal values always get equal
/// scores.
///
/// | | score | kept | score of other customers |
/// |---|---|---|---|
/// | R, by the last purchase day | `k - (k * above) / N` | the first day of each score | 1 + the number of these days that are not later |
/// | F, M | `1 + (k * below) / N` | the largest value of each score | 1 + the number of these values that are smaller |
///
/// Of the `N` customers, `above` bought strictly later, `below` have a strictly smaller value. R counts from the top,
/// so that all who bought on the last day have the best score; F and M count from the bottom, so that those who bought
/// once do not have the best one.
///
/// **Day**: R's cut points are calendar days of the fit. A history or ledger as of another day is scored by the same
/// days: a customer who has bought since the fit has the highest R.
///
/// # Examples
///
/// ```
/// use core::ops::Bound;
///
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::scale::Language;
/// use repurchase::segment::{RfmModel, RfmOptions};
/// use repurchase::{Ledger, Order, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::from(id));
/// let orders = (1..=5).map(|id| order(id, id)).collect::<Result<Vec<_>, _>>()?;
/// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), NaiveDate::from_ymd_opt(2026, 3, 31).unwrap())?;
///
/// let model = RfmModel::fit(&ledger, &RfmOptions::default())?;
/// let scores: Vec<_> = model.score_all(&ledger)?.iter().map(ToString::to_string).collect();
/// assert_eq!(scores, ["111", "212", "313", "414", "515"], "all bought once: F cannot tell them apart");
///
/// let customer = ledger.get(&5).expect("has bought");
/// assert_eq!(model.score(&customer).map(|score| score.recency()), Some(5));
/// assert_eq!(
///     model.explain(&customer, Language::English).as_deref(),
///     Some("R 5 of 5: last purchase 2026-03-05, 26 days before 2026-03-31, from 2026-03-05; \
///           F 1 of 5: purchases 1, at most 1; M 5 of 5: revenue 5, above 4")
/// );
/// // Scores as ranges of what they are made of; ties left the middle scores of F empty.
/// let fours = model.region([4..=4, 1..=1, 1..=5]).expect("scores that somebody can have");
/// let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
/// assert_eq!(fours.recency, (Bound::Included(day(4)), Bound::Excluded(day(5))));
/// assert!(fours.contains(day(4), 1, Decimal::from(4)) && !fours.contains(day(3), 1, Decimal::from(3)));
/// assert_eq!(model.region([1..=5, 2..=4, 1..=5]), None);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("segmentation", "RFM"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RfmModel {
    pub(super) measures: Measures,
    /// Whether F and M are those of a window.
    pub(super) in_window: bool,
    pub(super) as_of: NaiveDate,
    pub(super) customers: u64,
    pub(super) recency: DayBins,
    pub(super) frequency: Bins<u64>,
    pub(super) monetary: MoneyBins,
    pub(crate) bin_counts: BinCounts,
}

/// Customers whose values are cut into bins of equal shares.
pub(super) trait Population {
    fn customers(&self) -> u64;

    /// The smallest last purchase day of each bin, counted from the top.
    fn recency(&self, bins: u8) -> Result<CutPoints<NaiveDate>>;

    fn frequency(&self, bins: u8) -> Result<CutPoints<u64>>;

    fn monetary(&self, bins: u8) -> Result<CutPoints<Decimal>>;
}

impl RfmModel {
    /// The number of customers below which ranks say little: one customer more or less moves the scores of others.
    pub const FEW_CUSTOMERS: u64 = 50;

    /// Fits the cut points to all customers of a ledger. Takes time linear in customers on average.
    ///
    /// # Errors
    ///
    /// [`Error::NoCustomers`] for an empty ledger, [`Error::OutOfRange`] for bins that are not 2..=10,
    /// [`Error::DayOverflow`] for bands of recency that reach beyond chrono's first day.
    pub fn fit<Id>(ledger: &Ledger<Id>, options: &RfmOptions) -> Result<Self> {
        Self::of_population(&Columns::of(ledger, options.measures), false, ledger.as_of(), options)
    }

    /// Fits the cut points to all customers of a ledger, with F and M of `recent`: the ledger of a
    /// [window](crate::PurchaseLog::ledger_in) of the same log.
    ///
    /// R looks back over all time, F and M over the last year, say. A customer who bought nothing in the window has
    /// frequency 0, a mean order amount of 0, and a revenue of 0 less the window's credits. Such a model scores by
    /// [`score_in_window`](RfmModel::score_in_window).
    ///
    /// # Errors
    ///
    /// As [`fit`](RfmModel::fit); [`Error::AsOfMismatch`] when the window does not end on the ledger's as-of day;
    /// [`Error::UnknownCustomer`] when somebody bought in the window who is not in the ledger.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::{NaiveDate, TimeZone, Utc};
    /// use repurchase::segment::{RfmModel, RfmOptions};
    /// use repurchase::{Order, PurchaseLog, ShopCalendar, Window};
    /// use rust_decimal::Decimal;
    ///
    /// let order = |id, m, d| Order::new(id, Utc.with_ymd_and_hms(2026, m, d, 12, 0, 0).unwrap(), Decimal::TEN);
    /// let log = PurchaseLog::from_records([order(1, 1, 5)?, order(2, 1, 7)?, order(2, 3, 30)?], &ShopCalendar::utc())?;
    /// let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
    /// let (ledger, recent) = (log.ledger(as_of)?, log.ledger_in(Window::last_days(as_of, 30)?)?);
    ///
    /// let model = RfmModel::fit_in_window(&ledger, &recent, &RfmOptions::quantiles(2))?;
    /// let scores = model.score_all_in_window(&ledger, &recent)?;
    /// assert_eq!(scores.iter().map(ToString::to_string).collect::<Vec<_>>(), ["111", "222"]);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn fit_in_window<Id: CustomerId>(
        ledger: &Ledger<Id>,
        recent: &Ledger<Id>,
        options: &RfmOptions,
    ) -> Result<Self> {
        let columns = Columns::in_window(ledger, recent, options.measures)?;
        Self::of_population(&columns, true, ledger.as_of(), options)
    }

    /// Fits the cut points to the customers of a tally, as of a day: the same model as [`fit`](RfmModel::fit) on a ledger
    /// of them all.
    ///
    /// # Errors
    ///
    /// As [`fit`](RfmModel::fit); [`Error::AfterAsOf`] when somebody bought after `as_of`;
    /// [`Error::MeasuresMismatch`] when the tally counts other measures than the options ask for.
    pub fn fit_tally(tally: &RfmTally, as_of: NaiveDate, options: &RfmOptions) -> Result<Self> {
        if let Some(&last) = tally.last_purchases().largest().filter(|&&last| last > as_of) {
            return Err(Error::AfterAsOf { last, as_of });
        }
        Measures::check((options.measures, tally.in_window), (tally.measures, tally.in_window))?;
        Self::of_population(tally, tally.in_window, as_of, options)
    }

    fn of_population(
        customers: &impl Population,
        in_window: bool,
        as_of: NaiveDate,
        options: &RfmOptions,
    ) -> Result<Self> {
        if customers.customers() == 0 {
            return Err(Error::NoCustomers { what: "an RFM model" });
        }
        let recency = match options.recency.check()? {
            BinRule::Quantiles(bins) => Bins::QuantilesFromTop(customers.recency(*bins)?),
            BinRule::Bands(bands) => Bins::Bands(first_days(bands, as_of)?),
        };
        let frequency = match options.frequency.check()? {
            BinRule::Quantiles(bins) => Bins::Quantiles(customers.frequency(*bins)?),
            BinRule::Bands(bands) => Bins::Bands(bands.clone()),
        };
        let monetary = match options.monetary.check()? {
            BinRule::Quantiles(bins) => Bins::Quantiles(customers.monetary(*bins)?),
            BinRule::Bands(bands) => Bins::Bands(bands.clone()),
        };
        let (measured, fitted) = ((options.measures, in_window), (as_of, customers.customers()));
        Self::of_bins(measured, fitted, recency.into(), frequency, monetary.into())
    }

    pub(super) fn of_bins(
        (measures, in_window): (Measures, bool),
        (as_of, customers): (NaiveDate, u64),
        recency: DayBins,
        frequency: Bins<u64>,
        monetary: MoneyBins,
    ) -> Result<Self> {
        let bins = [recency.dates.bins(), frequency.bins(), monetary.amounts.bins()];
        bins.into_iter().try_for_each(check_bins)?;
        let bin_counts = BinCounts::new(bins.map(|bins| bins as u8))?;
        Ok(Self { measures, in_window, as_of, customers, recency, frequency, monetary, bin_counts })
    }

    /// Scores one customer. No allocation.
    ///
    /// `None` without a purchase, and by a model of a [window](RfmModel::fit_in_window), which needs the customer's
    /// history in the window: see [`score_in_window`](RfmModel::score_in_window).
    #[inline]
    pub fn score(&self, history: &CustomerHistory) -> Option<RfmScore> {
        if self.in_window { None } else { self.place(history, history) }
    }

    /// Scores one customer by a model of a [window](RfmModel::fit_in_window); `recent` is the customer's history in the
    /// window. No allocation.
    ///
    /// `None` without a purchase in `history`, and by a model that is not of a window.
    #[inline]
    pub fn score_in_window(&self, history: &CustomerHistory, recent: &CustomerHistory) -> Option<RfmScore> {
        if self.in_window { self.place(history, recent) } else { None }
    }

    #[inline]
    fn place(&self, history: &CustomerHistory, recent: &CustomerHistory) -> Option<RfmScore> {
        Some(self.bin_counts.score(
            self.recency.days.position(&history.last_day()?),
            self.frequency.position(&self.measures.frequency.of(recent)),
            self.monetary.position(self.measures.monetary, recent),
        ))
    }

    /// Scores every customer of a ledger, in its order: the same as [`score`](RfmModel::score) of each. Takes time
    /// linear in customers; one allocation.
    ///
    /// # Errors
    ///
    /// [`Error::MeasuresMismatch`] by a model of a [window](RfmModel::fit_in_window).
    pub fn score_all<Id>(&self, ledger: &Ledger<Id>) -> Result<Vec<RfmScore>> {
        Measures::check((self.measures, self.in_window), (self.measures, false))?;
        Ok(super::bulk::score_all(self, &Columns::of(ledger, self.measures)))
    }

    /// Scores every customer of a ledger by a model of a [window](RfmModel::fit_in_window), in the ledger's order: the
    /// same as [`score_in_window`](RfmModel::score_in_window) of each.
    ///
    /// # Errors
    ///
    /// [`Error::MeasuresMismatch`] by a model that is not of a window; [`Error::AsOfMismatch`] and
    /// [`Error::UnknownCustomer`] as [`fit_in_window`](RfmModel::fit_in_window).
    pub fn score_all_in_window<Id: CustomerId>(
        &self,
        ledger: &Ledger<Id>,
        recent: &Ledger<Id>,
    ) -> Result<Vec<RfmScore>> {
        Measures::check((self.measures, self.in_window), (self.measures, true))?;
        Ok(super::bulk::score_all(self, &Columns::in_window(ledger, recent, self.measures)?))
    }

    /// The as-of day of the fit.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The number of customers that the model was fitted to.
    pub const fn customers(&self) -> u64 {
        self.customers
    }

    /// A warning that ranks among fewer than 50 customers say little: one customer more or less moves the scores of
    /// others. `None` from 50 customers on.
    pub fn note(&self, language: Language) -> Option<String> {
        (self.customers < Self::FEW_CUSTOMERS).then(|| super::explain::few_customers(self.customers, language))
    }

    /// Whether F and M are those of a window.
    pub const fn is_in_window(&self) -> bool {
        self.in_window
    }

    /// The number of bins of R, F and M.
    pub const fn bins(&self) -> [u8; 3] {
        self.bin_counts.to_array()
    }

    /// Counts the customers of a tally who have each score, from 0 to 10, of R, F and M.
    pub(crate) fn counts(&self, tally: &RfmTally) -> Result<[[u64; 11]; 3]> {
        Measures::check((self.measures, self.in_window), (tally.measures, tally.in_window))?;
        let [mut r, mut f, mut m] = [[0; 11]; 3];
        tally.last_purchase.iter().for_each(|(day, count)| r[1 + self.recency.dates.position(day)] += count);
        tally.frequency.iter().for_each(|(times, count)| f[1 + self.frequency.position(times)] += count);
        tally.monetary.amounts().iter().for_each(|(&sum, count)| m[1 + self.monetary.position_of(sum)] += count);
        Ok([r, f, m])
    }

    /// The scores of R, F and M that no customer can get, because ties made the cuts around them equal.
    pub fn empty_scores(&self) -> [Vec<u8>; 3] {
        [self.recency.dates.empty_bins(), self.frequency.empty_bins(), self.monetary.amounts.empty_bins()]
            .map(|bins| bins.into_iter().map(|bin| bin as u8 + 1).collect())
    }

    /// The bins of R, by days of the last purchase.
    pub const fn recency(&self) -> &Bins<NaiveDate> {
        &self.recency.dates
    }

    /// The bins of F.
    pub const fn frequency(&self) -> &Bins<u64> {
        &self.frequency
    }

    /// The bins of M.
    pub const fn monetary(&self) -> &Bins<Decimal> {
        &self.monetary.amounts
    }

    /// Says why a customer has these scores: each value, and the cuts or edges around it. `None` where there is no
    /// [`score`](RfmModel::score).
    pub fn explain(&self, history: &CustomerHistory, language: Language) -> Option<String> {
        if self.in_window { None } else { self.explain_values(history, history, language) }
    }

    /// Says why a customer has the scores of a model of a window; `None` where there is no
    /// [`score_in_window`](RfmModel::score_in_window).
    pub fn explain_in_window(
        &self,
        history: &CustomerHistory,
        recent: &CustomerHistory,
        language: Language,
    ) -> Option<String> {
        if self.in_window { self.explain_values(history, recent, language) } else { None }
    }

    fn explain_values(
        &self,
        history: &CustomerHistory,
        recent: &CustomerHistory,
        language: Language,
    ) -> Option<String> {
        self.measures.of(history, recent).map(|values: Values| super::explain::explain(self, &values, language))
    }
}

/// Turns days since the last purchase into days of the calendar: fewer than `edge` days before `as_of` is on or after
/// `as_of - edge + 1`.
fn first_days(bands: &Bands<u32>, as_of: NaiveDate) -> Result<Bands<NaiveDate>> {
    let day = |&edge: &u32| Ok(Day::from(as_of).plus(1 - i64::from(edge))?.date());
    Bands::new(bands.edges().iter().rev().map(day).collect::<Result<_>>()?)
}
