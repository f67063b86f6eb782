//! Inputs as they are stored: read through the checks of `new`.

use super::{ConstantLoss, Coupon, RetentionCosts, not_negative, share};
use crate::error::{Error, Result};
use crate::number::money::Text;

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredCoupon {
    margin_per_order: Text,
    discount: Text,
    regular_use: Text,
    cost_per_customer: Text,
}

impl From<Coupon> for StoredCoupon {
    fn from(coupon: Coupon) -> Self {
        Self {
            margin_per_order: Text(coupon.margin_per_order),
            discount: Text(coupon.discount),
            regular_use: Text(coupon.regular_use),
            cost_per_customer: Text(coupon.cost_per_customer),
        }
    }
}

impl TryFrom<StoredCoupon> for Coupon {
    type Error = Error;

    fn try_from(stored: StoredCoupon) -> Result<Self> {
        Ok(Self {
            margin_per_order: not_negative("margin of an order", stored.margin_per_order.0)?,
            discount: not_negative("discount of a coupon", stored.discount.0)?,
            regular_use: share("use of a coupon by regular orders", stored.regular_use.0)?,
            cost_per_customer: not_negative("cost per customer", stored.cost_per_customer.0)?,
        })
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredRetentionCosts {
    retain: Text,
    acquire: Text,
}

impl From<RetentionCosts> for StoredRetentionCosts {
    fn from(costs: RetentionCosts) -> Self {
        Self { retain: Text(costs.retain), acquire: Text(costs.acquire) }
    }
}

impl TryFrom<StoredRetentionCosts> for RetentionCosts {
    type Error = Error;

    fn try_from(stored: StoredRetentionCosts) -> Result<Self> {
        Self::new(stored.retain.0, stored.acquire.0)
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredConstantLoss {
    margin: Text,
    loss_rate: Text,
    discount_rate: Text,
    acquisition_cost: Text,
}

impl From<ConstantLoss> for StoredConstantLoss {
    fn from(loss: ConstantLoss) -> Self {
        Self {
            margin: Text(loss.margin),
            loss_rate: Text(loss.loss_rate),
            discount_rate: Text(loss.discount_rate),
            acquisition_cost: Text(loss.acquisition_cost),
        }
    }
}

impl TryFrom<StoredConstantLoss> for ConstantLoss {
    type Error = Error;

    fn try_from(stored: StoredConstantLoss) -> Result<Self> {
        Self::new(stored.margin.0, stored.loss_rate.0)?
            .with_discount_rate(stored.discount_rate.0)?
            .with_acquisition_cost(stored.acquisition_cost.0)
    }
}
