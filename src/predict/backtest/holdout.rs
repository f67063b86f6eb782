//! A shop's past, split at a day.

use chrono::NaiveDate;
use hashbrown::HashMap;

use super::baseline::Baseline;
use super::forecast::Forecast;
use super::outcomes::Outcomes;
use super::scores::Scores;
use super::tracking::{self, TrackingPoint};
use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, Ledger, PurchaseLog, from_units, gap_logarithm};
use crate::parallel;
use crate::predict::{PurchaseModel, Sample, Samples};
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::segment::{ChurnRisk, MissedCycles};

/// The customers of a shop as of a day, the split, and their purchase days after it, in the hold-out.
///
/// **Population**: the customers with a purchase up to the split day, in the order of their ids, as in
/// [`PurchaseLog::ledger`]. The hold-out runs from the day after the split up to and including `end`, up to which the log
/// must be complete.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::predict::{Baseline, Holdout};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |who, m, d| Order::new(who, Utc.with_ymd_and_hms(2026, m, d, 12, 0, 0).unwrap(), Decimal::TEN);
/// let ann = [order("ann", 3, 4)?, order("ann", 3, 18)?, order("ann", 4, 8)?];
/// let others = [order("bo", 3, 4)?, order("cy", 4, 2)?];
/// let log = PurchaseLog::from_records(ann.into_iter().chain(others), &ShopCalendar::utc())?;
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let holdout = Holdout::of(&log, day(4, 1), day(4, 29))?;
/// assert_eq!(holdout.horizon_days(), 28);
/// let [ann, bo] = holdout.customers() else { panic!("Cy comes later") };
/// assert_eq!((ann.sample.repeats(), ann.purchases()), (1, 1));
/// assert_eq!((bo.sample.repeats(), bo.purchases()), (0, 0));
/// assert_eq!(holdout.score_baseline(Baseline::SameAsSoFar).mae, Some(0.0));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Holdout {
    split: NaiveDate,
    end: NaiveDate,
    customers: Vec<HoldoutCustomer>,
    /// Customers by their first day, ascending.
    pub(super) first_days: Vec<(Day, u64)>,
    /// The repeat purchase days of all up to the end, ascending by day.
    pub(super) repeats: Vec<(Day, u64)>,
}

/// One customer of a [`Holdout`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct HoldoutCustomer {
    /// The sample as of the split day, without a mean spend.
    pub sample: Sample,
    /// The sample as of the end, without a mean spend.
    pub at_end: Sample,
    /// Purchase days in the period that ends with the split day and is as long as the hold-out.
    pub last_period: u32,
    /// The churn risk by the missed-cycles rule, as of the split day.
    pub risk: ChurnRisk,
}

impl HoldoutCustomer {
    /// Purchase days in the hold-out.
    pub const fn purchases(&self) -> u32 {
        self.at_end.repeats().saturating_sub(self.sample.repeats())
    }

    /// Whether there is a purchase day in the hold-out.
    pub const fn buys_again(&self) -> bool {
        self.purchases() > 0
    }
}

impl Holdout {
    /// Splits a log after the day `split`, with the default [`MissedCycles`].
    ///
    /// # Errors
    ///
    /// As [`with_rule`](Holdout::with_rule).
    pub fn of<Id: CustomerId>(log: &PurchaseLog<Id>, split: NaiveDate, end: NaiveDate) -> Result<Self> {
        Self::with_rule(log, split, end, &MissedCycles::default())
    }

    /// Splits a log after the day `split`, with a churn rule of the shop's own. A split before the first purchase
    /// leaves no customers, and every score `None`. Takes time linear in purchases, and `n log n` in customers, who are
    /// sorted by id.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyWindow`] unless `end` is after `split`; [`Error::Customer`] as [`PurchaseLog::ledger`].
    pub fn with_rule<Id: CustomerId>(
        log: &PurchaseLog<Id>,
        split: NaiveDate,
        end: NaiveDate,
        rule: &MissedCycles,
    ) -> Result<Self> {
        if end <= split {
            return Err(Error::EmptyWindow { start: split, end });
        }
        let ledger = log.ledger(split)?;
        let (last_day, end_day) = (Day::from(split), Day::from(end));
        let folder = || Split {
            last_known: last_day,
            period: end_day.since(last_day),
            counts: Vec::new(),
            days: Days::default(),
        };
        let (mut counts, mut repeats) = (Vec::new(), Days::default());
        for part in log.fold_parts(end, folder) {
            counts.push(part.counts);
            part.days.into_iter().for_each(|(day, more)| *repeats.entry(day).or_default() += more);
        }
        let mut counts = parallel::joined(counts);
        parallel::sort_distinct(&mut counts, |(left, _), (right, _)| left.cmp(right));
        let customers = Self::customers_of(&ledger, &counts, end_day, rule);
        let mut first_days = Days::default();
        for (_, counts) in &counts {
            *first_days.entry(counts.first).or_default() += 1;
        }
        Ok(Self { split, end, customers, first_days: by_day(first_days), repeats: by_day(repeats) })
    }

