//! Whether a paid membership pays.

use rust_decimal::Decimal;

use crate::act::economics::{product, quotient, share};
use crate::error::{Error, Result};

/// A membership that a customer pays for (付费会员): a fee for each period, and a discount on every purchase in it.
///
/// All amounts are of one member and one period, such as a year.
///
/// # Examples
///
/// ```
/// use repurchase::act::economics::PaidMembership;
/// use rust_decimal::Decimal;
///
/// // 60 a year for 10% off orders of 100 at a margin of 30%.
/// let percent = |number| Decimal::new(number, 2);
/// let card = PaidMembership::new(Decimal::from(60), Decimal::from(100), percent(30), percent(10))?;
/// assert_eq!(card.purchases_worth_the_fee(), Some(Decimal::from(6)), "for the customer");
/// assert_eq!(card.break_even_purchases(Decimal::from(4)), Some(Decimal::ZERO), "the fee covers 40 of discounts");
/// assert_eq!(card.break_even_purchases(Decimal::from(12)), Some(Decimal::from(3)), "120 less 60, at 20 a purchase");
/// assert_eq!(card.profit_change(Decimal::from(12), Decimal::from(5)), Some(Decimal::from(40)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("paid membership", "loyalty card", "付费会员"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaidMembership {
    fee: Decimal,
    order_amount: Decimal,
    margin: Decimal,
    discount: Decimal,
    cost: Decimal,
}

impl PaidMembership {
    /// A membership of a fee, on orders of a mean amount `order_amount` before the discount with a margin, as a share of
    /// that, of `margin`, of which members are given the share `discount`. Serving a member costs nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when an amount is below 0, or a share not within 0..=1.
    pub fn new(fee: Decimal, order_amount: Decimal, margin: Decimal, discount: Decimal) -> Result<Self> {
        Ok(Self {
            fee: Error::not_negative("fee of a membership", fee)?,
            order_amount: Error::not_negative("amount of an order", order_amount)?,
            margin: share("margin", margin)?,
            discount: share("discount of a membership", discount)?,
            cost: Decimal::ZERO,
        })
    }

    /// Sets what a member costs beside the discount: gifts, free deliveries, service; 0 if not given.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_cost_per_member(self, cost: Decimal) -> Result<Self> {
        Ok(Self { cost: Error::not_negative("cost per member", cost)?, ..self })
    }

    /// The margin that is kept of a member's purchase; below 0 for a discount larger than the margin. Formula: `p (m - d)`
    /// of a mean order `p`, margin `m`, discount `d`.
    pub fn margin_kept(&self) -> Option<Decimal> {
        product(self.order_amount, self.margin.checked_sub(self.discount)?)
    }

    /// The discount on a member's purchase. Formula: `p d`.
    pub fn discount_per_purchase(&self) -> Option<Decimal> {
        product(self.order_amount, self.discount)
    }

    /// The purchases at which the discount has given a member the fee back. `None` where there is a fee and no discount.
    /// Formula: `f / (p d)` of a fee `f`.
    pub fn purchases_worth_the_fee(&self) -> Option<Decimal> {
        if self.fee.is_zero() {
            return Some(Decimal::ZERO);
        }
        Some(quotient(self.fee, self.discount_per_purchase()?)?.normalize())
    }

    /// The purchases that a member must make beyond the `purchases` that would come without the membership for it to pay; 0
    /// where the fee covers what is given. `None` for purchases below 0, and where more is given than the fee and
    /// the margin kept is not above 0. Formula: `(b p d + c - f) / (p (m - d))` of `b` purchases and a cost `c` per member.
    pub fn break_even_purchases(&self, purchases: Decimal) -> Option<Decimal> {
        let missing = self.given(purchases)?.checked_sub(self.fee)?;
        if missing <= Decimal::ZERO {
            return Some(Decimal::ZERO);
        }
        let margin = self.margin_kept().filter(|&margin| margin > Decimal::ZERO)?;
        Some(quotient(missing, margin)?.normalize())
    }

    /// The fee at which the membership pays when it brings `extra` purchases beyond the `purchases` that would come anyway; 0
    /// where it pays without one. `None` for numbers below 0. Formula: `b p d + c - e p (m - d)` of `e` extra purchases.
    pub fn break_even_fee(&self, purchases: Decimal, extra: Decimal) -> Option<Decimal> {
        let fee = self.given(purchases)?.checked_sub(self.brought(extra)?)?;
        Some(fee.max(Decimal::ZERO).normalize())
    }

    /// The change of the profit per member by the membership, when `extra` purchases come beyond the `purchases` that
    /// would come without it. `None` for numbers below 0. Formula: `f - c - b p d + e p (m - d)`.
    pub fn profit_change(&self, purchases: Decimal, extra: Decimal) -> Option<Decimal> {
        let gain = self.fee.checked_add(self.brought(extra)?)?;
        Some(gain.checked_sub(self.given(purchases)?)?.normalize())
    }

    /// The amount that a member is given: discounts on purchases that would come anyway, and the cost beside them.
    fn given(&self, purchases: Decimal) -> Option<Decimal> {
        let discounts = product(purchases, self.discount_per_purchase()?).filter(|_| purchases >= Decimal::ZERO)?;
        discounts.checked_add(self.cost)
    }

    /// The margin of extra purchases.
    fn brought(&self, extra: Decimal) -> Option<Decimal> {
        product(extra, self.margin_kept()?).filter(|_| extra >= Decimal::ZERO)
    }
}

crate::stored::stored! {
    PaidMembership {
        #[serde(with = "crate::number::decimal")] fee: Decimal,
        #[serde(with = "crate::number::decimal")] order_amount: Decimal,
        #[serde(with = "crate::number::decimal")] margin: Decimal,
        #[serde(with = "crate::number::decimal")] discount: Decimal,
        #[serde(with = "crate::number::decimal")] cost: Decimal,
    } <=> Self::new(fee, order_amount, margin, discount)?.with_cost_per_member(cost)
}
