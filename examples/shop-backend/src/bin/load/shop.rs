//! The server as it is run, over a database of its own, and tables beside its own for the work without it.

use std::env;
use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::time::sleep;

use crate::Failure;
use crate::client::Client;
use crate::plain::Plain;

/// Noon of the shop's today, in microseconds.
pub(crate) const PLACED_AT: i64 = 1_774_958_400_000_000;
const TODAY: &str = "2026-03-31";
const TOKEN: &str = "the-token-for-writes";
const BATCH: usize = 1_000;
/// Each with so many orders to begin with.
const ORDERS_EACH: usize = 5;

pub(crate) struct Shop {
    child: Child,
    address: String,
    bare: Child,
    bare_address: String,
    url: String,
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

impl Drop for Shop {
    fn drop(&mut self) {
        for child in [&mut self.child, &mut self.bare] {
            let _ = child.kill();
            let _ = child.wait();
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
    format!(
        r#"{{"order_id":"{order_id}","customer_id":"{customer_id}","placed_at":"{day}T12:00:00Z","amount":"19.90"}}"#
    )
}

impl Shop {
    /// On a port that was free a moment ago.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let server = env::var("TEST_POSTGRES_URL").map_err(|_| "TEST_POSTGRES_URL: run by tests/with-postgres.sh")?;
        let name = format!("load_{}", uuid::Uuid::new_v4().simple());
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut PgConnection::connect(&server).await?).await?;
        let (server, _) = server.rsplit_once('/').ok_or("TEST_POSTGRES_URL ends with a database")?;
        let url = format!("{server}/{name}");
        let (address, bare_address) = (free_address()?, free_address()?);
        let program = env::current_exe()?.with_file_name("shop-backend");
        let child = Command::new(&program)
            .env("DATABASE_URL", &url)
            .envs([("LISTEN", address.as_str()), ("WRITE_TOKEN", TOKEN), ("SHOP_TODAY", TODAY), ("RUST_LOG", "warn")])
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{}: {error}; cargo build --release --bins", program.display()))?;
        let bare = Command::new(env::current_exe()?).env(BARE, format!("{url} {bare_address}")).spawn()?;
        let shop = Self { child, address, bare, bare_address, url, orders_before: 0 };
        for _ in 0..100 {
            if let Ok(mut client) = shop.client().await {
                client.request("GET", "/healthz", "", &[200]).await?;
                return Ok(shop);
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err("the server did not start".into())
    }

    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        Client::connect(&self.address, TOKEN).await
    }

    /// To the server that does nothing but the SELECT.
    pub(crate) async fn bare_client(&self) -> Result<Client, Failure> {
        Client::connect(&self.bare_address, TOKEN).await
    }

    pub(crate) async fn plain(&self) -> Result<Plain, Failure> {
        Plain::connect(&self.url).await
    }

    /// Customers with a few orders each and models fitted to them; and a copy of the tables for the work without us.
    pub(crate) async fn fill(&mut self, customers: usize) -> Result<(), Failure> {
        let mut client = self.client().await?;
        let numbers: Vec<usize> = (0..customers * ORDERS_EACH).collect();
        for batch in numbers.chunks(BATCH) {
            let mut body = String::from("[");
            for number in batch {
                let (customer_number, turn) = (number / ORDERS_EACH, number % ORDERS_EACH);
                let day = format!("2025-{:02}-{:02}", 1 + turn * 2 + customer_number % 3, 1 + customer_number % 28);
                let comma = if body.len() == 1 { "" } else { "," };
                write!(body, "{comma}{}", of_day(&format!("before-{number}"), &customer(customer_number), &day))?;
            }
            client.request("POST", "/orders", &(body + "]"), &[201]).await?;
        }
        client.begin_fit().await?;
        self.orders_before = numbers.len();
        let mut connection = PgConnection::connect(&self.url).await?;
        for table in ["orders", "customers"] {
            let copy = format!(
                "CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL); INSERT INTO bare_{table} SELECT * FROM {table}"
            );
            sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut connection).await?;
        }
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
        Ok(())
    }

    /// Copies histories until there are so many customers; the copies have no orders.
    pub(crate) async fn multiply(&self, customers: usize) -> Result<(), Failure> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let copy = "INSERT INTO customers SELECT customer_id || '-' || copy, history, last_purchase, purchases, revenue \
                    FROM bare_customers, generate_series(2, $1) AS copy";
        let copies = i32::try_from(customers / crate::CUSTOMERS)?;
        sqlx::query(copy).bind(copies).execute(&mut connection).await?;
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
        Ok(())
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
        let mut connection = PgConnection::connect(&self.url).await?;
        let select = "SELECT (SELECT COUNT(*) FROM orders), (SELECT CAST(SUM(purchases) AS BIGINT) FROM customers), \
                      (SELECT CAST(SUM(CAST(CAST(history AS JSON) ->> 'purchases' AS BIGINT)) AS BIGINT) FROM customers)";
        let row = sqlx::query(select).fetch_one(&mut connection).await?;
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
