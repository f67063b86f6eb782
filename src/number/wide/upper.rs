//! The upper bits of a product.

use core::cmp::Ordering;

/// The upper 128 bits of a product, the rest cut off: too small by at most one part in 2^126 for each factor. It
/// decides in linear time what whole numbers of all digits decide in quadratic time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upper {
    /// The highest bit is 1.
    bits: u128,
    exponent: i64,
}

impl From<u128> for Upper {
    /// Makes the upper part of a number above 0.
    fn from(number: u128) -> Self {
        let zeros = number.leading_zeros().min(127);
        Self { bits: number << zeros, exponent: -i64::from(zeros) }
    }
}

impl Upper {
    /// Multiplies by a factor above 0.
    pub(crate) fn multiply(&mut self, factor: u64) {
        let [upper, lower] = [self.bits >> 64, self.bits & u128::from(u64::MAX)].map(|half| half * u128::from(factor));
        let (upper, lower) = (upper + (lower >> 64), lower & u128::from(u64::MAX));
        let zeros = upper.leading_zeros().min(64);
        self.bits = upper << zeros | lower >> (64 - zeros);
        self.exponent += i64::from(64 - zeros);
    }

    /// `None` where what was cut off of fewer than 2^32 factors could decide.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        let (left, right) = match self.exponent - other.exponent {
            -1 => (self.bits >> 2, other.bits >> 1),
            0 => (self.bits >> 1, other.bits >> 1),
            1 => (self.bits >> 1, other.bits >> 2),
            apart => return Some(apart.cmp(&0)),
        };
        // 2^32 parts in 2^126 of less than 2^127.
        (left.abs_diff(right) > 1 << 40).then(|| left.cmp(&right))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Natural;
    use super::*;

    /// Compares with whole numbers of all digits, whose upper 128 bits these are but for the last ones.
    #[test]
    fn upper_bits() {
        let (mut upper, mut exact) = (Upper::from(3), Natural::from(3));
        for factor in (1..200).map(|number| number * 21_474_836 + 1).chain([1, 2, u64::MAX]) {
            upper.multiply(factor);
            exact.multiply(factor);
            let high: Vec<u64> = exact.digits().iter().rev().take(3).copied().chain([0, 0]).collect();
            let zeros = high[0].leading_zeros();
            let top = (u128::from(high[0]) << 64 | u128::from(high[1])) << zeros;
            let top = top | (u128::from(high[2]) << zeros) >> 64;
            assert!(upper.bits <= top && top - upper.bits < 1 << 16, "{:x} {top:x}", upper.bits);
            let bits = exact.digits().len() as i64 * 64 - i64::from(zeros);
            assert_eq!(upper.exponent + 128, bits);
        }
        let [one, two, more] = [1, 2, (1 << 100) + 1].map(Upper::from);
        assert_eq!(
            (one.compare(&two), two.compare(&one), one.compare(&one)),
            (Some(Ordering::Less), Some(Ordering::Greater), None)
        );
        assert_eq!(Upper::from(1 << 100).compare(&more), None, "as close as what may have been cut off");
    }
}
