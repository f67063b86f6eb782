//! The risk that a customer is gone, in four words.

use crate::scale::label::labels;

labels! {
    /// The state of a customer against the purchase that was expected; disjoint, the calmest first.
    ///
    /// | | cycles missed, of two purchase days or more | days since the only purchase day |
    /// |---|---|---|
    /// | [`InCycle`](ChurnRisk::InCycle) | 0 | below 30 (`Active`) |
    /// | [`Due`](ChurnRisk::Due) | 1 | from 30 to below 50 (`Cooling`) |
    /// | [`Overdue`](ChurnRisk::Overdue) | 2 | from 50 to below 80 (`AtRisk`) |
    /// | [`ChurnInclined`](ChurnRisk::ChurnInclined) | 3 or more | 80 or more (`Lost`) |
    ///
    /// These are the defaults; in brackets, the [`NewCustomerState`](crate::segment::NewCustomerState) of the same
    /// days. With `n` [churn cycles](crate::segment::MissedCycles::with_churn_cycles), overdue are 2 to `n - 1` missed and
    /// churn-inclined `n` or more: with 2 no repeat customer is overdue, with 1 none is due either.
    pub enum ChurnRisk[4] {
        /// The next purchase is not expected yet.
        InCycle: "in_cycle", "In cycle", "周期内";
        /// The purchase is expected now.
        Due: "due", "Due", "已到回购期";
        /// The purchase was expected a whole cycle ago or more.
        Overdue: "overdue", "Overdue", "超期未购";
        /// Enough cycles were missed that the customer is likely to be gone.
        ChurnInclined: "churn_inclined", "Churn-inclined", "高流失风险";
    }
}

impl ChurnRisk {
    /// The risk after `missed` cycles, where `churn_cycles` of them, 1 or more, make a customer churn-inclined.
    pub(super) const fn of_missed(missed: u32, churn_cycles: u32) -> Self {
        match missed {
            _ if missed >= churn_cycles => Self::ChurnInclined,
            0 => Self::InCycle,
            1 => Self::Due,
            _ => Self::Overdue,
        }
    }
}
