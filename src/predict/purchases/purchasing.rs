//! The part of a likelihood that depends on `x` and `T` alone: purchases without dropout.

use crate::error::Result;
use crate::number::optimize::Evaluation;
use crate::number::special::{digamma_difference, ln_rising, trigamma_difference};
use crate::number::weight::count;
use crate::predict::fit::identification::Simpler;
use crate::predict::fit::search::{Extent, Found, Search};
use crate::predict::given::grouped::Grouped;
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
        search.climb(&[[0.5, 0.5 / rate]], |&[r, alpha]| {
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
    let repeats = f64::from(of.repeats);
    ln_rising(r, repeats) - repeats * libm::log(alpha + of.age) - r * libm::log1p(of.age / alpha)
}
