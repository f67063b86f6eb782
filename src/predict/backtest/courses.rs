//! The customers of one window of the past, as of its split, and their purchases in it.
//!
//! Written for speed before plainness: `benches/predict.rs`, id `predict/rolling_backtest/cdnow`, must not get slower.

use super::holdout::HoldoutCustomer;
use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog, from_units, gap_logarithm};
use crate::number::{money, quotient};
use crate::predict::Sample;
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::segment::ChurnRisk;

/// The customers known at a split, in no particular order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Courses {
    pub(super) split: Day,
    /// The number of decimals of money.
    pub(super) scale: u32,
    pub(super) list: Vec<Course>,
    /// The net revenue of the customers in the window, and in the period before it that is as long; `None` beyond 127
    /// bits.
    pub(super) revenue: Option<i128>,
    pub(super) last_period: Option<i128>,
}

/// Equal customers. Times are in days, money in units of `10^-scale`, logarithms in units of `2^-32`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Course {
    /// `x`, `t_x` and `T` as of the split.
    pub(super) repeats: u32,
    pub(super) recency: u32,
    pub(super) age: u32,
    pub(super) ln_gaps: u64,
    /// The same values at the end.
    pub(super) repeats_at_end: u32,
    pub(super) recency_at_end: u32,
    pub(super) ln_gaps_at_end: u64,
    /// Purchase days in the period that ends with the split and is as long as the window.
    pub(super) last_period: u32,
    /// Spent up to the split, on all days and on those after the first, and given back.
    pub(super) spend: i128,
    pub(super) repeat_spend: i128,
    pub(super) credited: i128,
    pub(super) customers: u64,
}

impl Course {
    /// The sample with the mean spend, and with gaps where they are asked for.
    pub(super) fn sample(&self, gaps: bool, scale: u32) -> Option<Sample> {
        let mean = quotient(self.repeat_spend, money::power(scale)?.checked_mul(self.repeats.into())?);
        let sample = self.times(gaps);
        mean.map_or(Some(sample), |mean| sample.with_mean_spend(mean).ok())
    }

    /// The sample as of the split, without a mean spend.
    pub(super) fn times(&self, gaps: bool) -> Sample {
        of_times(self.repeats, self.recency, self.age, self.ln_gaps, gaps)
    }

    /// The customer of a hold-out, without a mean spend; who is late is not asked of them.
    pub(super) fn outcome(&self, gaps: bool, horizon_days: u32) -> HoldoutCustomer {
        let age = self.age.saturating_add(horizon_days);
        HoldoutCustomer {
            sample: self.times(gaps),
            at_end: of_times(self.repeats_at_end, self.recency_at_end, age, self.ln_gaps_at_end, gaps),
            last_period: self.last_period,
            risk: ChurnRisk::InCycle,
        }
    }
}

fn of_times(repeats: u32, recency: u32, age: u32, ln_gaps: u64, gaps: bool) -> Sample {
    let sample = Sample::of_valid(repeats, recency.into(), age.into());
    if gaps { sample.with_valid_ln_gaps(from_units(ln_gaps)) } else { sample }
}

impl Courses {
    /// The customers whom a log knows at a split, and what they did in the days after it, up to the as-of day.
    pub(super) fn of<Id: CustomerId>(log: &PurchaseLog<Id>, split: Day, as_of: Day, horizon_days: u32) -> Result<Self> {
        let end = split.plus(horizon_days.into())?.min(as_of);
        let folder = || Folder { split, horizon_days, list: Vec::new(), sums: [Some(0); 2], is_too_large: false };
        let mut all = Self { scale: log.scale(), ..Self::none(split) };
        for part in log.fold_parts(end.date(), folder) {
            if part.is_too_large {
                // It says of whom.
                log.ledger(split.date())?;
            }
            all.join(part.list, part.sums);
        }
        Ok(all)
    }

    /// The courses of nobody.
    pub(super) const fn none(split: Day) -> Self {
        Self { split, scale: 0, list: Vec::new(), revenue: Some(0), last_period: Some(0) }
    }

    fn join(&mut self, list: Vec<Course>, [revenue, last_period]: [Option<i128>; 2]) {
        let sum = |left: Option<i128>, right: Option<i128>| left?.checked_add(right?);
        (self.revenue, self.last_period) = (sum(self.revenue, revenue), sum(self.last_period, last_period));
        if self.list.is_empty() { self.list = list } else { self.list.extend(list) }
    }

    /// The first and the last purchase day of all, up to the split.
    pub(super) fn first_and_last_day(&self) -> Option<(Day, Day)> {
        let before = |days: Option<u32>| self.split.plus(-i64::from(days?)).ok();
        let first = before(self.list.iter().map(|course| course.age).max())?;
        Some((first, before(self.list.iter().map(|course| course.age - course.recency).min())?))
    }

    pub(super) fn customers(&self) -> u64 {
        self.list.iter().map(|course| course.customers).sum()
    }

    /// An amount of a unit of the log.
    pub(super) fn amount(&self, minor: Option<i128>) -> Option<f64> {
        quotient(minor?, money::power(self.scale)?)
    }

