//! A platform's export goes in as it is: `shop-backend import FILE`.

use std::collections::HashMap;
use std::error::Error;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use repurchase::rust_decimal::Decimal;
use repurchase::scale::Language;
use repurchase_segment::arguments::LogArguments;
use repurchase_segment::order_files::{self, Orders, ReadOptions};
use repurchase_segment::{notes, read};
use uuid::Uuid;

use crate::app::App;
use crate::config::Clock;
use crate::event::ShopEvent;
use crate::money::Currency;
use crate::order::{ShopOrder, check_id, is_past};
use crate::store::{Import, Imported, Said, Statement};

/// Takes the orders of a file into the shop, all of them or none, and fits the models. A file that comes again changes
/// nothing; a later export of the same orders says what has become of them.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    pub(crate) log: LogArguments,
    /// When the file was made: what it says of an order holds as of then; by default its latest order or credit.
    #[arg(long, value_name = "TIME")]
    exported_at: Option<DateTime<Utc>>,
    /// The language of the notes: en or zh.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = ["en", "zh"])]
    lang: String,
}

/// An order of a file that the shop cannot have.
#[derive(Debug, thiserror::Error)]
#[error("order {order}: {field}: found {found:?}, expected {expected}")]
struct BadOrder {
    order: String,
    field: &'static str,
    found: String,
    expected: String,
}

/// An order's id, and its amounts in minor units.
type Checked<const N: usize> = (String, [i64; N]);

impl ImportArguments {
    /// Reads the file, stores it, fits the models, and says what came of each.
    pub(crate) async fn run(&self, app: &App) -> Result<(), Box<dyn Error>> {
        let orders = self.log.read_with_order_ids()?;
        let language = if self.lang == "zh" { Language::Chinese } else { Language::English };
        let mark = if language == Language::Chinese { "提示：" } else { "Note: " };
        let sentences = orders.notes().iter().map(|note| format!("{mark}{}\n", note.sentence(language)));
        crate::print(&(sentences.collect::<String>() + &read::report(&orders, language)));
        let file = self.log.orders.as_ref().and_then(|path| path.file_name());
        let file = file.map_or_else(|| "-".to_owned(), |name| name.to_string_lossy().into_owned());
        let mut found = Found::new(app, self.log.as_of);
        let statements = found.statements(&orders, self.exported_at)?;
        let Imported { stored, unchanged, customers } = store(app, file, &orders, &statements).await?;
        let left_out = found.left_out;
        let outside = if left_out == 0 { String::new() } else { format!(", {left_out} after --as-of left out") };
        let counts = format!("{stored} orders and credits stored, {unchanged} known before{outside}");
        crate::print(&format!("{counts}; {customers} customers\n"));
        if stored == 0 && app.models.current().is_some() {
            return Ok(());
        }
        let version = app.models.fit().await;
        let version =
            version.map_err(|error| format!("the orders are stored, not the models: {}", crate::chain(&error)))?;
        crate::print(&format!("Models fitted: version {}, {} customers\n", version.version, version.customers));
        Ok(())
    }
}

/// The CDNOW sample, with which an empty shop starts: 2,357 customers who first bought music in early 1997.
pub(crate) async fn sample(app: &App) -> Result<(), Box<dyn Error>> {
    const ORDERS: &[u8] = include_bytes!("../../data/cdnow_orders.csv");
    let options = ReadOptions::default().with_zone(*app.config.clock.calendar.zone());
    let orders = order_files::read(ORDERS, &options)?;
    let statements = Found::new(app, None).statements(&orders, None)?;
    store(app, "cdnow_orders.csv".to_owned(), &orders, &statements).await?;
    tracing::info!(orders = statements.len(), "the CDNOW sample is loaded");
    Ok(())
}

async fn store(app: &App, file: String, orders: &Orders, statements: &[Statement]) -> Result<Imported, Box<dyn Error>> {
    let notes = orders.notes().iter().map(notes::of_reader).collect();
    Ok(app.store.import(statements, &Import { imported_at: Utc::now(), file, orders: statements.len(), notes }).await?)
}

/// What was found in a file so far.
struct Found<'a> {
    clock: &'a Clock,
    currency: Currency,
    last_day: Option<NaiveDate>,
    /// After that day.
    left_out: usize,
    /// How many orders without an id were alike.
    alike: HashMap<String, u32>,
}

impl<'a> Found<'a> {
    fn new(app: &'a App, last_day: Option<NaiveDate>) -> Self {
        let (clock, currency) = (&app.config.clock, app.store.currency());
        Self { clock, currency, last_day, left_out: 0, alike: HashMap::new() }
    }

