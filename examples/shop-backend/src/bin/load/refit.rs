//! What very many customers take: memory, questions about all of them, and whether a fit keeps anybody waiting.

use std::time::{Duration, Instant};

use crate::Failure;
use crate::client::Client;
use crate::figures::Figures;
use crate::shop::{Shop, customer, order};

/// How long requests are counted while nothing else happens.
const ALONE: Duration = Duration::from_secs(20);

/// The page of a list that is asked for after the first one.
const LATER: usize = 10;

const QUESTIONS: [(&str, &str, &str); 10] = [
    ("GET", "/segments", ""),
    ("GET", "/customers?segment=champions&sort=revenue", ""),
    ("GET", "/customers?segment=cant_lose&sort=last_purchase", ""),
    ("GET", "/customers?tier=supreme&sort=revenue", ""),
    ("GET", "/customers?sort=value", ""),
    ("GET", "/customers?segment=at_risk&sort=risk", ""),
    // Of these rules nobody is meant: all customers are looked at.
    ("POST", "/audiences", r#"{"rule": {"all": [{"segment": "champions"}, {"days_since_last": {">": 4000}}]}}"#),
    ("POST", "/audiences", r#"{"rule": {"all": [{"expected_value": {">=": 1000000}}, {"tier": "supreme"}]}}"#),
    ("POST", "/audiences", r#"{"rule": {"all": [{"tag": "wine"}, {"days_since_last": {">": 4000}}]}}"#),
    (
        "POST",
        "/audiences",
        r#"{"rule": {"all": [{"tag": "wine"}, {"attribute": {"name": "age", ">=": 18}},
            {"days_since": {"activity": "cart", "category": "hats", "<=": 1}}]}}"#,
    ),
];

pub(crate) async fn measure(shop: &mut Shop, customers: usize) -> Result<(), Failure> {
    shop.multiply(customers).await?;
    shop.restart().await?;
    let mut client = shop.client().await?;
    client.request("GET", "/segments", "", &[200]).await?;
    let (now, most, processor) = shop.usage()?;
    println!(
        "first answer about all customers {:.1} s after the start, {:.1} s of the server's processor time; memory {now} MB, \
         at most {most} MB",
        shop.started.elapsed().as_secs_f64(),
        processor.as_secs_f64()
    );
    for round in ["nobody was changed", "an order came in before each"] {
        println!("{round}:");
        for (at, (method, path, body)) in QUESTIONS.into_iter().enumerate() {
            if round != "nobody was changed" {
                post(&mut client, "asked", at).await?;
            }
            let text = ask(shop, &mut client, method, path, body).await?;
            let (mut path, mut pages) = (path.to_owned(), text);
            for page in 2..=LATER {
                let answer: serde_json::Value = serde_json::from_str(&pages)?;
                let Some(cursor) = answer["cursor"].as_str().filter(|_| method == "GET") else { break };
                path = format!("{}&cursor={cursor}", path.split("&cursor").next().unwrap_or_default());
                pages = if page == LATER {
                    ask(shop, &mut client, method, &path, body).await?
                } else {
                    client.request(method, &path, body, &[200]).await?
                };
            }
        }
    }
    for number in 0..4_000 {
        post(&mut client, "many", number).await?;
    }
    let start = Instant::now();
    client.request("GET", "/segments", "", &[200]).await?;
    println!("GET /segments after 4,000 customers were changed: {:.1} ms", 1e3 * start.elapsed().as_secs_f64());
    fit(shop, &mut client).await
}

/// What an answer takes, of the server's processor time, too.
async fn ask(shop: &Shop, client: &mut Client, method: &str, path: &str, body: &str) -> Result<String, Failure> {
    let ((.., before), start) = (shop.usage()?, Instant::now());
    let text = client.request(method, path, body, &[200]).await?;
    let (took, (.., after)) = (start.elapsed(), shop.usage()?);
    let [took, processor] = [took, after.saturating_sub(before)].map(|time| 1e3 * time.as_secs_f64());
    println!("  {took:>7.1} ms, processor {processor:>4.0} ms: {method} {path:.70} {body}");
    Ok(text)
}

/// Orders and customers by turns while nothing else happens, then while the models are fitted.
async fn fit(shop: &Shop, client: &mut Client) -> Result<(), Failure> {
    let (mut alone, start) = (<[Figures; 2]>::default(), Instant::now());
    while start.elapsed() < ALONE {
        turn(client, "alone", &mut alone).await?;
    }
    let version = shop.model().await?.0;
    let (_, _, before) = shop.usage()?;
    let mut fitting = shop.client().await?;
    let fit = tokio::spawn(async move { fitting.begin_fit().await });
    let (mut during, start) = (<[Figures; 2]>::default(), Instant::now());
    while during[0].count() % 100 != 0 || during[0].count() == 0 || shop.model().await?.0 == version {
        turn(client, "during", &mut during).await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    fit.await??;
    let (now, most, after) = shop.usage()?;
    for (what, figures) in [("nothing else", &mut alone), ("while models are fitted", &mut during)] {
        for (request, figures) in ["POST /orders", "GET /customers/{id}"].into_iter().zip(figures) {
            figures.elapsed = figures.total();
            let summary = figures.summary();
            let worst = 1e3 * figures.quantile(1.0).as_secs_f64();
            println!("{request:<20} {what:<24} {summary}   slowest {worst:.1} ms");
        }
    }
    let (_, customers) = shop.model().await?;
    println!(
        "the fit of {customers} customers took {seconds:.1} s, {:.1} s of the server's processor time with the requests; \
         memory {now} MB, at most {most} MB",
        after.saturating_sub(before).as_secs_f64()
    );
    let start = Instant::now();
    client.request("GET", "/segments", "", &[200]).await?;
    println!("GET /segments by the new models: {:.1} ms", 1e3 * start.elapsed().as_secs_f64());
    Ok(())
}

/// An order, and a look at a customer.
async fn turn(client: &mut Client, name: &str, figures: &mut [Figures; 2]) -> Result<(), Failure> {
    let [posts, gets] = figures;
    posts.add(vec![post(client, name, posts.count()).await?]);
    let start = Instant::now();
    client.get(&format!("/customers/{}", customer(gets.count() * 7 % crate::CUSTOMERS))).await?;
    gets.add(vec![start.elapsed()]);
    Ok(())
}

async fn post(client: &mut Client, name: &str, number: usize) -> Result<Duration, Failure> {
    let start = Instant::now();
    client.post(&order(&format!("{name}-{number}"), &customer(number % crate::CUSTOMERS))).await?;
    Ok(start.elapsed())
}
