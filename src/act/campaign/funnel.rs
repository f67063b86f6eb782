//! What became of the contacts of one arm.

use rust_decimal::Decimal;

use super::measure::FunnelRate;
use crate::error::{Error, Result};
use crate::number::money;
use crate::number::quotient;
use crate::scale::Ratio;

/// The figures of a [`Funnel`], before they are checked. What was not counted is 0.
///
/// Every count is of **contacts**: one message sent, one advertisement shown, or one customer, whichever the shop
/// counts, but the same for all of one funnel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct FunnelFigures {
    /// Contacts that were made: messages sent, advertisements shown. In a control arm, the contacts held back.
    pub shown: u64,
    /// Of them, those that were clicked; a second click on one counts no more.
    pub clicked: u64,
    /// Of them, those that led to goods in the cart.
    pub carted: u64,
    /// Of them, those that led to an order; a second order adds to the revenue only.
    pub converted: u64,
    /// The different customers behind the contacts that converted.
    pub buyers: u64,
    /// What the contacts cost: media, messages, coupons that were redeemed. 0 or more.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub cost: Decimal,
    /// What the orders brought, net of refunds and credits. Below 0 where more was given back than came in.
    #[cfg_attr(feature = "serde", serde(with = "rust_decimal::serde::str"))]
    pub revenue: Decimal,
}

/// From contacts made to orders and money, for one arm of a campaign at one stage.
///
/// Clicked, carted and converted contacts are each a part of those shown. They need not be parts of each other: a
/// customer who reads a message and opens the shop's app converts without a click, and one who buys at once never fills
/// a cart.
///
/// Money is exact. A number is `None` where it is undefined: a rate of no contacts, a return on no cost.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{Funnel, FunnelFigures};
/// use repurchase::Ratio;
/// use rust_decimal::Decimal;
///
/// let funnel = Funnel::new(FunnelFigures {
///     shown: 2_000,
///     clicked: 100,
///     converted: 20,
///     buyers: 16,
///     cost: Decimal::from(50),
///     revenue: Decimal::from(800),
///     ..FunnelFigures::default()
/// })?;
/// assert_eq!(funnel.click_through_rate(), Some(Ratio::new(100, 2_000)?));
/// assert_eq!(funnel.conversion_of_clicks(), Some(Ratio::new(20, 100)?));
/// assert_eq!(funnel.cost_per_order(), Some(Decimal::new(25, 1)));
/// assert_eq!(funnel.value_per_buyer(), Some(Decimal::from(50)));
/// assert_eq!(funnel.return_on_investment(), Some(15.0));
/// assert_eq!(Funnel::default().click_through_rate(), None);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "FunnelFigures", into = "FunnelFigures"))]
pub struct Funnel {
    figures: FunnelFigures,
}

impl Funnel {
    /// Figures that go together.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when more contacts are clicked, carted or converted than shown, or there are more buyers
    /// than converted contacts; [`Error::Amount`] when the cost is negative; [`Error::AmountOverflow`] when cost and
    /// revenue do not fit 96 bits at the finer scale of the two.
    pub fn new(figures: FunnelFigures) -> Result<Self> {
        let FunnelFigures { shown, clicked, carted, converted, buyers, cost, .. } = figures;
        let parts = [("clicked", clicked, shown), ("carted", carted, shown), ("converted", converted, shown)];
        for (field, found, max) in parts.into_iter().chain([("buyers", buyers, converted)]) {
            if found > max {
                return Err(Error::OutOfRange { field, found, min: 0, max });
            }
        }
        if cost < Decimal::ZERO {
            return Err(Error::Amount { field: "cost", found: cost, expected: "0 or more" });
        }
        let funnel = Self { figures };
        match funnel.minor() {
            Some((cost, revenue)) if money::fits(cost) && money::fits(revenue) => Ok(funnel),
            _ => Err(Error::AmountOverflow { field: "cost or revenue" }),
        }
    }

    /// The figures.
    pub const fn figures(&self) -> &FunnelFigures {
        &self.figures
    }

    /// Two funnels of different contacts, such as two days, taken together.
    ///
    /// A customer who bought in both counts as a buyer in each: where that can be, count buyers again.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] when a count passes 64 bits, [`Error::AmountOverflow`] when money passes 96.
    pub fn merge(&self, other: &Self) -> Result<Self> {
        let (left, right) = (&self.figures, &other.figures);
        let count = |field, left: u64, right| left.checked_add(right).ok_or(Error::CountOverflow { field });
        let sum = |field, left, right| money::exact_sum(left, right).ok_or(Error::AmountOverflow { field });
        Self::new(FunnelFigures {
            shown: count("shown", left.shown, right.shown)?,
            clicked: count("clicked", left.clicked, right.clicked)?,
            carted: count("carted", left.carted, right.carted)?,
            converted: count("converted", left.converted, right.converted)?,
            buyers: count("buyers", left.buyers, right.buyers)?,
            cost: sum("cost", left.cost, right.cost)?,
            revenue: sum("revenue", left.revenue, right.revenue)?,
        })
    }

