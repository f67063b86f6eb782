//! Numbers with their nouns, and phrases in two languages.

/// `1 day`, `2 days`.
pub(crate) fn count(number: &str, noun: &str) -> String {
    format!("{number} {noun}{}", if number == "1" { "" } else { "s" })
}

/// The English or the Chinese of two format strings, which take their values by name.
macro_rules! phrase {
    ($language:expr, $english:literal, $chinese:literal $(,)?) => {
        match $language {
            $crate::scale::Language::English => format!($english),
            $crate::scale::Language::Chinese => format!($chinese),
        }
    };
}

pub(crate) use phrase;
