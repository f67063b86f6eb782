//! The `segment` program, in parts that the programs beside it use, too.
//!
//! ```text
//! a file ──► order_files ──► gathered: a log, or a log of each part ──► shop ──► customers.csv, summary.json, page
//! ```

pub mod arguments;
pub mod command_line;
pub mod customers;
mod digits;
pub mod gathered;
mod help;
mod memory;
pub mod notes;
pub mod output;
pub mod overview;
pub mod page;
pub mod params;
pub mod read;
pub mod shop;
pub mod summary;

/// What reads the file, for the programs beside this one.
pub use order_files;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use order_files::{Layout, Said};

use crate::arguments::Arguments;
use crate::gathered::Gathered;
use crate::overview::Overview;
use crate::shop::Shop;

/// The orders that are read where none are given: a sample of CDNOW's customers.
pub const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");

/// The program.
pub fn main() -> ExitCode {
    match command_line::parsed::<Arguments>() {
        Ok(arguments) => output::exit_code_in(arguments.lang, run(&arguments)),
        Err(code) => code,
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.log.asks_for_layouts() {
        return Ok(output::print(&Layout::list(arguments.lang)?)?);
    }
    let memory = memory::room(arguments.memory);
    let parts = arguments.log.read_parts(memory)?;
    let options = arguments.shop.options()?;
    // Given parameters are applied, whatever they would have forecast.
    let is_checked = !arguments.unchecked && arguments.shop.params.is_empty();
    let checked = is_checked.then_some(&options);
    let (orders, Gathered { ledger, notes, totals, checks }) = Gathered::of(parts, checked, memory)?;
    if ledger.is_empty() {
        return Err(read::nobody(&orders, totals).into());
    }
    let ledger = read::named_ledger(&orders, &ledger)?;
    let notes = notes::of_orders(&orders, notes, &ledger);
    let options = options.with_checks(checks);
    let shop = Shop::fit(ledger, &arguments.shop, &options)?.with_notes(notes);
    let overview = Overview::of(&shop)?;
    if let Some(directory) = &arguments.out {
        let table = |out: &mut dyn Write| customers::write(&shop, out);
        write(directory, ("customers.csv", &table), &overview, orders.counts().skipped)?;
    }
    Ok(output::print(&(page::page(&overview, arguments.lang) + &read::report(&orders, arguments.lang)))?)
}

/// Writes a table of the customers and `summary.json` into a directory, which is made where it is missing.
pub fn write(
    out: &Path,
    (name, table): (&str, &output::Content<'_>),
    shop: &Overview<'_>,
    skipped_rows: u64,
) -> Result<(), Box<dyn Error>> {
    let summary = summary::text(shop, skipped_rows)?;
    let summary = |out: &mut dyn Write| -> io::Result<()> { out.write_all(summary.as_bytes()) };
    let files: [(_, &output::Content<'_>); 2] = [(out.join(name), table), (out.join("summary.json"), &summary)];
    let written = fs::create_dir_all(out).and_then(|()| output::write_whole(&files));
    let out = out.display();
    let said = |error: io::Error| [format!("cannot write to {out}: {error}"), format!("无法写入 {out}：{error}")];
    written.map_err(|error| Said::from(said(error)).into())
}