    /// The orders and credits of a file, those of a customer side by side and in the order of time.
    fn statements(
        &mut self,
        orders: &Orders,
        exported_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Statement>, Box<dyn Error>> {
        let id = |number: u32| orders.ids().get(number).unwrap_or_default().to_owned();
        let mut found: Vec<(u32, i64, Statement)> = Vec::new();
        for (at, order) in orders.orders().enumerate() {
            let order = order?;
            let (number, Some(placed_at)) = (*order.customer(), order.placed_at()) else { continue };
            let (customer_id, own) = (id(number), orders.order_id(at));
            let amounts = [("amount", order.amount()), ("refunded", order.refunded())];
            let checked = self.check("order", own, &customer_id, placed_at, amounts)?;
            let Some((order_id, [amount, refunded])) = checked else { continue };
            let placed_at = placed_at.timestamp_micros();
            let order = ShopOrder { customer_id, placed_at, amount, refunded, status: order.status().into() };
            found.push((number, placed_at, Statement { order_id, said: Said::AsOf(0, order) }));
        }
        for (at, credit) in orders.credits().enumerate() {
            let credit = credit?;
            let (number, Some(issued_at)) = (*credit.customer(), credit.issued_at()) else { continue };
            let (customer, own) = (id(number), orders.credit_id(at));
            let checked = self.check("credit", own, &customer, issued_at, [("amount", credit.amount())])?;
            let Some((order_id, [amount])) = checked else { continue };
            let at = issued_at.timestamp_micros();
            let said = Said::Events(vec![ShopEvent::Credited { customer, at, amount }]);
            found.push((number, at, Statement { order_id, said }));
        }
        let latest = found.iter().map(|(_, at, _)| *at).max().unwrap_or_default();
        let exported_at = exported_at.map_or(latest, |at| at.timestamp_micros());
        found.sort_by_key(|(number, at, _)| (*number, *at));
        let dated = |(_, placed_at, mut statement): (u32, i64, Statement)| {
            if let Said::AsOf(at, _) = &mut statement.said {
                // Nobody says anything of an order before it was placed.
                *at = exported_at.max(placed_at);
            }
            statement
        };
        Ok(found.into_iter().map(dated).collect())
    }

    /// The id, and the amounts in minor units, of an order that the shop can have; `None` for one that is left out.
    fn check<const N: usize>(
        &mut self,
        what: &str,
        own: Option<&str>,
        customer: &str,
        at: DateTime<Utc>,
        amounts: [(&'static str, Decimal); N],
    ) -> Result<Option<Checked<N>>, Box<dyn Error>> {
        let day = self.clock.calendar.day(at)?;
        if self.last_day.is_some_and(|last| day > last) {
            self.left_out += 1;
            return Ok(None);
        }
        let order = || own.map_or_else(|| format!("of customer {customer:?}, {at}"), |id| format!("{id:?}"));
        let bad = |field, found: String, expected: String| BadOrder { order: order(), field, found, expected };
        is_past(at, self.clock)
            .map_err(|expected| bad("day", day.to_string(), format!("{expected}; --as-of leaves later orders out")))?;
        for (field, id) in [("order_id", own.unwrap_or("-")), ("customer_id", customer)] {
            let mut faults = Vec::new();
            check_id(field, id, &mut faults);
            if let Some(fault) = faults.pop() {
                return Err(bad(field, id.escape_debug().to_string(), fault.expected().to_owned()).into());
            }
        }
        let mut minor = [0; N];
        for (slot, (field, amount)) in minor.iter_mut().zip(amounts) {
            let largest = Currency::LARGEST;
            let fits = self.currency.minor(amount).filter(|minor| (0..=largest).contains(minor));
            *slot = fits.ok_or_else(|| {
                let decimals = self.currency.decimals();
                let expected = format!("at most {decimals} decimals (CURRENCY_DECIMALS) and {largest} smallest units");
                bad(field, amount.to_string(), expected)
            })?;
        }
        let amount = minor.first().copied().unwrap_or(0);
        let id = own.map_or_else(|| self.made_up(what, customer, at, amount), str::to_owned);
        Ok(Some((id, minor)))
    }

    /// The id of an order that has none: the same one each time that the file comes.
    fn made_up(&mut self, what: &str, customer: &str, at: DateTime<Utc>, amount: i64) -> String {
        let row = format!("{what}\n{customer}\n{}\n{amount}", at.timestamp_micros());
        let alike = self.alike.entry(row.clone()).or_default();
        *alike += 1;
        format!("row-{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{row}\n{alike}").as_bytes()).simple())
    }
}