    fn customers_of<Id: CustomerId>(
        ledger: &Ledger<Id>,
        counts: &[(Id, Counts)],
        end: Day,
        rule: &MissedCycles,
    ) -> Vec<HoldoutCustomer> {
        // Both hold the customers with a purchase up to the split, in the order of their ids.
        let pairs = ledger.iter().zip(counts);
        let customer = |((_, history), (_, counts)): ((_, crate::history::CustomerHistory), &(Id, Counts))| {
            let summary = history.repeat_summary(ledger.as_of())?;
            let times = [summary.recency_days(), summary.age_days()].map(f64::from);
            let sample = Sample::of_valid(summary.repeats(), times[0], times[1]).with_valid_ln_gaps(summary.ln_gaps());
            let days = |day: Day| f64::from(day.since(counts.first));
            let at_end = Sample::of_valid(counts.days - 1, days(counts.last), days(end))
                .with_valid_ln_gaps(from_units(counts.logarithms));
            let risk = rule.standing(&history, ledger.as_of())?.risk();
            Some(HoldoutCustomer { sample, at_end, last_period: counts.last_period, risk })
        };
        pairs.filter_map(customer).collect()
    }

    /// The last day before the hold-out.
    pub const fn split(&self) -> NaiveDate {
        self.split
    }

    /// The last day of the hold-out.
    pub const fn end(&self) -> NaiveDate {
        self.end
    }

    /// The length of the hold-out, in days; 1 or more.
    pub fn horizon_days(&self) -> u32 {
        Day::from(self.end).since(self.split.into())
    }

    /// The customers, in the order of their ids.
    pub fn customers(&self) -> &[HoldoutCustomer] {
        &self.customers
    }

    /// The samples at the split, to fit models to.
    pub fn samples(&self) -> Samples {
        self.customers.iter().map(|customer| customer.sample).collect()
    }

    /// The scores of a model's forecasts: linear in customers, but for sorting them; customers who are equal before and in
    /// the hold-out share an answer of the model.
    pub fn score(&self, model: &impl PurchaseModel) -> Scores {
        let outcomes = self.outcomes();
        let forecast = Forecast::of_model(&outcomes, model);
        Scores::of(&outcomes, &forecast).ranked(&outcomes, &forecast)
    }

    /// The scores of a simple rule's forecasts.
    pub fn score_baseline(&self, baseline: Baseline) -> Scores {
        let outcomes = self.outcomes();
        let forecast = Forecast::of_baseline(&outcomes, baseline);
        Scores::of(&outcomes, &forecast).ranked(&outcomes, &forecast)
    }

    /// The customers, equal ones counted.
    pub(super) fn outcomes(&self) -> Outcomes {
        Outcomes::of(self.horizon_days(), self.customers.iter().map(|&customer| (customer, 1))).0
    }

    /// The cumulative repeat purchases of all customers, actual and expected by a model, from the first purchase of all
    /// on: every `step_days` days, and on the last day of the hold-out. Up to the split it shows the fit, after it the
    /// forecast. Takes one addition for each different first day and point, and one answer of the model for each
    /// different number of days between them.
    ///
    /// # Formula
    ///
    /// On a day `D`: expected, `Σ E[X(D - first day)]` over the customers whose first day is `D` or before, with `X` of a
    /// new customer; actual, the repeat purchase days up to and including `D`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `step_days` is 0.
    pub fn tracking(&self, model: &impl PurchaseModel, step_days: u32) -> Result<Vec<TrackingPoint>> {
        tracking::track(self, model, step_days)
    }
}

type Days = HashMap<Day, u64, foldhash::fast::FixedState>;

fn by_day(days: Days) -> Vec<(Day, u64)> {
    let mut days: Vec<_> = days.into_iter().collect();
    days.sort_unstable();
    days
}

/// Counts purchase days on both sides of a split.
struct Split<Id> {
    last_known: Day,
    /// Days of the hold-out, and of the period before it.
    period: u32,
    counts: Vec<(Id, Counts)>,
    days: Days,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    first: Day,
    last: Day,
    /// 0 of a customer who comes after the split.
    days: u32,
    last_period: u32,
    logarithms: u64,
}

impl<Id> CustomerFold<Id> for Split<Id> {
    type State = Counts;

    fn step(&mut self, _: &Id, counts: &mut Counts, fact: Fact) {
        let day = fact.day;
        let is_new = counts.days == 0;
        if !fact.is_purchase() || (is_new && day > self.last_known) || (!is_new && counts.last == day) {
            return;
        }
        if is_new {
            counts.first = day;
        } else {
            *self.days.entry(day).or_default() += 1;
            counts.logarithms += gap_logarithm(day.since(counts.last));
        }
        counts.last = day;
        counts.days += 1;
        if day <= self.last_known && self.last_known.since(day) < self.period {
            counts.last_period += 1;
        }
    }

    fn reserve(&mut self, customers: usize) {
        self.counts.reserve(customers);
    }

    fn finish(&mut self, customer: Id, counts: Counts) {
        if counts.days > 0 {
            self.counts.push((customer, counts));
        }
    }
}
