//! Orders in, labelled customers out.
//!
//! ```text
//! cargo run --release --example segment -- [ORDERS.csv] [options]
//! ```
//!
//! Without arguments it reads the CDNOW sample that ships with the crate. `--out DIR` writes `customers.csv` and
//! `summary.json`; `--help` lists the options.

mod console;
mod customers;
mod digits;
mod fields;
mod files;
mod forecast;
mod orders;
mod page;
mod rows;
mod shop;
mod summary;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{FixedOffset, NaiveDate};
use clap::Parser;
use repurchase::measure::{Occasion, RateOptions, repurchase_rates};
use repurchase::record::Windows;
use repurchase::{PurchaseLog, Window};

use crate::forecast::{ModelArgument, Params, Question};
use crate::orders::Orders;
use crate::shop::{Rates, Shop};

/// Labels a shop's customers: repurchase rates, RFM segments, octants, frequency bands, tiers, churn and value.
#[derive(Debug, Parser)]
struct Arguments {
    /// The order log, a CSV file; `-` is standard input; by default the CDNOW sample.
    ///
    /// Columns `customer_id`, `placed_at`, `amount` (below 0: a credit) and, if they are there, `status` (`paid`,
    /// `unpaid`, `cancelled`) and `refunded`, in any order; others are ignored. A file cut off inside its last number
    /// cannot be told from a whole one.
    orders: Option<PathBuf>,
    /// The day up to and including which orders count; by default the last day in the file.
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// The shop's offset from UTC, such as +08:00.
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", allow_hyphen_values = true)]
    time_zone: FixedOffset,
    /// The number of bins of R, F and M; the named segments need 5.
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=10))]
    bins: u8,
    /// What counts as one purchase in rates and in F.
    #[arg(long, value_enum, default_value_t = OccasionArgument::Order)]
    occasion: OccasionArgument,
    /// The model of purchases and dropout.
    #[arg(long, value_enum, default_value_t = ModelArgument::MbgNbd)]
    model: ModelArgument,
    /// Its parameters, in weeks, in place of a fit: r=..,alpha=..,a=..,b=.. (Pareto/NBD: s, beta).
    #[arg(long, value_name = "PARAMS")]
    params: Option<Params>,
    /// Those of the Gamma-Gamma model of spend, in place of a fit: p=..,q=..,gamma=..
    #[arg(long, value_name = "PARAMS")]
    spend_params: Option<Params>,
    /// For how many days purchases and value are expected.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    horizon: u32,
    /// Write `customers.csv` and `summary.json` into this directory.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Leave bad rows out, and say how many and why.
    #[arg(long)]
    skip_bad_rows: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum OccasionArgument {
    Order,
    Day,
}

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/cdnow_orders.csv");

fn main() -> ExitCode {
    console::exit_code(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let path = arguments.orders.clone().unwrap_or_else(|| SAMPLE.into());
    let occasion = match arguments.occasion {
        OccasionArgument::Order => Occasion::Order,
        OccasionArgument::Day => Occasion::Day,
    };

    let mut orders = Orders::new(orders::input(&path)?, arguments.time_zone, arguments.skip_bad_rows)?;
    let log = orders.read_log()?;
    let as_of = arguments.as_of.or(orders.last_day()).ok_or("the file has no row, so --as-of must be given")?;
    let question = Question {
        model: arguments.model,
        params: arguments.params.clone(),
        spend_params: arguments.spend_params.clone(),
        horizon_days: arguments.horizon,
    };
    let rates = rates(&log, as_of, occasion)?;
    let shop = Shop::new(log.ledger(as_of)?, rates, arguments.bins, occasion, &question)?;

    if let Some(directory) = &arguments.out {
        let summary = serde_json::to_string_pretty(&summary::summary(&shop, orders.skipped().len())?)? + "\n";
        files::write_all(
            directory,
            &[("customers.csv", customers::table(&shop)?), ("summary.json", summary.into_bytes())],
        )?;
    }
    let mut page = page::page(&shop)?;
    page.push_str(&orders.report());
    Ok(console::print(&page)?)
}

/// Over the whole log up to a day; `None` when there is nothing up to it.
fn rates(log: &PurchaseLog<String>, as_of: NaiveDate, occasion: Occasion) -> repurchase::Result<Option<Rates>> {
    let Some((first, _)) = log.days().filter(|&(first, _)| first <= as_of) else { return Ok(None) };
    let window = Window::new(first, Window::last_days(as_of, 1)?.end())?;
    let options = RateOptions::default().with_occasion(occasion);
    let rates = repurchase_rates(log, &Windows::from(window), options).pop();
    Ok(rates.map(|rates| Rates { users: rates.users, orders: rates.orders }))
}
