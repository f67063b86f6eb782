//! How much the shop costs: `POST /orders` and `GET /customers/{id}` against the same SQL through sqlx alone.
//!
//! ```text
//! cargo build --release --bins
//! taskset -c 0 cargo run --release --bin load -- 60                            # on SQLite
//! taskset -c 0 tests/with-postgres.sh cargo run --release --bin load -- 60     # on PostgreSQL
//! ```
//!
//! `load -- 0 1000000` in place of that: a million customers, what is asked of all of them, orders while the models are
//! fitted on them.
//!
//! Server, database and this program share one core, so that a rate is the inverse of all the work that a request is.
//! Each measurement takes the given seconds, in four parts that take turns with those of the other measurements.

mod bare;
mod client;
mod figures;
mod plain;
mod refit;
mod shop;

use std::error::Error;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use crate::client::Client;
use crate::figures::Figures;
use crate::plain::Plain;
use crate::shop::Shop;

const CUSTOMERS: usize = 10_000;
/// At a time; 1 for latencies.
const CONNECTIONS: usize = 8;
const TURNS: u32 = 4;

type Failure = Box<dyn Error + Send + Sync>;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Insert,
    SameTransaction,
    PostOrder,
    Select,
    BareGet,
    GetCustomer,
    /// In another language than the last time, so that the answer is made anew.
    GetAnew,
}

impl Work {
    /// With so many connections.
    const ALL: [(Self, usize); 12] = [
        (Self::Insert, CONNECTIONS),
        (Self::SameTransaction, CONNECTIONS),
        (Self::PostOrder, CONNECTIONS),
        (Self::SameTransaction, 1),
        (Self::PostOrder, 1),
        (Self::Select, CONNECTIONS),
        (Self::BareGet, CONNECTIONS),
        (Self::GetCustomer, CONNECTIONS),
        (Self::Select, 1),
        (Self::BareGet, 1),
        (Self::GetCustomer, 1),
        (Self::GetAnew, 1),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Insert => "sqlx: INSERT of the order alone",
            Self::SameTransaction => "sqlx: order and customer, same transaction",
            Self::PostOrder => "POST /orders",
            Self::Select => "sqlx: SELECT of the customer",
            Self::BareGet => "axum and sqlx: GET of that SELECT",
            Self::GetCustomer => "GET /customers/{id}",
            Self::GetAnew => "GET /customers/{id}, made anew",
        }
    }
}

/// One connection's way to do its work.
enum Worker {
    Plain(Plain),
    Client(Client),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    if let Some([url, address]) = shop::bare_server() {
        return bare::serve(&url, address.parse()?).await;
    }
    let seconds: u64 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let mut shop = Shop::start().await?;
    shop.fill(CUSTOMERS).await?;
    if let Some(customers) = arguments.next() {
        return refit::measure(&mut shop, customers.parse()?).await;
    }
    let turn = Duration::from_secs(seconds) / TURNS;
    let mut figures: [Figures; 12] = Default::default();
    let mut library = 0.0;
    for round in 0..TURNS {
        for ((work, connections), figures) in Work::ALL.into_iter().zip(&mut figures) {
            let before = shop.library_seconds().await?;
            measure(&shop, work, connections, round, turn, figures).await?;
            if (work, connections) == (Work::PostOrder, 1) {
                library += shop.library_seconds().await? - before;
            }
        }
    }
    let posted = Work::ALL.into_iter().zip(&figures).filter(|((work, _), _)| *work == Work::PostOrder);
    let posted: usize = posted.map(|(_, figures)| figures.count()).sum();
    for ((work, connections), figures) in Work::ALL.into_iter().zip(&mut figures) {
        println!("{:<44} {connections} at a time: {}", work.name(), figures.summary());
    }
    compare(&figures, library);
    shop.check(posted).await?;
    println!("no error, no order lost: {posted} were answered and are stored, each in its customer's history");
    Ok(())
}

