//! What a message says, in English and in Chinese.

use std::borrow::Cow;
use std::fmt;

use repurchase::scale::Language;

/// A text in both languages. As an error it prints itself in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    english: Cow<'static, str>,
    chinese: Cow<'static, str>,
}

impl Said {
    /// A text that is the same in both languages, such as a value of a file.
    pub(crate) fn same(text: String) -> Self {
        Self { english: text.clone().into(), chinese: text.into() }
    }

    /// The text in one of the languages.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            _ => &self.english,
        }
    }
}

impl From<[String; 2]> for Said {
    fn from([english, chinese]: [String; 2]) -> Self {
        Self { english: english.into(), chinese: chinese.into() }
    }
}

impl From<[&'static str; 2]> for Said {
    fn from([english, chinese]: [&'static str; 2]) -> Self {
        Self { english: english.into(), chinese: chinese.into() }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Said {}

/// A text in English and in Chinese, with what both name in braces.
macro_rules! said {
    ($english:literal, $chinese:literal) => {
        $crate::said::Said::from([format!($english), format!($chinese)])
    };
}
pub(crate) use said;
