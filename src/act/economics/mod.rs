//! What coupons, retention and acquisition are worth.
//!
//! Everything here is a rational formula in decimals; products and quotients are rounded where a [`Decimal`]'s 28
//! digits do not hold them. Shares and rates are fractions of 1: 0.3 is 30%. What is undefined, or too large for a
//! `Decimal`, is `None`; so is what is not 0 and would be rounded to it.

use rust_decimal::Decimal;

use crate::error::{Error, Result};

#[cfg(feature = "serde")]
mod stored;

/// A coupon on an order: what it costs, and what it must bring.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::StoredCoupon", into = "stored::StoredCoupon"))]
pub struct Coupon {
    margin_per_order: Decimal,
    discount: Decimal,
    regular_use: Decimal,
    cost_per_customer: Decimal,
}

impl Coupon {
    /// A coupon of an amount `discount` on orders of a mean amount `order_amount`, of which the share `margin` is
    /// earned when there is no coupon.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when an amount is below 0 or the margin is not within 0..=1, and when the margin of an order
    /// is not 0 but rounded to it.
    pub fn new(order_amount: Decimal, margin: Decimal, discount: Decimal) -> Result<Self> {
        let (order_amount, margin) = (not_negative("amount of an order", order_amount)?, share("margin", margin)?);
        // A share of an amount is no larger than the amount, but perhaps too small.
        let margin_per_order = product(order_amount, margin).ok_or(Error::Amount {
            field: "margin",
            found: margin,
            expected: "a share of the order that 28 decimals can tell from 0",
        })?;
        let discount = not_negative("discount of a coupon", discount)?;
        Ok(Self { margin_per_order, discount, regular_use: Decimal::ONE, cost_per_customer: Decimal::ZERO })
    }

    /// The share of the orders that would come without the coupon and come with it; 1 if not given. Coupons for lost
    /// customers, or for a product that a customer never bought, give less away.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is not within 0..=1.
    pub fn with_regular_use(self, regular_use: Decimal) -> Result<Self> {
        Ok(Self { regular_use: share("use of a coupon by regular orders", regular_use)?, ..self })
    }

    /// What it costs to address one customer, whether the customer buys or not; 0 if not given.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_cost_per_customer(self, cost: Decimal) -> Result<Self> {
        Ok(Self { cost_per_customer: not_negative("cost per customer", cost)?, ..self })
    }

    /// What is left of the margin of an order with the coupon; below 0 for a coupon larger than the margin.
    ///
    /// # Formula
    ///
    /// `p m - c` of a mean order `p`, margin `m`, discount `c`.
    pub fn margin_with_coupon(&self) -> Option<Decimal> {
        self.margin_per_order.checked_sub(self.discount)
    }

    /// The additional orders per customer addressed at which the coupon pays for itself; `conversion` is the orders per
    /// customer that would come without it. `None` when the margin left is not above 0 and the coupon costs anything.
    ///
    /// # Formula
    ///
    /// `(b r c + s) / (p m - c)` of a conversion `b`, regular use `r`, cost per customer `s`.
    pub fn break_even_orders(&self, conversion: Decimal) -> Option<Decimal> {
        let cost = self.cost(conversion)?;
        if cost.is_zero() {
            return Some(Decimal::ZERO);
        }
        let margin = self.margin_with_coupon().filter(|&margin| margin > Decimal::ZERO)?;
        Some(quotient(cost, margin)?.normalize())
    }

    /// The same as a share of the orders that would come without the coupon: 0.5 is half as many again. `None` also
    /// when none would come.
    ///
    /// # Formula
    ///
    /// `(b r c + s) / (b (p m - c))`; with `r = 1` and `s = 0`, in shares of the order's amount, `c / (m - c)`.
    pub fn break_even_uplift(&self, conversion: Decimal) -> Option<Decimal> {
        if conversion.is_zero() {
            return None;
        }
        let cost = self.cost(conversion)?;
        if cost.is_zero() {
            return Some(Decimal::ZERO);
        }
        let margin = self.margin_with_coupon().filter(|&margin| margin > Decimal::ZERO)?;
        Some(quotient(cost, product(conversion, margin)?)?.normalize())
    }

    /// What the coupon changes in the profit per customer addressed, when orders grow by the share `uplift` (below 0
    /// when they shrink). `None` for a conversion below 0.
    ///
    /// # Formula
    ///
    /// `b u (p m - c) - b r c - s`
    pub fn profit_change(&self, conversion: Decimal, uplift: Decimal) -> Option<Decimal> {
        let cost = self.cost(conversion)?;
        let gain = product(product(conversion, uplift)?, self.margin_with_coupon()?)?;
        Some(gain.checked_sub(cost)?.normalize())
    }

    /// What is given away and spent, per customer addressed.
    fn cost(&self, conversion: Decimal) -> Option<Decimal> {
        if conversion < Decimal::ZERO {
            return None;
        }
        let given = product(product(conversion, self.regular_use)?, self.discount)?;
        given.checked_add(self.cost_per_customer)
    }
}

