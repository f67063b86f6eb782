//! The programs' options.

use std::error::Error;
use std::path::PathBuf;

use chrono::{FixedOffset, NaiveDate};
use clap::{Args, Parser, ValueEnum};
use repurchase::PurchaseLog;
use repurchase::measure::Occasion;

use crate::SAMPLE;
use crate::forecast::{ModelArgument, Params, Question};
use crate::orders::{self, Orders};

/// Labels a shop's customers: repurchase rates, RFM segments, octants, frequency bands, tiers, churn and value.
#[derive(Debug, Parser)]
#[command(name = "segment")]
pub struct Arguments {
    #[command(flatten)]
    pub log: LogArguments,
    #[command(flatten)]
    pub shop: ShopArguments,
    /// Write `customers.csv` and `summary.json` into this directory.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Which orders are read.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// The order log, a CSV file; `-` is standard input; by default the CDNOW sample.
    ///
    /// Columns `customer_id`, `placed_at`, `amount` (below 0: a credit) and, if they are there, `status` (`paid`,
    /// `unpaid`, `cancelled`) and `refunded`, in any order; others are ignored. A file cut off inside its last number
    /// cannot be told from a whole one.
    pub orders: Option<PathBuf>,
    #[command(flatten)]
    pub days: DayArguments,
    /// Leave bad rows out, and say how many and why.
    #[arg(long)]
    pub skip_bad_rows: bool,
}

/// Which day an order is of, and up to which day they count.
#[derive(Debug, Args)]
pub struct DayArguments {
    /// The day up to and including which orders count; by default the last day in the file.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    /// The shop's offset from UTC, such as +08:00.
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", allow_hyphen_values = true)]
    pub time_zone: FixedOffset,
}

/// What is asked of a shop.
#[derive(Debug, Clone, Args)]
pub struct ShopArguments {
    /// The number of bins of R, F and M; the named segments need 5.
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=10))]
    pub bins: u8,
    /// What counts as one purchase in rates and in F.
    #[arg(long, value_enum, default_value_t = OccasionArgument::Order)]
    pub occasion: OccasionArgument,
    /// The model of purchases and dropout.
    #[arg(long, value_enum, default_value_t = ModelArgument::MbgNbd)]
    pub model: ModelArgument,
    /// Its parameters, in weeks, in place of a fit: r=..,alpha=..,a=..,b=.. (Pareto/NBD: s, beta).
    #[arg(long, value_name = "PARAMS")]
    pub params: Option<Params>,
    /// Those of the Gamma-Gamma model of spend, in place of a fit: p=..,q=..,gamma=..
    #[arg(long, value_name = "PARAMS")]
    pub spend_params: Option<Params>,
    /// For how many days purchases and value are expected.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    pub horizon: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OccasionArgument {
    Order,
    Day,
}

/// The purchases of a file, and what is told of its rows.
pub struct Log {
    pub purchases: PurchaseLog<String>,
    pub as_of: NaiveDate,
    pub skipped_rows: usize,
    /// What was skipped and why; empty when nothing was.
    pub report: String,
}

impl LogArguments {
    pub fn read(&self) -> Result<Log, Box<dyn Error>> {
        let input = orders::input(self.orders.as_deref().unwrap_or(SAMPLE.as_ref()))?;
        let mut orders = Orders::new(input, self.days.time_zone, self.skip_bad_rows)?;
        let purchases = orders.read_log()?;
        let as_of = self.days.or_last(orders.last_day())?;
        Ok(Log { purchases, as_of, skipped_rows: orders.skipped().len(), report: orders.report() })
    }
}

impl DayArguments {
    pub fn or_last(&self, last_day: Option<NaiveDate>) -> Result<NaiveDate, &'static str> {
        self.as_of.or(last_day).ok_or("the file has no row, so --as-of must be given")
    }
}

impl ShopArguments {
    pub const fn occasion(&self) -> Occasion {
        match self.occasion {
            OccasionArgument::Order => Occasion::Order,
            OccasionArgument::Day => Occasion::Day,
        }
    }

    pub fn question(&self) -> Question {
        Question {
            model: self.model,
            params: self.params.clone(),
            spend_params: self.spend_params.clone(),
            horizon_days: self.horizon,
        }
    }
}
