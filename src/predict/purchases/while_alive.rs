//! The purchases of a customer who is alive, negative binomial but for those who leave on the way.

use crate::number::special::{ln_beta_ratio, regularized_beta};

/// The number of purchases within a time, of a customer who is alive and buys at a rate `Gamma(shape, rate)`.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct WhileAlive {
    pub(in crate::predict) shape: f64,
    pub(in crate::predict) rate: f64,
    pub(in crate::predict) time: f64,
    /// The customer leaves after each purchase with a probability `p ~ Beta(a, b)`; `None`: never.
    pub(in crate::predict) leaving: Option<[f64; 2]>,
}

impl WhileAlive {
    /// The probability of a purchase.
    pub(in crate::predict) fn buys(&self) -> f64 {
        -libm::expm1(-self.shape * self.ln_end())
    }

    /// `ln(1 + time / rate)`.
    pub(in crate::predict) fn ln_end(&self) -> f64 {
        libm::log1p(self.time / self.rate)
    }

    /// The probability of `purchases` or more.
    ///
    /// # Formula
    ///
    /// `B(a, b + n - 1) / B(a, b) P(N >= n)`, where `N` is the negative binomial number without dropout: the customer
    /// stays through `n - 1` purchases. Right to 1e-12 of itself, in `O(sqrt(n + shape))` steps.
    pub(in crate::predict) fn at_least(&self, purchases: u32) -> f64 {
        let Some(earlier) = purchases.checked_sub(1) else { return 1.0 };
        let end = self.rate + self.time;
        let (without, _) = regularized_beta(purchases.into(), self.shape, self.time / end, self.rate / end);
        without * self.leaving.map_or(1.0, |[a, b]| libm::exp(ln_beta_ratio(a, b, earlier.into())))
    }

    /// Gives `each` the probabilities of 1 purchase or more, 2 or more, and so on, until it says no: each from the one
    /// before, right to about 1e-15.
    pub(in crate::predict) fn each_at_least(&self, mut each: impl FnMut(f64) -> bool) {
        let (share, [a, b]) = (self.time / (self.rate + self.time), self.leaving.unwrap_or([0.0, 1.0]));
        let mut at_least = self.buys();
        let (mut exactly, mut stayed, mut n) = (libm::exp(-self.shape * self.ln_end()), 1.0, 0.0);
        while each(at_least * stayed) {
            exactly *= share * ((self.shape + n) / (n + 1.0));
            at_least = f64::max(at_least - exactly, 0.0);
            stayed *= (b + n) / (a + b + n);
            n += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recurrence against the closed form, which shares no step with it.
    #[test]
    fn two_ways_agree() {
        for (shape, rate, time) in
            [(0.3, 9.0, 4.0), (2.5, 40.0, 13.0), (60.0, 55.0, 90.0), (1e-3, 1e-6, 7.0), (5.0, 3.0, 0.0)]
        {
            for leaving in [None, Some([0.9, 2.6]), Some([1e-3, 900.0]), Some([4.0, 0.1])] {
                let counts = WhileAlive { shape, rate, time, leaving };
                let mut n = 0;
                counts.each_at_least(|at_least| {
                    n += 1;
                    let right = counts.at_least(n);
                    assert!((at_least - right).abs() < 4e-14, "{counts:?} {n}: {at_least} {right}");
                    n < 200
                });
                assert!((counts.buys() - counts.at_least(1)).abs() <= 1e-13 * counts.buys());
            }
        }
    }
}
