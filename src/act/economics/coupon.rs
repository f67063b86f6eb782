//! Whether a coupon pays.

use rust_decimal::Decimal;

use crate::act::economics::{product, quotient, share};
use crate::error::{Error, Result};

/// A coupon on an order (优惠券): what it costs, and what it must bring.
///
/// # Examples
///
/// ```
/// use repurchase::act::economics::Coupon;
/// use rust_decimal::Decimal;
///
/// // 10 off an order of 100 at a margin of 30%: everybody who would have bought anyway uses it.
/// let coupon = Coupon::new(Decimal::from(100), Decimal::new(3, 1), Decimal::TEN)?;
/// let conversion = Decimal::new(5, 2);
/// assert_eq!(coupon.break_even_uplift(conversion), Some(Decimal::new(5, 1)), "half as many orders again");
/// let change = coupon.profit_change(conversion, Decimal::ONE);
/// assert_eq!(change, Some(Decimal::new(5, 1)), "per customer, if they double");
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// T. T. Nagle, R. K. Holden (2002), "The Strategy and Tactics of Pricing", 3rd edition, Prentice Hall:
/// break-even sales change = price cut / (contribution margin - price cut).
#[doc(alias("discount", "优惠券"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Coupon {
    margin_per_order: Decimal,
    discount: Decimal,
    regular_use: Decimal,
    cost_per_customer: Decimal,
}

impl Coupon {
    /// A coupon of an amount `discount` on orders of a mean amount `order_amount` with a margin, as a share, of `margin`.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when an amount is below 0 or the margin is not within 0..=1, and when the margin of an order
    /// is not 0 but rounded to it.
    pub fn new(order_amount: Decimal, margin: Decimal, discount: Decimal) -> Result<Self> {
        let (order_amount, margin) =
            (Error::not_negative("amount of an order", order_amount)?, share("margin", margin)?);
        // A share of an amount is no larger than the amount, but perhaps too small.
        let margin_per_order = product(order_amount, margin).ok_or(Error::Amount {
            field: "margin",
            found: margin,
            expected: "a share of the order that 28 decimals can tell from 0",
        })?;
        let discount = Error::not_negative("discount of a coupon", discount)?;
        Ok(Self { margin_per_order, discount, regular_use: Decimal::ONE, cost_per_customer: Decimal::ZERO })
    }

    /// Sets the share of the orders that would come anyway and use the coupon; 1 if not given. Coupons for lost customers,
    /// or for a product that a customer never bought, give less away.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is not within 0..=1.
    pub fn with_regular_use(self, regular_use: Decimal) -> Result<Self> {
        Ok(Self { regular_use: share("use of a coupon by regular orders", regular_use)?, ..self })
    }

    /// Sets the cost of addressing one customer, whether the customer buys or not; 0 if not given.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_cost_per_customer(self, cost: Decimal) -> Result<Self> {
        Ok(Self { cost_per_customer: Error::not_negative("cost per customer", cost)?, ..self })
    }

    /// The margin of an order with the coupon; below 0 for a coupon larger than the margin. Formula: `p m - c` of a
    /// mean order `p`, margin `m`, discount `c`.
    pub fn margin_with_coupon(&self) -> Option<Decimal> {
        self.margin_per_order.checked_sub(self.discount)
    }

    /// The additional orders per customer addressed at which the coupon pays for itself; `conversion` is the orders per
    /// customer that would come without it. `None` when the margin left is not above 0 and the coupon costs anything.
    /// Formula: `(b r c + s) / (p m - c)` of a conversion `b`, regular use `r`, cost per customer `s`.
    pub fn break_even_orders(&self, conversion: Decimal) -> Option<Decimal> {
        self.orders_to_cover(self.cost(conversion)?, Decimal::ONE)
    }

    /// [`break_even_orders`](Coupon::break_even_orders) as a share of the orders that would come without the coupon: 0.5
    /// is half as many again. `None` also for a conversion of 0. Formula: `(b r c + s) / (b (p m - c))`; with `r = 1`
    /// and `s = 0`, in shares of the order's amount, `c / (m - c)`.
    pub fn break_even_uplift(&self, conversion: Decimal) -> Option<Decimal> {
        if conversion.is_zero() {
            return None;
        }
        self.orders_to_cover(self.cost(conversion)?, conversion)
    }

    /// The change of the profit per customer addressed by the coupon, when orders grow by the share `uplift` (below 0
    /// when they shrink). `None` for a conversion below 0. Formula: `b u (p m - c) - b r c - s`.
    pub fn profit_change(&self, conversion: Decimal, uplift: Decimal) -> Option<Decimal> {
        let cost = self.cost(conversion)?;
        let gain = product(product(conversion, uplift)?, self.margin_with_coupon()?)?;
        Some(gain.checked_sub(cost)?.normalize())
    }

    /// The additional orders that earn a cost, in units of `unit` orders.
    fn orders_to_cover(&self, cost: Decimal, unit: Decimal) -> Option<Decimal> {
        if cost.is_zero() {
            return Some(Decimal::ZERO);
        }
        let margin = self.margin_with_coupon().filter(|&margin| margin > Decimal::ZERO)?;
        Some(quotient(cost, product(unit, margin)?)?.normalize())
    }

    /// The cost of the coupon per customer addressed: discounts given away and the cost of addressing.
    fn cost(&self, conversion: Decimal) -> Option<Decimal> {
        if conversion < Decimal::ZERO {
            return None;
        }
        let given = product(product(conversion, self.regular_use)?, self.discount)?;
        given.checked_add(self.cost_per_customer)
    }
}

crate::stored::stored! {
    Coupon {
        #[serde(with = "crate::number::decimal")] margin_per_order: Decimal,
        #[serde(with = "crate::number::decimal")] discount: Decimal,
        #[serde(with = "crate::number::decimal")] regular_use: Decimal,
        #[serde(with = "crate::number::decimal")] cost_per_customer: Decimal,
    } <=> Ok(Self {
        margin_per_order: Error::not_negative("margin of an order", margin_per_order)?,
        discount: Error::not_negative("discount of a coupon", discount)?,
        regular_use: share("use of a coupon by regular orders", regular_use)?,
        cost_per_customer: Error::not_negative("cost per customer", cost_per_customer)?,
    })
}