    /// Adds those of other customers, as of the same split, at the finer scale of both.
    pub(super) fn add(&mut self, other: Self) -> Result<()> {
        let scale = self.scale.max(other.scale);
        let finer = |courses: Self| if courses.scale < scale { courses.at_scale(scale) } else { Ok(courses) };
        let other = finer(other)?;
        if self.scale < scale {
            *self = self.at_scale(scale)?;
        }
        self.join(other.list, [other.revenue, other.last_period]);
        Ok(())
    }

    /// Counts equal customers, in ascending order.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] for more customers than an `f64` counts exactly.
    pub(super) fn count(&mut self) -> Result<()> {
        let all = self.list.iter().try_fold(0, |all: u64, course| all.checked_add(course.customers));
        if all.is_none_or(|all| all > MOST_CUSTOMERS) {
            return Err(Error::CountOverflow { field: "number of customers" });
        }
        self.list.sort_unstable();
        self.list.dedup_by(|next, kept| {
            let is_equal = Course { customers: 0, ..*next } == Course { customers: 0, ..*kept };
            kept.customers += if is_equal { next.customers } else { 0 };
            is_equal
        });
        Ok(())
    }

    /// The same money in finer units.
    pub(super) fn at_scale(&self, scale: u32) -> Result<Self> {
        let unit = money::power(scale - self.scale).ok_or(TOO_LARGE)?;
        let finer = |minor: i128| minor.checked_mul(unit).filter(|minor| money::fits(*minor)).ok_or(TOO_LARGE);
        let course = |course: &Course| {
            let [spend, repeat_spend, credited] = [course.spend, course.repeat_spend, course.credited].map(finer);
            Ok(Course { spend: spend?, repeat_spend: repeat_spend?, credited: credited?, ..*course })
        };
        let list = self.list.iter().map(course).collect::<Result<_>>()?;
        let [revenue, last_period] = [self.revenue, self.last_period].map(|sum| sum?.checked_mul(unit));
        Ok(Self { split: self.split, scale, list, revenue, last_period })
    }
}

const MOST_CUSTOMERS: u64 = 1 << 53;

const TOO_LARGE: Error = Error::AmountOverflow { field: "sum of amounts" };

/// Follows each customer over a split.
struct Folder {
    split: Day,
    horizon_days: u32,
    list: Vec<Course>,
    /// The revenue of the window, and of the period before it.
    sums: [Option<i128>; 2],
    is_too_large: bool,
}

#[derive(Clone, Copy, Default)]
struct State {
    /// Purchase days; 0 of a customer who comes after the split.
    days: u32,
    first: Day,
    last: Day,
    ln_gaps: u64,
    last_period: u32,
    first_day_spend: i128,
    spend: i128,
    credited: i128,
    /// Net, in the period before the split.
    recent: i128,
    /// The state at the split, once a day after it has come.
    at_split: Option<(u32, Day, u64)>,
}

impl State {
    const fn now(&self) -> (u32, Day, u64) {
        (self.days, self.last, self.ln_gaps)
    }
}

impl<Id> CustomerFold<Id> for Folder {
    type State = State;

    fn step(&mut self, _: &Id, state: &mut State, fact: Fact) {
        let Fact { day, amount } = fact;
        let is_after = day > self.split;
        if is_after {
            if state.days == 0 {
                return;
            }
            self.sums[0] = self.sums[0].and_then(|sum| sum.checked_add(amount));
            state.at_split.get_or_insert(state.now());
        } else {
            if self.split.since(day) < self.horizon_days {
                state.recent = state.recent.saturating_add(amount);
            }
            let sum = if fact.is_purchase() { &mut state.spend } else { &mut state.credited };
            // What has no room stays where it is refused.
            *sum = sum.saturating_add(amount.saturating_abs());
        }
        if !fact.is_purchase() {
            return;
        }
        let is_first = state.days == 0;
        if is_first || day > state.last {
            state.ln_gaps += if is_first { 0 } else { gap_logarithm(day.since(state.last)) };
            state.first = if is_first { day } else { state.first };
            (state.last, state.days) = (day, state.days + 1);
            state.last_period += u32::from(!is_after && self.split.since(day) < self.horizon_days);
        }
        if day == state.first {
            state.first_day_spend = state.spend;
        }
    }

    fn reserve(&mut self, customers: usize) {
        self.list.reserve(customers);
    }

    fn finish(&mut self, _: Id, state: State) {
        if state.days == 0 {
            return;
        }
        let State { first, spend, credited, .. } = state;
        self.sums[1] = self.sums[1].and_then(|sum| sum.checked_add(state.recent));
        let (days, last, ln_gaps) = state.at_split.unwrap_or(state.now());
        self.is_too_large |= [spend, credited, spend.saturating_sub(credited)].iter().any(|&sum| !money::fits(sum));
        self.list.push(Course {
            repeats: days - 1,
            recency: last.since(first),
            age: self.split.since(first),
            ln_gaps,
            repeats_at_end: state.days - 1,
            recency_at_end: state.last.since(first),
            ln_gaps_at_end: state.ln_gaps,
            last_period: state.last_period,
            spend,
            repeat_spend: spend - state.first_day_spend,
            credited,
            customers: 1,
        });
    }
}
