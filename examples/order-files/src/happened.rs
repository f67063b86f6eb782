//! Fields that say whether something happened: a time, or yes or no.

use crate::cells::is_void;
use crate::error::Fault;
use crate::layout::Role;
use crate::names::plain;
use crate::said::said;
use crate::times;

/// Words for yes and for no, as [`plain`] has them.
const YES: [&str; 14] = ["1", "yes", "y", "true", "t", "是", "ja", "oui", "si", "sí", "sim", "да", "はい", "예"];
const NO: [&str; 14] =
    ["0", "no", "n", "false", "f", "否", "nein", "non", "nee", "não", "nao", "нет", "いいえ", "아니오"];

/// Whether a field of times says that something did not happen: it is empty, the zero of a database, or no.
pub(crate) fn is_never(field: &[u8]) -> bool {
    is_void(field)
        || field.starts_with(b"0000-00-00")
        || field.starts_with(b"0001-01-01")
        || [&b"0"[..], b"no", b"false"].iter().any(|word| field.eq_ignore_ascii_case(word))
}

/// Whether a field says that something happened; `last` is the date before.
///
/// # Errors
///
/// What is neither a time nor a word for yes or no, such as a status.
pub(crate) fn happened(field: &[u8], role: Role, column: &str, last: &mut ([u8; 10], i64)) -> Result<bool, Fault> {
    if is_never(field) {
        return Ok(false);
    }
    if times::plain(field, last).is_some() {
        return Ok(true);
    }
    let word = plain(&String::from_utf8_lossy(field));
    if NO.contains(&word.as_str()) {
        return Ok(false);
    }
    if YES.contains(&word.as_str()) || times::read(field).is_some() {
        return Ok(true);
    }
    let meaning = if role == Role::PaidAt { "unpaid" } else { "cancelled" };
    Err(Fault::new(
        field,
        said!(
            "a time, yes or no, or nothing; where the column has other words, --columns \"{role}=,status={column}\" reads them \
             and --status WORD={meaning} says what they mean",
            "时间、是或否，或留空；若该列是其他词，请用 --columns \"{role}=,status={column}\" 读取，并用 --status 词={meaning} \
             说明含义"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_words() {
        let of = |field: &str| happened(field.as_bytes(), Role::PaidAt, "Paid", &mut ([0; 10], 0)).ok();
        for field in
            ["2024-01-31", "2024-01-31 10:00:00", "Jan 31, 2024", "31/01/2024 10:00", "1706659200", "Yes", "是"]
        {
            assert_eq!(of(field), Some(true), "{field}");
        }
        for field in ["", "-", "NULL", "0000-00-00 00:00:00", "0001-01-01", "N", "否", "0", "FALSE"] {
            assert_eq!(of(field), Some(false), "{field}");
        }
        for field in ["unpaid", "未支付", "pending", "20", "?"] {
            assert_eq!(of(field), None, "{field}");
        }
    }
}
