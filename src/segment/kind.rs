//! The kinds of labels that a customer can have.

use crate::scale::Label;
use crate::scale::label::labels;
use crate::segment::{ChurnRisk, FrequencyBand, LifecycleStage, NewCustomerState, Octant};

/// A kind of label, for audiences, playbooks, summaries and their stored forms.
///
/// Keys of labels are unique within a kind, not among them: a new customer and a segment can both be `at_risk`.
///
/// # Examples
///
/// ```
/// use repurchase::scale::Language;
/// use repurchase::segment::LabelKind;
///
/// assert_eq!(LabelKind::Tier.label().name(Language::Chinese), "会员等级");
/// assert_eq!(LabelKind::ChurnRisk.key(), "churn_risk");
/// assert_eq!(LabelKind::ChurnRisk.labels().map(|labels| labels.len()), Some(4));
/// assert_eq!(LabelKind::Segment.labels(), None, "those of the shop's grid");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LabelKind {
    /// The [`Octant`].
    Octant,
    /// The segment of the shop's [`Grid`](crate::segment::Grid).
    Segment,
    /// The [`FrequencyBand`].
    FrequencyBand,
    /// The price band of the shop's [`SpendBands`](crate::segment::SpendBands).
    SpendBand,
    /// The [`NewCustomerState`].
    NewCustomerState,
    /// The [`LifecycleStage`].
    LifecycleStage,
    /// The membership tier of the shop's [`TierScheme`](crate::segment::TierScheme).
    Tier,
    /// The [`ChurnRisk`].
    ChurnRisk,
}

labels! {
    LabelKind[8] {
        Octant: "octant", "octant", "客户价值类别";
        Segment: "segment", "segment", "客户分群";
        FrequencyBand: "frequency_band", "frequency band", "频次等级";
        SpendBand: "spend_band", "price band", "价格带";
        NewCustomerState: "new_customer_state", "new-customer state", "新客状态";
        LifecycleStage: "lifecycle_stage", "lifecycle stage", "生命周期阶段";
        Tier: "tier", "tier", "会员等级";
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
