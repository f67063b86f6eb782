//! Whole numbers of any size.

use core::cmp::Ordering;

/// A whole number of any size, the lowest 64 bits first, without leading zeros.
#[derive(Debug)]
pub(crate) struct Natural(Vec<u64>);

impl From<u128> for Natural {
    fn from(number: u128) -> Self {
        let mut natural = Self(vec![number as u64, (number >> 64) as u64]);
        natural.trim();
        natural
    }
}

impl Natural {
    pub(crate) fn multiply(&mut self, factor: u64) {
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

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

#[cfg(test)]
impl Natural {
    /// 64 bits each, the lowest first.
    pub(super) fn digits(&self) -> &[u64] {
        &self.0
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
