//! What becomes of new customers: when they come a second day and a third, and what they bring by then.

use chrono::NaiveDate;
use repurchase::measure::{
    CohortOptions, CohortTable, IntervalKind, Life, Occasion, SecondPurchaseRate, SurvivalCurve, second_purchase_rate,
};
use repurchase::record::Period;
use repurchase::scale::Confidence;
use repurchase::shop::CohortForecast;
use repurchase::{Error, PurchaseLog, Window};

use crate::shop::{Shop, settled};

/// Within how many days of the purchase day before the next came.
pub(crate) const SECOND_WITHIN: [u32; 7] = [7, 14, 30, 60, 90, 180, 365];

/// A share with its 95% interval, where it has one.
pub(crate) type Share = (f64, Option<(f64, f64)>);

/// From the first purchase day to the second, of the customers who are known to be new.
pub(crate) struct Newcomers {
    /// Since when somebody is known to be new: the end of the first period of the records.
    pub(crate) since: NaiveDate,
    /// Whether nobody is, so that all customers are counted.
    pub(crate) are_all: bool,
    /// Who has not come a second day yet, by days since the first; a third one, by days since the second.
    pub(crate) curve: SurvivalCurve,
    pub(crate) third: SurvivalCurve,
    /// Of those who are observed for so long.
    pub(crate) counted: Vec<SecondPurchaseRate>,
}

impl Newcomers {
    pub(crate) fn of(log: &PurchaseLog<String>, shop: &Shop, cohorts: &CohortTable) -> Result<Self, Error> {
        let (ledger, as_of) = (&shop.ledger, shop.ledger.as_of());
        let first = ledger.days().map_or(as_of, |(first, _)| first);
        // The period of the first day, whole.
        let since = cohorts.options.period.window(first)?.end();
        let first_day = |id: &String| ledger.get(id).and_then(|history| history.first_purchase());
        let is_new = |id: &String| first_day(id).is_some_and(|day| day >= since);
        let are_all = !ledger.ids().iter().any(is_new);
        let curves = |log: &PurchaseLog<String>| -> Result<_, Error> {
            let curve = |n| SurvivalCurve::of_nth_purchase(log, n, as_of, Occasion::Day);
            Ok((curve(1)?, curve(2)?))
        };
        let (curve, third) = if are_all { curves(log)? } else { curves(&log.of_customers(is_new))? };
        let window = Window::through(if are_all { first } else { since }, as_of)?;
        let counted = SECOND_WITHIN.map(|within| second_purchase_rate(log, window, within, as_of, Occasion::Day));
        Ok(Self { since, are_all, curve, third, counted: counted.to_vec() })
    }
}

/// The share that is back within these days, with its 95% interval; `None` beyond what is observed.
pub(crate) fn back_within(curve: &SurvivalCurve, days: u32) -> Option<Share> {
    let share = 1.0 - curve.survival_at(days)?;
    let steps = curve.steps();
    let step = steps.partition_point(|step| step.gap_days <= days).checked_sub(1).and_then(|at| steps.get(at));
    // Before anybody is back, the estimate has no variance.
    let step = step.filter(|_| share > 0.0);
    let interval = step.and_then(|step| step.interval(Confidence::default(), IntervalKind::default()));
    Some((share, interval.map(|of_waiting| (1.0 - of_waiting.high, 1.0 - of_waiting.low))))
}

/// The longest time that anybody has been observed, in days.
pub(crate) fn longest(curve: &SurvivalCurve) -> u32 {
    curve.steps().last().map_or(0, |step| step.gap_days)
}

/// What customers bring by the time since their own first purchase: cohorts in money.
pub(crate) struct Value {
    /// The days of a span of life.
    pub(crate) span: u32,
    pub(crate) cohorts: CohortTable,
    /// Without the first, which may hold customers from before the records.
    pub(crate) settled: CohortTable,
    /// What the open spans will have brought; none without models of the day.
    pub(crate) open: Vec<CohortForecast>,
}

impl Value {
    pub(crate) fn of(log: &PurchaseLog<String>, period: Period, first: NaiveDate, shop: &Shop) -> Result<Self, Error> {
        let as_of = shop.ledger.as_of();
        let span = match period {
            Period::Day => 1,
            Period::Week => 7,
            Period::Month => 30,
            Period::Quarter => 90,
            Period::Year => 365,
        };
        let options = CohortOptions::default().with_period(period).with_life(Life::Days(span));
        let cohorts = CohortTable::of(log, as_of, &options)?;
        let models = shop.models.as_ref().filter(|models| models.as_of() == as_of);
        let open = models.map(|models| models.cohort_forecasts(&shop.ledger, &cohorts, shop.level)).transpose()?;
        Ok(Self { span, settled: settled(&cohorts, first), cohorts, open: open.flatten().unwrap_or_default() })
    }

    /// The last day of the span of an offset, counted from the first purchase day as 1.
    pub(crate) const fn days(&self, offset: u32) -> u32 {
        (offset + 1) * self.span
    }

    /// The latest span up to the twelfth that cohorts of at least half of the new customers have lived to its end, and these.
    pub(crate) fn told(&self) -> Result<Option<(u32, CohortTable)>, Error> {
        let all: u64 = self.settled.cohorts.iter().map(|cohort| cohort.customers).sum();
        for offset in (0..12).rev() {
            let lived = self.settled.through(offset)?.customers;
            if lived > 0 && (lived * 2 >= all || offset == 0) {
                let mut of = self.settled.clone();
                of.cohorts.retain(|cohort| offset < cohort.complete_offsets);
                return Ok(Some((offset, of)));
            }
        }
        Ok(None)
    }
}