    /// A rate by its name; `None` where its population is empty or it is no share of it.
    pub fn rate(&self, rate: FunnelRate) -> Option<Ratio> {
        let FunnelFigures { shown, clicked, carted, converted, .. } = self.figures;
        let (count, of) = match rate {
            FunnelRate::ClickThrough => (clicked, shown),
            FunnelRate::AddToCart => (carted, shown),
            FunnelRate::AddToCartOfClicks => (carted, clicked),
            FunnelRate::Conversion => (converted, shown),
            FunnelRate::ConversionOfClicks => (converted, clicked),
        };
        Ratio::new(count, of).ok().filter(|_| of > 0)
    }

    /// CTR: clicked of shown.
    pub fn click_through_rate(&self) -> Option<Ratio> {
        self.rate(FunnelRate::ClickThrough)
    }

    /// Carted of shown.
    pub fn add_to_cart_rate(&self) -> Option<Ratio> {
        self.rate(FunnelRate::AddToCart)
    }

    /// Converted of shown: the rate by which arms are compared, since who is shown something is the shop's to decide
    /// by lot, and who clicks is not.
    pub fn conversion_rate(&self) -> Option<Ratio> {
        self.rate(FunnelRate::Conversion)
    }

    /// Converted of clicked; `None` also where more converted than clicked, since some then did so without a click.
    pub fn conversion_of_clicks(&self) -> Option<Ratio> {
        self.rate(FunnelRate::ConversionOfClicks)
    }

    /// Carted of clicked; `None` also where more carted than clicked.
    pub fn add_to_cart_of_clicks(&self) -> Option<Ratio> {
        self.rate(FunnelRate::AddToCartOfClicks)
    }

    /// Cost per click; `None` without a click. Rounded to a `Decimal`'s 28 digits where the quotient does not end.
    pub fn cost_per_click(&self) -> Option<Decimal> {
        self.figures.cost.checked_div(self.figures.clicked.into())
    }

    /// Cost per converted contact; `None` where none converted. Rounded like the cost per click.
    pub fn cost_per_order(&self) -> Option<Decimal> {
        self.figures.cost.checked_div(self.figures.converted.into())
    }

    /// Revenue per contact shown, whether it converted or not; `None` where none was shown. Rounded like the cost per
    /// click.
    ///
    /// The value per customer by which arms are compared: it counts those who did not buy.
    pub fn value_per_contact(&self) -> Option<Decimal> {
        self.figures.revenue.checked_div(self.figures.shown.into())
    }

    /// Revenue per buyer (客单价); `None` without a buyer. Rounded like the cost per click.
    pub fn value_per_buyer(&self) -> Option<Decimal> {
        self.figures.revenue.checked_div(self.figures.buyers.into())
    }

    /// ROI: `(revenue - cost) / cost`, so 0 where the campaign paid for itself; rounded once. `None` where it cost
    /// nothing.
    ///
    /// What advertising platforms call ROI (投入产出比) is revenue / cost, the
    /// [`return_on_ad_spend`](Funnel::return_on_ad_spend).
    pub fn return_on_investment(&self) -> Option<f64> {
        let (cost, revenue) = self.minor()?;
        quotient(revenue - cost, cost)
    }

    /// ROAS: revenue / cost, so 1 where the campaign paid for itself; rounded once. `None` where it cost nothing.
    pub fn return_on_ad_spend(&self) -> Option<f64> {
        let (cost, revenue) = self.minor()?;
        quotient(revenue, cost)
    }

    /// Cost and revenue as integers at one scale.
    fn minor(&self) -> Option<(i128, i128)> {
        let FunnelFigures { cost, revenue, .. } = self.figures;
        let scale = cost.scale().max(revenue.scale());
        Some((money::minor(cost, scale)?, money::minor(revenue, scale)?))
    }
}

impl TryFrom<FunnelFigures> for Funnel {
    type Error = Error;

    fn try_from(figures: FunnelFigures) -> Result<Self> {
        Self::new(figures)
    }
}

impl From<Funnel> for FunnelFigures {
    fn from(funnel: Funnel) -> Self {
        funnel.figures
    }
}
