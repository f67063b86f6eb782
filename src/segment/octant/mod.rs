//! The eight classes (八类) of customer value.

mod model;

pub use model::{OctantModel, OctantSplit};

use crate::scale::Label;

/// One of the eight combinations of a high or low R, F and M.
///
/// | code (R F M, 1 = high) | English | 中文 |
/// |---|---|---|
/// | 111 | Important value | 重要价值客户 |
/// | 101 | Important development | 重要发展客户 |
/// | 011 | Important keeping | 重要保持客户 |
/// | 001 | Important retention | 重要挽留客户 |
/// | 110 | General value | 一般价值客户 |
/// | 100 | General development | 一般发展客户 |
/// | 010 | General keeping | 一般保持客户 |
/// | 000 | General retention | 一般挽留客户 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Octant {
    /// 111: recent, frequent, high spend.
    ImportantValue,
    /// 101: recent and high spend, but seldom.
    ImportantDevelop,
    /// 011: frequent and high spend, but not recent.
    ImportantKeep,
    /// 001: high spend, but neither recent nor frequent.
    ImportantRetain,
    /// 110: recent and frequent, low spend.
    GeneralValue,
    /// 100: recent, neither frequent nor high spend.
    GeneralDevelop,
    /// 010: frequent, neither recent nor high spend.
    GeneralKeep,
    /// 000: none of the three.
    GeneralRetain,
}

impl Octant {
    /// All eight, the most valuable first.
    pub const ALL: [Self; 8] = [
        Self::ImportantValue,
        Self::ImportantDevelop,
        Self::ImportantKeep,
        Self::ImportantRetain,
        Self::GeneralValue,
        Self::GeneralDevelop,
        Self::GeneralKeep,
        Self::GeneralRetain,
    ];

    /// The octant of a high (`true`) or low R, F and M.
    pub const fn new(recency: bool, frequency: bool, monetary: bool) -> Self {
        match (recency, frequency, monetary) {
            (true, true, true) => Self::ImportantValue,
            (true, false, true) => Self::ImportantDevelop,
            (false, true, true) => Self::ImportantKeep,
            (false, false, true) => Self::ImportantRetain,
            (true, true, false) => Self::GeneralValue,
            (true, false, false) => Self::GeneralDevelop,
            (false, true, false) => Self::GeneralKeep,
            (false, false, false) => Self::GeneralRetain,
        }
    }

    /// Three digits, R F M, 1 for high: `101`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ImportantValue => "111",
            Self::ImportantDevelop => "101",
            Self::ImportantKeep => "011",
            Self::ImportantRetain => "001",
            Self::GeneralValue => "110",
            Self::GeneralDevelop => "100",
            Self::GeneralKeep => "010",
            Self::GeneralRetain => "000",
        }
    }

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::ImportantValue => const { &Label::preset("important_value", "Important value", "重要价值客户") },
            Self::ImportantDevelop => {
                const { &Label::preset("important_develop", "Important development", "重要发展客户") }
            }
            Self::ImportantKeep => const { &Label::preset("important_keep", "Important keeping", "重要保持客户") },
            Self::ImportantRetain => {
                const { &Label::preset("important_retain", "Important retention", "重要挽留客户") }
            }
            Self::GeneralValue => const { &Label::preset("general_value", "General value", "一般价值客户") },
            Self::GeneralDevelop => const { &Label::preset("general_develop", "General development", "一般发展客户") },
            Self::GeneralKeep => const { &Label::preset("general_keep", "General keeping", "一般保持客户") },
            Self::GeneralRetain => const { &Label::preset("general_retain", "General retention", "一般挽留客户") },
        }
    }
}
