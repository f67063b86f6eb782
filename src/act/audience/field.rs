//! What a rule can ask about.

use crate::record::InteractionKind;
use crate::scale::Label;
use crate::segment::ChurnRisk;
use crate::segment::{FrequencyBand, LifecycleStage, NewCustomerState, Octant};

/// A number about a customer; compared as binary64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Figure {
    /// Purchases, as [`CustomerHistory::purchases`](crate::CustomerHistory::purchases).
    Purchases,
    /// Distinct days with a purchase.
    PurchaseDays,
    /// `x`: purchase days - 1.
    Repeats,
    /// Days from the last purchase to the as-of day.
    DaysSinceLast,
    /// Days from the purchase before the last one to the as-of day.
    DaysSincePrevious,
    /// Days from the first purchase to the as-of day.
    DaysSinceFirst,
    /// The mean gap between purchase days.
    MeanGapDays,
    /// The recency score.
    R,
    /// The frequency score.
    F,
    /// The monetary score.
    M,
    /// After how many days the customer is expected back.
    ExpectedCycleDays,
    /// Whole expected cycles since the last purchase.
    CyclesMissed,
    /// Days since the next purchase was expected, 0 before it.
    OverdueDays,
    /// The quantity of the last order, over what the customer takes as a rule.
    QuantityStretch,
    /// The probability that the customer is still there.
    ProbabilityAlive,
    /// Purchases that a model expects within the shop's horizon.
    ExpectedPurchases,
    /// Revenue that a model expects within the shop's horizon.
    ExpectedValue,
}

/// An amount of money about a customer; compared exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Amount {
    /// What the customer brought: spend less credits.
    Revenue,
    /// Spend per purchase.
    MeanOrderAmount,
    /// By how much the revenue that will be left lies above the mark of the customer's tier: see
    /// [`TierDistance`](super::TierDistance).
    TierMargin,
    /// What is missing to the mark of the next tier: see [`TierDistance`](super::TierDistance).
    TierGap,
}

/// A label on a customer; compared by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LabelField {
    /// The [`Octant`].
    Octant,
    /// The segment of the shop's grid.
    Segment,
    /// The [`FrequencyBand`].
    FrequencyBand,
    /// The price band.
    SpendBand,
    /// The [`NewCustomerState`].
    NewCustomerState,
    /// The [`LifecycleStage`].
    LifecycleStage,
    /// The membership tier.
    Tier,
    /// The [`ChurnRisk`].
    ChurnRisk,
}

/// What a customer did with a product or category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Activity {
    /// Looked at it.
    View,
    /// Searched for it.
    Search,
    /// Marked it as a favourite (收藏).
    Favourite,
    /// Put it into the cart (加购).
    Cart,
    /// Ordered it and has not paid.
    UnpaidOrder,
    /// Bought it.
    Purchase,
}

/// What one condition of a rule asks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// A number.
    Figure(Figure),
    /// An amount of money.
    Amount(Amount),
    /// A label.
    Label(LabelField),
    /// Days from the last activity of a kind to the as-of day.
    DaysSince {
        /// The kind.
        activity: Activity,
        /// With which product or category; `None`: with any.
        category: Option<Box<str>>,
    },
    /// One of the shop's own attributes, by its key in the [`Schema`](super::Schema).
    Attribute(Box<str>),
    /// Whether the customer has a tag: asked by [`Rule::tag`](super::Rule::tag).
    Tag(Box<str>),
}

impl Figure {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Purchases,
        Self::PurchaseDays,
        Self::Repeats,
        Self::DaysSinceLast,
        Self::DaysSincePrevious,
        Self::DaysSinceFirst,
        Self::MeanGapDays,
        Self::R,
        Self::F,
        Self::M,
        Self::ExpectedCycleDays,
        Self::CyclesMissed,
        Self::OverdueDays,
        Self::QuantityStretch,
        Self::ProbabilityAlive,
        Self::ExpectedPurchases,
        Self::ExpectedValue,
    ];

    /// Its key and names.
    pub fn label(self) -> &'static Label {
        // There is one name for each.
        &FIGURES[self as usize]
    }
}

static FIGURES: [Label; Figure::ALL.len()] = [
    Label::preset("purchases", "purchases", "购买次数"),
    Label::preset("purchase_days", "purchase days", "购买天数"),
    Label::preset("repeats", "repeat purchase days", "复购天数"),
    Label::preset("days_since_last", "days since last purchase", "距最近一次购买的天数"),
    Label::preset("days_since_previous", "days since purchase before last", "距倒数第二次购买的天数"),
    Label::preset("days_since_first", "days since first purchase", "距首次购买的天数"),
    Label::preset("mean_gap_days", "mean gap in days", "平均购买间隔天数"),
    Label::preset("r", "R score", "R 分"),
    Label::preset("f", "F score", "F 分"),
    Label::preset("m", "M score", "M 分"),
    Label::preset("expected_cycle_days", "expected cycle in days", "预计复购周期天数"),
    Label::preset("cycles_missed", "cycles missed", "错过的周期数"),
    Label::preset("overdue_days", "days overdue", "逾期天数"),
    Label::preset("quantity_stretch", "last quantity over usual", "上次购买数量与平时之比"),
    Label::preset("probability_alive", "probability alive", "活跃概率"),
    Label::preset("expected_purchases", "expected purchases", "预期购买次数"),
    Label::preset("expected_value", "expected value", "预期价值"),
];

