//! The eight classes (八类) of customer value.

mod model;

pub use model::{OctantModel, OctantSplit};

use crate::scale::label::labels;

/// One of the eight combinations of a high or low R, F and M, the most valuable first.
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
    /// 111: high R, F and M.
    ImportantValue,
    /// 101: high R and M, low F.
    ImportantDevelop,
    /// 011: high F and M, low R.
    ImportantKeep,
    /// 001: high M alone.
    ImportantRetain,
    /// 110: high R and F, low M.
    GeneralValue,
    /// 100: high R alone.
    GeneralDevelop,
    /// 010: high F alone.
    GeneralKeep,
    /// 000: none of the three.
    GeneralRetain,
}

impl Octant {
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
}

labels! {
    Octant[8] {
        ImportantValue: "important_value", "Important value", "重要价值客户";
        ImportantDevelop: "important_develop", "Important development", "重要发展客户";
        ImportantKeep: "important_keep", "Important keeping", "重要保持客户";
        ImportantRetain: "important_retain", "Important retention", "重要挽留客户";
        GeneralValue: "general_value", "General value", "一般价值客户";
        GeneralDevelop: "general_develop", "General development", "一般发展客户";
        GeneralKeep: "general_keep", "General keeping", "一般保持客户";
        GeneralRetain: "general_retain", "General retention", "一般挽留客户";
    }
}
