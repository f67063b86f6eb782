//! Amounts as people write them, to exact decimals.

use crate::currencies::agree;
use crate::layout::DecimalMark;

/// A decimal number: `units` of `10^-scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) units: i128,
    pub(crate) scale: u8,
}

/// An amount that was read: what it is with a decimal point, what with a decimal comma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading<'a> {
    /// In the order of [`MARKS`].
    pub(crate) numbers: [Option<Number>; 2],
    /// The currency's mark, if there is one.
    pub(crate) mark: &'a str,
}

pub(crate) const MARKS: [DecimalMark; 2] = [DecimalMark::Point, DecimalMark::Comma];

/// Digits that a number may have; `Decimal` has 28.
pub(crate) const DIGITS: usize = 28;

/// `19`, `19.9`, `-19.90`: the forms of machines, in hundredths; whether there was a point.
#[inline]
pub(crate) fn plain(text: &[u8]) -> Option<(i64, bool)> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 15 {
        return None;
    }
    let (mut value, mut at) = (0_i64, 0);
    while let Some(digit) = digits.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        value = value * 10 + i64::from(digit);
        at += 1;
    }
    if at == 0 {
        return None;
    }
    let digit = |byte: u8| Some(i64::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit < 10);
    let (hundredths, has_point) = match *digits.get(at..)? {
        [] => (value * 100, false),
        [b'.', tenths] => (value * 100 + digit(tenths)? * 10, true),
        [b'.', tenths, ones] => (value * 100 + digit(tenths)? * 10 + digit(ones)?, true),
        _ => return None,
    };
    Some((if negative { -hundredths } else { hundredths }, has_point))
}

/// Reads an amount in any form.
pub(crate) fn read(text: &[u8]) -> Option<Reading<'_>> {
    let mut rest = std::str::from_utf8(text).ok()?.trim();
    let mut negative = false;
    let mut mark = "";
    if let Some((before, inside, after)) = in_brackets(rest) {
        // The mark of a currency may stand outside: `$(5.00)`.
        mark = [before, after].into_iter().find(|outside| !outside.is_empty()).unwrap_or_default();
        if !(mark.is_empty() || is_currency(mark) && (before.is_empty() || after.is_empty())) {
            return None;
        }
        (rest, negative) = (inside, true);
    }
    let mut signs = usize::from(negative);
    let mut sign = |rest: &mut &str| {
        for (character, is_minus) in [('-', true), ('−', true), ('+', false)] {
            if let Some(stripped) = rest.strip_prefix(character).or_else(|| rest.strip_suffix(character)) {
                *rest = stripped.trim();
                signs += 1;
                negative |= is_minus;
                return;
            }
        }
    };
    sign(&mut rest);
    let mut start = rest.find(|character: char| character.is_ascii_digit())?;
    let mut end = rest.rfind(|character: char| character.is_ascii_digit())? + 1;
    // A decimal mark without digits on one side: `.50`, `12.`.
    let is_mark = |text: &str| !text.is_empty() && !is_currency(text.trim());
    if is_mark(&rest[..start]) && rest[..start].ends_with(['.', ',']) {
        start -= 1;
    } else if is_mark(&rest[end..]) && rest[end..].starts_with(['.', ',']) {
        end += 1;
    }
    let (before, digits, after) = (&rest[..start], &rest[start..end], &rest[end..]);
    let (mut before, after) = (before.trim(), after.trim());
    // A sign between the mark and the digits: `$-5`.
    if !before.is_empty() {
        sign(&mut before);
    }
    match (before, after) {
        ("", "") => {}
        (one, "") | ("", one) if mark.is_empty() && is_currency(one) => mark = one,
        (sign, code) if mark.is_empty() && is_currency(sign) && is_code(code) && agree(sign, code) => mark = code,
        _ => return None,
    }
    if signs > 1 {
        return None;
    }
    let number = |decimal: char, thousands: char| {
        let number = digits_of(digits, decimal, thousands)?;
        Some(if negative { Number { units: -number.units, ..number } } else { number })
    };
    let numbers = [number('.', ','), number(',', '.')];
    numbers.iter().any(Option::is_some).then_some(Reading { numbers, mark })
}

/// What stands before, between and behind brackets, where there are two.
fn in_brackets(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('(')?;
    let (inside, after) = rest.split_once(')')?;
    Some((before.trim(), inside.trim(), after.trim()))
}

/// Digits with a decimal mark and thousands separators.
fn digits_of(text: &str, decimal: char, thousands: char) -> Option<Number> {
    let (whole, fraction) = match text.split_once(decimal) {
        Some(("", "")) => return None,
        Some(("", fraction)) => ("0", fraction),
        Some(parts) => parts,
        None => (text, ""),
    };
    // As few decimals as say the same.
    let fraction = fraction.trim_end_matches('0');
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = ungrouped(whole, thousands)?;
    if whole.len() + fraction.len() > DIGITS {
        return None;
    }
    let units = whole.bytes().chain(fraction.bytes()).fold(0_i128, |units, byte| units * 10 + i128::from(byte - b'0'));
    Some(Number { units, scale: fraction.len() as u8 })
}

