//! The value of a lower loss rate.

use rust_decimal::Decimal;

use crate::act::economics::{product, quotient};
use crate::error::{Error, Result};

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
#[doc(alias("LTV", "CLV", "churn rate", "retention rate", "留存率"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConstantLoss {
    margin: Decimal,
    loss_rate: Decimal,
    discount_rate: Decimal,
    acquisition_cost: Decimal,
}

impl ConstantLoss {
    /// Takes the margin per period, and the share of customers lost from one period to the next; nothing is discounted
    /// and acquisition costs nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when the margin is below 0 or the rate is not above 0 and at most 1.
    pub fn new(margin: Decimal, loss_rate: Decimal) -> Result<Self> {
        let (margin, loss_rate) = (Error::not_negative("margin per period", margin)?, check_loss(loss_rate)?);
        Ok(Self { margin, loss_rate, discount_rate: Decimal::ZERO, acquisition_cost: Decimal::ZERO })
    }

    /// Sets the discount rate `d` per period: a margin one period later is worth `1 / (1 + d)` of it. 0 if not given.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_discount_rate(self, discount_rate: Decimal) -> Result<Self> {
        Ok(Self { discount_rate: Error::not_negative("discount rate", discount_rate)?, ..self })
    }

    /// Sets what it cost to win the customer; 0 if not given.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] when it is below 0.
    pub fn with_acquisition_cost(self, cost: Decimal) -> Result<Self> {
        Ok(Self { acquisition_cost: Error::not_negative("cost of acquiring", cost)?, ..self })
    }

    /// The periods for which a customer stays on average, the first included. Formula: `1 / c` of a loss rate `c`.
    pub fn expected_periods(&self) -> Option<Decimal> {
        Some(quotient(Decimal::ONE, self.loss_rate)?.normalize())
    }

    /// The value of a customer (LTV): all margins that one brings, before the cost of acquisition. Formula:
    /// `m (1 + d) / (c + d)`, the sum over `t >= 0` of `m ((1 - c) / (1 + d))^t`, of a margin `m` and discount rate
    /// `d`.
    pub fn value(&self) -> Option<Decimal> {
        let growth = Decimal::ONE.checked_add(self.discount_rate)?;
        let decline = self.loss_rate.checked_add(self.discount_rate)?;
        Some(quotient(product(self.margin, growth)?, decline)?.normalize())
    }

    /// The value less the cost of acquisition; below 0 when a customer costs more than they bring.
    pub fn profit(&self) -> Option<Decimal> {
        Some(self.value()?.checked_sub(self.acquisition_cost)?.normalize())
    }

    /// The change of profit when the loss rate changes: 0.85 is 85% more. `None` when there was no profit above 0.
    /// Formula: `(V(c') - a) / (V(c) - a) - 1` of the value `V` and a cost of acquisition `a`. Without that and
    /// undiscounted, it is `c / c' - 1`: the lower the rate was, the more the same points change.
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
    /// cost of acquisition. `None` when no rate from `points` to 1 does. Formula: `(1 + g) p / g - d` of a change `g`,
    /// points `p` and a discount rate `d`.
    pub fn loss_rate_where(change: Decimal, points: Decimal, discount_rate: Decimal) -> Option<Decimal> {
        if change <= Decimal::ZERO || points <= Decimal::ZERO || discount_rate < Decimal::ZERO {
            return None;
        }
        let whole = quotient(product(Decimal::ONE.checked_add(change)?, points)?, change)?;
        let rate = whole.checked_sub(discount_rate)?.normalize();
        (points < rate && rate <= Decimal::ONE).then_some(rate)
    }

    /// The cost of acquisition at which a change of the loss rate changes profit by `change`. `None` when it would be
    /// below 0 or leave no profit. Formula: `((1 + g) V(c) - V(c')) / g` of a change `g`.
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

fn check_loss(found: Decimal) -> Result<Decimal> {
    let is_rate = Decimal::ZERO < found && found <= Decimal::ONE;
    let expected = "above 0 and at most 1";
    if is_rate { Ok(found) } else { Err(Error::Amount { field: "loss rate", found, expected }) }
}

crate::stored::stored! {
    ConstantLoss {
        #[serde(with = "crate::number::decimal")] margin: Decimal,
        #[serde(with = "crate::number::decimal")] loss_rate: Decimal,
        #[serde(with = "crate::number::decimal")] discount_rate: Decimal,
        #[serde(with = "crate::number::decimal")] acquisition_cost: Decimal,
    } <=> {
        Self::new(margin, loss_rate)?.with_discount_rate(discount_rate)?.with_acquisition_cost(acquisition_cost)
    }
}
