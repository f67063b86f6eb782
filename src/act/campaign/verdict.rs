//! The verdict on two arms.

use crate::scale::label::labels;

labels! {
    /// Whether the treated arm differs from the control arm by more than chance explains.
    pub enum Verdict[3] {
        /// The whole interval of the difference lies above 0.
        Better: "better", "Better", "更好";
        /// The whole interval of the difference lies below 0.
        Worse: "worse", "Worse", "更差";
        /// The interval contains 0, or there is no interval.
        CannotTell: "cannot_tell", "Cannot tell", "无法判断";
    }
}
