//! Audiences: whom a shop means, as data.
//!
//! | question | function |
//! |---|---|
//! | how is it said? | [`Rule`], from code, from a file (feature `serde`) or from [`ready`] |
//! | what of the shop's own can it ask for? | [`Schema`] |
//! | what is known of a customer? | [`shop::Profile`](crate::shop::Profile) |
//! | what did each do last with a category, from the records? | [`Activities`] |
//! | what has to be read of each customer for it? | [`Rule::fields`] |
//! | is the rule right, and is a customer meant? | [`Audience::compile`], [`Audience::matches`] |
//! | which of a million customers are meant, by rule after rule, and how many cannot be judged? | [`Audience::matches_all`], [`Selection`] |
//! | what does it say in words? | [`Audience::describe`] |
//! | why is a customer in, or not? | [`Audience::explain`], [`Audience::reasons`] |
//! | which part of the rule removes how many? | [`Audience::report`] |
//!
//! ```
//! use chrono::NaiveDate;
//! use repurchase::CustomerHistory;
//! use repurchase::act::audience::{Audience, Field, Rule, Schema, Test};
//! use repurchase::scale::{Label, Language};
//! use repurchase::shop::{Amount, Attribute, Figure, Profile};
//! use rust_decimal::Decimal;
//!
//! // Once: the rule, against what the shop knows.
//! let schema = Schema::default().with_text(Label::new("region", "region", "地区"))?;
//! let rule = Rule::all([
//!     Rule::new(Amount::Revenue, Test::at_least(Decimal::new(199_90, 2)))?,
//!     Rule::new(Figure::DaysSinceLast, Test::between(30, 89))?,
//!     Rule::new(Field::attribute("region"), Test::one_of(["south", "east"]))?,
//! ])?;
//! let audience = Audience::compile(rule, &schema)?;
//! assert_eq!(
//!     audience.describe(Language::Chinese),
//!     "满足以下条件的客户：成交金额不低于 199.90，且距最近一次购买的天数为 30 至 89，且地区为「south」或「east」。"
//! );
//!
//! // For each customer, without an allocation.
//! let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a valid day");
//! let mut history = CustomerHistory::new();
//! history.record_purchase(day(2, 1), Decimal::from(250))?;
//! let attributes = [Attribute::Text("south")];
//! let customer = Profile::of(&history, day(3, 31))?.with_attributes(&attributes);
//! assert!(audience.matches(&customer));
//! assert_eq!(audience.verdict(&Profile::default()), None, "nothing is known");
//! assert_eq!(
//!     audience.explain(&customer, Language::English),
//!     "In: revenue 250, at least 199.90; days since last purchase 58, from 30 to 89; \
//!      region \"south\", \"south\" or \"east\""
//! );
//! # Ok::<(), repurchase::Error>(())
//! ```
//!
//! # What is not there, and what is not known
//!
//! A value may be **absent**: a customer of one purchase has no mean gap. Every comparison with an absent value is
//! false, also `!=`; `exists` asks for it. "Days since the last cart above 30" is false for a customer who never used a
//! cart, and `not` of "below 30" is true.
//!
//! A value may be **unknown**: the shop has not said. A comparison with it is neither true nor false, and so is its
//! `not`; `all` is false where one part is false, and otherwise unknown where one is unknown; `any` is true where one
//! part is true, and otherwise unknown where one is unknown: Kleene's logic, as in SQL's `WHERE`. A customer is selected
//! where the rule is true, so that "not (age below 18)" selects only customers whose age is known.
//!
//! # References
//!
//! S. C. Kleene (1952), "Introduction to Metamathematics", North-Holland, section 64.

mod activities;
mod all;
mod check;
mod compiled;
mod condition;
mod explain;
mod field;
pub mod ready;
mod rule;
mod schema;
mod selection;
#[cfg(feature = "serde")]
mod stored;
mod words;

pub use activities::Activities;
pub use compiled::Audience;
pub use condition::{Test, Value};
pub use field::Field;
pub use rule::Rule;
pub use schema::{AttributeKind, Schema};
pub use selection::Selection;
