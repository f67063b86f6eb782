//! The spend on a purchase, and the value of a customer.

mod customer_forecast;
mod customer_value;
mod discount;
mod gamma_gamma;
mod kept;
mod money;
mod outcome;
mod sum;
mod value_range;

pub use customer_forecast::CustomerForecast;
pub(crate) use customer_forecast::{Known, Spend};
pub use customer_value::ValueModel;
pub use discount::{Discount, discounted_purchases};
pub use gamma_gamma::{GammaGamma, GammaGammaParams, NoMeanSpend};
pub use kept::KeptShare;
pub use money::rounded_to_money;
pub(crate) use sum::Sum;
