//! The `segment` program, in parts that the programs beside it use, too.
//!
//! ```text
//! orders ──► fields, orders ──► PurchaseLog ──► shop ──► customers.csv, summary.json, page
//! ```

pub mod arguments;
pub mod customers;
pub mod fields;
pub mod orders;
pub mod output;
pub mod page;
pub mod params;
pub mod shop;
pub mod summary;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::shop::Shop;

/// The orders that are read where none are given: a sample of CDNOW's customers.
pub const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");

/// The program.
pub fn main() -> ExitCode {
    output::exit_code(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (orders, as_of) = arguments.log.read()?;
    let shop = Shop::fit(orders.log.ledger(as_of)?, &arguments.shop, &arguments.shop.options()?)?;
    if let Some(directory) = &arguments.out {
        write(directory, ("customers.csv", &customers::table(&shop)?), &shop, orders.skipped.len())?;
    }
    Ok(output::print(&(page::page(&shop)? + &orders.report()))?)
}

/// Writes a table of the customers and `summary.json` into a directory, which is made where it is missing.
pub fn write(out: &Path, (name, table): (&str, &[u8]), shop: &Shop, skipped_rows: usize) -> Result<(), Box<dyn Error>> {
    let summary = serde_json::to_string_pretty(&summary::summary(shop, skipped_rows)?)? + "\n";
    let files = [(out.join(name), table), (out.join("summary.json"), summary.as_bytes())];
    let written = fs::create_dir_all(out).and_then(|()| output::write_whole(&files));
    written.map_err(|error| format!("cannot write to {}: {error}", out.display()).into())
}
