//! Predictions of what customers will do: probability models of purchases, spend and renewals.
//!
//! | question | function |
//! |---|---|
//! | is the customer still there? | [`PurchaseModel::probability_alive`] of [`MbgNbd`], [`ParetoNbd`], [`BgNbd`] |
//! | how many purchases in the next 90 days? | [`PurchaseModel::expected_purchases`] |
//! | how likely is a purchase; by which day does the next come? | [`PurchaseModel::probability_buys`], [`PurchaseModel::next_purchase`] |
//! | between which numbers do purchases lie, and what they bring? | [`PurchaseModel::interval_of_purchases`], [`ValueModel::value_interval`] |
//! | how likely are no purchases, or exactly three? | [`PurchaseModel::probability_of_purchases`] |
//! | how regularly do customers come, and who is due this week? | [`MbgCnbd`], [`Regularity`] |
//! | when is a customer due to buy a product again, and who is due this week, with what? | [`DueModel`] |
//! | which category comes next, and is that better than what is popular? | [`NextCategories`] |
//! | what does a customer spend on a purchase? | [`GammaGamma::expected_spend`] |
//! | what is a customer worth in the next year? | [`ValueModel::expected_value`] |
//! | how much of it is left after credits? | [`KeptShare`] |
//! | why does the model expect this of a customer? | [`CustomerForecast::explain_purchases`] |
//! | which model is best for our shop, and is it better than a simple rule? | [`Backtest`] |
//! | how far off have our forecasts been, and how far may the next one be? | [`RollingBacktest`], [`TrackRecord::total`] |
//! | do customers come back whom the model takes for gone? | [`Returns`], [`Revival`] |
//! | subscribers: who renews, and for how long? | [`Sbg`] |
//! | does a subscriber's loyalty change with age? | [`Bdw`], [`RenewalChoice`] |
//! | members who may buy once a period: how often will they buy? | [`BgBb`] |
//! | who came and has not bought: how likely is a first purchase? | [`VisitorModel`] |
//!
//! A model is fitted to the [`Samples`] of a ledger, stored (feature `serde`), and answers for one customer in well under a
//! millisecond, mostly under a microsecond. Times are days; a model keeps the [`TimeUnit`] of its rates, weeks unless
//! [`FitOptions`] say otherwise:
//!
//! ```
//! use chrono::{NaiveDate, TimeZone, Utc};
//! use repurchase::predict::{Fit, FitOptions, MbgNbd, MbgNbdParams, PurchaseModel, Sample, Samples, TimeUnit};
//! use repurchase::{Ledger, Order, ShopCalendar};
//! use rust_decimal::Decimal;
//!
//! // Customer, days of purchase.
//! let orders = [(1, [1, 8].as_slice()), (2, &[2, 5, 9, 30, 41]), (3, &[4]), (4, &[3, 60]), (5, &[6, 20, 40, 70])];
//! let at = |day: i64| Utc.with_ymd_and_hms(2026, 1, 1, 12, 0, 0).unwrap() + chrono::Duration::days(day);
//! let orders = orders.iter().flat_map(|&(customer, days)| {
//!     days.iter().map(move |&day| Order::new(customer, at(day), Decimal::TEN))
//! });
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
//! let ledger = Ledger::from_records(orders.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc(), as_of)?;
//!
//! // At night: fit to all customers. A shop as small as this one has no maximum.
//! match MbgNbd::fit(&Samples::of(&ledger), &FitOptions::default())? {
//!     Fit::Interior(fitted) => println!("{:?} ± {:?}", fitted.model.params(), fitted.standard_errors),
//!     Fit::Boundary(boundary) => println!("too little to tell: {boundary}"),
//! }
//!
//! // Online: a stored model, one customer.
//! let model = MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, TimeUnit::Week)?;
//! let history = ledger.get(&2).expect("has bought");
//! let sample = Sample::of(&history.repeat_summary(as_of).expect("has bought"));
//! assert!(model.probability_alive(&sample) < 0.5, "so often, and then silent for seven weeks");
//! assert!(model.expected_purchases(&sample, 90) < 2.0);
//! # Ok::<(), repurchase::Error>(())
//! ```
//!
//! Models, options and samples are checked when they are read; unknown fields are refused. Answers are the same to the bit
//! where the format keeps every `f64` exactly, as `serde_json` does with its feature `float_roundtrip`.
//!
//! [`Samples::merge`] and [`OpportunitySamples::merge`] join parts of a shop, in any order, to the bits of the whole. For
//! a nightly job, [`Samples`] move on to a later day and replace single customers.
//!
//! Predictions are `f64`, unlike the exact rest of the crate, with the same bits on every platform.

mod backtest;
mod contract;
mod fit;
mod given;
mod next;
mod purchases;
mod value;
mod visitors;

pub use backtest::{
    Backtest, Baseline, BaselineScores, BetterRule, Calibration, Candidate, Choice, Difference, ExpectedTotals,
    Holdout, HoldoutCustomer, ModelRecord, NoInterval, PastTally, RenewalChoice, RenewalHoldout, Returns,
    RollingBacktest, RollingWindow, RuleTotal, Scores, Total, TotalForecast, TotalOutcome, TrackRecord, TrackWindow,
    TrackingPoint, YearAgo,
};
pub(crate) use backtest::{mean_size, percent};
pub use contract::{Bdw, BdwParams, BgBb, BgBbParams, Sbg, SbgParams};
pub use fit::{Boundary, Fit, FitOptions, FitReport, Fitted, Identification, Latent, Limit, Spread, StopReason};
pub use given::{OpportunitySample, OpportunitySamples, RenewalCohort, Sample, Samples, TimeUnit, opportunity_samples};
pub use next::{
    Due, DueDay, DueModel, DueOptions, NextCategories, NextCategoryOptions, NextCategoryTrial, ProductDue,
    RankingScore, Suggestion,
};
pub use purchases::{
    AnyModel, BgCnbd, BgNbd, BgNbdParams, CnbdParams, MbgCnbd, MbgNbd, MbgNbdParams, ModelKind, Nbd, NbdParams,
    NextPurchase, ParetoNbd, ParetoNbdParams, PurchaseModel, Regularity, Revival, RevivingModel,
};
pub use value::{
    CustomerForecast, Discount, GammaGamma, GammaGammaParams, KeptShare, NoMeanSpend, ValueModel, discounted_purchases,
    rounded_to_money,
};
pub(crate) use value::{Known, Spend, Sum};
pub use visitors::{VisitorCheck, VisitorFit, VisitorModel, VisitorOptions, VisitorParams, VisitorSample, visitors};
