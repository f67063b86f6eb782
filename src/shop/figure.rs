//! The numbers and amounts of a customer, by name.

use crate::scale::label::labels;

/// A number about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
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
    /// Days from the purchase before the last one to the as-of day. A history tells it of customers of one purchase,
    /// of one purchase day, and of two purchases; of others it is unknown.
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
    /// The days after which the customer is expected back.
    ExpectedCycleDays,
    /// Whole expected cycles since the last purchase.
    CyclesMissed,
    /// Days since the next purchase was expected, 0 before it.
    OverdueDays,
    /// The days from the as-of day to the one on which the next purchase is due: when the expected cycle ends, in whole days;
    /// where the shop's model of purchases has a rhythm, [`NextPurchaseDays`](Self::NextPurchaseDays). Absent of customers of
    /// one purchase day, once the expected cycle has passed, and of those who may never buy again.
    DueDays,
    /// The quantity of the last order, over the customer's usual quantity. Histories do not hold quantities: unknown
    /// unless [given](super::Profile::with).
    QuantityStretch,
    /// The probability that the customer is still there, by the shop's model of purchases; unknown where that is NBD, which
    /// cannot see anybody leave.
    #[doc(alias = "p_alive")]
    ProbabilityAlive,
    /// The probability of a purchase within the shop's horizon, by its model.
    #[doc(alias = "p_buys")]
    ProbabilityBuys,
    /// The days from the as-of day to the first day by which a purchase has come with a probability of one half; absent of
    /// those who may never buy again. [`ShopModels::next_purchase`](super::ShopModels::next_purchase) says more.
    NextPurchaseDays,
    /// Purchase days that the shop's model expects within its horizon.
    ExpectedPurchases,
    /// Mean spend that the shop's model of spend expects on a purchase day.
    #[doc(alias = "AOV")]
    ExpectedSpend,
    /// Revenue expected within the shop's horizon: expected purchases times expected spend, times the share
    /// [kept](crate::predict::KeptShare) after credits.
    #[doc(alias("LTV", "CLV"))]
    ExpectedValue,
    /// Revenue within the shop's horizon if the customer is still there and buys as usual: the expected value over P(alive),
    /// what comes of those who left and return aside; the expected value itself where the model sees nobody leave. What is at
    /// risk in a customer who is late.
    #[doc(alias = "value at risk")]
    UsualValue,
    /// The part of the revenue within the horizon that is lost if nothing is done: see
    /// [`Profiles::calls`](super::Profiles::calls). Unknown where P(alive) is.
    ExpectedLoss,
    /// The probability of a first purchase of a visitor, who came and has not bought, by a
    /// [`VisitorModel`](crate::predict::VisitorModel). Unknown unless [given](super::Profile::with).
    ProbabilityFirstPurchase,
}

/// An amount of money about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Amount {
    /// The revenue: spend less credits.
    Revenue,
    /// Spend per purchase.
    MeanOrderAmount,
    /// The revenue above the cut of the customer's tier; absent in the lowest tier. Less what is
    /// [about to leave](super::Profile::with_leaving) the counted time, where the shop counts a time.
    TierMargin,
    /// The revenue missing to the cut above which the next tier begins; absent in the highest tier.
    TierGap,
}

labels! {
    Figure[24] {
        Purchases: "purchases", "purchases", "支付订单数";
        PurchaseDays: "purchase_days", "purchase days", "购买天数";
        Repeats: "repeats", "repeat purchase days", "复购天数";
        DaysSinceLast: "days_since_last", "days since last purchase", "距最近一次购买的天数";
        DaysSincePrevious: "days_since_previous", "days since purchase before last", "距倒数第二次购买的天数";
        DaysSinceFirst: "days_since_first", "days since first purchase", "距首次购买的天数";
        MeanGapDays: "mean_gap_days", "mean gap in days", "平均购买间隔天数";
        R: "r", "R score", "R 分";
        F: "f", "F score", "F 分";
        M: "m", "M score", "M 分";
        ExpectedCycleDays: "expected_cycle_days", "expected cycle in days", "预计回购周期天数";
        CyclesMissed: "cycles_missed", "cycles missed", "错过的周期数";
        OverdueDays: "overdue_days", "days overdue", "超期天数";
        DueDays: "due_days", "days until due", "距应回购日的天数";
        QuantityStretch: "quantity_stretch", "last quantity over usual", "上次购买数量与平时之比";
        ProbabilityAlive: "probability_alive", "probability alive", "活跃概率";
        ProbabilityBuys: "probability_buys", "probability of a purchase", "购买概率";
        NextPurchaseDays: "next_purchase_days", "days to the next purchase", "距下次购买的天数";
        ExpectedPurchases: "expected_purchases", "expected purchases", "预计购买次数";
        ExpectedSpend: "expected_spend", "expected spend", "预计单次成交金额";
        ExpectedValue: "expected_value", "expected value", "预计成交金额";
        UsualValue: "usual_value", "usual value", "正常复购金额";
        ExpectedLoss: "expected_loss", "expected loss", "预计损失";
        ProbabilityFirstPurchase: "probability_first_purchase", "probability of a first purchase", "首次购买概率";
    }
}

labels! {
    Amount[4] {
        Revenue: "revenue", "revenue", "成交金额";
        MeanOrderAmount: "mean_order_amount", "mean order amount", "笔单价";
        TierMargin: "tier_margin", "revenue above the tier's cut", "高于当前等级门槛的金额";
        TierGap: "tier_gap", "revenue missing to the next tier", "距下一等级的金额";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns are looked up by the position of their variant.
    #[test]
    fn each_variant_stands_at_its_own_position() {
        assert!(Figure::ALL.iter().enumerate().all(|(position, &figure)| figure as usize == position));
        assert!(Amount::ALL.iter().enumerate().all(|(position, &amount)| amount as usize == position));
    }
}
