//! Does a fit on very many histories keep anybody waiting?

use std::time::{Duration, Instant};

use crate::Failure;
use crate::client::Client;
use crate::figures::Figures;
use crate::shop::{Shop, customer, order};

/// Orders one after the other while nothing else happens, then while the models are fitted.
pub(crate) async fn measure(shop: &Shop, customers: usize) -> Result<(), Failure> {
    shop.multiply(customers).await?;
    let mut client = shop.client().await?;
    let mut alone = Figures::default();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        alone.add(vec![post(&mut client, "alone", alone.count()).await?]);
    }
    alone.elapsed = start.elapsed();
    println!("POST /orders, nothing else          {}", alone.summary());

    let mut fitting = shop.client().await?;
    let fit = tokio::spawn(async move { fitting.begin_fit().await });
    let mut during = Figures::default();
    let start = Instant::now();
    while during.count() % 100 != 0 || during.count() == 0 || shop.model().await?.0 < 2 {
        during.add(vec![post(&mut client, "during", during.count()).await?]);
    }
    during.elapsed = start.elapsed();
    fit.await??;
    println!("POST /orders, while models are fitted {}", during.summary());
    let (seconds, worst) = (during.elapsed.as_secs_f64(), 1e3 * during.quantile(1.0).as_secs_f64());
    let (_, customers) = shop.model().await?;
    println!("the fit of {customers} customers took {seconds:.1} s; the slowest order in it {worst:.1} ms");
    let rule = r#"{"rule": {"all": [{"tier": "vip"}, {"days_since_last": {">=": 60}}]}}"#;
    for (method, path, body) in [
        ("GET", "/customers?segment=champions&sort=revenue", ""),
        ("GET", "/customers?segment=cant_lose&sort=last_purchase", ""),
        ("GET", "/customers?tier=supreme&sort=revenue", ""),
        ("GET", "/segments", ""),
        ("POST", "/audiences", rule),
    ] {
        let start = Instant::now();
        client.request(method, path, body, &[200]).await?;
        println!("{method} {path}: {:.1} ms", 1e3 * start.elapsed().as_secs_f64());
    }
    Ok(())
}

async fn post(client: &mut Client, name: &str, number: usize) -> Result<Duration, Failure> {
    let start = Instant::now();
    client.post(&order(&format!("{name}-{number}"), &customer(number % crate::CUSTOMERS))).await?;
    Ok(start.elapsed())
}
