//! Numbers with their nouns.

/// `1 day`, `2 days`.
pub(crate) fn count(number: &str, noun: &str) -> String {
    format!("{number} {noun}{}", if number == "1" { "" } else { "s" })
}
