//! Orders in, one page out.
//!
//! ```text
//! cargo run --release -- [ORDERS.csv] [options]
//! ```
//!
//! Without arguments it reads the CDNOW sample that ships with the crate and writes `report.html`; `--help` lists the
//! options.

#[path = "../../segment/console.rs"]
mod console;
#[path = "../../segment/fields.rs"]
mod fields;
#[expect(dead_code, reason = "the `segment` program asks for more")]
#[path = "../../segment/orders.rs"]
mod orders;
#[path = "../../segment/rows.rs"]
mod rows;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{FixedOffset, NaiveDate};
use clap::Parser;
use repurchase::scale::Language;

use crate::orders::Orders;

/// A shop's returning customers as one page of HTML.
#[derive(Debug, Parser)]
struct Arguments {
    /// The order log, a CSV file; `-` is standard input; by default the CDNOW sample.
    ///
    /// Columns `customer_id`, `placed_at`, `amount` (below 0: a credit) and, if they are there, `status` (`paid`,
    /// `unpaid`, `cancelled`) and `refunded`, in any order; others are ignored.
    orders: Option<PathBuf>,
    /// The day up to and including which orders count; by default the last day in the file.
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// The shop's offset from UTC, such as +08:00.
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", allow_hyphen_values = true)]
    time_zone: FixedOffset,
    /// The language of the page.
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    lang: LanguageArgument,
    /// What the page is called; by default what the file is.
    #[arg(long)]
    title: Option<String>,
    /// The file to write the page to, whole or not at all; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// Leave bad rows out, and say how many and why.
    #[arg(long)]
    skip_bad_rows: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LanguageArgument {
    /// English.
    En,
    /// Chinese, 简体中文.
    Zh,
}

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow_orders.csv");

fn main() -> ExitCode {
    console::exit_code(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let path = arguments.orders.clone().unwrap_or_else(|| SAMPLE.into());
    let mut orders = Orders::new(orders::input(&path)?, arguments.time_zone, arguments.skip_bad_rows)?;
    let log = orders.read_log()?;
    let as_of = arguments.as_of.or(orders.last_day()).ok_or("the file has no row, so --as-of must be given")?;
    eprint!("{}", orders.report());

    let language = match arguments.lang {
        LanguageArgument::En => Language::English,
        LanguageArgument::Zh => Language::Chinese,
    };
    let title = match (&arguments.title, &arguments.orders) {
        (Some(title), _) => title.clone(),
        (None, None) => "CDNOW".to_owned(),
        (None, Some(path)) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    if log.purchases() > 200_000 && io::stderr().is_terminal() {
        eprintln!("{} purchases read, fitting the models", log.purchases());
    }
    let page = repurchase_report::page(&log, as_of, language, &title)?;
    write(&arguments.out, &page)
}

/// Writes the page completely under another name before it takes its own.
fn write(path: &Path, page: &str) -> Result<(), Box<dyn Error>> {
    if path == Path::new("-") {
        return Ok(console::print(page)?);
    }
    let name = path.file_name().ok_or_else(|| format!("--out {} names no file", path.display()))?;
    let partial = path.with_file_name(format!(".{}.partial", name.to_string_lossy()));
    let write = || -> io::Result<()> {
        let mut file = File::create(&partial)?;
        file.write_all(page.as_bytes())?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    write().map_err(|error| {
        // What was not written cannot be removed, and the first error is the one to tell.
        fs::remove_file(&partial).ok();
        format!("cannot write {}: {error}", path.display())
    })?;
    eprintln!("{} written, {} KB", path.display(), page.len().div_ceil(1000));
    Ok(())
}
