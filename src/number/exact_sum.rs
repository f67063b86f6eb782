//! Sums of floats that no order changes.

/// Binary digits of a limb, and so the exponents that share one.
const DIGITS: usize = 32;

/// Exponents of binary64 by [`DIGITS`], and room for what is carried beyond the last.
const LIMBS: usize = 2_048 / DIGITS + 3;

/// The exact sum of floats, rounded once, when it is asked for: neither their order nor how they were cut into parts
/// changes a bit of it.
///
/// # References
///
/// R. M. Neal (2015), "Fast exact summation using small and large superaccumulators", arXiv:1505.05571.
#[derive(Debug, Clone)]
pub(crate) struct ExactSum {
    /// The limbs, in units of `2^(32 i - 1074)`; each takes 2^43 numbers before it overflows.
    limbs: [i128; LIMBS],
    /// The sum of what is infinite or no number.
    beyond: f64,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { limbs: [0; LIMBS], beyond: 0.0 }
    }
}

impl ExactSum {
    #[inline]
    pub(crate) fn add(&mut self, number: f64) {
        self.add_times(number, 1);
    }

    /// Adds a number as many `times`, exactly: in one step for each binary digit of `times` that is set.
    #[inline]
    pub(crate) fn add_times(&mut self, number: f64, times: u64) {
        let bits = number.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as usize;
        if exponent == 0x7ff {
            self.beyond += if times > 0 { number } else { 0.0 };
            return;
        }
        // Below the smallest normal number there is no leading digit, and the exponent is that of the smallest.
        let place = exponent.saturating_sub(1);
        let digits = bits & ((1 << 52) - 1) | u64::from(exponent > 0) << 52;
        let mut rest = times;
        while rest > 0 {
            let place = place + rest.trailing_zeros() as usize;
            let part = i128::from(digits) << (place % DIGITS);
            self.limbs[place / DIGITS] += if number.is_sign_negative() { -part } else { part };
            rest &= rest - 1;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.limbs.iter_mut().zip(other.limbs).for_each(|(limb, more)| *limb += more);
        self.beyond += other.beyond;
    }

    fn carried(&self) -> [i128; LIMBS] {
        let mut limbs = self.limbs;
        carry(&mut limbs);
        limbs
    }

    /// The limbs that are not 0, by their places.
    #[cfg(feature = "serde")]
    fn digits(&self) -> Vec<(usize, i64)> {
        let carried = self.carried().into_iter().enumerate().filter(|&(_, limb)| limb != 0);
        // Carried limbs have 32 digits, and the last one fewer.
        carried.map(|(place, limb)| (place, limb as i64)).collect()
    }

    /// The sum, rounded to the nearest.
    pub(crate) fn total(&self) -> f64 {
        if self.beyond.is_nan() || self.beyond.abs() > 0.0 {
            return self.beyond;
        }
        let mut limbs = self.carried();
        // Of a negative sum the highest limb alone is negative.
        let is_negative = limbs.iter().rev().find(|&&limb| limb != 0).is_some_and(|&limb| limb < 0);
        if is_negative {
            for limb in &mut limbs {
                *limb = -*limb;
            }
            carry(&mut limbs);
        }
        let Some(top) = limbs.iter().rposition(|&limb| limb != 0) else { return 0.0 };
        // 65 digits or more, and whether any digit below them is set.
        let first = top.saturating_sub(2);
        let digits = limbs[first..=top].iter().rev().fold(0_u128, |digits, &limb| digits << DIGITS | limb as u128);
        let is_more = limbs[..first].iter().any(|&limb| limb != 0);
        #[allow(clippy::cast_precision_loss, reason = "the one rounding that is wanted")]
        let rounded = (digits | u128::from(is_more)) as f64;
        // There are fewer than 2^31 digits.
        let magnitude = libm::scalbn(rounded, (DIGITS * first) as i32 - 1_074);
        if is_negative { -magnitude } else { magnitude }
    }
}

/// Leaves less than a carry in each limb but the last.
fn carry(limbs: &mut [i128; LIMBS]) {
    let mut carried = 0;
    let last = LIMBS - 1;
    for limb in &mut limbs[..last] {
        let sum = *limb + carried;
        (*limb, carried) = (sum & ((1 << DIGITS) - 1), sum >> DIGITS);
    }
    limbs[last] += carried;
}

/// Equal sums, whatever they are of.
impl PartialEq for ExactSum {
    fn eq(&self, other: &Self) -> bool {
        self.carried() == other.carried() && self.beyond.total_cmp(&other.beyond).is_eq()
    }
}

// The limbs that are not 0, by their places; what is beyond all of them is no number of JSON, and is refused when read.
crate::stored::stored! {
    ExactSum(sum) {
        limbs: Vec<(usize, i64)> = sum.digits(),
        beyond: f64 = sum.beyond,
    } <=> {
        let mut sum = Self { beyond, ..Self::default() };
        for (place, limb) in limbs {
            *sum.limbs.get_mut(place).ok_or("the stored sum has more digits than a sum has")? = limb.into();
        }
        Ok(sum)
    }, &'static str
}

impl FromIterator<f64> for ExactSum {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        let mut sum = Self::default();
        numbers.into_iter().for_each(|number| sum.add(number));
        sum
    }
}

