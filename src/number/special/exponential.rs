//! The exponential function in arithmetic that a compiler can lay out for several numbers at once.

/// `1 / k!`, from `k` = 13 down to 0.
const INVERSE_FACTORIALS: [f64; 14] = {
    let (mut inverses, mut factorial, mut factor, mut place) = ([1.0; 14], 1.0, 1.0, 13);
    while place > 0 {
        place -= 1;
        factorial *= factor;
        inverses[place] = 1.0 / factorial;
        factor += 1.0;
    }
    inverses
};

/// `e^x` for `x <= 0`, to 2 units in the last place; `e^-708`, which is 3e-308, for all `x` below -708.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`, where `e^r` is its Taylor polynomial. It has no branch.
#[inline(always)]
pub(crate) fn exp_of_nonpositive(x: f64) -> f64 {
    /// `ln 2` in two parts, the first with zeros enough that `n` times it is exact.
    const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    /// Adding it leaves a number's nearest integer in the low bits.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    let x = x.max(-708.0);
    let shifted = x * core::f64::consts::LOG2_E + SHIFT;
    let n = shifted - SHIFT;
    let r = (x - n * LN_2[0]) - n * LN_2[1];
    let mut sum = INVERSE_FACTORIALS[0];
    for coefficient in &INVERSE_FACTORIALS[1..] {
        sum = sum * r + coefficient;
    }
    sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

#[cfg(test)]
mod tests {
    use super::exp_of_nonpositive;

    #[test]
    fn is_right_to_two_units_in_the_last_place() {
        for step in 0..2_000_000_u32 {
            let x = -f64::from(step) * 3.54e-4;
            let (found, right) = (exp_of_nonpositive(x), libm::exp(x));
            assert!((found - right).abs() <= 4.5e-16 * right, "{x}: {found:e} {right:e}");
        }
        assert_eq!(exp_of_nonpositive(0.0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(exp_of_nonpositive(-1e300).to_bits(), exp_of_nonpositive(-708.0).to_bits());
        assert!(exp_of_nonpositive(-708.0) < 1e-307);
    }
}
