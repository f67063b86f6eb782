//! The programs' options.

use std::error::Error;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser};
use order_files::{
    Columns, DateOrder, DecimalMark, KindWords, Layout, OrderParts, Orders, ReadOptions, RowsOfOrder, Said,
    StatusWords, Zone,
};
use repurchase::measure::Occasion;
use repurchase::predict::ModelKind;
use repurchase::scale::Language;
use repurchase::segment::{FrequencyMeasure, Grid, RfmOptions};
use repurchase::shop::{PurchaseChoice, ShopOptions};

use crate::params::{self, Param};
use crate::{SAMPLE, memory, output, read};

/// Labels a shop's customers: repurchase rates, RFM segments, octants, frequency bands, tiers, churn and value.
#[derive(Debug, Parser)]
#[command(name = "segment")]
pub struct Arguments {
    #[command(flatten)]
    pub log: LogArguments,
    #[command(flatten)]
    pub shop: ShopArguments,
    /// Leave the forecasts unchecked: quicker, by MBG/NBD wherever it can be seen that customers leave, without those who
    /// come back and without intervals of the shop's totals.
    ///
    /// Otherwise the models forecast every part of the shop's past as long as the horizon, and what came decides.
    #[arg(long)]
    pub unchecked: bool,
    /// The language of the page: en or zh.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language())]
    pub lang: Language,
    /// The most memory for the rows of the file, such as 500MB or 2GB; what has no room there waits in a temporary file. By
    /// default, three quarters of what the machine has to spare.
    #[arg(long, value_name = "SIZE", value_parser = memory::size)]
    pub memory: Option<u64>,
    /// Write `customers.csv` and `summary.json` into this directory.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Which orders are read, and how.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// The orders: a file as a shop exports it; `-` is standard input; by default the CDNOW sample.
    ///
    /// The layout, the encoding, the separator, the forms of numbers and of dates are found from the file. A layout of
    /// one's own has the columns `customer_id`, `placed_at`, `amount` and, if they are there, `order_id`, `status`,
    /// `refunded`, `kind`, `currency`, `product`, `quantity`.
    pub orders: Option<PathBuf>,
    /// The layout, such as shopify, or a file that describes one; `list` prints what each reads.
    #[arg(long, value_name = "NAME")]
    pub from: Option<From>,
    /// Which columns say what, such as `customer_id=Buyer,placed_at=Date,amount=Total`; may be given several times.
    #[arg(long, value_name = "K=NAME,..")]
    pub columns: Vec<Columns>,
    /// What further words of the status column mean: WORD=paid, WORD=unpaid, WORD=cancelled, WORD=refunded.
    #[arg(long, value_name = "WORD=..,..")]
    pub status: Vec<StatusWords>,
    /// What further words of the kind column mean: WORD=purchase, WORD=refund.
    #[arg(long, value_name = "WORD=..,..")]
    pub kind: Vec<KindWords>,
    /// How the rows of an order give its amount: lines, added up; or total, on one of them or on each.
    #[arg(long, value_name = "lines|total")]
    pub rows: Option<RowsOfOrder>,
    /// The mark before the decimals, where the file leaves it open: point or comma.
    #[arg(long, value_name = "MARK")]
    pub decimal: Option<DecimalMark>,
    /// Read only orders in this currency, and count the others.
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// The order of day and month, where the file leaves it open: ymd, dmy or mdy.
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<DateOrder>,
    /// Further ids that are nobody; these are already: empty, NULL, nan, none, n/a, undefined, guest, zeros, -.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    pub guests: Vec<String>,
    /// Leave credits that name no order as they are, also where an order matches.
    #[arg(long)]
    pub keep_credits: bool,
    /// The day up to and including which orders count; by default the last with a purchase or credit.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<NaiveDate>,
    /// The shop's time zone, such as Asia/Shanghai, or its offset from UTC, such as +08:00.
    #[arg(long, value_name = "ZONE", default_value = "+00:00", allow_hyphen_values = true)]
    pub time_zone: Zone,
    /// Leave bad rows out, and say how many and why.
    #[arg(long)]
    pub skip_bad_rows: bool,
}

/// What `--from` asks for.
#[derive(Debug, Clone)]
pub enum From {
    /// The list of layouts.
    List,
    Layout(Box<Layout>),
}

impl FromStr for From {
    type Err = Said;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "list" {
            return Ok(Self::List);
        }
        let said = |error| Said::from([Language::English, Language::Chinese].map(|one| output::line(&error, one)));
        let layout = Layout::named_or_file(text).map_err(said)?;
        Ok(Self::Layout(Box::new(layout)))
    }
}

