//! Exact sums of money: integers of minor units at one scale.
//!
//! A `Decimal` is a 96-bit integer and a scale. Sums here are `i128` integers at the finest scale of what is summed:
//! every amount fits without rounding or is refused, and no sum rounds, whatever the order of its terms.

use rust_decimal::Decimal;

use super::quotient;

/// The powers of ten up to the finest scale of a `Decimal`.
const POWERS: [i128; Decimal::MAX_SCALE as usize + 1] = {
    let mut powers = [1; Decimal::MAX_SCALE as usize + 1];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// `10^exponent`, for exponents up to 28.
#[inline]
pub(crate) fn power(exponent: u32) -> Option<i128> {
    POWERS.get(exponent as usize).copied()
}

/// The integer of `amount` at `scale`; `None` when the scale is coarser than the amount's or the integer too large.
#[inline]
pub(crate) fn minor(amount: Decimal, scale: u32) -> Option<i128> {
    if amount.scale() == scale {
        return Some(amount.mantissa());
    }
    amount.mantissa().checked_mul(power(scale.checked_sub(amount.scale())?)?)
}

/// The integers at `scale` around an amount that may have more decimals: the nearest not above it and the nearest not
/// below it.
///
/// An amount too large for an integer at that scale gives the largest or smallest integer, which compares like it.
#[inline]
pub(crate) fn bracket(amount: Decimal, scale: u32) -> (i128, i128) {
    match minor(amount, scale) {
        Some(exact) => (exact, exact),
        None => bracket_finer(amount, scale),
    }
}

#[cold]
fn bracket_finer(amount: Decimal, scale: u32) -> (i128, i128) {
    let limit = if amount.is_sign_negative() { i128::MIN } else { i128::MAX };
    match amount.scale().checked_sub(scale).and_then(power) {
        None | Some(1) => (limit, limit),
        Some(unit) => {
            let floor = amount.mantissa().div_euclid(unit);
            (floor, floor + i128::from(amount.mantissa().rem_euclid(unit) != 0))
        }
    }
}

/// Whether an integer needs no more than a `Decimal`'s 96 bits.
pub(crate) const fn fits(minor: i128) -> bool {
    minor.unsigned_abs() < 1 << 96
}

/// The amount of an integer at `scale`; `None` when it needs more than a `Decimal`'s 96 bits.
pub(crate) fn decimal(minor: i128, scale: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(minor, scale).ok()
}

/// The amount at `scale` that is the nearest to a number, of two equally near ones the even one; `None` when there is
/// none within 96 bits.
pub(crate) fn nearest(number: f64, scale: u32) -> Option<Decimal> {
    let (bits, hidden) = (number.abs().to_bits(), 1 << 52);
    // |number| = significand * 2^exponent, exactly.
    let (significand, exponent) = match bits >> 52 {
        2047 => return None,
        0 => (bits, -1074),
        biased => (bits & (hidden - 1) | hidden, i64::try_from(biased).ok()? - 1075),
    };
    // 53 bits times 5^28 are 119 bits; the powers of two that are left shift.
    let product = u128::from(significand) * 5u128.checked_pow(scale)?;
    let shift = exponent + i64::from(scale);
    let integer = match u32::try_from(shift) {
        Ok(left) if left <= product.leading_zeros() => product << left,
        Ok(_) => return None,
        Err(_) => match u32::try_from(-shift) {
            Ok(right @ ..=127) => {
                let (floor, rest, half) = (product >> right, product & ((1 << right) - 1), 1 << (right - 1));
                floor + u128::from(rest > half || rest == half && floor & 1 == 1)
            }
            // Less than a half.
            _ => 0,
        },
    };
    let integer = i128::try_from(integer).ok()?;
    decimal(if number < 0.0 { -integer } else { integer }, scale)
}

/// The binary64 nearest to an amount.
pub(crate) fn number(amount: Decimal) -> f64 {
    // Every scale of a `Decimal` has its power of ten.
    quotient(amount.mantissa(), power(amount.scale()).unwrap_or(1)).unwrap_or_default()
}

/// The binary64 nearest to a `count`th of an amount; `None` of none, and where the whole needs more than 127 bits.
pub(crate) fn mean(sum: Decimal, count: u64) -> Option<f64> {
    quotient(sum.mantissa(), power(sum.scale())?.checked_mul(count.into())?)
}

/// `left + right` at the finer of their scales, never rounded; `None` when that needs more than 96 bits.
pub(crate) fn exact_sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let scale = left.scale().max(right.scale());
    decimal(minor(left, scale)?.checked_add(minor(right, scale)?)?, scale)
}