/// What it costs to try to keep a customer, against what it costs to win a new one.
///
/// # Examples
///
/// ```
/// use repurchase::act::economics::RetentionCosts;
/// use rust_decimal::Decimal;
///
/// let online = RetentionCosts::online();
/// assert_eq!(online.ratio(), Some(Decimal::from(5)));
/// assert_eq!(online.break_even_success(), Some(Decimal::new(2, 1)), "one success in five tries pays");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::StoredRetentionCosts", into = "stored::StoredRetentionCosts"))]
pub struct RetentionCosts {
    retain: Decimal,
    acquire: Decimal,
}

impl RetentionCosts {
    /// The cost of one try to keep a customer, and of winning one.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] for a cost that is not above 0.
    pub fn new(retain: Decimal, acquire: Decimal) -> Result<Self> {
        Ok(Self { retain: positive("cost of retaining", retain)?, acquire: positive("cost of acquiring", acquire)? })
    }

    /// The articles' 1:2 of shops in the street.
    pub const fn offline() -> Self {
        Self { retain: Decimal::ONE, acquire: Decimal::TWO }
    }

    /// The articles' 1:5 of shops on the net.
    pub const fn online() -> Self {
        Self { retain: Decimal::ONE, acquire: Decimal::from_parts(5, 0, 0, false, 0) }
    }

    /// How many customers could be addressed for the cost of winning one.
    pub fn ratio(&self) -> Option<Decimal> {
        Some(quotient(self.acquire, self.retain)?.normalize())
    }

    /// The share of tries that must succeed for keeping a customer to be as cheap as winning one; `None` above 1, when
    /// it never is.
    ///
    /// # Formula
    ///
    /// `retain / acquire`
    pub fn break_even_success(&self) -> Option<Decimal> {
        let success = quotient(self.retain, self.acquire)?.normalize();
        (success <= Decimal::ONE).then_some(success)
    }

    /// What one try saves, when a share `success` of tries keeps a customer who would otherwise have to be replaced;
    /// below 0 when it loses. `None` when the share is not within 0..=1.
    ///
    /// # Formula
    ///
    /// `success * acquire - retain`
    pub fn saving_per_try(&self, success: Decimal) -> Option<Decimal> {
        let success = share("success", success).ok()?;
        Some(product(success, self.acquire)?.checked_sub(self.retain)?.normalize())
    }
}

/// A customer who brings the same margin at the start of each period, and is lost at the end of it at a constant rate.
///
/// # Examples
///
/// "5 points fewer customers lost, 85% more profit" is no law. It is true where the loss rate was 10.9% (37/340), when
/// there is no cost of acquisition and nothing is discounted:
///
/// ```
/// use repurchase::act::economics::ConstantLoss;
/// use rust_decimal::Decimal;
///
/// let percent = |number| Decimal::new(number, 2);
/// let loss = ConstantLoss::loss_rate_where(percent(85), percent(5), Decimal::ZERO).expect("a rate");
/// assert_eq!(loss.round_dp(4), Decimal::new(1088, 4));
/// let before = ConstantLoss::new(Decimal::from(100), loss)?;
/// assert_eq!(before.profit_change(loss - percent(5))?.map(|change| change.round_dp(6)), Some(percent(85)));
///
/// // From 20% to 15%, it is a third.
/// let change = ConstantLoss::new(Decimal::from(100), percent(20))?.profit_change(percent(15))?;
/// assert_eq!(change.map(|change| change.round_dp(4)), Some(Decimal::new(3333, 4)));
/// # Ok::<(), repurchase::Error>(())
/// ```
///
/// # References
///
/// F. F. Reichheld, W. E. Sasser (1990), "Zero defections: quality comes to services", Harvard Business Review 68(5)
/// (September-October), 105-111.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::StoredConstantLoss", into = "stored::StoredConstantLoss"))]
pub struct ConstantLoss {
    margin: Decimal,
    loss_rate: Decimal,
    discount_rate: Decimal,
    acquisition_cost: Decimal,
}

impl ConstantLoss {
    /// A margin per period, and the share of customers lost from one period to the next; nothing discounted, no cost of
    /// acquisition.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when the margin is below 0 or the rate is not above 0 and at most 1.
    pub fn new(margin: Decimal, loss_rate: Decimal) -> Result<Self> {
        let (margin, loss_rate) = (not_negative("margin per period", margin)?, check_loss(loss_rate)?);
        Ok(Self { margin, loss_rate, discount_rate: Decimal::ZERO, acquisition_cost: Decimal::ZERO })
    }