fn day(text: &str) -> Result<NaiveDate, Said> {
    text.parse().map_err(|_| Said::from(["expected a day such as 2024-01-31", "应为日期，如 2024-01-31"]))
}

fn days(text: &str) -> Result<u32, Said> {
    let days = text.parse().ok().filter(|days| *days > 0);
    let expected = ["expected a number of days from 1, such as 90", "应为不小于 1 的天数，如 90"];
    days.ok_or_else(|| Said::from(expected))
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
    /// The model of purchases; auto: MBG/NBD, or NBD where it cannot be seen that anybody leaves, and where NBD forecast
    /// the shop's past as well; auto-rhythm: MBG/CNBD-k where that forecast the past better, by two standard errors.
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
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = days, allow_negative_numbers = true)]
    pub horizon: u32,
}

/// An option that was given any number of times.
fn all<T: Clone + Default + Extend<T>>(given: &[T]) -> T {
    let mut all = T::default();
    all.extend(given.iter().cloned());
    all
}

fn occasion() -> impl TypedValueParser<Value = Occasion> {
    PossibleValuesParser::new(["order", "day"]).map(|name| if name == "day" { Occasion::Day } else { Occasion::Order })
}

fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(["en", "zh"]).map(|name| if name == "zh" { Language::Chinese } else { Language::English })
}

fn model() -> impl TypedValueParser<Value = PurchaseChoice> {
    let kind = |name: &str| ModelKind::ALL.into_iter().find(|&kind| params::name(kind) == name);
    PossibleValuesParser::new(["auto", "auto-rhythm", "mbg-nbd", "bg-nbd", "pareto-nbd", "nbd", "mbg-cnbd", "bg-cnbd"])
        .map(move |name| match kind(&name) {
            Some(kind) => PurchaseChoice::Fit(kind),
            None if name == "auto-rhythm" => PurchaseChoice::AutoWithRhythm,
            None => PurchaseChoice::Auto,
        })
}

impl LogArguments {
    /// Whether the list of layouts is asked for in place of an answer.
    pub const fn asks_for_layouts(&self) -> bool {
        matches!(self.from, Some(From::List))
    }

    /// The orders of the file, or of standard input.
    pub fn read(&self) -> Result<Orders, Box<dyn Error>> {
        self.read_with(&self.options())
    }

    /// The same, with their ids.
    pub fn read_with_order_ids(&self) -> Result<Orders, Box<dyn Error>> {
        self.read_with(&self.options().with_order_ids())
    }

    /// The same, with what was bought.
    pub fn read_with_products(&self) -> Result<Orders, Box<dyn Error>> {
        self.read_with(&self.options().with_products())
    }

    /// The same, of which memory has a given number of bytes.
    pub fn read_parts(&self, memory: u64) -> Result<OrderParts, Box<dyn Error>> {
        let path = self.orders.as_deref().unwrap_or(SAMPLE.as_ref());
        let parts = order_files::read_parts(read::input(path)?, &self.options(), memory)?;
        Ok(if self.keep_credits { parts } else { parts.with_credits_matched()? })
    }

    fn read_with(&self, options: &ReadOptions) -> Result<Orders, Box<dyn Error>> {
        let path = self.orders.as_deref().unwrap_or(SAMPLE.as_ref());
        let orders = order_files::read(read::input(path)?, options)?;
        Ok(if self.keep_credits { orders } else { orders.with_credits_matched()? })
    }

    fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default()
            .with_columns(all(&self.columns))
            .with_status(all(&self.status))
            .with_kinds(all(&self.kind))
            .with_guests(self.guests.iter().cloned())
            .with_zone(self.time_zone);
        if let Some(From::Layout(layout)) = &self.from {
            options = options.with_layout((**layout).clone());
        }
        if let Some(code) = &self.currency {
            options = options.with_currency(code);
        }
        if let Some(order) = self.dates {
            options = options.with_dates(order);
        }
        if let Some(rows) = self.rows {
            options = options.with_rows(rows);
        }
        if let Some(mark) = self.decimal {
            options = options.with_decimal(mark);
        }
        if let Some(day) = self.as_of {
            options = options.with_as_of(day);
        }
        if self.skip_bad_rows { options.with_bad_rows_skipped() } else { options }
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
            _ => {
                return Err(Said::from([
                    "--params needs a --model of its own, such as --model mbg-nbd: whose parameters are they?",
                    "--params 还需要 --model（如 --model mbg-nbd）：这是哪个模型的参数？",
                ])
                .into());
            }
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
