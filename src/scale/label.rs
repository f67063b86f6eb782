//! Names that people read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::error::{Error, Result};

/// The language of a label or an explanation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese, 简体中文.
    Chinese,
}

impl Language {
    /// The words of this language.
    pub(crate) const fn pick<T: Copy>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

/// The names of a label: a stable key for programs, an English and a Chinese name for people.
///
/// # Examples
///
/// ```
/// use repurchase::scale::{Label, Language};
///
/// let label = Label::new("cant_lose", "Can't lose", "重点挽留客户");
/// assert_eq!(label.key(), "cant_lose");
/// assert_eq!(label.name(Language::Chinese), "重点挽留客户");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Label {
    key: Cow<'static, str>,
    english: Cow<'static, str>,
    chinese: Cow<'static, str>,
}

impl Label {
    /// A label of the shop's own.
    pub fn new(
        key: impl Into<Cow<'static, str>>,
        english: impl Into<Cow<'static, str>>,
        chinese: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { key: key.into(), english: english.into(), chinese: chinese.into() }
    }

    pub(crate) const fn preset(key: &'static str, english: &'static str, chinese: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), english: Cow::Borrowed(english), chinese: Cow::Borrowed(chinese) }
    }

    /// The name that programs, files and databases use: `snake_case`, the same in every language.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The name that people read.
    pub fn name(&self, language: Language) -> &str {
        language.pick(&self.english, &self.chinese)
    }
}

/// Gives an enum its list `ALL` and its `label`, from lines of key, English and Chinese name.
macro_rules! labels {
    (
        $(#[$meta:meta])*
        pub enum $kind:ident[$count:literal] {
            $($(#[$doc:meta])* $variant:ident: $key:literal, $english:literal, $chinese:literal;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        pub enum $kind { $($(#[$doc])* $variant),+ }

        labels! { $kind[$count] { $($variant: $key, $english, $chinese;)+ } }
    };
    ($kind:ident[$count:literal] { $($variant:ident: $key:literal, $english:literal, $chinese:literal;)+ }) => {
        impl $kind {
            /// All of them, in order.
            pub const ALL: [Self; $count] = [$(Self::$variant),+];

            /// The label's key and names.
            pub const fn label(self) -> &'static $crate::scale::Label {
                match self {
                    $(Self::$variant => const { &$crate::scale::Label::preset($key, $english, $chinese) }),+
                }
            }
        }
    };
}

pub(crate) use labels;

/// Refuses labels by which a map would lose one.
pub(crate) fn check_keys(labels: &[Label]) -> Result<()> {
    // A file may hold any number of them.
    let mut seen = BTreeSet::new();
    match labels.iter().find(|label| label.key().is_empty() || !seen.insert(label.key())) {
        Some(label) => Err(Error::LabelKey { key: label.key().into() }),
        None => Ok(()),
    }
}
