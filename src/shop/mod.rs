//! The shop as one value: everything that is fitted, and what it says of each customer.
//!
//! | question | function |
//! |---|---|
//! | what does the shop choose: bins, grid, tiers, bands, models, horizon? | [`ShopOptions`] |
//! | fit everything that needs the whole shop | [`ShopModels::fit`] |
//! | ... where customers are counted on many machines, or night by night? | [`ShopTally`], [`ShopModels::fit_tally`] |
//! | ... and what do they add up to then: totals, labels, concentration, outlook? | [`ShopTotals`] |
//! | fit from a log, checked on the shop's own past | [`ShopModels::fit_log`], [`ShopChecks`] |
//! | what do the next days bring, and how far off may that be? | [`Profiles::outlook`] |
//! | what will open periods of cohorts have brought when they are over? | [`ShopModels::cohort_forecasts`] |
//! | what is to be known of the forecasts? | [`ShopModels::diagnosis`] |
//! | which model forecasts, and why that one, or none? | [`ShopModels::purchases`], [`ShopModels::spend`] |
//! | every label, figure, amount and forecast of one customer? | [`ShopModels::profile`] |
//! | ... of all customers, column by column? | [`ShopModels::profile_all`] |
//! | between which numbers do purchases and revenue lie; when does the next purchase come? | [`ShopModels::purchases_interval`], [`ShopModels::value_interval`], [`ShopModels::next_purchase`] |
//! | why this label, this forecast? | [`ShopModels::explain`], [`ShopModels::explain_figure`] |
//! | how far is a member from the next tier? | [`ShopModels::explain_tier`] |
//! | whom to call first, and what is at stake? | [`Profiles::calls`] |
//! | who is late, at risk, due this week, close to a tier, about to be lost after one order? | [`Trigger`], [`Profiles::triggered`] |
//! | what should the shop do for this customer? | [`ShopModels::next_action`]; for each label, [`ShopModels::playbook`], [`Playbook::advise`] |
//! | the customer in a sentence? | [`Profile::describe`] |
//! | how does a shop set its own actions, and is one missing? | [`PlaybookBuilder`], [`ShopOptions::with_playbook`] |
//! | what does each label bring? | [`Profiles::summarize`] |
//! | who changed label since yesterday's models, since last month? | [`ShopModels::changes`] |
//! | whom does a rule mean? | [`act::audience`](crate::act::audience), asked of the same profiles |
//!
//! # A tour
//!
//! ```
//! # use repurchase::{Ledger, Order, ShopCalendar};
//! # fn ledger() -> Result<Ledger<&'static str>, Box<dyn std::error::Error>> {
//! #     let csv = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/cdnow_orders.csv"));
//! #     let mut orders = Vec::new();
//! #     for row in csv.lines().skip(1) {
//! #         let mut fields = row.split(',');
//! #         let mut field = || fields.next().ok_or("customer, day, amount");
//! #         orders.push(Order::on(field()?, field()?.parse()?, field()?.parse()?)?);
//! #     }
//! #     Ok(Ledger::from_records(orders, &ShopCalendar::utc(), "1998-06-30".parse()?)?)
//! # }
//! use repurchase::scale::Language;
//! use repurchase::segment::LabelKind;
//! use repurchase::shop::{Amount, Figure, ShopModels, ShopOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // At night, on everybody: a ledger of CDNOW's 2,357 customers.
//! let ledger = ledger()?;
//! let today = ledger.as_of();
//! let models = ShopModels::fit(&ledger, &ShopOptions::default())?;
//! assert_eq!(models.purchases().status().describe(Language::English), "fitted");
//!
//! // In a request, of one customer: every label, figure, amount and forecast, and each with its reason.
//! let customer = ledger.get("11341").ok_or("has bought")?;
//! let profile = models.profile(&customer, today)?;
//! assert_eq!(profile.label(LabelKind::Tier).map(|tier| tier.name(Language::English)), Some("VIP"));
//! assert_eq!(profile.amount(Amount::Revenue).map(|revenue| revenue.to_string()).as_deref(), Some("940.48"));
//! assert_eq!(profile.figure(Figure::CyclesMissed), Some(3.0));
//! assert_eq!(
//!     models.explain(&customer, today, LabelKind::Tier, Language::Chinese).as_deref(),
//!     Some("VIP会员：累计消费 940.48，高于 434.86 且不超过 1022.77")
//! );
//! assert_eq!(profile.figure(Figure::ProbabilityAlive).map(|alive| (100.0 * alive).round()), Some(47.0));
//! assert_eq!(profile.figure(Figure::ExpectedValue).map(f64::round), Some(64.0));
//!
//! // For a page, of everybody: each one's segment; whom to call first, and what is at stake?
//! let profiles = models.profile_all(&ledger)?;
//! let segments = profiles.iter().filter_map(|profile| profile.label(LabelKind::Segment));
//! assert_eq!(segments.filter(|segment| segment.key() == "champions").count(), 415);
//! let calls = profiles.calls();
//! let first = profiles.get(calls[0]).ok_or("a customer")?;
//! assert_eq!((calls.len(), ledger.ids()[calls[0]]), (456, "11341"));
//! assert_eq!(first.figure(Figure::ExpectedLoss).map(f64::round), Some(73.0));
//!
//! // And what to do, for each label.
//! let todo: Vec<_> = models.playbook().advise(&profile).map(|(kind, action)| (kind.key(), action.key())).collect();
//! assert!(todo.contains(&("churn_risk", "win_back_offer")));
//! # Ok(())
//! # }
//! ```
//!
//! An audience asks a rule of the same profiles: see [`act::audience`](crate::act::audience).

mod activity;
mod advice;
mod ahead;
mod all;
mod calls;
mod changes;
mod checks;
mod cohorts;
mod diagnosis;
mod diagnosis_words;
mod estimate;
mod explain;
mod figure;
mod models;
mod one;
mod options;
mod outlook;
mod playbook;
mod profile;
mod profiles;
#[cfg(feature = "serde")]
mod stored;
mod tally;
mod totals;
mod trigger;

pub use activity::{Activity, Attribute, LastActivity};
pub use checks::{RhythmCheck, ShopChecks};
pub use cohorts::CohortForecast;
pub use diagnosis::Finding;
pub use estimate::{Estimate, EstimateStatus, PurchaseChoice};
pub use figure::{Amount, Figure};
pub use models::ShopModels;
pub use options::ShopOptions;
pub use outlook::Outlook;
pub use playbook::{Action, CustomerLabel, Playbook, PlaybookBuilder};
pub use profile::Profile;
pub use profiles::Profiles;
pub use tally::ShopTally;
pub use totals::ShopTotals;
pub use trigger::Trigger;

pub(crate) use profile::Slot;
pub(crate) use profiles::{ABSENT, Amounts, Bits, Codes, LARGEST, Numbers, UNKNOWN, WHOLE};
