//! What the page shows, computed once, by the library.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, Months, NaiveDate};
use repurchase::history::LineLog;
use repurchase::measure::{
    CohortOptions, CohortTable, PeriodMix, RateOptions, RepurchaseRates, buyer_mix, buyer_mix_in, repurchase_rates,
};
use repurchase::record::{Period, Windows};
use repurchase::scale::{Bands, CutPoints, Label};
use repurchase::segment::{LabelKind, LabelSummary, RfmModel, RfmScore, summarize};
use repurchase::shop::{Figure, Profiles, PurchaseChoice, ShopChecks, ShopModels, ShopOptions, Trigger};
use repurchase::{Error, PurchaseLog, Window};
use repurchase_segment::arguments::ShopArguments;

use crate::goods::Goods;
use crate::newcomers::{Newcomers, Value};

pub(crate) use repurchase_segment::shop::{Group, Shop};

/// The days of a period: what happened in the last ones, in those before, in the same a year ago.
pub(crate) const PERIOD: u32 = 30;

/// The months that a chart has room for.
const MONTHS: u32 = 24;

/// A shop in which somebody has bought.
pub(crate) struct Buyers<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) models: &'a ShopModels,
    pub(crate) as_of: NaiveDate,
    /// The first and the last day of the records with a purchase.
    pub(crate) days: (NaiveDate, NaiveDate),
    pub(crate) now: Periods,
    /// The latest calendar months, the oldest first.
    pub(crate) months: Vec<Month>,
    /// From the first purchase to the second.
    pub(crate) newcomers: Newcomers,
    /// The mean gap that a quarter, a half and three quarters of the repeat customers do not exceed.
    pub(crate) cycle: Option<[u32; 3]>,
    pub(crate) gaps: Vec<GapBin>,
    pub(crate) cohorts: CohortTable,
    /// The cohorts without the first, which may hold customers from before the records.
    pub(crate) settled: CohortTable,
    /// What customers bring by the time since their first purchase.
    pub(crate) value: Value,
    /// What they buy, where the lines of orders say it.
    pub(crate) goods: Option<Goods<'a>>,
    pub(crate) segments: Vec<Group>,
    pub(crate) tiers: Vec<Group>,
    pub(crate) bands: Vec<Group>,
    /// By the scores of R and F, and of R and M.
    pub(crate) cells: [BTreeMap<(u8, u8), LabelSummary>; 2],
    /// Who moved from which segment to which in the last period; `None` where there were no segments before it.
    pub(crate) moves: Option<Vec<Move>>,
    pub(crate) triggered: Vec<(Trigger, Vec<usize>)>,
    /// Whom to call first, by their positions in the ledger.
    pub(crate) calls: Vec<usize>,
}

/// A period, the one before it and the same a year ago; `None` of those that the records do not cover.
pub(crate) struct Periods {
    pub(crate) this: PeriodMix,
    pub(crate) before: Option<PeriodMix>,
    pub(crate) year_ago: Option<PeriodMix>,
}

/// A calendar month.
pub(crate) struct Month {
    pub(crate) mix: Periods,
    pub(crate) rates: RepurchaseRates,
    /// Whether it goes on after the as-of day.
    pub(crate) is_open: bool,
}

/// The segments before and after, by their keys, and how many customers; `None` before: a new customer.
pub(crate) type Move = (Option<String>, Option<String>, u64);

/// The repeat customers whose mean gap lies in one stretch of days.
pub(crate) struct GapBin {
    pub(crate) from: u32,
    /// The day before which it ends; `None` for the last one, which is open.
    pub(crate) to: Option<u32>,
    pub(crate) customers: u64,
}

/// The shop as of a day by the models in use; where there are none, by models that were checked on its past.
pub(crate) fn shop(log: &PurchaseLog<String>, as_of: NaiveDate, in_use: Option<&ShopModels>) -> Result<Shop, Error> {
    let (ledger, asked) = (log.ledger(as_of)?, ShopArguments::default());
    if ledger.is_empty() || in_use.is_some() {
        return Shop::of(ledger, in_use.cloned(), &asked);
    }
    let options = ShopOptions::default();
    let checks = ShopChecks::of(log, as_of, &options)?;
    Shop::fit(ledger, &asked, &options.with_checks(Some(checks)))
}

