//! Numbers in errors.

/// A number as it is written, with an exponent where it would be many digits long.
pub(super) struct Short(pub(super) f64);

impl core::fmt::Display for Short {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self(number) = self;
        let is_long = number.is_finite() && *number != 0.0 && !(1e-9..1e16).contains(&number.abs());
        if is_long { write!(f, "{number:e}") } else { write!(f, "{number}") }
    }
}

#[cfg(test)]
mod tests {
    use crate::Error;

    #[test]
    fn numbers_are_short() {
        let text = |found| Error::Number { field: "a", found, expected: "b" }.to_string();
        let found = [0.0, -1.0, 2.5, 1e-9, f64::NAN, f64::NEG_INFINITY, 9e15, 1e16, -1.5e300, 5e-324];
        let short = ["0", "-1", "2.5", "0.000000001", "NaN", "-inf", "9000000000000000", "1e16", "-1.5e300", "5e-324"];
        for (found, short) in found.into_iter().zip(short) {
            assert_eq!(text(found), format!("a must be b, found {short}"));
        }
    }
}
