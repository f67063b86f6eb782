//! The funnel of one arm: contacts, clicks, orders and money.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::number::{money, quotient};
use crate::scale::Ratio;

/// The steps from contacts made to orders and money, for one arm of a campaign at one stage. What was not counted is 0.
///
/// Every count is of **contacts**: messages sent, advertisements shown, or customers, the same throughout a funnel.
/// Clicked, carted and converted contacts are each a part of those shown, but not of each other: a customer who reads a
/// message and opens the shop's app converts without a click. Money is exact. A number is `None` where it is undefined:
/// a rate of no contacts, a return on no cost.
///
/// # Examples
///
/// ```
/// use repurchase::act::campaign::{Funnel, FunnelMeasure};
/// use repurchase::Ratio;
/// use rust_decimal::Decimal;
///
/// let funnel = Funnel::new(2_000).with_clicked(100)?.with_converted(20)?.with_buyers(16)?;
/// let funnel = funnel.with_money(Decimal::from(50), Decimal::from(800))?;
/// assert_eq!(funnel.click_through_rate(), Some(Ratio::new(100, 2_000)?));
/// assert_eq!(funnel.conversion_of_clicks(), Some(Ratio::new(20, 100)?));
/// assert_eq!(funnel.cost_per_order(), Some(Decimal::new(25, 1)));
/// assert_eq!(funnel.value_per_buyer(), Some(Decimal::from(50)));
/// assert_eq!(funnel.return_on_investment(), Some(15.0));
/// assert_eq!(Funnel::default().click_through_rate(), None);
/// let dearer = funnel.with_money(Decimal::from(100), Decimal::from(800))?;
/// assert_eq!(FunnelMeasure::CostPerOrder.change(&funnel, &dearer), Some(-0.5));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Funnel {
    shown: u64,
    clicked: u64,
    carted: u64,
    converted: u64,
    buyers: u64,
    cost: Decimal,
    revenue: Decimal,
}

impl Funnel {
    /// The funnel of `shown` contacts: messages sent, advertisements shown; in a control arm, the contacts held back.
    pub fn new(shown: u64) -> Self {
        Self { shown, ..Self::default() }
    }

    /// Sets the contacts that were clicked; a second click on one counts no more.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than were shown.
    pub fn with_clicked(self, clicked: u64) -> Result<Self> {
        Self { clicked, ..self }.checked()
    }

    /// Sets the contacts that led to goods in the cart.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than were shown.
    pub fn with_carted(self, carted: u64) -> Result<Self> {
        Self { carted, ..self }.checked()
    }

    /// Sets the contacts that led to an order; a second order adds to the revenue only.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than were shown.
    pub fn with_converted(self, converted: u64) -> Result<Self> {
        Self { converted, ..self }.checked()
    }

    /// Sets the different customers behind the contacts that converted.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more than have converted: give those first.
    pub fn with_buyers(self, buyers: u64) -> Result<Self> {
        Self { buyers, ..self }.checked()
    }

    /// Sets the cost of the contacts (media, messages, redeemed coupons; 0 or more), and what the orders brought, net
    /// of refunds and credits (below 0 where more was given back than came in).
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when the cost is negative; [`Error::AmountOverflow`] when cost and revenue do not fit 96 bits
    /// at the finer scale of the two.
    pub fn with_money(self, cost: Decimal, revenue: Decimal) -> Result<Self> {
        Self { cost, revenue, ..self }.checked()
    }

    fn checked(self) -> Result<Self> {
        let Self { shown, clicked, carted, converted, buyers, cost, .. } = self;
        let parts = [("clicked", clicked, shown), ("carted", carted, shown), ("converted", converted, shown)];
        for (field, found, max) in parts.into_iter().chain([("buyers", buyers, converted)]) {
            Error::within(field, found, 0..=max)?;
        }
        Error::not_negative("cost", cost)?;
        match self.minor() {
            Some((cost, revenue)) if money::fits(cost) && money::fits(revenue) => Ok(self),
            _ => Err(Error::AmountOverflow { field: "cost or revenue" }),
        }
    }

