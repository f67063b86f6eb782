//! The likelihood that BG/NBD and MBG/NBD share. Fast on purpose: `fit_mbg_nbd` of `benches/predict.rs` must not get slower.
//!
//! A customer who is alive has stayed after each of `c` chances to leave: the `x` repeat purchases in BG/NBD, the first
//! purchase too in MBG/NBD. With `k = r + x`, a customer's density is
//!
//! ```text
//! Γ(k) / Γ(r) · α^r (α + T)^-k · B(a, b + c) / B(a, b) · (1 + e^z),
//! z = ln(a / (b + c - 1)) + k ln((α + T) / (α + t_x))
//! ```
//!
//! where `e^z` is the odds of having left at the last purchase, 0 where `c` is 0.

use crate::error::Result;
use crate::number::optimize::Evaluation;
use crate::number::special::{digamma_difference, exp_of_nonpositive, ln_1p_exp, ln_beta_ratio, trigamma_difference};
use crate::number::weight::count;
use crate::parallel;
use crate::predict::fit::identification::Simpler;
use crate::predict::fit::search::Extent;
use crate::predict::given::grouped::{Grouped, Piece};
use crate::predict::given::grouping::Row;
use crate::predict::given::unit::Observed;
use crate::predict::purchases::purchasing::{Purchasing, log_density};
use crate::predict::{FitOptions, TimeUnit};

/// Chances to leave beyond the repeat purchases: 0 of BG/NBD, 1 of MBG/NBD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::predict) struct ExtraChance(pub(in crate::predict) u32);

/// `r`, `α`, `a` and `b`.
pub(in crate::predict) type Parameters = [f64; 4];

impl ExtraChance {
    /// `c`.
    pub(in crate::predict) fn chances(self, repeats: u32) -> f64 {
        f64::from(repeats) + f64::from(self.0)
    }

    pub(in crate::predict) fn log_likelihood(self, parameters: Parameters, of: &Observed) -> f64 {
        let [r, alpha, a, b] = parameters;
        let at_age = log_density(r, alpha, of);
        let at_recency = || log_density(r, alpha, &Observed { age: of.recency, ..*of });
        self.likelihood(parameters, of, at_age, at_recency, |chances| ln_beta_ratio(a, b, chances))
    }

    /// Computes the likelihood from the density of customers who never leave at `T` and at `t_x`, and from `ln(B(a, b +
    /// c) / B(a, b))`.
    pub(super) fn likelihood(
        self,
        [r, alpha, a, b]: Parameters,
        of: &Observed,
        at_age: f64,
        at_recency: impl FnOnce() -> f64,
        mut stayed: impl FnMut(f64) -> f64,
    ) -> f64 {
        let chances = self.chances(of.repeats);
        let alive = at_age + stayed(chances);
        if chances <= 0.0 {
            return alive;
        }
        let silence = libm::log1p((of.age - of.recency) / (alpha + of.recency));
        let ln_odds = libm::log(a / (b + (chances - 1.0))) + (r + f64::from(of.repeats)) * silence;
        if ln_odds <= 0.0 {
            return alive + ln_1p_exp(ln_odds);
        }
        // From the term of those who have left: large odds on an unlikely silence would cancel.
        let left = at_recency() + stayed(chances - 1.0) - libm::log1p((b + (chances - 1.0)) / a);
        left + ln_1p_exp(-ln_odds)
    }
}

/// A shop's samples, cut into parts.
#[derive(Debug)]
pub(in crate::predict) struct Likelihood<'a> {
    extra: ExtraChance,
    purchasing: Purchasing,
    /// The times in the model's unit.
    times: Vec<f64>,
    parts: Vec<Vec<Piece<'a>>>,
}

/// Rows of a part: some ten microseconds of work.
const PART: usize = 1 << 12;

/// The terms of one time `t`.
#[derive(Debug, Clone, Copy)]
struct Instant {
    /// `ln(1 + t / α)`.
    log: f64,
    /// `1 / (α + t)`.
    inverse: f64,
}

/// The sums over rows of one group; `s` is the probability of having left, `v = s (1 - s)`.
#[derive(Debug, Default)]
struct Sums {
    value: f64,
    s: f64,
    s_log: f64,
    s_slope: f64,
    s_bend: f64,
    v: f64,
    v_log: f64,
    v_slope: f64,
    v_log_log: f64,
    v_log_slope: f64,
    v_slope_slope: f64,
}

impl<'a> Likelihood<'a> {
    pub(in crate::predict) fn of(rows: &'a Grouped, unit: TimeUnit, extra: ExtraChance) -> Self {
        let times = rows.times.iter().map(|&days| unit.of_days(days)).collect();
        Self { extra, purchasing: Purchasing::of(rows, unit), times, parts: rows.cut(PART) }
    }

    pub(in crate::predict) fn extent(&self) -> Extent {
        self.purchasing.extent()
    }

    pub(in crate::predict) fn simpler(&self, options: &FitOptions) -> Result<Simpler> {
        self.purchasing.simpler(options)
    }

    /// The log-likelihood and its derivatives by the parameters. Linear in distinct rows.
    pub(in crate::predict) fn evaluate(&self, &[r, alpha, a, b]: &Parameters) -> Evaluation<4> {
        let mut sum = Evaluation::ZERO;
        self.purchasing.add(r, alpha, &mut sum);
        add_staying(self.extra, &self.purchasing.by_repeats, a, b, &mut sum);
        let instant = |&time: &f64| Instant { log: libm::log1p(time / alpha), inverse: 1.0 / (alpha + time) };
        let of_part = |part: core::ops::Range<usize>| {
            self.times.get(part).unwrap_or_default().iter().map(instant).collect::<Vec<_>>()
        };
        let instants = parallel::map_ranges(self.times.len(), PART, of_part).concat();
        let dropout = Evaluation::sum(self.parts.len(), |part| {
            let mut sum = Evaluation::ZERO;
            for piece in self.parts.get(part).into_iter().flatten() {
                let chances = self.extra.chances(piece.repeats);
                if chances > 0.0 {
                    let (k, before) = (r + f64::from(piece.repeats), 1.0 / (b + (chances - 1.0)));
                    Sums::over(piece.rows, &instants, k, libm::log(a * before)).add_to(&mut sum, k, a, before);
                }
            }
            sum
        });
        sum.add(&dropout, 1.0);
        sum.mirrored()
    }
}

