//! The `segment` program on Ballista: the same rows from orders, and of customers, that one machine cannot hold.
//!
//! ```text
//! orders ──► order_fact ──► purchase_history ──► fit_shop ──► label_customers ──► files of customers
//! CSV,       a day and a    one struct for       the models   labels, forecasts:
//! Parquet    net amount     each customer                     the segment program's own sources
//! └────────────────────────────── on the executors ──────────────────────────────┘
//! client: what all customers add up to ──► summary.json, page
//! ```
//!
//! [`functions`] registers the library's functions in any session of the engine.

pub mod arguments;
mod commit;
pub mod engine;
mod fields;
pub mod functions;
pub mod history;
pub mod job;
mod orders;
mod place;
mod single;
mod steps;
mod table;

pub use repurchase_segment::output::exit_code;
