//! What the page shows, computed once, by the library.

mod gaps;
mod outlook;

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, RateOptions, RepurchaseRates, repurchase_rate, repurchase_rates,
};
use repurchase::record::{CalendarSpan, Period, Windows};
use repurchase::segment::{ChurnRisk, LabelKind, LabelSummary, RfmScore, summarize};
use repurchase::shop::{Figure, Profiles, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{Error, PurchaseLog, Window};
use repurchase_segment::arguments::ShopArguments;

pub(crate) use gaps::GapBin;
pub(crate) use outlook::{Outlook, SHORTEST, TooEarly};
pub(crate) use repurchase_segment::shop::{Group, Shop};

/// A shop in which somebody has bought, beyond what `summary.json` tells of it.
pub(crate) struct Buyers<'a> {
    pub(crate) first_day: NaiveDate,
    /// Over the whole log up to the as-of day.
    pub(crate) rates: RepurchaseRates,
    /// Of each calendar month, the latest [`MONTHS`] at most.
    pub(crate) monthly: Vec<RepurchaseRates>,
    /// Whether the log is older than that.
    pub(crate) earlier_months: bool,
    pub(crate) cohorts: CohortTable,
    pub(crate) concentration: &'a Concentration,
    pub(crate) outlook: Result<Outlook, TooEarly>,
    pub(crate) models: &'a ShopModels,
    /// In the order of the ledger.
    pub(crate) profiles: &'a Profiles,
    /// By the scores of R and F.
    pub(crate) cells: BTreeMap<(u8, u8), LabelSummary>,
    /// The customers whose R and F are [`HIGH`] or more.
    pub(crate) best: Option<LabelSummary>,
    pub(crate) segments: Vec<Group>,
    pub(crate) tiers: Vec<Group>,
    /// The customers of the two highest tiers.
    pub(crate) top_tiers: Option<LabelSummary>,
    pub(crate) bands: Vec<Group>,
    pub(crate) gaps: Vec<GapBin>,
    /// The customers of two purchase days or more who have missed a cycle.
    pub(crate) late: Option<LabelSummary>,
    /// Whom to call first, by their positions in the ledger.
    pub(crate) calls: Vec<usize>,
}

/// The months that a chart has room for.
const MONTHS: u32 = 36;

/// The scores of R and F from which on a customer is among the best.
pub(crate) const HIGH: u8 = 4;

/// The shop as of a day, by the models in use; where there are none, with the model of purchases that the outlook chose.
pub(crate) fn shop(
    log: &PurchaseLog<String>,
    as_of: NaiveDate,
    in_use: Option<&ShopModels>,
) -> Result<(Shop, Option<Result<Outlook, TooEarly>>), Error> {
    let ledger = log.ledger(as_of)?;
    let kind = in_use.and_then(|models| Some(models.purchases().model()?.kind()));
    let outlook = ledger.days().map(|days| Outlook::new(log, days, as_of, kind)).transpose()?;
    if let Some(models) = in_use {
        return Ok((Shop::of(ledger, Some(models.clone()), &ShopArguments::default())?, outlook));
    }
    let model = match &outlook {
        Some(Ok(outlook)) => PurchaseChoice::Fit(outlook.kind),
        _ => PurchaseChoice::Auto,
    };
    let asked = ShopArguments { model, ..ShopArguments::default() };
    Ok((Shop::fit(ledger, &asked, &ShopOptions::default().with_purchases(model))?, outlook))
}

impl<'a> Buyers<'a> {
    /// `None` when nobody has bought.
    pub(crate) fn of(
        log: &PurchaseLog<String>,
        shop: &'a Shop,
        outlook: Option<Result<Outlook, TooEarly>>,
    ) -> Result<Option<Self>, Error> {
        let (ledger, profiles, as_of) = (&shop.ledger, &shop.profiles, shop.ledger.as_of());
        let (Some(models), Some(outlook), Some((first_day, _))) = (&shop.models, outlook, ledger.days()) else {
            return Ok(None);
        };
        let (monthly, earlier_months) = monthly(log, first_day, as_of)?;

        let scores = |score: RfmScore| (score.recency(), score.frequency());
        let cells = summarize(ledger, |_, history| models.rfm().score(history).map(scores))?;
        let is_best = |(r, f): (u8, u8)| r >= HIGH && f >= HIGH;
        let mut best = summarize(ledger, |_, history| Some(is_best(scores(models.rfm().score(history)?))))?;
        let second = models.tiers().names().len().saturating_sub(2);
        let mut top_tiers = summarize(ledger, |_, history| Some(models.tiers().position(history.revenue()) >= second))?;
        let mut late = summarize(ledger, |_, history| {
            let standing = models.cycles().standing(history, as_of).filter(|_| history.purchase_days() > 1)?;
            Some(standing.risk() > ChurnRisk::InCycle)
        })?;
        let cohorts = CohortOptions::default().with_period(cohort_period((as_of - first_day).num_days()));
        Ok(Some(Self {
            first_day,
            rates: repurchase_rate(log, Window::through(first_day, as_of)?, &RateOptions::default()),
            monthly,
            earlier_months,
            cohorts: CohortTable::of(log, &cohorts, as_of)?,
            concentration: &shop.concentration,
            outlook,
            models,
            profiles,
            cells,
            best: best.remove(&true),
            segments: shop.groups(LabelKind::Segment)?,
            tiers: shop.groups(LabelKind::Tier)?,
            top_tiers: top_tiers.remove(&true),
            bands: shop.groups(LabelKind::FrequencyBand)?,
            gaps: gaps::bins(ledger, models.lifecycle().frequency)?,
            late: late.remove(&true),
            calls: profiles.calls(),
        }))
    }

    /// How long the shop has been selling, up to the as-of day.
    pub(crate) fn span(&self, as_of: NaiveDate) -> CalendarSpan {
        CalendarSpan::between(self.first_day, as_of)
    }

    /// A figure of all customers together; `None` where it is unknown of one.
    pub(crate) fn sum(&self, figure: Figure) -> Option<f64> {
        self.profiles.figures(figure).sum()
    }
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
    let months = Windows::periods(Period::Month, start, as_of)?;
    Ok((repurchase_rates(log, &months, &RateOptions::default()), start > first_day))
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