/// The sum of numbers, rounded once.
pub(crate) fn exact_sum(numbers: impl IntoIterator<Item = f64>) -> f64 {
    numbers.into_iter().collect::<ExactSum>().total()
}

/// The sum of numbers, each of which occurs a number of times, rounded once.
pub(crate) fn exact_sum_of_counted(numbers: impl IntoIterator<Item = (f64, u64)>) -> f64 {
    let mut sum = ExactSum::default();
    numbers.into_iter().for_each(|(number, times)| sum.add_times(number, times));
    sum.total()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp, reason = "rounded once")]
    fn sums_round_once() {
        // Python's math.fsum.
        let cases: [(&[f64], f64); 9] = [
            (&[], 0.0),
            (&[0.1; 10], 1.0),
            (&[1e100, 1.0, -1e100], 1.0),
            (&[1e308, 1e308, -1e308], 1e308),
            (&[1.0, 1e-16, 1e-16], 1.000_000_000_000_000_2),
            (&[1.0, 1.110_223_024_625_156_5e-16], 1.0),
            (&[1.0, 1.110_223_024_625_156_5e-16, 5e-324], 1.000_000_000_000_000_2),
            (&[-0.3, 0.1, 0.1, 0.1], 2.775_557_561_562_891_4e-17),
            (&[5e-324, -1.5e-323, 1e-323], 0.0),
        ];
        for (numbers, sum) in cases {
            assert_eq!(exact_sum(numbers.iter().copied()), sum, "{numbers:?}");
            assert_eq!(exact_sum(numbers.iter().map(|number| -number)), -sum, "{numbers:?}");
        }
        assert_eq!(exact_sum([f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(exact_sum([1.0, f64::INFINITY]), f64::INFINITY);
        assert!(exact_sum([f64::INFINITY, f64::NEG_INFINITY]).is_nan());
    }

    #[test]
    fn parts_and_orders_give_one_sum() {
        let number = |n: u64| {
            let draw = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            f64::from(draw as i32) * libm::exp2(f64::from((draw >> 40) as i32) % 200.0 - 100.0)
        };
        let all = exact_sum((0..5_000).map(number));
        assert_eq!(exact_sum((0..5_000).rev().map(number)).to_bits(), all.to_bits());
        for cut in [1, 17, 2_500, 4_999] {
            let mut sum: ExactSum = (0..cut).map(number).collect();
            sum.merge(&(cut..5_000).map(number).collect());
            assert_eq!(sum.total().to_bits(), all.to_bits());
        }
    }

    #[test]
    #[allow(clippy::float_cmp, reason = "rounded once")]
    fn counted_numbers_are_those_one_by_one() {
        let numbers = [0.1, -0.3, 5e-324, 1e300, 2.5, -1e-310];
        for times in [0, 1, 2, 3, 7, 1_000] {
            let counted = exact_sum_of_counted(numbers.map(|number| (number, times)));
            let one_by_one = numbers.iter().flat_map(|&number| (0..times).map(move |_| number));
            assert_eq!(counted.to_bits(), exact_sum(one_by_one).to_bits(), "{times}");
        }
        assert_eq!(exact_sum_of_counted([(f64::INFINITY, 0), (1.5, 1 << 60)]), 1.5 * libm::exp2(60.0));
        assert_eq!(exact_sum_of_counted([(f64::MAX, u64::MAX)]), f64::INFINITY);
    }
}