    /// Adds a funnel of different contacts, such as another day's.
    ///
    /// A customer who bought in both counts as a buyer in each: where that can be, count buyers again.
    ///
    /// # Errors
    ///
    /// [`Error::CountOverflow`] when a count passes 64 bits, [`Error::AmountOverflow`] when money passes 96; the funnel
    /// is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let count = |field, left: u64, right| left.checked_add(right).ok_or(Error::CountOverflow { field });
        let sum = |field, left, right| money::exact_sum(left, right).ok_or(Error::AmountOverflow { field });
        let merged = Self {
            shown: count("shown", self.shown, other.shown)?,
            clicked: count("clicked", self.clicked, other.clicked)?,
            carted: count("carted", self.carted, other.carted)?,
            converted: count("converted", self.converted, other.converted)?,
            buyers: count("buyers", self.buyers, other.buyers)?,
            cost: sum("cost", self.cost, other.cost)?,
            revenue: sum("revenue", self.revenue, other.revenue)?,
        };
        *self = merged.checked()?;
        Ok(())
    }

    /// Contacts shown.
    pub const fn shown(&self) -> u64 {
        self.shown
    }

    /// Contacts clicked.
    pub const fn clicked(&self) -> u64 {
        self.clicked
    }

    /// Contacts carted.
    pub const fn carted(&self) -> u64 {
        self.carted
    }

    /// Contacts converted.
    pub const fn converted(&self) -> u64 {
        self.converted
    }

    /// The different customers behind the contacts converted.
    pub const fn buyers(&self) -> u64 {
        self.buyers
    }

    /// The cost of the contacts.
    pub const fn cost(&self) -> Decimal {
        self.cost
    }

    /// The revenue of the orders, net of refunds and credits.
    pub const fn revenue(&self) -> Decimal {
        self.revenue
    }

    /// CTR: clicked of shown.
    #[doc(alias("CTR", "点击率"))]
    pub fn click_through_rate(&self) -> Option<Ratio> {
        share(self.clicked, self.shown)
    }

    /// Carted of shown.
    pub fn add_to_cart_rate(&self) -> Option<Ratio> {
        share(self.carted, self.shown)
    }

    /// Converted of shown: the rate by which arms are compared.
    ///
    /// Who is shown something is assigned at random; who clicks is not.
    #[doc(alias = "转化率")]
    pub fn conversion_rate(&self) -> Option<Ratio> {
        share(self.converted, self.shown)
    }

    /// Converted of clicked; `None` also where more converted than clicked, since some then did so without a click.
    pub fn conversion_of_clicks(&self) -> Option<Ratio> {
        share(self.converted, self.clicked)
    }

    /// Carted of clicked; `None` also where more carted than clicked.
    pub fn add_to_cart_of_clicks(&self) -> Option<Ratio> {
        share(self.carted, self.clicked)
    }

    /// Cost per click; `None` without a click. Rounded to a `Decimal`'s 28 digits where the quotient does not end.
    pub fn cost_per_click(&self) -> Option<Decimal> {
        self.cost.checked_div(self.clicked.into())
    }

    /// Cost per converted contact; `None` where none converted. Rounded like the cost per click.
    pub fn cost_per_order(&self) -> Option<Decimal> {
        self.cost.checked_div(self.converted.into())
    }

    /// Revenue per contact shown, whether it converted or not: the value by which arms are compared. `None` where none was
    /// shown. Rounded like the cost per click.
    #[doc(alias = "ARPU")]
    pub fn value_per_contact(&self) -> Option<Decimal> {
        self.revenue.checked_div(self.shown.into())
    }

    /// Revenue per buyer (客单价); `None` without a buyer. Rounded like the cost per click.
    #[doc(alias("ARPPU", "客单价"))]
    pub fn value_per_buyer(&self) -> Option<Decimal> {
        self.revenue.checked_div(self.buyers.into())
    }

    /// ROI: `(revenue - cost) / cost`, so 0 where the campaign paid for itself; rounded once. `None` where it cost
    /// nothing.
    ///
    /// What advertising platforms call ROI (投入产出比) is revenue / cost, the
    /// [`return_on_ad_spend`](Funnel::return_on_ad_spend).
    #[doc(alias = "ROI")]
    pub fn return_on_investment(&self) -> Option<f64> {
        let (cost, revenue) = self.minor()?;
        quotient(revenue - cost, cost)
    }

    /// ROAS: revenue / cost, so 1 where the campaign paid for itself; rounded once. `None` where it cost nothing.
    #[doc(alias = "ROAS")]
    pub fn return_on_ad_spend(&self) -> Option<f64> {
        let (cost, revenue) = self.minor()?;
        quotient(revenue, cost)
    }

    /// Cost and revenue as integers at one scale.
    fn minor(&self) -> Option<(i128, i128)> {
        let scale = self.cost.scale().max(self.revenue.scale());
        Some((money::minor(self.cost, scale)?, money::minor(self.revenue, scale)?))
    }
}

/// `None` for a share of nothing, and for more than the whole.
fn share(count: u64, of: u64) -> Option<Ratio> {
    Ratio::new(count, of).ok().filter(|_| of > 0)
}

crate::stored::stored! {
    Funnel {
        shown: u64,
        clicked: u64,
        carted: u64,
        converted: u64,
        buyers: u64,
        #[serde(with = "crate::number::decimal")] cost: Decimal,
        #[serde(with = "crate::number::decimal")] revenue: Decimal,
    } <=> Self { shown, clicked, carted, converted, buyers, cost, revenue }.checked()
}
