//! The numbers of a funnel by their names, for tables.

use super::funnel::Funnel;
use crate::scale::Ratio;
use crate::scale::label::labels;

labels! {
    /// A number of a funnel.
    #[non_exhaustive]
    pub enum FunnelMeasure[11] {
        /// [`Funnel::click_through_rate`].
        ClickThroughRate: "click_through_rate", "Click-through rate", "点击率";
        /// [`Funnel::add_to_cart_rate`].
        AddToCartRate: "add_to_cart_rate", "Add-to-cart rate", "加购率";
        /// [`Funnel::add_to_cart_of_clicks`].
        AddToCartOfClicks: "add_to_cart_of_clicks", "Add-to-cart of clicks", "点击加购率";
        /// [`Funnel::conversion_rate`].
        ConversionRate: "conversion_rate", "Conversion rate", "转化率";
        /// [`Funnel::conversion_of_clicks`].
        ConversionOfClicks: "conversion_of_clicks", "Conversion of clicks", "点击转化率";
        /// [`Funnel::cost_per_click`].
        CostPerClick: "cost_per_click", "Cost per click", "点击成本";
        /// [`Funnel::cost_per_order`].
        CostPerOrder: "cost_per_order", "Cost per order", "转化成本";
        /// [`Funnel::return_on_investment`].
        ReturnOnInvestment: "return_on_investment", "Return on investment", "投资回报率";
        /// [`Funnel::return_on_ad_spend`].
        ReturnOnAdSpend: "return_on_ad_spend", "Return on ad spend", "投入产出比";
        /// [`Funnel::value_per_contact`].
        ValuePerContact: "value_per_contact", "Value per contact", "人均价值";
        /// [`Funnel::value_per_buyer`].
        ValuePerBuyer: "value_per_buyer", "Value per buyer", "客单价";
    }
}

impl FunnelMeasure {
    /// The number; `None` where it is undefined. Money is rounded to binary64 here; the funnel's own methods keep it.
    pub fn of(self, funnel: &Funnel) -> Option<f64> {
        let rate = |rate: Option<Ratio>| rate?.value();
        let money = match self {
            Self::ClickThroughRate => return rate(funnel.click_through_rate()),
            Self::AddToCartRate => return rate(funnel.add_to_cart_rate()),
            Self::AddToCartOfClicks => return rate(funnel.add_to_cart_of_clicks()),
            Self::ConversionRate => return rate(funnel.conversion_rate()),
            Self::ConversionOfClicks => return rate(funnel.conversion_of_clicks()),
            Self::ReturnOnInvestment => return funnel.return_on_investment(),
            Self::ReturnOnAdSpend => return funnel.return_on_ad_spend(),
            Self::CostPerClick => funnel.cost_per_click(),
            Self::CostPerOrder => funnel.cost_per_order(),
            Self::ValuePerContact => funnel.value_per_contact(),
            Self::ValuePerBuyer => funnel.value_per_buyer(),
        };
        money.map(crate::number::money::number)
    }

    /// The treated arm's number relative to the control arm's: 0.65 for +65%, -0.51 for -51%.
    ///
    /// `None` where one of them is undefined, or the control arm's is not above 0. It carries no interval; a
    /// [`Comparison`](super::Comparison) does.
    pub fn change(self, treated: &Funnel, control: &Funnel) -> Option<f64> {
        super::money::lift([self.of(treated)?, self.of(control)?])
    }
}
