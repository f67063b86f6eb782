//! The server as it is run, over a database of its own, and tables beside its own for the work without it.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::time::sleep;

use crate::Failure;
use crate::client::Client;
use crate::plain::{Plain, is_sqlite};

/// Noon of the shop's today, in microseconds.
pub(crate) const PLACED_AT: i64 = 1_774_958_400_000_000;
const TODAY: &str = "2026-03-31";
const TOKEN: &str = "the-token-for-writes";
const BATCH: usize = 1_000;
/// Customers have one order to so many.
const MOST_ORDERS: usize = 9;

pub(crate) struct Shop {
    child: Child,
    address: String,
    /// Since when the server is there.
    pub(crate) started: Instant,
    bare: Child,
    bare_address: String,
    url: String,
    /// Where SQLite has it.
    folder: Option<PathBuf>,
    pub(crate) plain: Plain,
    orders_before: usize,
}

/// By which this program starts itself as that server.
const BARE: &str = "LOAD_BARE_SERVER";

/// The database and the address of that server, if this process is to be it.
pub(crate) fn bare_server() -> Option<[String; 2]> {
    let text = env::var(BARE).ok()?;
    let (url, address) = text.split_once(' ')?;
    Some([url.to_owned(), address.to_owned()])
}

fn free_address() -> std::io::Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

fn server_of(url: &str, address: &str) -> Result<Child, Failure> {
    let program = env::current_exe()?.with_file_name("shop-backend");
    let mut command = Command::new(&program);
    command.env("DATABASE_URL", url).stdout(Stdio::null());
    command.envs([("LISTEN", address), ("WRITE_TOKEN", TOKEN), ("SHOP_TODAY", TODAY), ("RUST_LOG", "warn")]);
    let child = command.spawn();
    Ok(child.map_err(|error| format!("{}: {error}; cargo build --release --bins", program.display()))?)
}

