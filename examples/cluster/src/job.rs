//! The job: three steps on the executors, and what the client says of all customers.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};
use datafusion::arrow::array::AsArray;
use datafusion::error::DataFusionError;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use repurchase::scale::Language;
use repurchase::shop::ShopModels;
use repurchase_segment::notes;
use repurchase_segment::overview::Overview;
use repurchase_segment::{SAMPLE, output, page, shop, summary};

use crate::arguments::Arguments;
use crate::commit::Run;
use crate::functions::read;
use crate::orders::Columns;
use crate::steps::{self, FIT_TASK, FitTask, Format, KEEP_TASK, KeepTask, Kept, LABEL_TASK, LabelTask, Labelled};
use crate::{engine, orders, place};

/// Runs the job, writes its files and prints its page.
///
/// # Errors
///
/// What stands in the way, where, and what to do about it.
pub async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.scheduler.is_some() && arguments.out.is_none() {
        return Err("--scheduler needs --out: a directory that every executor reaches at this path, or a URL".into());
    }
    let orders = arguments.orders.as_deref().unwrap_or(SAMPLE);
    let context = engine::session(arguments.scheduler.as_deref(), arguments.partitions.map(usize::from)).await?;
    let columns = orders::register(&context, orders, &arguments.columns).await?;
    let run = Run::begin(arguments.out.as_deref(), &place::settings(context.copied_config().options()))?;
    let page = Job { context: &context, run: &run, arguments, orders }.page(&columns).await;
    run.clear();
    Ok(output::print(&page?)?)
}

struct Job<'a> {
    context: &'a SessionContext,
    run: &'a Run,
    arguments: &'a Arguments,
    orders: &'a str,
}

impl Job<'_> {
    async fn page(&self, columns: &Columns) -> Result<String, Box<dyn Error>> {
        let (days, asked) = (&self.arguments.days, &self.arguments.shop);
        let start = Instant::now();
        let task = KeepTask { as_of: days.as_of, offset: days.time_zone.local_minus_utc() };
        self.run.place.put(KEEP_TASK, steps::json(&task)?)?;
        let kept: Kept = self.step(&self.histories(columns)).await?.unwrap_or_default();
        let folded = start.elapsed().as_secs_f64();
        let last_day = kept.last_day.map(|day| NaiveDate::default() + TimeDelta::days(day.into()));
        let as_of = days.as_of.or(last_day).ok_or("no row is a purchase or a credit, so --as-of must be given")?;
        let nobody = || format!("nobody has bought up to {as_of}; --as-of takes a later day");
        let scale = kept.scale;
        if kept.files.is_empty() {
            return Err(nobody().into());
        }
        self.read_histories(&kept).await?;

        self.run.place.put(FIT_TASK, steps::json(&FitTask { as_of, scale, options: asked.options()? })?)?;
        let models: ShopModels = self.step(&self.of_histories("fit_shop", "history")).await?.ok_or_else(nobody)?;
        let fitted = start.elapsed().as_secs_f64();

        let by_day = asked.occasion == repurchase::measure::Occasion::Day;
        // One file is merged of CSV.
        let format = if self.arguments.single_file { Format::Csv } else { self.arguments.format };
        let task = LabelTask { as_of, scale, models, by_day, format };
        self.run.place.put(LABEL_TASK, steps::json(&task)?)?;
        let labelled = self.step(&self.of_histories("label_customers", "customer_id, history")).await?;
        let labelled: Labelled = labelled.ok_or_else(nobody)?;

        let counted = labelled.counted.clone();
        let mut notes = kept.notes();
        notes.extend(notes::of_models(Some(&task.models), counted.totals.customers, counted.without_mean_spend));
        let (models, level) = (Some(&task.models), shop::level()?);
        let overview = Overview { as_of, counted, models, level, asked, notes: &notes };
        if self.arguments.out.is_some() {
            let summary = summary::text(&overview, kept.bad_rows.unsigned_abs())?;
            if self.arguments.single_file {
                self.run.commit_single(&labelled, self.arguments.format, scale, &summary)?;
            } else {
                self.run.commit(&labelled, format, &summary)?;
            }
        }
        if self.arguments.timing {
            eprintln!("{}", self.timing(columns, [folded, fitted], start).await?);
        }
        Ok(page::page(&overview, Language::English) + &not_compared(kept.customers) + &bad_rows(&kept))
    }

    /// One row for each customer, and one for rows of nobody: the facts, the bad rows.
    fn histories(&self, columns: &Columns) -> String {
        let (days, skips) = (&self.arguments.days, self.arguments.skip_bad_rows);
        let fact = columns.order_fact(days.time_zone, skips);
        let bad = if skips { "count(fact['fault'])" } else { "0" };
        let fault = if skips { "min(fact['fault'])" } else { "NULL" };
        format!(
            "SELECT keep_histories(customer_id, facts, bad_rows, fault, {place}) \
             FROM (SELECT customer_id, purchase_facts(fact) AS facts, {bad} AS bad_rows, {fault} AS fault \
             FROM (SELECT fact['customer_id'] AS customer_id, fact FROM (SELECT {fact} AS fact FROM orders)) \
             GROUP BY customer_id)",
            place = self.place()
        )
    }

    fn of_histories(&self, step: &str, columns: &str) -> String {
        format!("SELECT {step}({columns}, {}) FROM histories", self.place())
    }

    /// Where the executors write, for the last arguments of a step.
    fn place(&self) -> String {
        format!("'{}', store_settings()", format!("{:?}", self.run.place).replace('\'', "''"))
    }

    /// A table of the files whose attempts counted: each is read in its order, by one task.
    async fn read_histories(&self, kept: &Kept) -> Result<(), Box<dyn Error>> {
        let state = self.context.state_ref();
        {
            let mut state = state.write();
            let options = state.config_mut().options_mut();
            options.optimizer.repartition_file_scans = false;
            options.optimizer.enable_round_robin_repartition = false;
        }
        let files: Vec<String> = kept.files.iter().map(|file| self.run.place.url(file)).collect();
        let table = self.context.read_parquet(files, ParquetReadOptions::default()).await?;
        self.context.register_table("histories", table.into_view())?;
        Ok(())
    }

    /// The answer of a step.
    async fn step<T: serde::de::DeserializeOwned>(&self, sql: &str) -> Result<Option<T>, Box<dyn Error>> {
        let answer = async { self.context.sql(sql).await?.collect().await };
        let batches = answer.await.map_err(|error| in_words(self.orders, &error))?;
        let texts = batches.iter().flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten());
        Ok(texts.last().map(|text| read("the answer of a step", text)).transpose()?)
    }

    /// Seconds, and those of Ballista's own aggregate over the same file.
    async fn timing(
        &self,
        columns: &Columns,
        [folded, fitted]: [f64; 2],
        start: Instant,
    ) -> Result<String, Box<dyn Error>> {
        let total = start.elapsed().as_secs_f64();
        let customer = columns.customer();
        let plain = format!(
            "SELECT count(*), max(orders), max(last), max(amount) FROM (SELECT {customer} AS customer_id, count(*) AS orders, \
             min(placed_at), max(placed_at) AS last, sum(CAST(amount AS DECIMAL(18, 2))) AS amount FROM orders \
             GROUP BY customer_id)"
        );
        let (fit, label) = (fitted - folded, total - fitted);
        let mut report = format!("folded {folded:.3} s, fitted {fit:.3} s, labelled and written {label:.3} s");
        for _ in 0..3 {
            let start = Instant::now();
            self.context.sql(&plain).await?.collect().await?;
            let plain = start.elapsed().as_secs_f64();
            write!(report, "; plain aggregate {plain:.3} s, ratio {:.2}", folded / plain)?;
        }
        Ok(report)
    }
}

