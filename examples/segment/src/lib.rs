//! The `segment` program, in parts that the programs beside it use, too.
//!
//! ```text
//! orders ──► rows, fields, orders ──► PurchaseLog ──► shop ──► customers.csv, summary.json, page
//! ```

pub mod arguments;
pub mod console;
pub mod customers;
pub mod fields;
pub mod files;
pub mod orders;
pub mod page;
pub mod params;
mod rows;
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
    console::exit_code(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (orders, as_of) = arguments.log.read()?;
    let shop = Shop::new(orders.log.ledger(as_of)?, &arguments.shop)?;
    if let Some(directory) = &arguments.out {
        write(directory, ("customers.csv", &customers::table(&shop)?), &shop, orders.skipped.len())?;
    }
    Ok(console::print(&(page::page(&shop)? + &orders.report()))?)
}

/// Writes a table of the customers and `summary.json` into a directory, which is made where it is missing.
pub fn write(
    directory: &Path,
    (name, customers): (&str, &[u8]),
    shop: &Shop,
    skipped_rows: usize,
) -> Result<(), Box<dyn Error>> {
    let summary = serde_json::to_string_pretty(&summary::summary(shop, skipped_rows)?)? + "\n";
    let files = [(directory.join(name), customers), (directory.join("summary.json"), summary.as_bytes())];
    fs::create_dir_all(directory)
        .and_then(|()| files::write_whole(&files))
        .map_err(|error| format!("cannot write to {}: {error}", directory.display()).into())
}
