//! Division of integers, rounded once.

/// The number up to which binary64 holds every integer.
const EXACT: u128 = 1 << 53;

/// The correctly rounded (to nearest, ties to even) binary64 nearest to `part / whole`; `None` when `whole` is 0.
///
/// Both are exact integers of up to 127 bits, so that a share of money rounds once, at the very end.
pub(crate) fn quotient(part: i128, whole: i128) -> Option<f64> {
    if whole == 0 {
        return None;
    }
    let negative = (part < 0) != (whole < 0);
    let (part, whole) = (part.unsigned_abs(), whole.unsigned_abs());
    #[allow(clippy::cast_precision_loss, reason = "both are integers that binary64 holds exactly")]
    let magnitude = if part <= EXACT && whole <= EXACT {
        // From 64 bits, which a processor converts by itself.
        part as i64 as f64 / whole as i64 as f64
    } else {
        divide(part, whole)
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// Long division to 55 significant bits and a sticky bit, which binary64 then rounds once.
#[allow(clippy::cast_precision_loss, reason = "the one rounding that is wanted")]
fn divide(part: u128, whole: u128) -> f64 {
    let (mut digits, mut rest) = (part / whole, part % whole);
    let mut exponent = 0i32;
    while digits < 1 << 55 && rest != 0 {
        // 2 * rest may need 129 bits; comparing with the complement of `whole` stays inside 128.
        let carry = rest >= whole - rest;
        rest = if carry { rest - (whole - rest) } else { rest + rest };
        digits = digits << 1 | u128::from(carry);
        exponent -= 1;
    }
    if rest != 0 {
        digits = digits << 1 | 1;
        exponent -= 1;
    }
    digits as f64 * 2f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp, reason = "correct rounding is exact")]
    fn quotients_round_once() {
        // Python's int / int is correctly rounded.
        let cases: [(i128, i128, f64); 6] = [
            (1, 3, 0.333_333_333_333_333_3),
            (10_000_000_000_000_000_000_000_000_001, 30_000_000_000_000_000_000_000_000_000, 0.333_333_333_333_333_3),
            (-7, 2, -3.5),
            (i128::MAX, 3, 5.671_372_782_015_641e37),
            (9_007_199_254_740_993, 9_007_199_254_740_992, 1.0),
            (1, i128::MAX, 5.877_471_754_111_438e-39),
        ];
        for (part, whole, expected) in cases {
            assert_eq!(quotient(part, whole), Some(expected), "{part} / {whole}");
        }
        assert_eq!(quotient(1, 0), None);
    }
}
