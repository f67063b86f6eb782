//! The kinds of labels that a customer can have.

use crate::scale::Label;
use crate::scale::label::labels;
use crate::segment::{ChurnRisk, FrequencyBand, LifecycleStage, NewCustomerState, Octant};

labels! {
    /// A kind of label, for audiences, playbooks, summaries and their stored forms.
    ///
    /// Keys are unique within a kind only: a new customer and a segment can both be `at_risk`.
    #[non_exhaustive]
    pub enum LabelKind[8] {
        /// The [`Octant`].
        Octant: "octant", "octant", "客户价值类别";
        /// The segment of the shop's [`Grid`](crate::segment::Grid).
        Segment: "segment", "segment", "客户分群";
        /// The [`FrequencyBand`].
        FrequencyBand: "frequency_band", "frequency band", "频次等级";
        /// The price band of the shop's [`SpendBands`](crate::segment::SpendBands).
        SpendBand: "spend_band", "price band", "价格带";
        /// The [`NewCustomerState`].
        NewCustomerState: "new_customer_state", "new-customer state", "新客状态";
        /// The [`LifecycleStage`].
        LifecycleStage: "lifecycle_stage", "lifecycle stage", "生命周期阶段";
        /// The membership tier of the shop's [`TierScheme`](crate::segment::TierScheme).
        Tier: "tier", "tier", "会员等级";
        /// The [`ChurnRisk`].
        ChurnRisk: "churn_risk", "churn risk", "流失风险";
    }
}

impl LabelKind {
    /// The name that programs and files use.
    pub fn key(self) -> &'static str {
        self.label().key()
    }

    /// The labels of this kind, in order; `None` where they are the shop's own.
    pub fn labels(self) -> Option<Vec<&'static Label>> {
        match self {
            Self::Octant => Some(Octant::ALL.map(Octant::label).to_vec()),
            Self::FrequencyBand => Some(FrequencyBand::ALL.map(FrequencyBand::label).to_vec()),
            Self::NewCustomerState => Some(NewCustomerState::ALL.map(NewCustomerState::label).to_vec()),
            Self::LifecycleStage => Some(LifecycleStage::ALL.map(LifecycleStage::label).to_vec()),
            Self::ChurnRisk => Some(ChurnRisk::ALL.map(ChurnRisk::label).to_vec()),
            Self::Segment | Self::SpendBand | Self::Tier => None,
        }
    }
}
