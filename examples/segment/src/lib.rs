//! The `segment` program, in parts that the programs beside it use, too.
//!
//! ```text
//! orders ──► rows, fields, orders ──► PurchaseLog ──► shop, forecast ──► customers.csv, summary.json, page
//! ```

pub mod arguments;
pub mod console;
pub mod customers;
pub mod digits;
pub mod fields;
pub mod files;
pub mod forecast;
pub mod groups;
pub mod orders;
pub mod page;
mod rows;
pub mod shop;
pub mod summary;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::shop::Shop;

/// The orders that are read where none are given: a sample of CDNOW's customers.
pub const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");

/// The program.
pub fn main() -> ExitCode {
    console::exit_code(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let log = arguments.log.read()?;
    let asked = &arguments.shop;
    let shop = Shop::new(log.purchases.ledger(log.as_of)?, asked.bins, asked.occasion(), &asked.question())?;
    if let Some(directory) = &arguments.out {
        write(directory, ("customers.csv", customers::table(&shop)?), &shop, log.skipped_rows)?;
    }
    Ok(console::print(&(page::page(&shop)? + &log.report))?)
}

/// Writes a table of the customers and `summary.json`.
pub fn write(
    directory: &Path,
    customers: (&str, Vec<u8>),
    shop: &Shop,
    skipped_rows: usize,
) -> Result<(), Box<dyn Error>> {
    let summary = serde_json::to_string_pretty(&summary::summary(shop, skipped_rows)?)? + "\n";
    files::write_all(directory, &[customers, ("summary.json", summary.into_bytes())])
}