/// Adds the sum over customers by `x` of `ln [B(a, b + c) / B(a, b)]`, with its derivatives by `a` and `b`, parameters 2 and
/// 3, and the upper half of its Hessian.
pub(in crate::predict) fn add_staying<const N: usize>(
    extra: ExtraChance,
    by_repeats: &[(u32, f64)],
    a: f64,
    b: f64,
    to: &mut Evaluation<N>,
) {
    for &(repeats, customers) in by_repeats {
        let chances = extra.chances(repeats);
        let (of_b, of_both) = (digamma_difference(b, chances), digamma_difference(a + b, chances));
        let (bend_of_b, bend_of_both) = (trigamma_difference(b, chances), trigamma_difference(a + b, chances));
        to.value += customers * ln_beta_ratio(a, b, chances);
        to.gradient[2] -= customers * of_both;
        to.gradient[3] += customers * (of_b - of_both);
        to.hessian[2][2] -= customers * bend_of_both;
        to.hessian[2][3] -= customers * bend_of_both;
        to.hessian[3][3] += customers * (bend_of_b - bend_of_both);
    }
}

/// Rows that are looked up and then worked on together.
const BLOCK: usize = 32;

/// `BLOCK` rows, number by number.
struct Block {
    log: [f64; BLOCK],
    slope: [f64; BLOCK],
    bend: [f64; BLOCK],
    customers: [f64; BLOCK],
}

impl Sums {
    fn over(rows: &[Row], instants: &[Instant], k: f64, ln_odds: f64) -> Self {
        let mut sums = Self::default();
        // The last block is filled up with rows without customers.
        let mut block = Block { log: [0.0; BLOCK], slope: [0.0; BLOCK], bend: [0.0; BLOCK], customers: [0.0; BLOCK] };
        for rows in rows.chunks(BLOCK) {
            block.customers = [0.0; BLOCK];
            for (index, &Row { recency, age, customers }) in rows.iter().enumerate() {
                let (since, until) = (instants[recency as usize], instants[age as usize]);
                // ln((α + T) / (α + t_x)) and its derivatives by α.
                block.log[index] = until.log - since.log;
                block.slope[index] = until.inverse - since.inverse;
                block.bend[index] = since.inverse + until.inverse;
                block.customers[index] = count(customers);
            }
            sums.add(&block, k, ln_odds);
        }
        sums
    }

    /// Adds them to the likelihood; of the Hessian the upper half.
    fn add_to(&self, sum: &mut Evaluation<4>, k: f64, a: f64, before: f64) {
        sum.value += self.value;
        sum.gradient[0] += self.s_log;
        sum.gradient[1] += k * self.s_slope;
        sum.gradient[2] += self.s / a;
        sum.gradient[3] -= before * self.s;
        sum.hessian[0][0] += self.v_log_log;
        sum.hessian[0][1] += k * self.v_log_slope + self.s_slope;
        sum.hessian[0][2] += self.v_log / a;
        sum.hessian[0][3] -= before * self.v_log;
        sum.hessian[1][1] += k * (k * self.v_slope_slope + self.s_bend);
        sum.hessian[1][2] += k * self.v_slope / a;
        sum.hessian[1][3] -= before * k * self.v_slope;
        sum.hessian[2][2] += (self.v - self.s) / (a * a);
        sum.hessian[2][3] -= before * self.v / a;
        sum.hessian[3][3] += before * before * (self.v + self.s);
    }

    fn add(&mut self, block: &Block, k: f64, ln_odds: f64) {
        let (mut excess, mut e, mut inverse) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        let (mut left, mut spread) = ([0.0; BLOCK], [0.0; BLOCK]);
        for index in 0..BLOCK {
            let z = ln_odds + k * block.log[index];
            excess[index] = z.max(0.0);
            e[index] = exp_of_nonpositive(-z.abs());
            inverse[index] = 1.0 / (1.0 + e[index]);
            // Of having left and of being alive, the likelier one has `inverse`.
            let s = if z > 0.0 { inverse[index] } else { e[index] * inverse[index] };
            left[index] = s * block.customers[index];
            spread[index] = e[index] * inverse[index] * inverse[index] * block.customers[index];
        }
        let mut product = 1.0;
        for index in 0..BLOCK {
            let (log, slope, customers) = (block.log[index], block.slope[index], block.customers[index]);
            let (s, v) = (left[index], spread[index]);
            self.value += customers * excess[index];
            if (customers - 1.0).abs() < 0.5 {
                product *= 1.0 + e[index];
            } else {
                self.value += customers * libm::log1p(e[index]);
            }
            self.s += s;
            self.s_log += s * log;
            self.s_slope += s * slope;
            self.s_bend -= s * slope * block.bend[index];
            self.v += v;
            let (v_log, v_slope) = (v * log, v * slope);
            self.v_log += v_log;
            self.v_slope += v_slope;
            self.v_log_log += v_log * log;
            self.v_log_slope += v_log * slope;
            self.v_slope_slope += v_slope * slope;
        }
        self.value += libm::log(product);
    }
}
