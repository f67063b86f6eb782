//! The numbers of a funnel by their names, for tables and comparisons.

use super::funnel::Funnel;
use crate::scale::Label;

/// A share of a funnel's contacts.
///
/// Arms that chance has divided are compared by a share of those **shown**. Those who click are not chosen by chance: a
/// message that draws more clicks draws less eager ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum FunnelRate {
    /// Clicked of shown, CTR.
    ClickThrough,
    /// Carted of shown.
    AddToCart,
    /// Carted of clicked.
    AddToCartOfClicks,
    /// Converted of shown.
    Conversion,
    /// Converted of clicked.
    ConversionOfClicks,
}

impl FunnelRate {
    /// All five.
    pub const ALL: [Self; 5] =
        [Self::ClickThrough, Self::AddToCart, Self::AddToCartOfClicks, Self::Conversion, Self::ConversionOfClicks];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::ClickThrough => const { &Label::preset("click_through_rate", "Click-through rate", "点击率") },
            Self::AddToCart => const { &Label::preset("add_to_cart_rate", "Add-to-cart rate", "加购率") },
            Self::AddToCartOfClicks => {
                const { &Label::preset("add_to_cart_of_clicks", "Add-to-cart of clicks", "点击加购率") }
            }
            Self::Conversion => const { &Label::preset("conversion_rate", "Conversion rate", "转化率") },
            Self::ConversionOfClicks => {
                const { &Label::preset("conversion_of_clicks", "Conversion of clicks", "点击转化率") }
            }
        }
    }
}

/// A number of a funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FunnelMeasure {
    /// [`Funnel::rate`].
    Rate(FunnelRate),
    /// [`Funnel::cost_per_click`].
    CostPerClick,
    /// [`Funnel::cost_per_order`].
    CostPerOrder,
    /// [`Funnel::return_on_investment`].
    ReturnOnInvestment,
    /// [`Funnel::return_on_ad_spend`].
    ReturnOnAdSpend,
    /// [`Funnel::value_per_contact`].
    ValuePerContact,
    /// [`Funnel::value_per_buyer`].
    ValuePerBuyer,
}

impl FunnelMeasure {
    /// All eleven, in the order of the funnel.
    pub const ALL: [Self; 11] = [
        Self::Rate(FunnelRate::ClickThrough),
        Self::Rate(FunnelRate::AddToCart),
        Self::Rate(FunnelRate::AddToCartOfClicks),
        Self::Rate(FunnelRate::Conversion),
        Self::Rate(FunnelRate::ConversionOfClicks),
        Self::CostPerClick,
        Self::CostPerOrder,
        Self::ReturnOnInvestment,
        Self::ReturnOnAdSpend,
        Self::ValuePerContact,
        Self::ValuePerBuyer,
    ];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        match self {
            Self::Rate(rate) => rate.label(),
            Self::CostPerClick => const { &Label::preset("cost_per_click", "Cost per click", "点击成本") },
            Self::CostPerOrder => const { &Label::preset("cost_per_order", "Cost per order", "转化成本") },
            Self::ReturnOnInvestment => {
                const { &Label::preset("return_on_investment", "Return on investment", "投资回报率") }
            }
            Self::ReturnOnAdSpend => const { &Label::preset("return_on_ad_spend", "Return on ad spend", "投入产出比") },
            Self::ValuePerContact => const { &Label::preset("value_per_contact", "Value per contact", "人均价值") },
            Self::ValuePerBuyer => const { &Label::preset("value_per_buyer", "Value per buyer", "客单价") },
        }
    }

    /// The number; `None` where it is undefined. Money is rounded to binary64 here; the funnel's own methods keep it.
    pub fn of(self, funnel: &Funnel) -> Option<f64> {
        let money = match self {
            Self::Rate(rate) => return funnel.rate(rate)?.value(),
            Self::ReturnOnInvestment => return funnel.return_on_investment(),
            Self::ReturnOnAdSpend => return funnel.return_on_ad_spend(),
            Self::CostPerClick => funnel.cost_per_click(),
            Self::CostPerOrder => funnel.cost_per_order(),
            Self::ValuePerContact => funnel.value_per_contact(),
            Self::ValuePerBuyer => funnel.value_per_buyer(),
        }?;
        crate::number::quotient(money.mantissa(), crate::number::money::power(money.scale())?)
    }

    /// The treated arm's number relative to the control arm's: 0.65 for +65%, -0.51 for -51%.
    ///
    /// `None` where one of them is undefined, and where the control arm's is not above 0: relative to nothing, or to a
    /// loss, a change has no size. It carries no interval; [`RateComparison`](super::RateComparison) and
    /// [`MoneyComparison`](super::MoneyComparison) do.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::campaign::{Funnel, FunnelFigures, FunnelMeasure};
    /// use rust_decimal::Decimal;
    ///
    /// let arm = |cost: i64| {
    ///     Funnel::new(FunnelFigures { shown: 100, converted: 4, cost: cost.into(), ..FunnelFigures::default() })
    /// };
    /// assert_eq!(FunnelMeasure::CostPerOrder.change(&arm(30)?, &arm(40)?), Some(-0.25));
    /// assert_eq!(FunnelMeasure::CostPerOrder.change(&arm(30)?, &arm(0)?), None);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn change(self, treated: &Funnel, control: &Funnel) -> Option<f64> {
        let (treated, control) = (self.of(treated)?, self.of(control)?);
        (control > 0.0).then(|| treated / control - 1.0).filter(|change| change.is_finite())
    }
}