/// The digits before the decimal mark: groups of three, or as in India of two before the last three.
fn ungrouped(whole: &str, thousands: char) -> Option<String> {
    let separator = whole.chars().find(|character| !character.is_ascii_digit());
    let Some(separator) = separator else { return (!whole.is_empty()).then(|| whole.to_owned()) };
    if separator != thousands && !matches!(separator, ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}') {
        return None;
    }
    let groups: Vec<&str> = whole.split(separator).collect();
    let (first, last) = (groups.first()?, groups.last()?);
    let middle = groups.get(1..groups.len() - 1)?;
    let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let of_three = (1..=3).contains(&first.len()) && middle.iter().all(|group| group.len() == 3);
    let of_two = (1..=2).contains(&first.len()) && !middle.is_empty() && middle.iter().all(|group| group.len() == 2);
    let fits = digits && last.len() == 3 && !first.starts_with('0') && (of_three || of_two);
    fits.then(|| groups.concat())
}

/// Marks of currencies that are neither a sign of Unicode nor three letters.
const CURRENCY_MARKS: [&str; 27] = [
    "r$", "us$", "a$", "au$", "c$", "ca$", "hk$", "nt$", "s$", "nz$", "mx$", "kr", "kr.", "zł", "kč", "ft", "rs",
    "rs.", "rm", "rp", "元", "円", "원", "р.", "руб.", "лв.", "s/.",
];

fn is_currency(text: &str) -> bool {
    let is_sign = |character: char| {
        matches!(character, '$' | '¢' | '£' | '¤' | '¥' | '￥' | '＄' | '￡' | '৳' | '฿' | '\u{20A0}'..='\u{20CF}')
    };
    let mut characters = text.chars();
    let one_sign = characters.next().is_some_and(is_sign) && characters.next().is_none();
    // `AU $` is `AU$`.
    let letters = text.strip_suffix('$').map(str::trim_end).filter(|letters| !letters.is_empty());
    let joined = letters.map_or_else(|| text.to_owned(), |letters| format!("{letters}$"));
    one_sign || is_code(text) || text == "CN¥" || CURRENCY_MARKS.contains(&joined.to_lowercase().as_str())
}

fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> [Option<String>; 2] {
        let text_of = |number: Number| {
            rust_decimal::Decimal::from_i128_with_scale(number.units, number.scale.into()).normalize().to_string()
        };
        read(text.as_bytes()).map_or([None, None], |reading| reading.numbers.map(|number| number.map(text_of)))
    }

    #[test]
    fn a_point_a_comma_or_both() {
        let point = |text: &str, number: &str| assert_eq!(both(text), [Some(number.to_owned()), None], "{text}");
        let comma = |text: &str, number: &str| assert_eq!(both(text), [None, Some(number.to_owned())], "{text}");
        point("1,234.50", "1234.5");
        point("1 234.50", "1234.5");
        point("0.125", "0.125");
        point("12,34,567.00", "1234567");
        point("1,234,567", "1234567");
        point("US$ 1,250.00", "1250");
        point("(250.00)", "-250");
        point("$(250.00)", "-250");
        point("(US$ 250.00)", "-250");
        comma("(250,00) €", "-250");
        point("-$95.20", "-95.2");
        point("$-95.20", "-95.2");
        point("95.20-", "-95.2");
        point("1234.5678", "1234.5678");
        point(".50", "0.5");
        point("-.5", "-0.5");
        point("12.", "12");
        point("$12. USD", "12");
        point("Rs.50.00", "50");
        point("AU $12.50", "12.5");
        point("$12.50 USD", "12.5");
        comma(",50 €", "0.5");
        comma("1.234,50", "1234.5");
        comma("€ -35,90", "-35.9");
        comma("1'234,5", "1234.5");
        comma("1.234.567", "1234567");
        comma("19,90 zł", "19.9");
        assert_eq!(both("1.234"), [Some("1.234".to_owned()), Some("1234".to_owned())]);
        assert_eq!(both("1,234"), [Some("1234".to_owned()), Some("1.234".to_owned())]);
        assert_eq!(both("¥1 234"), [Some("1234".to_owned()), Some("1234".to_owned())]);
    }

    #[test]
    fn what_is_no_amount() {
        for text in [
            "", "-", ".", "1O.50", "1e3", "--5", "(-5)", "5(5)", "$(5)$", "$($5)", "(5", "1,23", "1.2.3", "12 34",
            "0x10", "O10", "5 €€", "€5€", "€5 USD", "$.", "٣",
        ] {
            assert!(
                read(text.as_bytes()).is_none_or(|reading| reading.numbers.iter().flatten().count() == 1),
                "{text}"
            );
        }
        for text in [
            "", "-", ".", "1O.50", "1e3", "--5", "(-5)", "5(5)", "$(5)$", "$($5)", "(5", "1.2.3", "12 34", "0x10",
            "O10", "5 €€", "€5€", "€5 USD", "$.", "٣",
        ] {
            assert_eq!(both(text), [None, None], "{text}");
        }
    }

    #[test]
    fn the_forms_of_machines_are_read_in_one_pass() {
        assert_eq!(
            [plain(b"19"), plain(b"-19.9"), plain(b"19.90")],
            [Some((1900, false)), Some((-1990, true)), Some((1990, true))]
        );
        assert!(
            [&b"19.905"[..], b"19.", b"", b"-", b".5", b"1,5", b"1234567890123456"]
                .iter()
                .all(|text| plain(text).is_none())
        );
    }
}