/// Decimals as text, whatever form of decimals another crate has asked `rust_decimal` for.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) struct Text(#[serde(with = "crate::number::decimal")] pub(crate) Decimal);

#[cfg(feature = "serde")]
impl Text {
    /// The texts of decimals.
    pub(crate) fn all(decimals: &[Decimal]) -> Vec<Self> {
        decimals.iter().copied().map(Self).collect()
    }

    /// The decimals of texts.
    pub(crate) fn decimals(texts: Vec<Self>) -> Vec<Decimal> {
        texts.into_iter().map(|Self(decimal)| decimal).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact_or_refused() {
        let cent = Decimal::new(1, 2);
        assert_eq!(exact_sum(Decimal::new(1536, 2), Decimal::new(1699, 2)), Some(Decimal::new(3235, 2)));
        assert_eq!(exact_sum(Decimal::MAX, -Decimal::MAX), Some(Decimal::ZERO));
        // Decimal's own `+` would round these away.
        assert_eq!(exact_sum(Decimal::MAX, cent), None);
        assert_eq!(exact_sum(Decimal::MAX, Decimal::ONE), None);
        assert_eq!(minor(Decimal::new(125, 3), 2), None);
    }

    #[test]
    fn the_nearest_amount_to_a_number() {
        let text = |number, scale| nearest(number, scale).map(|amount| amount.to_string());
        let cases = [
            (0.0, 2, "0.00"),
            (-0.0, 0, "0"),
            (0.125, 2, "0.12"),
            (0.375, 2, "0.38"),
            (-0.125, 2, "-0.12"),
            (0.5, 0, "0"),
            (1.5, 0, "2"),
            // The double next to 1.005 lies below it, that next to 1.135 above it.
            (1.005, 2, "1.00"),
            (1.135, 2, "1.14"),
            (0.1, 28, "0.1000000000000000055511151231"),
            (1e-300, 28, "0.0000000000000000000000000000"),
            (f64::from_bits(1), 0, "0"),
            (7e28, 0, "69999999999999999280861413376"),
            (-1e15, 2, "-1000000000000000.00"),
            // The first numbers beyond 96 bits are refused; the largest before them is not.
            (79_228_162_514_264_328_797_450_928_128.0, 0, "79228162514264328797450928128"),
        ];
        for (number, scale, expected) in cases {
            assert_eq!(text(number, scale).as_deref(), Some(expected), "{number} at {scale}");
        }
        for (number, scale) in [(7.922_816_251_426_434e28, 0), (1e27, 2), (1e300, 0), (8.0, 28), (f64::MAX, 28)] {
            assert_eq!(text(number, scale), None, "{number} at {scale}");
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(text(number, 2), None);
        }
    }

    #[test]
    fn brackets_hold_the_amount() {
        assert_eq!(bracket(Decimal::new(125, 3), 2), (12, 13));
        assert_eq!(bracket(Decimal::new(-125, 3), 2), (-13, -12));
        assert_eq!(bracket(Decimal::new(1250, 3), 2), (125, 125));
        assert_eq!(bracket(Decimal::new(5, 0), 2), (500, 500));
        assert_eq!(bracket(Decimal::MAX, 28), (i128::MAX, i128::MAX));
        assert_eq!(bracket(-Decimal::MAX, 28), (i128::MIN, i128::MIN));
    }
}
