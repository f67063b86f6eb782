//! The programs' options.

use chrono::{FixedOffset, NaiveDate};
use clap::{Args, Parser};
use repurchase_segment::arguments::ShopArguments;
use repurchase_segment::order_files::{Columns, Error};

use crate::steps::Format;

/// The segment program on a cluster: orders in, labelled customers out.
#[derive(Debug, Parser)]
#[command(name = "segment-cluster")]
pub struct Arguments {
    /// Orders in CSV or Parquet: a file, a directory or a URL; by default the CDNOW sample.
    ///
    /// Columns `customer_id`, `placed_at`, `amount` (below 0: a credit) and, if they are there, `status` (`paid`,
    /// `unpaid`, `cancelled`) and `refunded`, in any case. A column that looks as if it said one of these, or which order a row
    /// is of, is refused until `--columns` says what it is. Other layouts and forms, and credits to be tied to orders, are the segment
    /// program's: there are no options for them here. Every executor reads it at this same place. What ends in `.parquet` is
    /// Parquet, and a directory is what the first file in it is.
    pub(crate) orders: Option<String>,
    /// Which columns say these, where they have other names: `status=Order Status,order_id=`; named by nothing, one is not
    /// read.
    #[arg(long, value_name = "ROLE=NAME,..", default_value = "", value_parser = columns)]
    pub(crate) columns: Columns,
    /// The scheduler of a cluster, such as `df://localhost:50050`; by default everything runs in this process.
    #[arg(long, value_name = "URL")]
    pub(crate) scheduler: Option<String>,
    /// Into how many parts the work is cut; it makes no difference to the result.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) partitions: Option<u16>,
    #[command(flatten)]
    pub(crate) days: DayArguments,
    #[command(flatten)]
    pub(crate) shop: ShopArguments,
    /// Write the customers and `summary.json` there: a directory that every executor reaches at this path, or a URL.
    ///
    /// The executors write the customers, each those whom it holds, into files in `customers/`, which are whole once
    /// `customers/_SUCCESS` is there.
    #[arg(long, value_name = "PLACE")]
    pub(crate) out: Option<String>,
    /// Write CSV or Parquet.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub(crate) format: Format,
    /// Write one file, sorted by customer, as the segment program does; the files of the executors pass through this
    /// program, piece by piece.
    #[arg(long, requires = "out")]
    pub(crate) single_file: bool,
    /// Leave bad rows out, and say how many and why.
    #[arg(long)]
    pub(crate) skip_bad_rows: bool,
    /// Say on stderr how long the parts took, and a plain aggregate of the same file.
    #[arg(long)]
    pub(crate) timing: bool,
}

/// Names of columns; nothing where nothing is said.
fn columns(text: &str) -> Result<Columns, Error> {
    if text.is_empty() { Ok(Columns::default()) } else { text.parse() }
}

/// Which day an order is of, and up to which day they count.
#[derive(Debug, Args)]
pub(crate) struct DayArguments {
    /// The day up to and including which orders count; by default the last with a purchase or credit.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// The shop's offset from UTC, such as +08:00.
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", allow_hyphen_values = true)]
    pub(crate) time_zone: FixedOffset,
}

/// A scheduler that knows the library's functions.
#[derive(Debug, Parser)]
#[command(name = "scheduler")]
pub struct SchedulerArguments {
    /// The IP address to listen at; 0.0.0.0 for all.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) bind: String,
    /// The name under which executors and clients reach it.
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub(crate) host: String,
    /// The port to listen at.
    #[arg(long, default_value_t = 50_050)]
    pub(crate) port: u16,
    /// After how many seconds of silence an executor is lost and its work is given to others.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(2..))]
    pub(crate) executor_timeout: u64,
}

/// An executor that knows the library's functions.
#[derive(Debug, Parser)]
#[command(name = "executor")]
pub struct ExecutorArguments {
    /// The scheduler to work for.
    #[arg(long, value_name = "URL", default_value = "df://localhost:50050")]
    pub(crate) scheduler: String,
    /// The IP address to listen at; 0.0.0.0 for all.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) bind: String,
    /// The name under which others reach it; by default what the scheduler sees.
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// The port of its results.
    #[arg(long, default_value_t = 50_051)]
    pub(crate) port: u16,
    /// The port at which it takes work.
    #[arg(long, default_value_t = 50_052)]
    pub(crate) grpc_port: u16,
    /// How many tasks run at a time; by default one for each core.
    #[arg(long, value_name = "N")]
    pub(crate) cores: Option<usize>,
    /// Where intermediate results lie; by default a temporary directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) work_dir: Option<String>,
    /// Every how many seconds it tells the scheduler that it is there; less than the scheduler's timeout.
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub(crate) heartbeat: u64,
}