    /// The rate by which a margin one period later is worth less: `1 / (1 + d)` of it.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_discount_rate(self, discount_rate: Decimal) -> Result<Self> {
        Ok(Self { discount_rate: not_negative("discount rate", discount_rate)?, ..self })
    }

    /// What it cost to win the customer.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_acquisition_cost(self, cost: Decimal) -> Result<Self> {
        Ok(Self { acquisition_cost: not_negative("cost of acquiring", cost)?, ..self })
    }

    /// The periods for which a customer stays on average, the first included.
    ///
    /// # Formula
    ///
    /// `1 / c` of a loss rate `c`.
    pub fn expected_periods(&self) -> Option<Decimal> {
        Some(quotient(Decimal::ONE, self.loss_rate)?.normalize())
    }

    /// What a customer brings in all, before the cost of acquisition.
    ///
    /// # Formula
    ///
    /// `m (1 + d) / (c + d)`, the sum over `t >= 0` of `m ((1 - c) / (1 + d))^t`, of a margin `m` and discount rate
    /// `d`.
    pub fn value(&self) -> Option<Decimal> {
        let growth = Decimal::ONE.checked_add(self.discount_rate)?;
        let decline = self.loss_rate.checked_add(self.discount_rate)?;
        Some(quotient(product(self.margin, growth)?, decline)?.normalize())
    }

    /// What is left after the cost of acquisition; below 0 when a customer costs more than he brings.
    pub fn profit(&self) -> Option<Decimal> {
        Some(self.value()?.checked_sub(self.acquisition_cost)?.normalize())
    }

    /// The change of profit when the loss rate changes: 0.85 is 85% more. `None` when there was no profit above 0.
    ///
    /// # Formula
    ///
    /// `(V(c') - a) / (V(c) - a) - 1` of the value `V` and a cost of acquisition `a`. Without that and undiscounted, it
    /// is `c / c' - 1`: the lower the rate was, the more the same points change.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when the rate is not above 0 and at most 1.
    pub fn profit_change(&self, loss_rate: Decimal) -> Result<Option<Decimal>> {
        let after = Self { loss_rate: check_loss(loss_rate)?, ..*self };
        let before = self.profit().filter(|&profit| profit > Decimal::ZERO);
        let change = |before: Decimal| quotient(after.profit()?.checked_sub(before)?, before);
        Ok(before.and_then(change).map(|change| change.normalize()))
    }

    /// The loss rate from which `points` fewer (0.05 for 5 points) change profit by `change` (0.85 for 85%), without a
    /// cost of acquisition. `None` when no rate from `points` to 1 does.
    ///
    /// # Formula
    ///
    /// `(1 + g) p / g - d` of a change `g`, points `p` and a discount rate `d`.
    pub fn loss_rate_where(change: Decimal, points: Decimal, discount_rate: Decimal) -> Option<Decimal> {
        if change <= Decimal::ZERO || points <= Decimal::ZERO || discount_rate < Decimal::ZERO {
            return None;
        }
        let whole = quotient(product(Decimal::ONE.checked_add(change)?, points)?, change)?;
        let rate = whole.checked_sub(discount_rate)?.normalize();
        (points < rate && rate <= Decimal::ONE).then_some(rate)
    }

    /// The cost of acquisition at which a change of the loss rate changes profit by `change`. `None` when it would be
    /// below 0 or leave no profit.
    ///
    /// # Formula
    ///
    /// `((1 + g) V(c) - V(c')) / g` of a change `g`.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when the rate is not above 0 and at most 1.
    pub fn acquisition_cost_where(&self, change: Decimal, loss_rate: Decimal) -> Result<Option<Decimal>> {
        let after = Self { loss_rate: check_loss(loss_rate)?, ..*self };
        let cost = || {
            let (before, after) = (self.value()?, after.value()?);
            let grown = product(Decimal::ONE.checked_add(change)?, before)?;
            let cost = quotient(grown.checked_sub(after)?, change)?.normalize();
            (Decimal::ZERO <= cost && cost < before).then_some(cost)
        };
        Ok(cost())
    }
}

/// `None` beyond a `Decimal`, also towards 0.
fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let is_zero = left.is_zero() || right.is_zero();
    left.checked_mul(right).filter(|product| product.is_zero() == is_zero)
}

/// `None` beyond a `Decimal`, also towards 0, and for a divisor of 0.
fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    left.checked_div(right).filter(|quotient| quotient.is_zero() == left.is_zero())
}

fn not_negative(field: &'static str, found: Decimal) -> Result<Decimal> {
    if found < Decimal::ZERO { Err(Error::Amount { field, found, expected: "0 or more" }) } else { Ok(found) }
}

fn positive(field: &'static str, found: Decimal) -> Result<Decimal> {
    if found > Decimal::ZERO { Ok(found) } else { Err(Error::Amount { field, found, expected: "above 0" }) }
}

fn share(field: &'static str, found: Decimal) -> Result<Decimal> {
    let is_share = Decimal::ZERO <= found && found <= Decimal::ONE;
    if is_share { Ok(found) } else { Err(Error::Amount { field, found, expected: "within 0..=1" }) }
}

fn check_loss(found: Decimal) -> Result<Decimal> {
    let is_rate = Decimal::ZERO < found && found <= Decimal::ONE;
    let expected = "above 0 and at most 1";
    if is_rate { Ok(found) } else { Err(Error::Amount { field: "loss rate", found, expected }) }
}
