//! The programs' options.

use std::error::Error;
use std::path::PathBuf;

use chrono::{FixedOffset, NaiveDate};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser};
use repurchase::measure::Occasion;
use repurchase::predict::ModelKind;
use repurchase::segment::{FrequencyMeasure, Grid, RfmOptions};
use repurchase::shop::{PurchaseChoice, ShopOptions};

use crate::SAMPLE;
use crate::orders::{self, Orders};
use crate::params::{self, Param};

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
    /// `unpaid`, `cancelled`) and `refunded`, in any order. A file cut off inside its last number looks whole.
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
    #[arg(long, default_value = "order", value_parser = occasion())]
    pub occasion: Occasion,
    /// The model of purchases; auto: MBG/NBD, or NBD where it cannot be seen that anybody leaves.
    #[arg(long, default_value = "auto", value_parser = model())]
    pub model: PurchaseChoice,
    /// The parameters of --model, in weeks, in place of a fit: r=..,alpha=..,a=..,b=.. (pareto-nbd: s, beta; nbd: the
    /// first two).
    #[arg(long, value_name = "PARAMS", value_delimiter = ',', value_parser = params::param)]
    pub params: Vec<Param>,
    /// Those of the Gamma-Gamma model of spend, in place of a fit: p=..,q=..,gamma=..
    #[arg(long, value_name = "PARAMS", value_delimiter = ',', value_parser = params::param)]
    pub spend_params: Vec<Param>,
    /// For how many days purchases and value are expected.
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    pub horizon: u32,
}

fn occasion() -> impl TypedValueParser<Value = Occasion> {
    PossibleValuesParser::new(["order", "day"]).map(|name| if name == "day" { Occasion::Day } else { Occasion::Order })
}

fn model() -> impl TypedValueParser<Value = PurchaseChoice> {
    let kind = |name| ModelKind::ALL.into_iter().find(|&kind| params::name(kind) == name);
    PossibleValuesParser::new(["auto", "mbg-nbd", "bg-nbd", "pareto-nbd", "nbd"])
        .map(move |name| kind(name).map_or(PurchaseChoice::Auto, PurchaseChoice::Fit))
}

impl LogArguments {
    /// The orders and their as-of day.
    pub fn read(&self) -> Result<(Orders, NaiveDate), Box<dyn Error>> {
        let input = orders::input(self.orders.as_deref().unwrap_or(SAMPLE.as_ref()))?;
        let orders = Orders::read(input, self.days.time_zone, self.skip_bad_rows)?;
        let as_of = self.days.or_last(orders.last_day)?;
        Ok((orders, as_of))
    }
}

impl DayArguments {
    pub fn or_last(&self, last_day: Option<NaiveDate>) -> Result<NaiveDate, &'static str> {
        self.as_of.or(last_day).ok_or("the file has no row, so --as-of must be given")
    }
}

/// Those of a command line without options.
impl Default for ShopArguments {
    fn default() -> Self {
        Arguments::parse_from([""]).shop
    }
}

impl ShopArguments {
    pub fn options(&self) -> Result<ShopOptions, Box<dyn Error>> {
        let by_day = self.occasion == Occasion::Day;
        let frequency = if by_day { FrequencyMeasure::PurchaseDays } else { FrequencyMeasure::Purchases };
        let purchases = match self.model {
            choice if self.params.is_empty() => choice,
            PurchaseChoice::Fit(kind) => PurchaseChoice::Given(params::purchases(&self.params, kind)?),
            _ => return Err("--params needs --model: whose parameters are they?".into()),
        };
        let spend = Some(&self.spend_params).filter(|params| !params.is_empty());
        Ok(ShopOptions::default()
            .with_rfm(RfmOptions::quantiles(self.bins).with_frequency_measure(frequency))
            .with_grid((self.bins == 5).then(Grid::rf))
            .with_purchases(purchases)
            .with_spend(spend.map(|given| params::spend(given)).transpose()?)
            .with_horizon_days(self.horizon))
    }
}
