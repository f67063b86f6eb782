//! The eight classes (八类) of customer value.

mod model;

pub use model::{OctantModel, OctantSplit};

use crate::scale::label::labels;

labels! {
    /// One of the eight combinations of a high or low R, F and M, the most valuable first.
    pub enum Octant[8] {
        /// 111, important value (重要价值客户): high R, F and M.
        ImportantValue: "important_value", "Important value", "重要价值客户";
        /// 101, important development (重要发展客户): high R and M, low F.
        ImportantDevelop: "important_develop", "Important development", "重要发展客户";
        /// 011, important keeping (重要保持客户): high F and M, low R.
        ImportantKeep: "important_keep", "Important keeping", "重要保持客户";
        /// 001, important retention (重要挽留客户): high M alone.
        ImportantRetain: "important_retain", "Important retention", "重要挽留客户";
        /// 110, general value (一般价值客户): high R and F, low M.
        GeneralValue: "general_value", "General value", "一般价值客户";
        /// 100, general development (一般发展客户): high R alone.
        GeneralDevelop: "general_develop", "General development", "一般发展客户";
        /// 010, general keeping (一般保持客户): high F alone.
        GeneralKeep: "general_keep", "General keeping", "一般保持客户";
        /// 000, general retention (一般挽留客户): low R, F and M.
        GeneralRetain: "general_retain", "General retention", "一般挽留客户";
    }
}

impl Octant {
    /// The octant of a high (`true`) or low R, F and M.
    pub const fn new(recency: bool, frequency: bool, monetary: bool) -> Self {
        Self::ALL[4 * !monetary as usize + 2 * !recency as usize + !frequency as usize]
    }

    /// Three digits, R F M, 1 for high: `101`.
    pub const fn code(self) -> &'static str {
        ["111", "101", "011", "001", "110", "100", "010", "000"][self as usize]
    }
}
