//! Numbers about the shop: how often customers come back, when, who they are in a period, and how few bring how much.
//!
//! | question | answer |
//! |---|---|
//! | what share of customers, of orders, is a repeat in each window? | [`repurchase_rates`] |
//! | the same for each group of customers, such as a channel? | [`repurchase_rates_by`] |
//! | who bought in one window and came back in another? | [`next_window_rate`] |
//! | how many buy a second time within n days? | [`second_purchase_rate`] |
//! | how many of those won in a month are active later? | [`CohortTable`] |
//! | how many of a month's buyers are new, how many old, and what do they bring? | [`buyer_mix`] |
//! | what share of the revenue do the top 20% bring? | [`Concentration`] |
//!
//! All counts are exact integers and all money exact decimals; a share of money is rounded once, at the very end.

pub mod cohort;
pub mod concentration;
mod days;
pub mod mix;
pub mod rates;
pub mod second;

pub use cohort::{Cohort, CohortTable};
pub use concentration::{Concentration, RevenueShare};
pub use mix::{BuyerSums, PeriodMix, buyer_mix};
pub use rates::{
    Occasion, RateOptions, RepurchaseRates, Scope, next_window_rate, repurchase_rates, repurchase_rates_by,
};
pub use second::{SecondPurchaseRate, second_purchase_rate};
