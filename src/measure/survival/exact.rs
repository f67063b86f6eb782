//! Comparing a survival curve with a share when rounding could decide.

use core::cmp::Ordering;

use super::CurveStep;

/// Whether the product of the curve's quotients up to `last` is at most `share.0 / share.1`.
pub(super) fn is_at_most(steps: &[CurveStep], last: &CurveStep, share: (u128, u128)) -> bool {
    let (mut left, mut right) = (Natural::from(share.1), Natural::from(share.0));
    // The spells at the start of a run of steps that no censoring interrupts.
    let mut start = None;
    for step in steps.iter().take_while(|step| step.at_risk >= last.at_risk) {
        let first = *start.get_or_insert(step.at_risk);
        if step.waiting > 0 || step.at_risk == last.at_risk {
            let rest = step.at_risk - step.returned;
            if rest < first {
                left.multiply(rest);
                right.multiply(first);
            }
            start = None;
        }
    }
    left.compare(&right) != Ordering::Greater
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
