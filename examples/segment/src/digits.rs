//! Values as `Display` prints them, straight into a file's bytes.
//!
//! Traded for plainness: a million customers have some 25 million fields.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "digits fit a byte, and whole numbers below 2^53 an integer"
)]

use std::io::Write;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::output::quoted;

/// Rows of CSV. A field is followed by a comma.
#[derive(Default)]
pub(crate) struct Row(pub(crate) Vec<u8>);

impl Row {
    /// A value; empty where there is none.
    pub(crate) fn field<T>(&mut self, value: Option<T>, print: impl Fn(&mut Vec<u8>, T)) {
        if let Some(value) = value {
            print(&mut self.0, value);
        }
        self.0.push(b',');
    }

    /// A text that needs no quotes.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b',');
    }

    /// A text of somebody else's, in quotes where it has to be.
    pub(crate) fn quoted(&mut self, text: &str) {
        self.text(&quoted(text));
    }

    /// The last comma becomes the end of the row.
    pub(crate) fn end(&mut self) {
        self.0.pop();
        self.0.push(b'\n');
    }
}

pub(crate) fn whole(out: &mut Vec<u8>, mut value: u64) {
    let (mut digits, mut start) = ([0; 20], 20);
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

pub(crate) fn date(out: &mut Vec<u8>, day: NaiveDate) {
    let (Ok(year @ 1000..=9999), month, day_of_month) = (u64::try_from(day.year()), day.month(), day.day()) else {
        return display(out, day);
    };
    whole(out, year);
    for part in [month, day_of_month] {
        out.extend_from_slice(&[b'-', b'0' + (part / 10) as u8, b'0' + (part % 10) as u8]);
    }
}

pub(crate) fn money(out: &mut Vec<u8>, amount: Decimal) {
    let (scale, mantissa) = (amount.scale() as usize, amount.mantissa());
    let Ok(units) = u64::try_from(mantissa.unsigned_abs()) else { return display(out, amount) };
    if units == 0 && amount.is_sign_negative() {
        return display(out, amount);
    }
    if mantissa < 0 {
        out.push(b'-');
    }
    let start = out.len();
    whole(out, units);
    let length = out.len() - start;
    if scale > 0 {
        // At least one digit stands before the point.
        let missing = (scale + 1).saturating_sub(length);
        out.splice(start..start, std::iter::repeat_n(b'0', missing));
        out.insert(out.len() - scale, b'.');
    }
}

pub(crate) fn fraction(out: &mut Vec<u8>, value: f64) {
    /// Integers that every `f64` below tells apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    // -0 is another number than the integer 0.
    if (0.0..EXACT).contains(&value) && (value as u64 as f64).to_bits() == value.to_bits() {
        return whole(out, value as u64);
    }
    let mut buffer = zmij::Buffer::new();
    let text = if value.is_finite() && !may_be_between(value) { buffer.format_finite(value) } else { "e" };
    // `Display` has no exponents, and no point behind a whole number.
    if text.contains('e') || text.ends_with(".0") {
        display(out, value);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// Whether a finite number may lie halfway between its two shortest forms, of which `Display` takes the upper one: it
/// then has 18 digits or fewer. One with more than 25 bits behind the point has more, as `5^26` has 19.
fn may_be_between(value: f64) -> bool {
    let bits = value.to_bits();
    let exponent = (bits >> 52) & 0x7ff;
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    // Bits behind the point: 1075 - exponent - zeros.
    exponent + u64::from(mantissa.trailing_zeros()) >= 1075 - 25
}

fn display(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "{value}");
}

#[cfg(test)]
#[allow(clippy::cast_possible_wrap, reason = "any number will do")]
mod tests {
    use super::*;

    /// `SplitMix64`: the same numbers in every run.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[track_caller]
    fn same<T: Copy + std::fmt::Display>(value: T, print: impl Fn(&mut Vec<u8>, T)) {
        let mut out = b"before".to_vec();
        print(&mut out, value);
        assert_eq!(String::from_utf8_lossy(&out), format!("before{value}"));
    }

    #[test]
    fn values_print_as_display_prints_them() {
        let mut state = 1;
        let edges = [0.0, -0.0, 1.0, -1.0, 0.1, 1e-7, 1e15, 1e16, 1e17, 9e15 + 0.5, 1e300, f64::MIN_POSITIVE];
        edges.into_iter().chain([f64::NAN, f64::INFINITY, f64::MAX, 5e-324]).for_each(|value| same(value, fraction));
        for scale in 0..=28 {
            for units in [0, 1, 99, -1, -100, i64::MAX, i64::MIN] {
                same(Decimal::new(units, scale), money);
            }
        }
        // Halfway between two shortest forms.
        for (odd, bits) in
            [(-6_796_142_763_958_593_i64, 2), (2_400_000_000_000_001, 2), (800_000_000_000_001, 3), (131_073, 17)]
        {
            let halfway = odd as f64 / (1_u64 << bits) as f64;
            same(halfway, fraction);
        }
        for _ in 0..20_000 {
            let bits = random(&mut state);
            same(((bits >> 11) | 1) as f64 / (1_u64 << (bits % 48)) as f64, fraction);
            same((bits % (1 << 30)) as f64 / (1_u64 << ((bits >> 40) % 30)) as f64, fraction);
        }
        same(-Decimal::ZERO, money);
        for amount in [Decimal::MAX, Decimal::MIN] {
            same(amount, money);
        }
        for value in [0, 9, 10, u64::MAX] {
            same(value, whole);
        }
        for day in [NaiveDate::MIN, NaiveDate::MAX, NaiveDate::default()] {
            same(day, date);
        }
        for _ in 0..20_000 {
            let bits = random(&mut state);
            same(f64::from_bits(bits), fraction);
            same((bits >> 11) as f64 / (1_u64 << 40) as f64, fraction);
            same(Decimal::new(bits as i64 >> (bits % 60), (bits % 29) as u32), money);
            let day = NaiveDate::from_num_days_from_ce_opt((bits % 4_000_000) as i32 - 100_000);
            same(day.unwrap_or_default(), date);
        }
    }

    #[test]
    fn a_row_is_its_fields_between_commas() {
        let mut row = Row::default();
        for text in ["茶", "a,b"] {
            row.quoted(text);
        }
        row.field(None, whole);
        row.end();
        assert_eq!(String::from_utf8_lossy(&row.0), "茶,\"a,b\",\n");
    }
}