impl<'a> Buyers<'a> {
    /// `None` when nobody has bought.
    pub(crate) fn of(
        log: &PurchaseLog<String>,
        lines: Option<&'a LineLog<String, String>>,
        shop: &'a Shop,
    ) -> Result<Option<Self>, Error> {
        let (ledger, profiles, as_of) = (&shop.ledger, &shop.profiles, shop.ledger.as_of());
        let (Some(models), Some(days)) = (&shop.models, ledger.days()) else { return Ok(None) };
        let first = days.0;
        let period = cohort_period((as_of - first).num_days());
        let cohorts = CohortTable::of(log, as_of, &CohortOptions::default().with_period(period))?;
        let settled = settled(&cohorts, first);
        let [rf, rm] = [1, 2].map(|other: usize| {
            let scores = move |score: RfmScore| (score.to_array()[0], score.to_array()[other]);
            summarize(ledger, |_, history| models.rfm().score(history).map(scores))
        });
        let gap = |history: &repurchase::CustomerHistory| history.gaps().map(|gaps| gaps.whole_mean_days());
        let gaps: Vec<u32> = ledger.iter().filter_map(|(_, history)| gap(&history)).collect();
        let has_segments = models.customers() >= RfmModel::FEW_CUSTOMERS && models.grid().is_some();
        Ok(Some(Self {
            shop,
            models,
            as_of,
            days,
            now: now(log, first, as_of)?,
            months: months(log, first, as_of)?,
            newcomers: Newcomers::of(log, shop, &cohorts)?,
            cycle: quartiles(&gaps)?,
            gaps: bins(&gaps, models.lifecycle().frequency.edges())?,
            value: Value::of(log, period, first, shop)?,
            goods: lines.map(|lines| Goods::of(lines, as_of)).transpose()?.flatten(),
            cohorts,
            settled,
            segments: if has_segments { shop.groups(LabelKind::Segment)? } else { Vec::new() },
            tiers: if has_segments { shop.groups(LabelKind::Tier)? } else { Vec::new() },
            bands: shop.groups(LabelKind::FrequencyBand)?,
            cells: [rf?, rm?],
            moves: if has_segments { moves(log, shop, models)? } else { None },
            triggered: Trigger::ALL
                .into_iter()
                .filter(|trigger| has_segments || *trigger != Trigger::NearTier)
                .map(|trigger| {
                    (trigger, if trigger == Trigger::Late { late(profiles) } else { profiles.triggered(trigger) })
                })
                .collect(),
            calls: profiles.calls(),
        }))
    }

    /// The repeat customers.
    pub(crate) fn regulars(&self) -> u64 {
        self.bands.first().map_or(0, |(_, sums)| sums.customers.of())
    }

    /// The customers of a segment, by their positions in the ledger.
    pub(crate) fn members(&self, segment: &Label) -> Vec<usize> {
        let labels = self.shop.profiles.labels(LabelKind::Segment).enumerate();
        let members = labels.filter(|(_, label)| label.is_some_and(|label| label.key() == segment.key()));
        members.map(|(position, _)| position).collect()
    }

    /// What customers usually bring within the horizon; `None` where it is unknown of one.
    pub(crate) fn usual_value(&self, customers: &[usize]) -> Option<f64> {
        customers.iter().map(|&position| self.shop.profiles.get(position)?.figure(Figure::UsualValue)).sum()
    }
}

/// All who are late: first those whom to call, in their order, then those for whom it is too late.
fn late(profiles: &Profiles) -> Vec<usize> {
    let mut late = profiles.calls();
    let calls: BTreeSet<usize> = late.iter().copied().collect();
    late.extend(profiles.triggered(Trigger::Late).into_iter().filter(|position| !calls.contains(position)));
    late
}

/// The mix of a window, if the records cover it.
fn covered(log: &PurchaseLog<String>, first: NaiveDate, window: Window) -> Result<Option<PeriodMix>, Error> {
    if window.start() < first { Ok(None) } else { buyer_mix_in(log, window).map(Some) }
}

fn now(log: &PurchaseLog<String>, first: NaiveDate, as_of: NaiveDate) -> Result<Periods, Error> {
    let back = |day: Option<NaiveDate>| day.map(|day| Window::last_days(day, PERIOD)).transpose();
    let covered = |window: Option<Window>| window.map_or(Ok(None), |window| covered(log, first, window));
    Ok(Periods {
        this: buyer_mix_in(log, Window::last_days(as_of, PERIOD)?)?,
        before: covered(back(as_of.checked_sub_days(Days::new(PERIOD.into())))?)?,
        year_ago: covered(back(as_of.checked_sub_months(Months::new(12)))?)?,
    })
}