impl Drop for Shop {
    fn drop(&mut self) {
        for child in [&mut self.child, &mut self.bare] {
            let _ = child.kill();
            let _ = child.wait();
        }
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

pub(crate) fn customer(number: usize) -> String {
    format!("c{number:05}")
}

pub(crate) fn order(order_id: &str, customer_id: &str) -> String {
    of_day(order_id, customer_id, TODAY)
}

fn of_day(order_id: &str, customer_id: &str, day: &str) -> String {
    // Some spend more than others, and nobody the same each time: as in a shop, spends have a mean and a spread.
    let scattered = |text: &str| text.bytes().fold(17_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let cents = (500 + scattered(customer_id) % 3_000) * (60 + scattered(order_id) % 80) / 100;
    let (units, cents) = (cents / 100, cents % 100);
    format!(
        r#"{{"order_id":"{order_id}","customer_id":"{customer_id}","placed_at":"{day}T12:00:00Z","amount":"{units}.{cents:02}"}}"#
    )
}

impl Shop {
    /// On a port that was free a moment ago; on SQLite where no PostgreSQL is named.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let name = format!("load_{}", uuid::Uuid::new_v4().simple());
        let (url, folder) = if let Ok(server) = env::var("TEST_POSTGRES_URL") {
            let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
            sqlx::query(create).execute(&mut PgConnection::connect(&server).await?).await?;
            let (server, _) = server.rsplit_once('/').ok_or("TEST_POSTGRES_URL ends with a database")?;
            (format!("{server}/{name}"), None)
        } else {
            let folder = env::temp_dir().join(name);
            fs::create_dir(&folder)?;
            (format!("sqlite:{}?mode=rwc", folder.join("shop.db").display()), Some(folder))
        };
        let (address, bare_address) = (free_address()?, free_address()?);
        let bare = Command::new(env::current_exe()?).env(BARE, format!("{url} {bare_address}")).spawn()?;
        let (child, started) = (server_of(&url, &address)?, Instant::now());
        let plain = Plain::connect(&url).await?;
        let shop = Self { child, address, started, bare, bare_address, url, folder, plain, orders_before: 0 };
        shop.is_there().await?;
        Ok(shop)
    }

    /// The server anew, over the same database.
    pub(crate) async fn restart(&mut self) -> Result<(), Failure> {
        self.child.kill()?;
        self.child.wait()?;
        (self.child, self.started) = (server_of(&self.url, &self.address)?, Instant::now());
        self.is_there().await
    }

    async fn is_there(&self) -> Result<(), Failure> {
        for _ in 0..1_000 {
            if let Ok(mut client) = self.client().await {
                client.request("GET", "/healthz", "", &[200]).await?;
                return Ok(());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Err("the server did not start".into())
    }

    /// What the server has in memory, and had at most, in MB; and its processor time.
    pub(crate) fn usage(&self) -> Result<(u64, u64, Duration), Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
            Ok::<u64, Failure>(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1_000)
        };
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
        let ticks: u64 = fields.map(str::parse::<u64>).sum::<Result<_, _>>()?;
        // A hundred a second, on Linux.
        Ok((megabytes("VmRSS:")?, megabytes("VmHWM:")?, Duration::from_millis(10 * ticks)))
    }

    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        Client::connect(&self.address, TOKEN).await
    }

    /// To the server that does nothing but the SELECT.
    pub(crate) async fn bare_client(&self) -> Result<Client, Failure> {
        Client::connect(&self.bare_address, TOKEN).await
    }

    /// Customers with a few orders each, five on average, and models fitted to them; and a copy of the tables for the work without us.
    pub(crate) async fn fill(&mut self, customers: usize) -> Result<(), Failure> {
        let mut client = self.client().await?;
        let orders: Vec<(usize, usize)> =
            (0..customers).flat_map(|number| (0..=number % MOST_ORDERS).map(move |turn| (number, turn))).collect();
        for batch in orders.chunks(BATCH) {
            let mut body = String::from("[");
            for (number, turn) in batch {
                // On days that are scattered, of a year and a quarter.
                let scattered = (number * 31 + turn * (37 + number % 53)) % 448;
                let (month, day) = (scattered / 28, 1 + scattered % 28);
                let day = format!("{}-{:02}-{day:02}", 2024 + month.div_ceil(12), 1 + (month + 11) % 12);
                let comma = if body.len() == 1 { "" } else { "," };
                write!(body, "{comma}{}", of_day(&format!("before-{number}-{turn}"), &customer(*number), &day))?;
            }
            client.request("POST", "/orders", &(body + "]"), &[201]).await?;
        }
        client.begin_fit().await?;
        self.orders_before = orders.len();
        for table in ["orders", "customers"] {
            let bare = format!("bare_{table}");
            let mut copy = format!("CREATE TABLE {bare} (LIKE {table} INCLUDING ALL)");
            if is_sqlite(&self.url) {
                let made = sqlx::query("SELECT sql FROM sqlite_master WHERE tbl_name = $1 AND sql IS NOT NULL");
                let made = made.bind(table).fetch_all(&self.plain.writes).await?;
                let made = made.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
                copy = made.join(";\n").replace(table, &bare);
            }
            let copy = AssertSqlSafe(format!("{copy};\nINSERT INTO {bare} SELECT * FROM {table}"));
            sqlx::raw_sql(copy).execute(&self.plain.writes).await?;
        }
        self.analyze().await
    }

    /// As PostgreSQL does by itself.
    async fn analyze(&self) -> Result<(), Failure> {
        if !is_sqlite(&self.url) {
            sqlx::raw_sql("VACUUM ANALYZE").execute(&self.plain.writes).await?;
        }
        Ok(())
    }

    /// Copies customers until there are so many, with their orders, and says of one of ten what shops say: tags,
    /// attributes, activities.
    pub(crate) async fn multiply(&self, customers: usize) -> Result<(), Failure> {
        let copies = i32::try_from(customers / crate::CUSTOMERS)?;
        if is_sqlite(&self.url) {
            sqlx::raw_sql("PRAGMA cache_size = -1000000").execute(&self.plain.writes).await?;
        }
        for (table, every, copy) in [
            (
                "customers",
                1,
                "customer_id || '-' || copy, history, last_purchase, purchases, revenue, NULL, 0 FROM bare_customers",
            ),
            (
                "orders",
                1,
                "order_id || '-' || copy, is_credit, replace(statements, customer_id, customer_id || '-' || copy), \
                 customer_id || '-' || copy, placed_at, amount, refunded, status FROM bare_orders",
            ),
            (
                "traits",
                10,
                "customer_id || '-' || copy, '{\"tags\":[\"wine\",\"tea\"],\"attributes\":{\"age\":' || \
                 '{\"at\":1,\"value\":{\"number\":\"' || (20 + copy % 50) || '\"}},\"region\":{\"at\":1,\"value\":{\"text\":\"north\"}}}}' \
                 FROM bare_customers",
            ),
            (
                "activities",
                10,
                "customer_id || '-' || copy, activity, category, 1774000000000000 + copy FROM bare_customers, \
                 (SELECT 'cart' AS activity UNION ALL SELECT 'view') AS activities, \
                 (SELECT 'hats' AS category UNION ALL SELECT 'shoes') AS categories",
            ),
        ] {
            let insert = format!(
                "INSERT INTO {table} WITH RECURSIVE copies (copy) AS (SELECT {} UNION ALL SELECT copy + {every} \
                 FROM copies WHERE copy + {every} <= {copies}) SELECT {copy}, copies",
                every.max(2)
            );
            sqlx::query(AssertSqlSafe(insert)).execute(&self.plain.writes).await?;
        }
        let names = "INSERT INTO trait_names SELECT name, is_tag, kind, COUNT(*) FROM traits, (SELECT 'wine' AS name, \
                     1 AS is_tag, 'tag' AS kind UNION ALL SELECT 'tea', 1, 'tag' UNION ALL SELECT 'age', 0, 'number' \
                     UNION ALL SELECT 'region', 0, 'text') AS names WHERE TRUE GROUP BY name, is_tag, kind";
        sqlx::query(names).execute(&self.plain.writes).await?;
        self.analyze().await
    }

    /// The version of the models in use, and on how many customers it was fitted.
    pub(crate) async fn model(&self) -> Result<(u64, u64), Failure> {
        let text = self.client().await?.request("GET", "/models", "", &[200]).await?;
        let models: serde_json::Value = serde_json::from_str(&text)?;
        let customers = models["versions"][0]["customers"].as_u64();
        models["current"].as_u64().zip(customers).ok_or_else(|| "no models".into())
    }

    /// Time inside the library, of all requests so far.
    pub(crate) async fn library_seconds(&self) -> Result<f64, Failure> {
        let text = self.client().await?.request("GET", "/metrics", "", &[200]).await?;
        let line = text.lines().find_map(|line| line.strip_prefix("shop_library_seconds_total "));
        Ok(line.ok_or("no shop_library_seconds_total")?.parse()?)
    }

    /// Every order that was answered is stored, and counted in its customer's row.
    pub(crate) async fn check(&self, posted: usize) -> Result<(), Failure> {
        let history = if is_sqlite(&self.url) { "history" } else { "CAST(history AS JSON)" };
        let select = format!(
            "SELECT (SELECT COUNT(*) FROM orders), (SELECT CAST(SUM(purchases) AS BIGINT) FROM customers), \
             (SELECT CAST(SUM(CAST({history} ->> 'purchases' AS BIGINT)) AS BIGINT) FROM customers)"
        );
        let row = sqlx::query(AssertSqlSafe(select)).fetch_one(&self.plain.writes).await?;
        let expected = i64::try_from(self.orders_before + posted)?;
        for (place, what) in ["orders", "purchases of customers", "purchases of histories"].into_iter().enumerate() {
            let found: i64 = row.try_get(place)?;
            if found != expected {
                return Err(format!("{what}: found {found}, expected {expected}").into());
            }
        }
        Ok(())
    }
}