impl Amount {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Revenue, Self::MeanOrderAmount, Self::TierMargin, Self::TierGap];

    /// Its key and names.
    pub fn label(self) -> &'static Label {
        &AMOUNTS[self as usize]
    }
}

static AMOUNTS: [Label; Amount::ALL.len()] = [
    Label::preset("revenue", "revenue", "消费金额"),
    Label::preset("mean_order_amount", "mean order amount", "笔单价"),
    Label::preset("tier_margin", "revenue above the tier's mark", "高于当前等级门槛的金额"),
    Label::preset("tier_gap", "revenue missing to the next tier", "距下一等级的金额"),
];

impl LabelField {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Octant,
        Self::Segment,
        Self::FrequencyBand,
        Self::SpendBand,
        Self::NewCustomerState,
        Self::LifecycleStage,
        Self::Tier,
        Self::ChurnRisk,
    ];

    /// Its key and names.
    pub fn label(self) -> &'static Label {
        &LABELS[self as usize]
    }

    /// The labels that there are; `None` where they are the shop's own.
    pub(super) fn values(self) -> Option<Vec<&'static Label>> {
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

static LABELS: [Label; LabelField::ALL.len()] = [
    Label::preset("octant", "octant", "客户价值类别"),
    Label::preset("segment", "segment", "客户分群"),
    Label::preset("frequency_band", "frequency band", "频次等级"),
    Label::preset("spend_band", "price band", "价格带"),
    Label::preset("new_customer_state", "new-customer state", "新客状态"),
    Label::preset("lifecycle_stage", "lifecycle stage", "生命周期阶段"),
    Label::preset("tier", "tier", "会员等级"),
    Label::preset("churn_risk", "churn risk", "流失风险"),
];

impl Activity {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::View, Self::Search, Self::Favourite, Self::Cart, Self::UnpaidOrder, Self::Purchase];

    /// Its key and names.
    pub fn label(self) -> &'static Label {
        &ACTIVITIES[self as usize]
    }
}

static ACTIVITIES: [Label; Activity::ALL.len()] = [
    Label::preset("view", "view", "浏览"),
    Label::preset("search", "search", "搜索"),
    Label::preset("favourite", "favourite", "收藏"),
    Label::preset("cart", "cart", "加购"),
    Label::preset("unpaid_order", "unpaid order", "下单未付款"),
    Label::preset("purchase", "purchase", "购买"),
];

impl From<InteractionKind> for Activity {
    fn from(kind: InteractionKind) -> Self {
        match kind {
            InteractionKind::View => Self::View,
            InteractionKind::Search => Self::Search,
            InteractionKind::Favourite => Self::Favourite,
            InteractionKind::Cart => Self::Cart,
        }
    }
}

impl From<Figure> for Field {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}

impl From<Amount> for Field {
    fn from(amount: Amount) -> Self {
        Self::Amount(amount)
    }
}

impl From<LabelField> for Field {
    fn from(label: LabelField) -> Self {
        Self::Label(label)
    }
}

impl Field {
    /// Days from the last activity with a product or category, `None` for any, to the as-of day.
    pub fn days_since<'a>(activity: Activity, category: impl Into<Option<&'a str>>) -> Self {
        Self::DaysSince { activity, category: category.into().map(Into::into) }
    }

    /// One of the shop's own attributes.
    pub fn attribute(key: impl Into<Box<str>>) -> Self {
        Self::Attribute(key.into())
    }

    /// The figure, amount or label of a key.
    #[cfg(any(feature = "serde", test))]
    pub(super) fn of_key(key: &str) -> Option<Self> {
        let figure = Figure::ALL.into_iter().find(|figure| figure.label().key() == key).map(Self::Figure);
        let amount = || Amount::ALL.into_iter().find(|amount| amount.label().key() == key).map(Self::Amount);
        let label = || LabelField::ALL.into_iter().find(|label| label.label().key() == key).map(Self::Label);
        figure.or_else(amount).or_else(label)
    }

    /// What the field is called in a stored rule and in the place that an error names.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Figure(figure) => figure.label().key(),
            Self::Amount(amount) => amount.label().key(),
            Self::Label(label) => label.label().key(),
            Self::DaysSince { .. } => "days_since",
            Self::Attribute(_) => "attribute",
            Self::Tag(_) => "tag",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names are looked up by the place of their field.
    #[test]
    fn each_field_stands_at_its_own_place() {
        assert!(Figure::ALL.iter().enumerate().all(|(place, &field)| field as usize == place));
        assert!(Amount::ALL.iter().enumerate().all(|(place, &field)| field as usize == place));
        assert!(LabelField::ALL.iter().enumerate().all(|(place, &field)| field as usize == place));
        assert!(Activity::ALL.iter().enumerate().all(|(place, &field)| field as usize == place));
    }

    #[test]
    fn each_interaction_is_the_activity_of_its_key() {
        for kind in InteractionKind::ALL {
            assert_eq!(Activity::from(kind).label().key(), kind.label().key());
        }
    }

    #[test]
    fn no_two_fields_share_a_key() {
        let figures = Figure::ALL.map(Field::Figure).into_iter();
        let fields = figures.chain(Amount::ALL.map(Field::Amount)).chain(LabelField::ALL.map(Field::Label));
        for field in fields {
            assert_eq!(Field::of_key(field.key()), Some(field));
        }
        assert!(["all", "any", "not", "tag", "attribute", "days_since"].iter().all(|key| Field::of_key(key).is_none()));
    }
}
