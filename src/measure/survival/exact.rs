//! Comparing a survival curve with a share when rounding could decide.

use core::cmp::Ordering;

use super::CurveStep;

/// Whether the product of the curve's quotients up to `last` is at most `share.0 / share.1`.
pub(super) fn is_at_most(steps: &[CurveStep], last: &CurveStep, share: (u128, u128)) -> bool {
    let mut close = (Upper::from(share.1), Upper::from(share.0));
    for (rest, first) in factors(steps, last) {
        if rest == 0 {
            return true;
        }
        close.0.multiply(rest);
        close.1.multiply(first);
    }
    if let Some(order) = close.0.compare(&close.1) {
        return order == Ordering::Less;
    }
    let (mut left, mut right) = (Natural::from(share.1), Natural::from(share.0));
    for (rest, first) in factors(steps, last) {
        left.multiply(rest);
        right.multiply(first);
    }
    left.compare(&right) != Ordering::Greater
}

/// The quotients whose product is the curve at `last`, none of them 1: fewer than 2^32.
fn factors<'a>(steps: &'a [CurveStep], last: &'a CurveStep) -> impl Iterator<Item = (u64, u64)> + 'a {
    // The spells at the start of a run of steps that no censoring interrupts.
    let mut start = None;
    steps.iter().take_while(|step| step.at_risk >= last.at_risk).filter_map(move |step| {
        let first = *start.get_or_insert(step.at_risk);
        if step.waiting == 0 && step.at_risk > last.at_risk {
            return None;
        }
        start = None;
        let rest = step.at_risk - step.returned;
        (rest < first).then_some((rest, first))
    })
}

/// The upper 128 bits of a product, the rest cut off: too small by at most one part in 2^126 for each factor. It
/// decides in linear time what whole numbers of all digits decide in quadratic time.
#[derive(Debug, Clone, Copy)]
struct Upper {
    /// The highest bit is 1.
    bits: u128,
    exponent: i64,
}

impl From<u128> for Upper {
    /// Of a number above 0.
    fn from(number: u128) -> Self {
        let zeros = number.leading_zeros().min(127);
        Self { bits: number << zeros, exponent: -i64::from(zeros) }
    }
}

impl Upper {
    /// By a factor above 0.
    fn multiply(&mut self, factor: u64) {
        let [upper, lower] = [self.bits >> 64, self.bits & u128::from(u64::MAX)].map(|half| half * u128::from(factor));
        let (upper, lower) = (upper + (lower >> 64), lower & u128::from(u64::MAX));
        let zeros = upper.leading_zeros().min(64);
        self.bits = upper << zeros | lower >> (64 - zeros);
        self.exponent += i64::from(64 - zeros);
    }

    /// `None` where what was cut off of fewer than 2^32 factors could decide.
    fn compare(&self, other: &Self) -> Option<Ordering> {
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

/// A whole number of any size, the lowest 64 bits first, without leading zeros.
#[derive(Debug)]
struct Natural(Vec<u64>);

impl From<u128> for Natural {
    fn from(number: u128) -> Self {
        let mut natural = Self(vec![number as u64, (number >> 64) as u64]);
        natural.trim();
        natural
    }
}

impl Natural {
    fn multiply(&mut self, factor: u64) {
        let mut carry = 0;
        for digit in &mut self.0 {
            let product = u128::from(*digit) * u128::from(factor) + carry;
            *digit = product as u64;
            carry = product >> 64;
        }
        self.0.push(carry as u64);
        self.trim();
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against whole numbers of all digits, whose upper 128 bits these are but for the last ones.
    #[test]
    fn upper_bits() {
        let (mut upper, mut exact) = (Upper::from(3), Natural::from(3));
        for factor in (1..200).map(|number| number * 21_474_836 + 1).chain([1, 2, u64::MAX]) {
            upper.multiply(factor);
            exact.multiply(factor);
            let high: Vec<u64> = exact.0.iter().rev().take(3).copied().chain([0, 0]).collect();
            let zeros = high[0].leading_zeros();
            let top = (u128::from(high[0]) << 64 | u128::from(high[1])) << zeros;
            let top = top | (u128::from(high[2]) << zeros) >> 64;
            assert!(upper.bits <= top && top - upper.bits < 1 << 16, "{:x} {top:x}", upper.bits);
            let bits = exact.0.len() as i64 * 64 - i64::from(zeros);
            assert_eq!(upper.exponent + 128, bits);
        }
        let [one, two, more] = [1, 2, (1 << 100) + 1].map(Upper::from);
        assert_eq!(
            (one.compare(&two), two.compare(&one), one.compare(&one)),
            (Some(Ordering::Less), Some(Ordering::Greater), None)
        );
        assert_eq!(Upper::from(1 << 100).compare(&more), None, "as close as what may have been cut off");
    }

    #[test]
    fn numbers_are_exact() {
        let mut factorial = Natural::from(1);
        (1..=40).for_each(|factor| factorial.multiply(factor));
        // By Python's math.factorial(40).
        assert_eq!(factorial.0, [0xff05_2540_0000_0000, 0x84c7_f27e_080f_de64, 0x8eea_e81b]);
        factorial.multiply(0);
        assert_eq!(factorial.compare(&Natural::from(0)), Ordering::Equal);
        let (large, small) = (Natural::from(1 << 64), Natural::from((1 << 64) - 1));
        assert_eq!((large.compare(&small), small.compare(&large)), (Ordering::Greater, Ordering::Less));
        assert_eq!(Natural::from(u128::MAX).0, [u64::MAX, u64::MAX]);
    }
}