/// One turn of one measurement.
async fn measure(
    shop: &Shop,
    work: Work,
    connections: usize,
    round: u32,
    turn: Duration,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let mut workers = Vec::new();
    for _ in 0..connections {
        workers.push(match work {
            Work::PostOrder | Work::GetCustomer | Work::GetAnew => Worker::Client(shop.client().await?),
            Work::BareGet => Worker::Client(shop.bare_client().await?),
            _ => Worker::Plain(shop.plain.clone()),
        });
    }
    let start = Instant::now();
    let runs = workers.into_iter().enumerate().map(|(at, worker)| {
        let name = format!("{round}-{work:?}-{connections}-{at}");
        run(work, worker, name, start + turn)
    });
    try_join_all(runs).await?.into_iter().for_each(|latencies| figures.add(latencies));
    figures.elapsed += start.elapsed();
    Ok(())
}

/// In the order of [`Work::ALL`].
fn compare(figures: &[Figures; 12], library: f64) {
    let [insert, same, post, same_one, post_one, select, bare, get, select_one, bare_one, get_one, anew] = figures;
    let times = |slow: &Figures, quick: &Figures| quick.rate() / slow.rate();
    println!("\nPOST /orders against the same transaction: {:.2} times the time", times(post, same));
    println!(
        "  with one connection {:.2} times; against the INSERT alone {:.2} times",
        times(post_one, same_one),
        times(post, insert)
    );
    let p50 = |figures: &Figures| figures.quantile(0.5).as_secs_f64();
    let p99 = |figures: &Figures| figures.quantile(0.99).as_secs_f64();
    println!("GET /customers/{{id}} against the SELECT behind the same HTTP, p99: {:.2} times", p99(get) / p99(bare));
    println!(
        "  with one connection {:.2} times, p50 {:.2} times; made anew {:.2} and {:.2} times",
        p99(get_one) / p99(bare_one),
        p50(get_one) / p50(bare_one),
        p99(anew) / p99(bare_one),
        p50(anew) / p50(bare_one)
    );
    println!(
        "  against the SELECT without HTTP, p99: {:.2} and {:.2} times",
        p99(get) / p99(select),
        p99(get_one) / p99(select_one)
    );
    let share = library / post_one.total().as_secs_f64();
    let each = 1e6 * share * post_one.mean().as_secs_f64();
    println!("the library's share of POST /orders: {:.2}%, {each:.1} microseconds of each", 100.0 * share);
}

/// Works until the time is over, and gives how long each piece took.
async fn run(work: Work, mut worker: Worker, name: String, end: Instant) -> Result<Vec<Duration>, Failure> {
    let mut latencies = Vec::new();
    // Customers in an order that is scattered and always the same.
    let mut place = name.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    loop {
        let start = Instant::now();
        if start >= end {
            return Ok(latencies);
        }
        // Each of them twice where it is asked in two languages.
        let language = if latencies.len() % 2 == 0 { "zh" } else { "en" };
        if work != Work::GetAnew || language == "zh" {
            place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        }
        let customer = shop::customer((place >> 33) % CUSTOMERS);
        let order = format!("{name}-{}", latencies.len());
        match (work, &mut worker) {
            (Work::Insert, Worker::Plain(plain)) => plain.insert(&order, &customer).await?,
            (Work::SameTransaction, Worker::Plain(plain)) => plain.same_transaction(&order, &customer).await?,
            (Work::Select, Worker::Plain(plain)) => plain.select(&customer).await?,
            (Work::PostOrder, Worker::Client(client)) => client.post(&shop::order(&order, &customer)).await?,
            (Work::GetAnew, Worker::Client(client)) => {
                client.get(&format!("/customers/{customer}?lang={language}")).await?;
            }
            (_, Worker::Client(client)) => client.get(&format!("/customers/{customer}")).await?,
            (_, Worker::Plain(_)) => return Err("this work needs the server".into()),
        }
        latencies.push(start.elapsed());
    }
}
