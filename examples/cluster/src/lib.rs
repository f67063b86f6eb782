//! The `segment` program on Ballista: the same files from orders that one machine cannot hold.
//!
//! ```text
//! orders ──► order_fact ──► purchase_history ──► Ledger ──► customers.csv, summary.json
//! CSV,       a day and a    one struct for       fits, labels, forecasts:
//! Parquet    net amount     each customer        the segment program's own sources
//! └────────── on the executors ──────────┘
//! ```
//!
//! [`functions`] registers the library's functions in any session of the engine.

// The segment program's sources, which are a program's: nothing in them is documented for others.
#[path = "../../segment/console.rs"]
mod console;
#[path = "../../segment/customers.rs"]
mod customers;
#[path = "../../segment/digits.rs"]
mod digits;
#[path = "../../segment/fields.rs"]
mod fields;
#[path = "../../segment/files.rs"]
mod files;
#[path = "../../segment/forecast.rs"]
mod forecast;
#[path = "../../segment/page.rs"]
mod page;
#[path = "../../segment/shop.rs"]
mod shop;
#[path = "../../segment/summary.rs"]
mod summary;

pub mod arguments;
pub mod engine;
pub mod functions;
pub mod history;
pub mod job;
mod orders;
mod table;

/// How a program ends: an error is printed with its causes, on one line.
pub fn exit_code(result: Result<(), Box<dyn std::error::Error>>) -> std::process::ExitCode {
    console::exit_code(result)
}
