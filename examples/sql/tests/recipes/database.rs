//! One way to ask both databases.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use repurchase::chrono::NaiveDate;
use repurchase::record::OrderStatus;
use repurchase::{Window, sql};
use serde::de::DeserializeOwned;

use crate::duckdb::DuckDb;
use crate::postgres::Postgres;
use crate::shops::{Row, Shop, shops};

pub(crate) enum Database {
    Postgres(Postgres),
    DuckDb(DuckDb),
}

/// Every recipe that answers something, and the views that others read.
const ASKED: [&str; 26] = [
    sql::REFUSED_ORDERS,
    sql::STORED_HISTORIES,
    sql::REPURCHASE_RATES,
    sql::REPURCHASE_RATES_BY,
    sql::NEXT_PURCHASES,
    sql::ORDER_TIMING,
    sql::NEXT_WINDOW_RATE,
    sql::SECOND_PURCHASE_RATE,
    sql::COHORTS,
    sql::COHORT_VALUE,
    sql::COHORTS_BY,
    sql::COHORT_PAYBACK,
    sql::DAY_RETENTION,
    sql::CONCENTRATION,
    sql::STORED_RFM_MODEL,
    sql::RF_SEGMENTS,
    sql::OCTANTS,
    sql::MEMBERSHIP_TIERS,
    sql::FREQUENCY_BANDS,
    sql::NEW_CUSTOMER_STATES,
    sql::MISSED_CYCLES,
    sql::SAMPLES,
    sql::SPEND_SAMPLES,
    BUYERS,
    RFM_SCORES,
    RFM_CUTS,
];

/// The table that the recipes read.
pub(crate) const ORDERS: &str = "create table orders (
    customer_id text, placed_at timestamp with time zone, amount numeric(18, 2), status text, refunded numeric(18, 2)
);";

/// What winning a customer cost: 7.25 in January, twice that in February, and so on.
const WINNING_COSTS: &str = "create view winning_costs as select distinct
    cohort, cast(7.25 as decimal(8, 2)) * cast(extract(month from cohort) as integer) as cost_per_customer
from cohort_facts;";

/// The view that a shop writes itself: here the cents of an order are its key.
const KEYED_PURCHASES: &str = "create view keyed_purchases as
select customer_id, day, cast(cast(cast(amount as numeric(38, 2)) * 100 as bigint) % 3 as integer) as order_key from purchases;";

pub(crate) const BUYERS: &str = "select * from buyers;";
pub(crate) const RFM_SCORES: &str = "select customer_id, r, f, m from rfm_scores;";
pub(crate) const RFM_CUTS: &str = "select cut, last_purchase, purchases, revenue from rfm_cuts order by cut;";

/// What a database says of a shop as of a day.
pub(crate) struct Case {
    database: &'static str,
    pub(crate) shop: Arc<Shop>,
    pub(crate) as_of: NaiveDate,
    pub(crate) within_days: u32,
    /// CSV, in the order of [`ASKED`].
    answers: Vec<String>,
}

/// Runs a test for every shop and day on both databases, which are started once for all tests.
pub(crate) fn for_each_case(test: impl Fn(&Case)) {
    static CASES: LazyLock<Result<Vec<Case>, String>> = LazyLock::new(cases);
    match &*CASES {
        Ok(cases) => cases.iter().for_each(test),
        Err(error) => panic!("{error}"),
    }
}

fn cases() -> Result<Vec<Case>, String> {
    let shops: Vec<_> = shops().into_iter().map(Arc::new).collect();
    let mut cases = Vec::new();
    for database in databases()? {
        for shop in &shops {
            database.load(shop);
            for (&as_of, &within_days) in shop.days.iter().zip([30, 0, 7, 90].iter().cycle()) {
                let answers = database.answers(shop, as_of, within_days);
                cases.push(Case { database: database.name(), shop: Arc::clone(shop), as_of, within_days, answers });
            }
        }
    }
    Ok(cases)
}

pub(crate) fn databases() -> Result<[Database; 2], String> {
    Ok([Database::Postgres(Postgres::start()?), Database::DuckDb(DuckDb::start()?)])
}

impl Case {
    /// What a recipe answers.
    #[track_caller]
    pub(crate) fn rows<T: DeserializeOwned>(&self, recipe: &str) -> Vec<T> {
        let place = ASKED.iter().position(|&asked| asked == recipe).expect("a recipe of ASKED");
        let reader = csv::Reader::from_reader(self.answers[place].as_bytes());
        let rows = reader.into_deserialize().collect::<Result<_, _>>();
        rows.unwrap_or_else(|error| panic!("{}: {error} in the answer to\n{recipe}", self.name()))
    }

