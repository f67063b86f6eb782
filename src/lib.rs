//! Repurchase (复购): from the orders a shop already has to who comes back, who they are and what to do about it.
//!
//! A shop that lives on returning customers gets numbers about the shop ([`measure`]), labels on each customer
//! ([`segment`]), what each will do next ([`predict`]) and what to do about it ([`act`]), all from records ([`record`])
//! that are folded once into histories ([`history`]) and held against measuring sticks ([`scale`]).
//!
//! ```text
//! orders, credits ──► PurchaseLog ──► Ledger ──► fitted models ──► labels on each customer, and what each
//!   record              │ history       │       segment, predict     will do next, with the reasons
//!                       ▼               ▼
//!                 rates, cohorts,   concentration
//!                 buyer mix         measure
//! ```
//!
//! # A tour
//!
//! ```
//! use chrono::{FixedOffset, NaiveDate, TimeZone, Utc};
//! use repurchase::measure::{RateOptions, repurchase_rates};
//! use repurchase::record::{Period, Windows};
//! use repurchase::scale::Language;
//! use repurchase::segment::{Grid, RfmModel, RfmOptions};
//! use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
//! use rust_decimal::Decimal;
//!
//! // The shop's records, in any order. Its days are those of +08:00.
//! let order = |customer, month, day, cents| {
//!     let at = Utc.with_ymd_and_hms(2026, month, day, 4, 0, 0).unwrap();
//!     Order::new(customer, at, Decimal::new(cents, 2))
//! };
//! let orders = [
//!     order("ann", 1, 5, 45_00)?, order("ann", 2, 7, 30_00)?, order("ann", 3, 9, 52_50)?, order("bo", 1, 20, 19_90)?,
//!     order("cy", 2, 14, 20_00)?, order("cy", 3, 1, 20_00)?, order("di", 3, 28, 9_90)?,
//! ];
//! let shanghai = ShopCalendar::new(FixedOffset::east_opt(8 * 3600).expect("a valid offset"));
//! let log = PurchaseLog::from_records(orders, &shanghai)?;
//! let as_of = NaiveDate::from_ymd_opt(2026, 3, 31).expect("a valid date");
//!
//! // How often do customers come back? Always a count of a population, never a bare share.
//! let quarter = Windows::periods(Period::Quarter, as_of, as_of)?;
//! let rates = repurchase_rates(&log, &quarter, &RateOptions::default());
//! assert_eq!(rates[0].users, Ratio::new(2, 4)?);
//! assert_eq!(rates[0].orders, Ratio::new(3, 7)?);
//!
//! // Who are they? Fit once, on everybody; score anyone, anywhere.
//! let ledger = log.ledger(as_of)?;
//! let model = RfmModel::fit(&ledger, &RfmOptions::default())?;
//! let ann = ledger.get(&"ann").expect("has bought");
//! let score = model.score(&ann).expect("has bought");
//! assert_eq!(score.to_string(), "444");
//!
//! // Which segment, and why?
//! let grid = Grid::rf();
//! assert_eq!(grid.segment(score)?.name(Language::Chinese), "忠诚客户");
//! assert_eq!(grid.explain(score, Language::English)?, "Loyal: R 4, F 4; rule 6 of 10: R 3-4, F 4-5");
//! # Ok::<(), repurchase::Error>(())
//! ```
//!
//! # Which function answers which question
//!
//! | question | answer |
//! |---|---|
//! | how many customers bought twice, how many orders are repeats (复购率)? | [`measure::repurchase_rates`] |
//! | per month, per trailing 90 days, per day? | the same, over [`record::Windows`] |
//! | by region, age, channel, tier? | [`measure::repurchase_rates_by`], [`PurchaseLog::of_customers`] |
//! | how many of last month's buyers bought this month (回购率)? | [`measure::next_window_rate`] |
//! | how many new customers buy again within 30 days? | [`measure::second_purchase_rate`] |
//! | do later cohorts stay longer (留存)? | [`measure::CohortTable`] |
//! | who buys this month, new or old customers (新老客占比)? | [`measure::buyer_mix`] |
//! | do 20% of customers bring 80% of revenue? | [`measure::Concentration`] |
//! | orders by webhooks and exports: twice, in any order, refunded later, one person under two ids? | [`record::OrderBook`] |
//! | which refunds without an order's name give a whole order back? | [`record::match_credits`] |
//! | what is known of one customer, now? | [`CustomerHistory`], [`Ledger::get`] |
//! | R, F, M scores; the eight classes; named segments | [`segment::RfmModel`], [`segment::OctantModel`], [`segment::Grid`] |
//! | how often does a customer come; is a new one still warm? | [`segment::FrequencyBands`], [`segment::NewCustomerBands`] |
//! | which membership tier, which price band? | [`segment::TierModel`], [`segment::SpendBands`] |
//! | when is the next purchase due; who is about to leave (流失)? | [`segment::MissedCycles`] |
//! | is a customer still there; how many purchases in the next 90 days? | [`predict::MbgNbd`], [`predict::ParetoNbd`], [`predict::BgNbd`] |
//! | what is a customer worth in the next year (客户价值)? | [`predict::GammaGamma`], [`predict::ValueModel`] |
//! | which model is right for our shop, and does it earn its place? | [`predict::Backtest`] |
//! | subscribers and members: who renews, how often will they come? | [`predict::Sbg`], [`predict::BgBb`] |
//! | after how long is a product bought again; when is it due (使用周期)? | [`measure::CycleTable`], [`history::LineLog`] |
//! | who buys in one category only, and what comes second? | [`measure::category_breadth`], [`measure::CategoryPaths`] |
//! | whom do we address, by a rule that is data (人群)? | [`act::Audience`], [`act::audience::ready`] |
//! | what did a campaign do, and is it more than chance? | [`act::campaign`] |
//! | may we write now; what do points cost us; what is to be done for whom? | [`act::contact`], [`act::points`], [`act::playbook`] |
//! | fit where the customers are on many machines, or in files by day or shop? | [`segment::RfmTally`], [`scale::Tally`], [`Ledger::merge`] |
//! | mend what is known of the customers whose orders changed? | [`CustomerHistory::from_records`], [`Ledger::replace`] |
//! | update last night's fit by today's orders? | [`CustomerHistory::record_order`], [`segment::RfmTally::remove`] and [`add`](segment::RfmTally::add) |
//! | what does each label bring; who changed label? | [`segment::summarize`], [`segment::Migration`] |
//! | the same in the database that the orders are in? | [`sql`] |
//!
//! # What can be relied on
//!
//! - **Fit once, apply anywhere.** What needs the whole shop is a small immutable value made by `fit`. Applying it to
//!   one customer is a pure lookup without allocation, fit for a request handler.
//! - **The same answer everywhere.** No clock, no randomness, no hash order and no order of the input changes a result,
//!   to the last bit. The day as of which a question is asked is always a parameter.
//! - **One definition each.** What counts as a purchase ([`Order`]), a day ([`ShopCalendar`]), a tie
//!   ([`scale::CutPoints`]) is written where it is defined, with the population of every number.
//! - **No shop is a special case.** Nobody, one customer, only one-time buyers, refunds above revenue, dates at the
//!   limits of the calendar: a right answer or an [`Error`] that says what and where. The library does not panic.
//! - **Money is exact.** Amounts are decimals, sums are integers; a sum that would have to be rounded is an error.
//!
//! # Not supported
//!
//! Several currencies in one ledger (convert first), more than 4,294,967,295 records in one [`PurchaseLog`], taking a
//! purchase back from a [`CustomerHistory`] (rebuild it from its orders), and sending anything to anybody.
//!
//! # Features
//!
//! - `rayon`: the same functions use all cores of the current thread pool, with the same bits for any number of threads.
//!   Inputs that one core has done in the blink of an eye stay on theirs.
//! - `serde`: records, histories, thresholds and fitted models can be stored, and are checked when they are read, so
//!   that a file cannot hold what `new` refuses. Results can be written and read as plain data.
//!
//! The crates whose types appear here, [`chrono`] and [`rust_decimal`], are re-exported.

pub mod act;
mod error;
pub mod history;
pub mod measure;
mod number;
mod parallel;
pub mod predict;
pub mod record;
pub mod scale;
pub mod segment;
pub mod sql;
#[cfg(feature = "serde")]
mod stored;

pub use chrono;
pub use rust_decimal;

pub use error::{Error, Result};
pub use history::{CustomerHistory, Ledger, PurchaseLog};
pub use record::{Order, ShopCalendar, Window};
pub use scale::Ratio;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
