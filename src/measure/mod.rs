//! Numbers about the shop: how often customers come back, when, who they are in a period, and how few bring how much.
//!
//! | question | answer |
//! |---|---|
//! | can the data be believed: what would a careful person ask first? | [`notes()`] |
//! | what share of customers, of orders, is a repeat in each window? | [`repurchase_rates`] |
//! | the same for each group of customers or of orders, such as a channel? | [`repurchase_rates_by`] |
//! | how many of a window's customers are returning ones, as shop platforms show it? | [`RepurchaseRates::returning`] |
//! | who bought in one window and came back in another? | [`next_window_rate`] |
//! | how many buy a second time within n days? | [`second_purchase_rate`] |
//! | after how many days do the buyers of a day or month come again? | [`next_purchases`] |
//! | how long is it from the first order to the second, from the second to the third? | [`SurvivalCurve::of_nth_purchase`] |
//! | how many of those won in a month are active later, and what are they worth by then? | [`CohortTable`] |
//! | after how many months is the cost of winning a customer paid back? | [`Cohort::payback`] |
//! | how many come back on day n, on day n or later, within a bracket of days? | [`CohortTable`] with another [`Life`] |
//! | how many of a month's buyers are new, how many old, and what do they bring? | [`buyer_mix`] |
//! | ... in the last n days, and how did that change? | [`buyer_mix_in`], [`relative_change`] |
//! | what share of the revenue do the top 20% bring? | [`Concentration`] |
//! | after how long is a product bought again, when is a customer due for it? | [`CycleTable`] |
//! | which products are bought again soonest, and on how many customers does that rest? | [`CycleTable::ranked`] |
//! | which products are of a high repurchase rate? | [`HighRepurchase`] |
//! | how long do spells last, where some are still open? | [`SurvivalCurve`] |
//! | who buys of one category, who of several? | [`category_breadth`] |
//! | from which first category do customers come to which second one? | [`CategoryPaths`] |
//! | who brings whom, what do the referred bring, do they come back more often? | [`Referrals`] |
//! | did members of a paid card buy more than before they joined? | [`membership_change`] |
//! | how much of a product does a buyer take? | [`units_per_buyer`] |
//!
//! Rates, mixes and cohorts print as a terminal shows them ([`rate_table`], [`mix_table`], a [`CohortTable`] itself), and
//! give rows of plain fields for a file or a data frame ([`RepurchaseRates::row`], [`PeriodMix::row`],
//! [`CohortTable::rows`]).
//!
//! All counts are exact integers and all money exact decimals; a share of money is rounded once, at the very end.
//! An answer about a log takes one pass over its purchases and credits, for any number of windows, unless it says more.

mod breadth;
mod cohort;
mod concentration;
mod cycle;
mod days;
mod groups;
mod membership;
mod merge;
mod mix;
mod net;
mod next_purchase;
mod next_window;
mod notes;
mod paths;
mod rates;
mod referral;
mod second;
mod survival;

pub use breadth::{CategoryBreadth, UnitsPerBuyer, category_breadth, units_per_buyer};
pub use cohort::{
    Cohort, CohortOptions, CohortRow, CohortTable, GroupCohortRow, Life, group_cohort_rows, group_cohort_table,
};
pub use concentration::{Concentration, RevenueShare};
pub use cycle::high::{HighRepurchase, ProductRate};
pub use cycle::{CycleOptions, CycleScale, CycleTable, ProductCycle};
pub use membership::{MembershipChange, membership_change};
pub use mix::{BuyerSums, MixRow, PeriodMix, buyer_mix, buyer_mix_in, mix_table, relative_change};
pub use next_purchase::{InterpurchaseRow, InterpurchaseTimes, next_purchase_table, next_purchases};
pub use next_window::next_window_rate;
pub use notes::{Note, NoteCode, NoteTally, ids_alike, notes};
pub use paths::CategoryPaths;
pub use rates::{
    GroupRateRow, Occasion, RateOptions, RateRow, RepurchaseRates, Scope, group_rate_rows, group_rate_table,
    rate_table, repurchase_rate, repurchase_rates, repurchase_rates_by,
};
pub use referral::{NewCustomers, ReferralChain, Referrals, ReferralsLeftOut, ReferredNewCustomers};
pub use second::{SecondPurchaseRate, second_purchase_rate};
pub use survival::{CurveStep, DaysInterval, IntervalKind, SurvivalCurve};