/// What notes do not ask of many customers.
fn not_compared(customers: u64) -> String {
    let most = Kept::COMPARED;
    if customers <= most {
        return String::new();
    }
    format!(
        "\nNot asked: whether two of the {customers} customer ids differ in how they are written alone (up to {most} are compared)\n"
    )
}

/// What was left out and why; empty when nothing was.
fn bad_rows(kept: &Kept) -> String {
    if kept.bad_rows == 0 {
        return String::new();
    }
    let more = kept.bad_rows.unsigned_abs().saturating_sub(kept.faults.len() as u64);
    let mut lines: Vec<_> = kept.faults.iter().cloned().collect();
    lines.extend((more > 0).then(|| format!("and {more} more")));
    format!("\nBad rows left out: {}\n  {}\n", kept.bad_rows, lines.join("\n  "))
}

/// What went wrong on an executor comes wrapped in everything that it passed on its way.
fn in_words(place: &str, error: &DataFusionError) -> Box<dyn Error> {
    let text = error.to_string();
    if text.contains("could not be prepared") || text.contains("There is no UD") {
        return "an executor or the scheduler does not know the library's functions: start all of them with \
                `cargo run --bin executor` and `cargo run --bin scheduler`, of the same build as this program"
            .into();
    }
    for (begins, of_orders) in [("column ", true), ("cannot ", false)] {
        if let Some(fault) = fault(&text, begins) {
            return if of_orders {
                format!("{place}: {begins}{fault}").into()
            } else {
                format!("{begins}{fault}").into()
            };
        }
    }
    format!("{place}: {text}").into()
}

/// What a function said that begins so: plain, or as a string in the code that Ballista prints.
fn fault(text: &str, begins: &str) -> Option<String> {
    let Some((_, quoted)) = text.split_once(&format!("(\"{begins}")) else {
        return text.split_once(&format!(" error: {begins}"))?.1.lines().next().map(str::to_owned);
    };
    let (mut fault, mut letters) = (String::new(), quoted.chars());
    loop {
        match letters.next()? {
            '"' => return Some(fault),
            '\\' => fault.push(letters.next()?),
            letter => fault.push(letter),
        }
    }
}