    /// Where an answer comes from, for a failure.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}, as of {}", self.database, self.shop.name, self.as_of)
    }
}

impl Database {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::DuckDb(_) => "DuckDB",
        }
    }

    /// The only text that differs between the two.
    const fn search_path(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "set search_path to repurchase, public;",
            Self::DuckDb(_) => "set search_path = 'repurchase,main';",
        }
    }

    /// Replaces the orders by those of a shop, and makes the tables and views of the recipes anew.
    pub(crate) fn load(&self, shop: &Shop) {
        let inserted = |table: &str, rows: &mut dyn Iterator<Item = String>| match rows.collect::<Vec<_>>().join(",\n")
        {
            none if none.is_empty() => none,
            rows => format!("insert into {table} values\n{rows};"),
        };
        let window = |window: &Window| format!("(date '{}', date '{}')", window.start(), window.end());
        let text = [
            "drop schema if exists repurchase cascade; drop table if exists orders;",
            ORDERS,
            &inserted("orders", &mut shop.rows.iter().map(values)),
            "create schema repurchase;",
            self.search_path(),
            sql::TABLES,
            &inserted("windows", &mut shop.windows.iter().map(window)),
            &sql::VIEWS.join("\n"),
            KEYED_PURCHASES,
            WINNING_COSTS,
        ];
        self.run(&text.join("\n"));
    }

    /// The answers to all that is [`ASKED`], in one session.
    fn answers(&self, shop: &Shop, as_of: NaiveDate, within_days: u32) -> Vec<String> {
        const END: &str = "end_of_answer\nhere\n";
        let mut text = format!(
            "{}\ndelete from question;\ninsert into question values ('{}', date '{as_of}', {within_days});\n",
            self.search_path(),
            shop.zone
        );
        text.extend(ASKED.map(|recipe| format!("{recipe}\nselect 'here' as end_of_answer;\n")));
        let answers = self.run(&text);
        let answers: Vec<_> = answers.split_terminator(END).map(str::to_owned).collect();
        assert_eq!(answers.len(), ASKED.len(), "{}", self.name());
        answers
    }

    #[track_caller]
    pub(crate) fn run(&self, text: &str) -> String {
        let mut client = match self {
            Self::Postgres(server) => {
                let mut psql = server.psql();
                psql.arg("--csv").env("PGOPTIONS", "-c client_min_messages=warning");
                psql
            }
            Self::DuckDb(database) => database.client(),
        };
        let (answer, complaint) = feed(&mut client, text);
        assert!(complaint.is_empty(), "{}: {complaint}\n{}", self.name(), text.get(..4000).unwrap_or(text));
        answer
    }
}

/// What a client prints when it is given a text, and what it complains of.
fn feed(client: &mut Command, text: &str) -> (String, String) {
    let piped = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A client that gives up closes its end; its complaint says more than ours would.
            let _ = stdin.write_all(text.as_bytes());
        });
        child.wait_with_output().unwrap()
    });
    let mut complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    if complaint.is_empty() && !output.status.success() {
        complaint = output.status.to_string();
    }
    (String::from_utf8(output.stdout).unwrap(), complaint)
}

fn values(row: &Row) -> String {
    let text = |value: &str| format!("'{}'", value.replace('\'', "''"));
    let status = match row.status {
        OrderStatus::Paid => "paid",
        OrderStatus::Unpaid => "unpaid",
        OrderStatus::Cancelled => "cancelled",
    };
    let refunded = row.refunded.map_or("null".to_owned(), |refunded| refunded.to_string());
    let (customer, at, amount) = (text(&row.customer), row.placed_at, row.amount);
    // Debug prints RFC 3339 with all that there is of a second.
    format!("({customer}, timestamp with time zone '{at:?}', {amount}, '{status}', {refunded})")
}

/// A recipe that nobody runs may be wrong.
#[test]
fn every_recipe_is_run() {
    let run = || ASKED.iter().chain(&sql::VIEWS).chain([&sql::TABLES]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/sql");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let recipes: Vec<_> = files.filter(|file| file.extension().is_some_and(|end| end == "sql")).collect();
    assert_eq!(recipes.len(), 30);
    for recipe in recipes {
        let text = fs::read_to_string(&recipe).unwrap();
        assert!(run().any(|&run| run == text), "{} is not asked", recipe.display());
    }
}
