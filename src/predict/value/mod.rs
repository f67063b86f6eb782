//! What a customer spends on a purchase, and brings.

mod customer_forecast;
mod customer_value;
mod gamma_gamma;

pub use customer_forecast::CustomerForecast;
pub use customer_value::{Discount, ValueModel, discounted_purchases, rounded_to_money};
pub use gamma_gamma::{GammaGamma, GammaGammaParams};
