//! Repurchase (复购): from the orders a shop already has to who comes back, who they are and what to do about it.
//!
//! A shop that lives on returning customers gets numbers about the shop ([`measure`]), labels on each customer
//! ([`segment`]), what each will do next ([`predict`]), all of it as one value ([`shop`]) and what to do about it
//! ([`act`]), all from records ([`record`]) that are folded once into histories ([`history`]) and held against measuring
//! sticks ([`scale`]). The [`guide`] leads from a question to what to do: from a webhook to labels, which thresholds for which
//! trade, whether a fit is any good, what a number cannot tell, and what the field's words are called here (名词表).
//!
//! ```text
//! orders, credits ──► PurchaseLog ──► Ledger ──► ShopModels ──► Profile: labels and forecasts of each ──► audiences
//!   record              │ history       │       shop, of           customer, with the reasons, and          act
//!                       ▼               ▼       segment, predict   what to do
//!                 rates, cohorts,   concentration
//!                 buyer mix         measure
//! ```
//!
//! # A tour
//!
//! ```
//! use repurchase::act::audience::{Audience, Rule, Schema, Test};
//! use repurchase::measure::{RateOptions, repurchase_rate};
//! use repurchase::scale::Language;
//! use repurchase::segment::LabelKind;
//! use repurchase::shop::{Figure, ShopModels, ShopOptions};
//! use repurchase::{Order, PurchaseLog, ShopCalendar, Window};
//!
//! // Orders in: CDNOW's sample. Map your own rows, in any order.
//! let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/cdnow_orders.csv"));
//! let mut orders = Vec::new();
//! for row in csv.lines().skip(1) {
//!     let mut fields = row.split(',');
//!     let mut field = || fields.next().ok_or("customer, day, amount");
//!     orders.push(Order::on(field()?, field()?.parse()?, field()?.parse()?)?);
//! }
//! let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
//!
//! // The shop's numbers: how often do customers come back? Always a count of a population, never a bare share.
//! let today = "1998-06-30".parse()?;
//! let rates = repurchase_rate(&log, Window::through("1998-04-01".parse()?, today)?, &RateOptions::default());
//! assert_eq!(rates.users.to_string(), "109 of 300 (36.33%)");
//!
//! // Fit at night. In a request: one customer's label, forecast and reason.
//! let ledger = log.ledger(today)?;
//! let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
//! let customer = ledger.get("11341").ok_or("has bought")?;
//! let profile = models.profile(&customer, today)?;
//! assert_eq!(profile.label(LabelKind::ChurnRisk).map(|risk| risk.key()), Some("churn_inclined"));
//! assert_eq!(profile.figure(Figure::ProbabilityAlive).map(|alive| (100.0 * alive).round()), Some(47.0));
//! let why = models.explain(&customer, today, LabelKind::Tier, Language::English);
//! assert_eq!(why.as_deref(), Some("VIP: revenue 940.48, above 434.86 and at most 1022.77"));
//!
//! // Whom to address: a rule, asked of everybody.
//! let rule = Rule::all([
//!     Rule::new(LabelKind::Tier, Test::one_of(["vip", "supreme"]))?,
//!     Rule::new(LabelKind::ChurnRisk, Test::equal("due"))?,
//!     Rule::new(Figure::ExpectedLoss, Test::at_least(30))?,
//! ])?;
//! let late = Audience::compile(rule, &Schema::of(&models))?.matches_all(&models.profile_all(&ledger)?);
//! assert_eq!(late.ids(ledger.ids()).collect::<Vec<_>>(), [&"01991", &"22356"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which function answers which question
//!
//! | question | answer |
//! |---|---|
//! | can the data be believed: what would a careful person ask first? | [`measure::notes()`] |
//! | how many customers bought twice, how many orders are repeats (复购率)? | [`measure::repurchase_rates`] |
//! | per month, per trailing 90 days, per day? | the same, over [`record::Windows`] |
//! | how many are returning customers, as shop platforms show it? | [`returning`](measure::RepurchaseRates::returning) |
//! | by region, age, channel, tier, by a key of the order? | [`measure::repurchase_rates_by`], [`PurchaseLog::of_customers`] |
//! | how many of last month's buyers bought this month (回购率)? | [`measure::next_window_rate`] |
//! | how many new customers buy again within 30 days? | [`measure::second_purchase_rate`] |
//! | how long is it from the first order to the second, to the third? | [`measure::SurvivalCurve::of_nth_purchase`] |
//! | how long to the next order, by day of purchase? | [`measure::next_purchases`] |
//! | do later cohorts stay longer (留存), what are they worth by then, when is their cost paid back (回本)? | [`measure::CohortTable`] |
//! | how do rates, mixes and cohorts look in a terminal; as rows for a data frame? | [`measure::rate_table`], [`measure::mix_table`], [`measure::CohortTable::rows`] |
//! | who buys this month, new or old customers (新老客占比)? | [`measure::buyer_mix`] |
//! | do 20% of customers bring 80% of revenue? | [`measure::Concentration`] |
//! | orders by webhooks and exports: twice, in any order, refunded later, one person under two ids? | [`record::OrderBook`] |
//! | which refunds without an order's name give a whole order back? | [`record::match_credits`] |
//! | what is known of one customer, now? | [`CustomerHistory`], [`Ledger::get`] |
//! | R, F, M scores; the eight classes; named segments | [`segment::RfmModel`], [`segment::OctantModel`], [`segment::Grid`] |
//! | how often does a customer come; is a new one still warm? | [`segment::FrequencyBands`], [`segment::NewCustomerBands`] |
//! | which membership tier, which price band? | [`segment::TierModel`], [`segment::SpendBands`] |
//! | when is the next purchase due; who is about to leave (流失)? | [`segment::MissedCycles`] |
//! | who comes in a rhythm? | [`predict::Regularity`] |
//! | is a customer still there; how many purchases in the next 90 days? | [`predict::MbgNbd`], [`predict::ParetoNbd`], [`predict::BgNbd`] |
//! | how likely is a purchase; by which day; between which numbers do purchases lie? | [`predict::PurchaseModel`], [`purchases_interval`](shop::ShopModels::purchases_interval) |
//! | who came and has not bought: how likely is a first purchase (访客转化)? | [`predict::VisitorModel`] |
//! | what is a customer worth in the next year (客户价值)? | [`predict::GammaGamma`], [`predict::ValueModel`], [`predict::KeptShare`] |
//! | which model is right for our shop, and does it earn its place? | [`predict::Backtest`] |
//! | subscribers and members: who renews, how often will they come? | [`predict::Sbg`], [`predict::Bdw`], [`predict::BgBb`] |
//! | after how long is a product bought again; when is it due (使用周期)? | [`measure::CycleTable`], [`history::LineLog`] |
//! | who is due this week, with what (回购周期); products by cycle? | [`predict::DueModel`], [`measure::CycleTable::ranked`] |
//! | which category comes next, and is that better than what is popular (推荐)? | [`predict::NextCategories`] |
//! | which products are bought again most; how many units a buyer (连带率)? | [`measure::HighRepurchase`], [`measure::units_per_buyer`] |
//! | who buys in one category only, and what comes second? | [`measure::category_breadth`], [`measure::CategoryPaths`] |
//! | who brings whom (老带新), what do the referred bring? | [`measure::Referrals`] |
//! | does a paid card (付费会员) pay; did members buy more than before? | [`act::economics::PaidMembership`], [`measure::membership_change`] |
//! | whom do we address, by a rule that is data (人群)? | [`act::audience::Audience`], [`act::audience::ready`] |
//! | what did a campaign do, and is it more than chance? | [`act::campaign`] |
//! | how many must be asked? | [`act::campaign::SamplePlan`] |
//! | which segment responded; whom to treat first (Qini)? | [`act::campaign::SegmentEffects`], [`act::campaign::TargetCurve`] |
//! | what do several campaigns of one kind say together? | [`act::campaign::PooledEffect`] |
//! | may we write now; what do points cost us; does a coupon pay? | [`act::contact`], [`act::points`], [`act::economics`] |
//! | what do the next 90 days bring to the whole shop, and how far off may that be? | [`shop::ShopModels::fit_log`], [`diagnosis`](shop::ShopModels::diagnosis), [`outlook`](shop::Profiles::outlook) |
//! | what will a cohort have brought when its open month is over? | [`shop::ShopModels::cohort_forecasts`] |
//! | everything about one customer, or about all, in one call, with reasons? | [`shop::ShopModels::profile`], [`profile_all`](shop::ShopModels::profile_all), [`explain`](shop::ShopModels::explain) |
//! | whom to call first, and what is at stake? | [`shop::Profiles::calls`] |
//! | what should the shop do for this customer? | [`shop::Playbook::advise`] |
//! | fit where the customers are on many machines, or in files by day or shop? | [`shop::ShopTally`], [`Ledger::merge`] |
//! | fold more orders than memory holds? | [`history::LedgerFold`], [`history::SpilledFold`] |
//! | mend what is known of the customers whose orders changed? | [`CustomerHistory::from_records`], [`Ledger::replace`] |
//! | update last night's fit by today's orders? | [`CustomerHistory::record_order`], [`shop::ShopTally::remove`] and [`add`](shop::ShopTally::add) |
//! | what does each label bring; who changed label? | [`shop::Profiles::summarize`], [`segment::summarize`], [`shop::ShopModels::changes`] |
//! | the same in the database that the orders are in? | [`sql`] |
//!
//! # What can be relied on
//!
//! - **Fit once, apply anywhere.** What needs the whole shop is a small immutable value made by `fit`. Applying it to
//!   one customer is a pure lookup without allocation, fit for a request handler.
//! - **The same answer everywhere.** No clock, no randomness, no hash order and no order of the input changes a result,
//!   to the last bit. The as-of day of a question is always a parameter.
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
//!
//! # Oldest compiler
//!
//! Rust 1.85, proven for every change. A later one is asked for in a minor version only, and the changelog says why.

pub mod act;
mod error;
pub mod guide;
pub mod history;
pub mod measure;
mod number;
mod parallel;
pub mod predict;
pub mod record;
pub mod scale;
pub mod segment;
pub mod shop;
pub mod sql;
mod stored;

pub use chrono;
pub use rust_decimal;

pub use error::{Error, Result};
pub use history::{CustomerHistory, Ledger, PurchaseLog};
pub use record::{Order, ShopCalendar, Window};
pub use scale::Ratio;

#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(all(doctest, feature = "serde"))]
#[doc = include_str!("../README.zh.md")]
struct ReadmeInChinese;
