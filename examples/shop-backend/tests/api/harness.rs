//! A shop that runs: the real program, on a port of its own, over a database of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Connection, PgConnection};
use tempfile::TempDir;

pub(crate) const WRITE: &str = "the-token-for-writes";
pub(crate) const READ: &str = "the-token-for-reads!";
/// The shop's today, where there is no sample.
pub(crate) const TODAY: &str = "2026-03-31";

/// Makes of `async fn name(database: Database)` one test on SQLite and one on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::harness::Database::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs a PostgreSQL server: tests/with-postgres.sh cargo test -- --include-ignored"]
            async fn $name() {
                super::$name(crate::harness::Database::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// An empty database that nobody else uses.
pub(crate) struct Database {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let file: PathBuf = folder.path().join("shop.db");
        Self { url: format!("sqlite:{}?mode=rwc", file.display()), _folder: Some(folder) }
    }

    /// Of the server at `TEST_POSTGRES_URL`, which ends with the name of a database of it.
    pub(crate) async fn postgres() -> Self {
        let server = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names a PostgreSQL server");
        let name = format!("shop_{}", uuid::Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut connection).await.unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{server}/{name}"), _folder: None }
    }

    /// Another one, of the same server.
    pub(crate) async fn of_the_same_kind(other: &Self) -> Self {
        if other.url.starts_with("sqlite") { Self::sqlite() } else { Self::postgres().await }
    }

    pub(crate) async fn connect(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        AnyPoolOptions::new().max_connections(1).connect(&self.url).await.unwrap()
    }
}

/// Ends with its value, as by a power cut.
pub(crate) struct Shop {
    child: Child,
    address: String,
    client: Client,
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Shop {
    /// Without the sample.
    pub(crate) fn start(database: &Database) -> Self {
        Self::start_with(database, &[("SHOP_TODAY", TODAY)])
    }

    pub(crate) fn start_with(database: &Database, variables: &[(&str, &str)]) -> Self {
        let mut command = command(database);
        let mut child = command.envs(variables.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_whitespace().find(|word| word.starts_with("http://")).expect(&line);
        let address = address.trim_end_matches('/').to_owned();
        Self { child, address, client: Client::new() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn address(&self) -> &str {
        self.address.trim_start_matches("http://")
    }

    /// A request with the write token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(WRITE)
    }

    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        answer(self.request(Method::GET, path)).await
    }

    /// What is there.
    pub(crate) async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// All pages of a question to `/customers`, such as `segment=loyal`.
    pub(crate) async fn customers(&self, question: &str) -> Vec<Value> {
        let (mut customers, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.ok(&format!("/customers?limit=200&{question}{cursor}")).await;
            customers.extend(page["customers"].as_array().unwrap().iter().cloned());
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return customers,
            }
        }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        answer(self.request(Method::PUT, path).json(body)).await
    }
}

/// The program, as yet without its own variables.
pub(crate) fn command(database: &Database) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop-backend"));
    command
        .env_clear()
        .env("DATABASE_URL", &database.url)
        .env("LISTEN", "127.0.0.1:0")
        .env("RUST_LOG", "warn,sqlx=error");
    command.env("WRITE_TOKEN", WRITE).env("READ_TOKEN", READ);
    command
}

pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: no JSON: {text}"));
    if status.is_client_error() || status.is_server_error() {
        assert_eq!(headers["content-type"], "application/problem+json", "{status}: {text}");
        assert_eq!(body["status"], status.as_u16());
        assert!(!status.is_server_error(), "{status}: {text}");
    }
    (status, body)
}

pub(crate) fn order(order_id: &str, customer_id: &str, day: &str, amount: &str) -> Value {
    let placed_at = format!("{day}T12:00:00Z");
    json!({ "order_id": order_id, "customer_id": customer_id, "placed_at": placed_at, "amount": amount })
}
