//! The part of a likelihood that depends on `x` and `T` alone: purchases without dropout.

use crate::error::Result;
use crate::number::optimize::Evaluation;
use crate::number::special::{digamma_difference, ln_rising, trigamma_difference};
use crate::number::weight::count;
use crate::predict::fit::identification::Simpler;
use crate::predict::fit::search::{Extent, Found, Search};
use crate::predict::given::grouped::Grouped;
use crate::predict::given::numbering::Numbering;
use crate::predict::given::unit::Observed;
use crate::predict::{FitOptions, TimeUnit};

/// Customers by `x` and by `T`.
#[derive(Debug)]
pub(in crate::predict) struct Purchasing {
    /// `x` and its customers, ascending.
    pub(in crate::predict) by_repeats: Vec<(u32, f64)>,
    by_age: Vec<Age>,
    /// Customers and different rows.
    size: (u64, usize),
}

/// The customers of one `T`, ascending.
#[derive(Debug, Clone, Copy)]
struct Age {
    time: f64,
    customers: f64,
    repeats: f64,
}

impl Purchasing {
    pub(in crate::predict) fn of(rows: &Grouped, unit: TimeUnit) -> Self {
        let ages = rows.times.iter().map(|&days| Age { time: unit.of_days(days), customers: 0.0, repeats: 0.0 });
        let (mut by_repeats, mut by_age): (Vec<(u32, f64)>, Vec<Age>) = (Vec::new(), ages.collect());
        for group in &rows.groups {
            let (mut of_group, x) = (0.0, f64::from(group.repeats));
            for row in &group.rows {
                let customers = count(row.customers);
                of_group += customers;
                if let Some(age) = by_age.get_mut(row.age as usize) {
                    age.customers += customers;
                    age.repeats += customers * x;
                }
            }
            by_repeats.push((group.repeats, of_group));
        }
        by_age.retain(|age| age.customers > 0.0);
        Self { by_repeats, by_age, size: (rows.customers, rows.distinct_rows()) }
    }

    pub(in crate::predict) fn extent(&self) -> Extent {
        let (customers, distinct_rows) = self.size;
        Extent {
            customers,
            distinct_rows,
            repeats: self.by_age.iter().map(|age| age.repeats).sum(),
            time: self.by_age.iter().map(|age| age.time * age.customers).sum(),
            age: self.by_age.last().map_or(0.0, |last| last.time),
        }
    }

    /// The climb to the maximum of NBD.
    pub(in crate::predict) fn climb(&self, options: &FitOptions) -> Result<Found<2>> {
        let (search, rate) = Search::by_time("NBD", &self.extent(), options, |age| [1.0, age])?;
        search.climb(&[0.5, 0.02].map(|r| [r, r / rate]), |&[r, alpha]| {
            let mut evaluation = Evaluation::ZERO;
            self.add(r, alpha, &mut evaluation);
            evaluation.mirrored()
        })
    }

    /// The largest `ln L` of customers who all buy at one rate.
    pub(in crate::predict) fn poisson(&self) -> f64 {
        let Extent { repeats, time, .. } = self.extent();
        if repeats > 0.0 { repeats * (libm::log(repeats / time) - 1.0) } else { 0.0 }
    }

    /// The largest likelihoods without dropout.
    pub(in crate::predict) fn simpler(&self, options: &FitOptions) -> Result<Simpler> {
        Ok(Simpler { poisson: self.poisson(), nbd: self.climb(options)?.report.log_likelihood })
    }

    /// Adds `Σ ln Γ(r + x) - ln Γ(r) + r ln α - (r + x) ln(α + T)` with its derivatives by `r` and `α`, parameters 0 and 1,
    /// and the upper half of its Hessian.
    pub(in crate::predict) fn add<const N: usize>(&self, r: f64, alpha: f64, to: &mut Evaluation<N>) {
        for &(repeats, customers) in &self.by_repeats {
            let repeats = f64::from(repeats);
            to.value += customers * ln_rising(r, repeats);
            to.gradient[0] += customers * digamma_difference(r, repeats);
            to.hessian[0][0] += customers * trigamma_difference(r, repeats);
        }
        for &Age { time, customers, repeats } in &self.by_age {
            let (end, relative) = (alpha + time, libm::log1p(time / alpha));
            let slope = time / (alpha * end);
            to.value -= repeats * libm::log(end) + r * customers * relative;
            to.gradient[0] -= customers * relative;
            to.gradient[1] += r * customers * slope - repeats / end;
            to.hessian[0][1] += customers * slope;
            to.hessian[1][1] += repeats / (end * end) - r * customers * slope * (1.0 / alpha + 1.0 / end);
        }
    }
}

/// `ln Γ(r + x) - ln Γ(r) + r ln α - (r + x) ln(α + T)` of one customer.
pub(in crate::predict) fn log_density(r: f64, alpha: f64, of: &Observed) -> f64 {
    joined(r, of.repeats, ln_rising(r, of.repeats.into()), logarithms(alpha, of.age))
}

fn joined(r: f64, repeats: u32, rising: f64, (end, passed): (f64, f64)) -> f64 {
    rising - f64::from(repeats) * end - r * passed
}

/// `ln(α + T)` and `ln(1 + T / α)`.
fn logarithms(alpha: f64, age: f64) -> (f64, f64) {
    (libm::log(alpha + age), libm::log1p(age / alpha))
}

/// [`log_density`] of many customers, to the same bits: what they share is worked out once.
pub(in crate::predict) struct Densities {
    r: f64,
    alpha: f64,
    unit: TimeUnit,
    rising: ByCount,
    times: Numbering,
    logarithms: Vec<(f64, f64)>,
}

impl Densities {
    pub(in crate::predict) fn new(r: f64, alpha: f64, unit: TimeUnit) -> Self {
        let (rising, times) = (ByCount::default(), Numbering::default());
        Self { r, alpha, unit, rising, times, logarithms: Vec::new() }
    }

    pub(in crate::predict) fn of(&mut self, repeats: u32, days: f64) -> f64 {
        let number = self.times.of(days) as usize;
        let logarithms = if let Some(&known) = self.logarithms.get(number) {
            known
        } else {
            // Times are numbered in the order of first sight.
            let of_time = logarithms(self.alpha, self.unit.of_days(days));
            self.logarithms.push(of_time);
            of_time
        };
        let r = self.r;
        joined(r, repeats, self.rising.of(repeats, |repeats| ln_rising(r, repeats.into())), logarithms)
    }
}

/// A number for each count, worked out when it is first needed.
#[derive(Default)]
pub(in crate::predict) struct ByCount(Vec<f64>);

/// Counts up to which numbers are kept.
const MOST_KEPT: usize = 1 << 12;

impl ByCount {
    pub(in crate::predict) fn of(&mut self, at: u32, number: impl Fn(u32) -> f64) -> f64 {
        let index = at as usize;
        match self.0.get(index) {
            Some(known) if !known.is_nan() => *known,
            _ if index >= MOST_KEPT => number(at),
            _ => {
                if self.0.len() <= index {
                    self.0.resize((index + 1).next_power_of_two(), f64::NAN);
                }
                self.0[index] = number(at);
                self.0[index]
            }
        }
    }
}
