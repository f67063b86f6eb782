//! What the page shows, computed once.

mod calls;
mod gaps;
mod next;
mod outlook;

use chrono::{Datelike, Months, NaiveDate};
use repurchase::history::LedgerTotals;
use repurchase::measure::{CohortTable, Concentration, RateOptions, RepurchaseRates, repurchase_rates};
use repurchase::record::{CalendarSpan, Period, Windows};
use repurchase::segment::{
    FrequencyBand, Grid, Lifecycle, RfmMeasures, RfmModel, RfmOptions, RfmScore, RfmTable, TierModel, TierScheme,
};
use repurchase::{Error, Ledger, PurchaseLog, Window};
use repurchase_segment::groups::{Group, groups};
use repurchase_segment::shop::churn_rule;

use crate::words::Words;

pub(crate) use calls::{Call, Calls};
pub(crate) use gaps::GapBin;
pub(crate) use next::{HORIZON_DAYS, Next};
pub(crate) use outlook::{Outlook, SHORTEST, TooEarly};

/// The shop as of a day.
pub(crate) struct Shop {
    pub(crate) ledger: Ledger<String>,
    pub(crate) totals: LedgerTotals,
    /// `None` when nobody has bought.
    pub(crate) buyers: Option<Buyers>,
}

/// A shop in which somebody has bought.
pub(crate) struct Buyers {
    pub(crate) first_day: NaiveDate,
    /// Over the whole log up to the as-of day.
    pub(crate) rates: RepurchaseRates,
    /// Of each calendar month, the latest [`MONTHS`] at most.
    pub(crate) monthly: Vec<RepurchaseRates>,
    /// Whether the log is older than that.
    pub(crate) earlier_months: bool,
    pub(crate) cohorts: CohortTable,
    pub(crate) concentration: Concentration,
    pub(crate) rfm: RfmModel,
    pub(crate) grid: Grid,
    /// In the order of the ledger.
    pub(crate) scores: Vec<RfmScore>,
    pub(crate) segments: Vec<Group>,
    pub(crate) tiers: TierModel,
    pub(crate) of_tiers: Vec<Group>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) bands: Vec<Group>,
    pub(crate) gaps: Vec<GapBin>,
    pub(crate) outlook: Result<Outlook, TooEarly>,
    pub(crate) next: Next,
    pub(crate) calls: Calls,
}

/// The months that a chart has room for.
const MONTHS: u32 = 36;

/// The bins of R, F and M, which are those of the named segments.
pub(crate) const BINS: u8 = 5;

impl Shop {
    pub(crate) fn new(log: &PurchaseLog<String>, as_of: NaiveDate, words: Words) -> Result<Self, Error> {
        let ledger = log.ledger(as_of)?;
        let totals = ledger.totals()?;
        let first_day = ledger.iter().filter_map(|(_, history)| history.first_purchase()).min();
        let buyers = first_day.map(|first_day| Buyers::new(log, &ledger, first_day, words)).transpose()?;
        Ok(Self { ledger, totals, buyers })
    }
}

impl Buyers {
    fn new(
        log: &PurchaseLog<String>,
        ledger: &Ledger<String>,
        first_day: NaiveDate,
        words: Words,
    ) -> Result<Self, Error> {
        let as_of = ledger.as_of();
        let end = Window::last_days(as_of, 1)?.end();
        let whole = Window::new(first_day, end)?;
        let rates = one_window(log, whole)?;

        let (monthly, earlier_months) = monthly(log, first_day, as_of)?;
        let span = (as_of - first_day).num_days();
        let cohorts = CohortTable::from_log(log, cohort_period(span), as_of)?;

        let table = RfmTable::of(ledger, RfmMeasures::default());
        let rfm = RfmModel::fit(&table, &RfmOptions::quantiles(BINS))?;
        let scores = rfm.score_all(&table)?;
        let grid = Grid::rf();
        let mut positions = scores.iter().map(|&score| grid.position(score));
        let segments = groups(ledger, grid.segments().iter().enumerate(), |_| positions.next().flatten())?;
        drop(positions);

        let tiers = TierModel::fit(ledger, TierScheme::default())?;
        let of_tiers =
            groups(ledger, tiers.names().iter().enumerate(), |history| Some(tiers.position(history.revenue())))?;

        let lifecycle = Lifecycle::default();
        let labels = FrequencyBand::ALL.map(|band| (band, band.label()));
        let bands = groups(ledger, labels, |history| lifecycle.bands.band(history))?;
        let gaps = gaps::bins(ledger, lifecycle.bands);

        let rule = churn_rule(&lifecycle)?;
        let last_day = ledger.iter().filter_map(|(_, history)| history.last_purchase()).max().unwrap_or(first_day);
        let outlook = Outlook::new(log, (first_day, last_day), as_of, &rule)?;
        let next = Next::new(ledger, outlook.as_ref().ok(), words)?;
        let calls = Calls::new(ledger, &rule, &next)?;
        Ok(Self {
            first_day,
            rates,
            monthly,
            earlier_months,
            cohorts,
            concentration: Concentration::of(ledger)?,
            rfm,
            grid,
            scores,
            segments,
            tiers,
            of_tiers,
            lifecycle,
            bands,
            gaps,
            outlook,
            next,
            calls,
        })
    }

    /// How long the shop has been selling, up to the as-of day.
    pub(crate) fn span(&self, as_of: NaiveDate) -> CalendarSpan {
        CalendarSpan::between(self.first_day, as_of)
    }
}

fn one_window(log: &PurchaseLog<String>, window: Window) -> Result<RepurchaseRates, Error> {
    let mut rates = repurchase_rates(log, &Windows::from(window), RateOptions::default());
    // One window has one answer.
    rates.pop().ok_or(Error::NoCustomers { what: "repurchase rates" })
}

/// Of the latest months, the oldest first, and whether there are earlier ones.
fn monthly(
    log: &PurchaseLog<String>,
    first_day: NaiveDate,
    as_of: NaiveDate,
) -> Result<(Vec<RepurchaseRates>, bool), Error> {
    // No more months are made than are shown, however long ago the first purchase was.
    let latest = as_of.with_day(1).and_then(|month| month.checked_sub_months(Months::new(MONTHS - 1)));
    let start = latest.map_or(first_day, |latest| latest.max(first_day));
    let earlier = start > first_day;
    // The last month counts up to the as-of day, even where the log knows more.
    let end = Window::last_days(as_of, 1)?.end();
    let cut = |window: Window| if window.contains(as_of) { Window::new(window.start(), end) } else { Ok(window) };
    let windows = Windows::periods(Period::Month, start, as_of)?;
    let latest = windows.iter().map(cut).collect::<Result<Vec<_>, _>>()?;
    Ok((repurchase_rates(log, &Windows::new(latest)?, RateOptions::default()), earlier))
}

/// The period of which a table of cohorts has enough rows to be read, and not too many.
fn cohort_period(span_days: i64) -> Period {
    match span_days {
        ..14 => Period::Day,
        14..120 => Period::Week,
        120..900 => Period::Month,
        900..2600 => Period::Quarter,
        _ => Period::Year,
    }
}
