//! The standing of one customer by the rule.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::{Basis, ChurnRisk, MissedCycles};
use crate::error::{Error, Result};
use crate::history::{CustomerHistory, GapStatistics};
use crate::number::wide::Wide;
use crate::scale::Language;
use crate::scale::words::{count, phrase};

/// The standing of one customer in the cycle of purchases, as of a day. Made by [`MissedCycles::standing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CycleStanding {
    rule: MissedCycles,
    last: NaiveDate,
    days_since_last: u32,
    /// `None` for a customer of one purchase day.
    gaps: Option<GapStatistics>,
    quantities: Option<Quantities>,
}

/// The quantities, both above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Quantities {
    last_order: Decimal,
    usual: Decimal,
}

/// An expected cycle in days, `days / per`, both above 0.
#[derive(Clone, Copy)]
struct Cycle {
    days: Wide,
    per: Wide,
}

impl CycleStanding {
    pub(super) fn new(rule: MissedCycles, history: &CustomerHistory, as_of: NaiveDate) -> Option<Self> {
        let (last, days_since_last) = (history.last_purchase()?, history.days_since_last(as_of)?);
        Some(Self { rule, last, days_since_last, gaps: history.gaps(), quantities: None })
    }

    /// Multiplies the expected cycle by `last_order / usual`, both above 0: a double order doubles the wait, half an
    /// order halves it.
    ///
    /// `last_order` is the quantity of the last order, `usual` what the customer takes per order otherwise, in the same
    /// unit. A customer of one purchase day has no cycle to stretch, and stands as before.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] for a quantity that is not above 0.
    /// [`MissedCycles`] has an example.
    pub fn with_quantities(self, last_order: Decimal, usual: Decimal) -> Result<Self> {
        Error::above_zero("quantity of the last order", last_order)?;
        Error::above_zero("usual quantity", usual)?;
        Ok(Self { quantities: Some(Quantities { last_order, usual }), ..self })
    }

    /// Days from the last purchase to the as-of day.
    pub const fn days_since_last(&self) -> u32 {
        self.days_since_last
    }

    /// The days after which the customer is expected back, above 0; `None` for a customer of one purchase day.
    ///
    /// Rounded to the nearest binary64; with [quantities](CycleStanding::with_quantities), within a relative 2⁻⁵¹. The
    /// other answers are made from the exact quotient.
    pub fn expected_cycle_days(&self) -> Option<f64> {
        self.cycle().map(|cycle| cycle.days.to_f64() / cycle.per.to_f64())
    }

    /// Whole expected cycles since the last purchase; `None` for a customer of one purchase day.
    ///
    /// `u32::MAX` also stands for more, which only a tiny [quantity](CycleStanding::with_quantities) makes.
    pub fn cycles_missed(&self) -> Option<u32> {
        self.cycle().map(|cycle| cycle.per.times(self.days_since_last).divided_by(cycle.days).0)
    }

    /// The first day on which a cycle has passed since the last purchase: from this day on it counts as missed.
    ///
    /// The last purchase plus the expected cycle, rounded up to whole days. `None` for a customer of one purchase day,
    /// and where chrono has no such day.
    pub fn next_expected_day(&self) -> Option<NaiveDate> {
        self.last.checked_add_days(Days::new(self.cycle()?.whole_days().into()))
    }

    /// Days from the next expected day to the as-of day, 0 before it; `None` for a customer of one purchase day.
    pub fn overdue_days(&self) -> Option<u32> {
        // At least 0, and at most the days since the last purchase.
        self.days_until_expected().map(|days| 0.max(-days) as u32)
    }

    /// Days from the as-of day to the next expected day, below 0 after it; `None` for a customer of one purchase day.
    pub(crate) fn days_until_expected(&self) -> Option<i64> {
        self.cycle().map(|cycle| i64::from(cycle.whole_days()) - i64::from(self.days_since_last))
    }

    /// The risk in one word: see the table of [`ChurnRisk`].
    pub fn risk(&self) -> ChurnRisk {
        match self.cycles_missed() {
            Some(missed) => ChurnRisk::of_missed(missed, self.rule.churn_cycles),
            None => self.rule.lifecycle.new_customers.edges.pick(ChurnRisk::ALL, self.days_since_last),
        }
    }