/// Each of the latest months, up to the as-of day, beside the month before and the same month a year ago.
fn months(log: &PurchaseLog<String>, first: NaiveDate, as_of: NaiveDate) -> Result<Vec<Month>, Error> {
    let month = |day: NaiveDate| Period::Month.window(day);
    let ago = |months: u32| month(as_of)?.start().checked_sub_months(Months::new(months)).map(month).transpose();
    let Some(earliest) = ago(MONTHS - 1)? else { return Ok(Vec::new()) };
    // The month of the first record is whole where no record can be missing: it begins with it.
    let start = month(first)?.start();
    let windows = Windows::periods(Period::Month, earliest.start().max(start), as_of)?;
    let rates = repurchase_rates(log, &windows, &RateOptions::default());
    let known = buyer_mix(log, Period::Month, as_of)?;
    let known: BTreeMap<Window, PeriodMix> = known.into_iter().map(|mix| (mix.window, mix)).collect();
    // A month after the last record is in no list.
    let mix = |window| known.get(&window).map_or_else(|| buyer_mix_in(log, window), |mix| Ok(*mix));
    let mut all = Vec::new();
    for rates in rates {
        let this = rates.window;
        let earlier = |months| match this.start().checked_sub_months(Months::new(months)) {
            Some(day) if day >= start => mix(month(day)?).map(Some),
            _ => Ok(None),
        };
        let is_open = month(this.start())?.end() != this.end();
        // What is not over yet is compared with nothing.
        let [before, year_ago] = if is_open { [None, None] } else { [earlier(1)?, earlier(12)?] };
        all.push(Month { mix: Periods { this: mix(this)?, before, year_ago }, rates, is_open });
    }
    Ok(all)
}

fn quartiles(gaps: &[u32]) -> Result<Option<[u32; 3]>, Error> {
    if gaps.is_empty() {
        return Ok(None);
    }
    Ok(CutPoints::fit(gaps.iter().copied(), 4)?.cuts().try_into().ok())
}

/// Days of one bin. It divides the default edges of the bands, so that no bin lies in two.
const WIDTH: u32 = 10;

/// The longest gap that has a bin of its own.
const LONGEST: u32 = 200;

/// From a gap of 0 days on, without a hole; none without a repeat customer.
fn bins(gaps: &[u32], [.., last_edge]: [u32; 3]) -> Result<Vec<GapBin>, Error> {
    let Some(longest) = gaps.iter().max() else { return Ok(Vec::new()) };
    // The last band shows as more than a line.
    let least = (last_edge / WIDTH + 4) * WIDTH;
    let end = ((longest / WIDTH + 1) * WIDTH).clamp(least, LONGEST.max(least));
    let bins = Bands::new((1..=end / WIDTH).map(|bin| bin * WIDTH).collect())?;
    let mut counts = vec![0; bins.edges().len() + 1];
    for gap in gaps {
        if let Some(count) = counts.get_mut(bins.position(gap)) {
            *count += 1;
        }
    }
    let starts = [0].into_iter().chain(bins.edges().iter().copied());
    let bin = |((position, from), customers)| GapBin { from, to: bins.edges().get(position).copied(), customers };
    let bins = starts.enumerate().zip(counts).map(bin);
    Ok(bins.filter(|bin| bin.to.is_some() || bin.customers > 0).collect())
}

/// Of segments of the default number of bins, which models of the earlier day cut anew.
fn moves(log: &PurchaseLog<String>, shop: &Shop, models: &ShopModels) -> Result<Option<Vec<Move>>, Error> {
    let Some(earlier) = shop.ledger.as_of().checked_sub_days(Days::new(PERIOD.into())) else { return Ok(None) };
    let then = log.ledger(earlier)?;
    if (then.len() as u64) < RfmModel::FEW_CUSTOMERS || models.rfm().bins() != [5; 3] {
        return Ok(None);
    }
    // Only labels are asked of the earlier models: nothing is fitted for them but ranks.
    let purchases = models.purchases().model().map_or(PurchaseChoice::Auto, |model| PurchaseChoice::Given(*model));
    let options = ShopOptions::default()
        .with_grid(models.grid().cloned())
        .with_purchases(purchases)
        .with_spend(models.spend().model().copied());
    let before = ShopModels::fit(&then, &options)?;
    let mut changes = models.changes(&shop.ledger, &before, &then)?;
    let owned = |(from, to, count): (Option<&&str>, Option<&&str>, u64)| {
        (from.map(ToString::to_string), to.map(ToString::to_string), count)
    };
    Ok(changes.remove(&LabelKind::Segment).map(|moved| moved.iter().map(owned).collect()))
}

/// The cohorts without that of the first day, which may hold customers from before the records.
pub(crate) fn settled(cohorts: &CohortTable, first: NaiveDate) -> CohortTable {
    let mut settled = cohorts.clone();
    settled.cohorts.retain(|cohort| !cohort.window.contains(first));
    settled
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
