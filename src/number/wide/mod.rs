//! Integers of more than 128 bits: of 256, of any size, and the upper bits of a product.

mod natural;
mod upper;

pub(crate) use natural::Natural;
pub(crate) use upper::Upper;

/// A whole number of 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wide {
    // Compared first.
    high: u128,
    low: u128,
}

impl From<u128> for Wide {
    fn from(low: u128) -> Self {
        Self { high: 0, low }
    }
}

impl Wide {
    const MAX: Self = Self { high: u128::MAX, low: u128::MAX };

    /// The product, or the largest number where that does not fit.
    pub(crate) fn times(self, factor: impl Into<u64>) -> Self {
        const HALF: u128 = u64::MAX as u128;
        let factor = u128::from(factor.into());
        let lower = (self.low & HALF) * factor;
        let upper = (self.low >> 64) * factor + (lower >> 64);
        let low = upper << 64 | lower & HALF;
        match self.high.checked_mul(factor).and_then(|high| high.checked_add(upper >> 64)) {
            Some(high) => Self { high, low },
            None => Self::MAX,
        }
    }

    pub(crate) fn times_power_of_ten(self, exponent: u32) -> Self {
        (0..exponent).fold(self, |product, _| product.times(10_u32))
    }

    /// The whole quotient by a number above 0, at most `u32::MAX`, and whether it is exact.
    pub(crate) fn divided_by(self, divisor: Self) -> (u32, bool) {
        if self.high == 0 && divisor.high == 0 && divisor.low > 0 {
            let is_exact = self.low % divisor.low == 0;
            return match u32::try_from(self.low / divisor.low) {
                Ok(quotient) => (quotient, is_exact),
                Err(_) => (u32::MAX, false),
            };
        }
        // From the highest bit down, the largest number of divisors that fit.
        let quotient = (0..u32::BITS).rev().fold(0, |quotient, bit| {
            let larger = quotient | 1 << bit;
            if divisor.times(larger) <= self { larger } else { quotient }
        });
        (quotient, divisor.times(quotient) == self)
    }

    /// The nearest binary64, or the one next to it.
    #[allow(clippy::cast_precision_loss, reason = "rounding is what is wanted")]
    pub(crate) fn to_f64(self) -> f64 {
        self.high as f64 * 2f64.powi(128) + self.low as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `factors` multiplied.
    fn product(factors: &[u32]) -> Wide {
        factors.iter().fold(Wide::from(1), |product, &factor| product.times(factor))
    }

    #[test]
    fn products_carry() {
        // (2^32 - 1)^5 = 2^160 - 5 2^128 + 10 2^96 - 10 2^64 + 5 2^32 - 1.
        let low = (10u128 << 96) - (10 << 64) + (5 << 32) - 1;
        assert_eq!(product(&[u32::MAX; 5]), Wide { high: (1 << 32) - 5, low });
        assert_eq!(Wide::from(u128::MAX).times(2_u32), Wide { high: 1, low: u128::MAX - 1 });
        assert_eq!(Wide::from(7).times_power_of_ten(3), Wide::from(7000));
        assert_eq!(product(&[u32::MAX; 9]), Wide::MAX, "288 bits");
        assert_eq!(Wide::MAX.times(0_u32), Wide::from(0));
    }

    #[test]
    fn quotients_undo_products() {
        for divisor in [product(&[3]), product(&[u32::MAX; 4]), product(&[u32::MAX - 1; 6])] {
            for quotient in [0, 1, 2, 1_000_003, u32::MAX - 1] {
                let exact = divisor.times(quotient);
                assert_eq!(exact.divided_by(divisor), (quotient, true));
                let above = Wide { low: exact.low + 1, ..exact };
                assert_eq!(above.divided_by(divisor), (quotient, false));
            }
        }
        assert_eq!(Wide::from(2).divided_by(Wide::from(3)), (0, false));
        assert_eq!(Wide::from(1 << 33).divided_by(Wide::from(1)), (u32::MAX, false), "at most");
        assert_eq!(Wide::MAX.divided_by(Wide::from(1)), (u32::MAX, false), "at most");
        assert_eq!(Wide::from(1).divided_by(Wide::MAX), (0, false));
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "powers of two and small numbers are exact")]
    fn floats() {
        assert_eq!(Wide::from(345).to_f64(), 345.0);
        assert_eq!(Wide { high: 1 << 100, low: 0 }.to_f64(), 2f64.powi(228));
    }
}