    /// Says why the customer has this standing.
    pub fn explain(&self, language: Language) -> String {
        let (name, days) = (self.risk().label().name(language), self.days_since_last);
        let repeat = self.gaps.zip(self.cycle()).zip(self.cycles_missed());
        let Some(((gaps, cycle), missed)) = repeat else {
            let range = self.rule.lifecycle.new_customers.edges.describe(days, language);
            let ago = count(&days.to_string(), "day");
            return phrase!(
                language,
                "{name}: bought on one day, {ago} ago, {range}",
                "{name}：仅有 1 个购买日，距今 {days} 天，{range}"
            );
        };
        let (mean, limits) = (gaps.mean_in_words(), self.limits(gaps, language));
        let (every, churn) = (cycle.in_words(), self.rule.churn_cycles);
        let (ago, every_day) = (count(&days.to_string(), "day"), count(&every, "day"));
        let missed_cycles = count(&missed.to_string(), "cycle");
        phrase!(
            language,
            "{name}: last purchase {ago} ago, expected every {every_day} (mean gap {mean} days, {limits}): \
             {missed_cycles} missed, churn-inclined from {churn}",
            "{name}：最近一次消费距今 {days} 天，预计每 {every} 天复购一次（平均购买间隔 {mean} 天，{limits}）：\
             已错过 {missed} 个周期，满 {churn} 个即为高流失风险",
        )
    }

    /// Says how the mean gap became an expected cycle.
    fn limits(&self, gaps: GapStatistics, language: Language) -> String {
        let limits = match self.rule.cycle {
            Basis::FrequencyBand => self.rule.lifecycle.frequency.edges.describe(gaps.whole_mean_days(), language),
            Basis::OwnMeanGap { floor_days } => phrase!(language, "floor {floor_days}", "下限 {floor_days}"),
        };
        let Some(Quantities { last_order, usual }) = self.quantities else { return limits };
        phrase!(
            language,
            "{limits}; quantity {last_order}, usually {usual}",
            "{limits}；上次购买数量 {last_order}，平时 {usual}"
        )
    }

    fn cycle(&self) -> Option<Cycle> {
        let gaps = self.gaps?;
        let mean = (gaps.span_days(), gaps.count());
        let edges = self.rule.lifecycle.frequency.edges;
        let (days, per) = match self.rule.cycle {
            Basis::FrequencyBand => edges.above(gaps.whole_mean_days()).map_or(mean, |edge| (edge, 1)),
            Basis::OwnMeanGap { floor_days } if gaps.whole_mean_days() < floor_days => (floor_days, 1),
            Basis::OwnMeanGap { .. } => mean,
        };
        Some(Cycle::new(days, per, self.quantities))
    }
}

impl Cycle {
    /// Exact: a quantity of 96 bits has 190 at the other's decimals, and 254 after a product with two `u32`s.
    fn new(days: u32, per: u32, quantities: Option<Quantities>) -> Self {
        let product = |factor: u32, quantity: Decimal, other: Decimal| {
            let missing_decimals = other.scale().saturating_sub(quantity.scale());
            Wide::from(quantity.mantissa().unsigned_abs()).times_power_of_ten(missing_decimals).times(factor)
        };
        let one_each = Quantities { last_order: Decimal::ONE, usual: Decimal::ONE };
        let Quantities { last_order, usual } = quantities.unwrap_or(one_each);
        Self { days: product(days, last_order, usual), per: product(per, usual, last_order) }
    }

    /// Rounded up; `u32::MAX` also stands for more.
    fn whole_days(self) -> u32 {
        let (days, is_exact) = self.days.divided_by(self.per);
        days.saturating_add(u32::from(!is_exact))
    }

    fn in_words(self) -> String {
        match self.days.divided_by(self.per) {
            (days, true) => days.to_string(),
            _ => match self.days.to_f64() / self.per.to_f64() {
                days if days < 0.005 => format!("{days:.1e}"),
                days => format!("{days:.2}"),
            },
        }
    }
}
