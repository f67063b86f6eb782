//! How far a time's clock is from UTC.

use crate::times::two;

/// Seconds east of UTC, before the name of a zone that has them: `Z`, `+0100 CET`, `+08:00[Asia/Shanghai]`, `GMT+0800 (..)`.
pub(crate) fn named_offset(text: &str) -> Option<i32> {
    let text = text.trim_end();
    let bracketed =
        [(']', '['), (')', '(')].into_iter().find_map(|(close, open)| text.strip_suffix(close)?.rsplit_once(open));
    let text = bracketed.map_or(text, |(offset, _)| offset.trim_end());
    let unnamed = text.trim_end_matches(|letter: char| letter.is_ascii_uppercase()).trim_end();
    let after_utc = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC")).filter(|rest| !rest.is_empty());
    [Some(text), after_utc, Some(unnamed)].into_iter().flatten().find_map(|text| offset(text.as_bytes()))
}

/// Seconds east of UTC: `Z`, `UTC`, `GMT`, `+01`, `+0100`, `+01:00`.
pub(crate) fn offset(text: &[u8]) -> Option<i32> {
    let text = text.trim_ascii();
    if [&b"Z"[..], b"UTC", b"GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let (sign, digits) = match text {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match *digits {
        [h1, h2] => (two(h1, h2)?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] | [h1, h2, b':', m1, m2, b':', b'0', b'0'] => {
            (two(h1, h2)?, two(m1, m2)?)
        }
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60) as i32)
}
