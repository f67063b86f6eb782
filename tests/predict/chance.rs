//! Simulated customers, the same in every run.

use repurchase::predict::Sample;

/// Steele, Lea and Flood's `SplitMix64`, and what can be drawn with it.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// In (0, 1).
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + 1e-17
    }

    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    pub(crate) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Marsaglia and Tsang (2000), doi 10.1145/358407.358414.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }

    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (left, right) = (self.gamma(a), self.gamma(b));
        left / (left + right)
    }

    /// A customer's purchases at a rate, until `age` or until `leaves` says so after a purchase, the first being number
    /// 0.
    pub(crate) fn customer(&mut self, rate: f64, age: f64, mut leaves: impl FnMut(&mut Self, u32) -> bool) -> Sample {
        let (mut repeats, mut recency, mut now) = (0, 0.0, 0.0);
        while !leaves(self, repeats) {
            now += self.exponential() / rate;
            if now > age {
                break;
            }
            (repeats, recency) = (repeats + 1, now);
        }
        Sample::new(repeats, recency, age).unwrap()
    }

    /// The days below `end` on which a customer of a rate of their own buys, who leaves after each purchase with the
    /// probability `leaving`.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "days are few")]
    pub(crate) fn days(&mut self, customer: u32, leaving: f64, end: i64) -> Vec<(u32, i64)> {
        let (rate, mut now) = (self.gamma(1.0) / 60.0, self.uniform() * 300.0);
        let mut days = Vec::new();
        while now < end as f64 {
            days.push((customer, now as i64));
            if self.happens(leaving) {
                break;
            }
            now += self.exponential() / rate;
        }
        days
    }
}
