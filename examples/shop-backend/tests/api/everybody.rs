//! What is kept in memory of all customers is what the database says of each, after whatever was written, by whichever of
//! two servers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use repurchase::CustomerHistory;
use repurchase::act::audience::{Audience, Rule, Schema};
use repurchase::rust_decimal::Decimal;
use repurchase::scale::Label;
use repurchase::segment::LabelKind;
use repurchase::shop::{Activity, Attribute, Figure, LastActivity, Profile, ShopModels};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row};

use crate::harness::{Database, Shop, answer, on_both, order};
use crate::truth::check_histories;

on_both![
    every_write_is_seen_at_once_by_both_servers,
    many_who_are_changed_at_once_are_seen,
    a_write_that_is_committed_late_is_seen,
];

struct Dice(u64);

impl Dice {
    /// Below `of`.
    fn roll(&mut self, of: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(of)).unwrap()
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(u32::try_from(of.len()).unwrap()) as usize].clone()
    }
}

/// The shop's own tags and attributes that the test gives, and what is asked of them.
fn rules() -> Vec<Value> {
    vec![
        json!({"any": [{"segment": {"in": ["champions", "loyal", "hibernating"]}}, {"days_since_last": {"<": 20}}]}),
        json!({"all": [{"revenue": {">=": "30"}}, {"purchases": {">=": 2}}]}),
        json!({"days_since_previous": {"<": 50}}),
        json!({"tag": "wine"}),
        json!({"not": {"attribute": {"name": "age", ">=": 30}}}),
        json!({"any": [{"attribute": {"name": "region", "=": "north"}}, {"tag": "tea"}]}),
        json!({"days_since": {"activity": "cart", "<=": 10}}),
        json!({"not": {"days_since": {"activity": "cart", "category": "hats", "exists": true}}}),
    ]
}

/// One customer as the database has them.
struct Stored {
    history: CustomerHistory,
    traits: Value,
    done: Vec<(Activity, String, NaiveDate)>,
}

async fn stored(pool: &AnyPool) -> BTreeMap<String, Stored> {
    let mut all = BTreeMap::new();
    let select = "SELECT customers.customer_id, history, said FROM customers LEFT JOIN traits \
                  ON traits.customer_id = customers.customer_id WHERE last_purchase IS NOT NULL";
    for row in sqlx::query(select).fetch_all(pool).await.unwrap() {
        let said: Option<String> = row.get(2);
        let traits = said.map_or(json!({"tags": [], "attributes": {}}), |said| serde_json::from_str(&said).unwrap());
        let history = serde_json::from_str(row.get(1)).unwrap();
        all.insert(row.get(0), Stored { history, traits, done: Vec::new() });
    }
    let select = "SELECT customer_id, activity, category, at FROM activities";
    for row in sqlx::query(select).fetch_all(pool).await.unwrap() {
        let Some(stored) = all.get_mut(row.get::<&str, _>(0)) else { continue };
        let key: String = row.get(1);
        let activity = Activity::ALL.into_iter().find(|activity| activity.label().key() == key).unwrap();
        let day = DateTime::from_timestamp_micros(row.get(3)).unwrap().date_naive();
        stored.done.push((activity, row.get(2), day));
    }
    all
}

async fn models(pool: &AnyPool, version: i64) -> ShopModels {
    let select = sqlx::query("SELECT model FROM models WHERE version = $1").bind(version);
    serde_json::from_str(select.fetch_one(pool).await.unwrap().get(0)).unwrap()
}

/// Each customer by itself, in three values.
fn naive(all: &BTreeMap<String, Stored>, models: &ShopModels, rule: &Value, today: NaiveDate) -> (Vec<String>, usize) {
    let label = |key: &str| Label::new(key.to_owned(), key.to_owned(), key.to_owned());
    let schema = Schema::of(models).with_tags().with_activities();
    let schema = schema.with_number(label("age")).unwrap().with_text(label("region")).unwrap();
    let rule: Rule = serde_json::from_value(rule.clone()).unwrap();
    let audience = Audience::compile(rule, &schema).unwrap();
    let (mut ids, mut not_judged) = (Vec::new(), 0);
    for (id, stored) in all {
        let Ok(profile) = models.profile(&stored.history, today) else {
            not_judged += 1;
            continue;
        };
        let tags: Vec<&str> =
            stored.traits["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
        let attribute = |name: &str| match &stored.traits["attributes"][name]["value"] {
            Value::Null => Attribute::Unknown,
            Value::String(_) => Attribute::Absent,
            value => match value["number"].as_str() {
                Some(number) => Attribute::Number(number.parse().unwrap()),
                None => Attribute::Text(value["text"].as_str().unwrap()),
            },
        };
        let ago = |day: NaiveDate| u32::try_from((today - day).num_days()).ok();
        let done = stored.done.iter().filter_map(|(activity, category, day)| {
            Some(LastActivity { activity: *activity, category, days_ago: ago(*day)? })
        });
        let (done, attributes): (Vec<_>, _) = (done.collect(), [attribute("age"), attribute("region")]);
        let whole: Profile<'_> = profile.with_tags(&tags).with_attributes(&attributes).with_activities(&done);
        match audience.verdict(&whole) {
            Some(true) => ids.push(id.clone()),
            Some(false) => {}
            None => not_judged += 1,
        }
    }
    (ids, not_judged)
}

/// Every rule, the counts of segments and tiers, and the order by value; by the version that the server says it is of,
/// which another may follow at any time. Whether there was an order by value.
async fn check(shop: &Shop, pool: &AnyPool, rules: &[Value], today: NaiveDate) -> bool {
    let all = stored(pool).await;
    for attempt in 0..10 {
        let groups = shop.ok("/segments").await;
        let version = groups["model"].as_i64().unwrap();
        let mut pages = Vec::new();
        for rule in rules {
            pages.push(shop.post("/audiences", &json!({"rule": rule, "limit": 1000})).await);
        }
        let (status, list) = shop.get("/customers?sort=value&limit=200").await;
        if shop.ok("/segments").await != groups {
            assert!(attempt < 9, "nobody writes meanwhile");
            continue;
        }
        let models = models(pool, version).await;
        for (rule, (status, page)) in rules.iter().zip(pages) {
            assert_eq!(status, StatusCode::OK, "{rule}: {page}");
            let (ids, not_judged) = naive(&all, &models, rule, today);
            assert_eq!((&page["customer_ids"], &page["not_judged"]), (&json!(ids), &json!(not_judged)), "{rule}");
            assert_eq!(page["examined"], all.len());
        }
        check_groups(&all, &models, &groups, today);
        let value = |stored: &Stored| models.profile(&stored.history, today).ok()?.figure(Figure::ExpectedValue);
        let mut expected: Vec<_> = all.iter().map(|(id, stored)| (value(stored), id)).collect();
        if expected.iter().all(|(value, _)| value.is_none()) {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
            return false;
        }
        assert_eq!(status, StatusCode::OK, "{list}");
        let money = |value: Option<f64>| value.map(|value| repurchase::predict::rounded_to_money(value, 2).unwrap());
        expected.sort_by(|(one, id), (other, other_id)| money(*other).cmp(&money(*one)).then(id.cmp(other_id)));
        let expected: Vec<_> = expected.into_iter().map(|(_, id)| id.as_str()).take(200).collect();
        let found: Vec<_> =
            list["customers"].as_array().unwrap().iter().map(|one| one["customer_id"].clone()).collect();
        assert_eq!(json!(found), json!(expected));
        return true;
    }
    unreachable!("the last attempt is the answer")
}

fn check_groups(all: &BTreeMap<String, Stored>, models: &ShopModels, groups: &Value, today: NaiveDate) {
    for (kind, name) in [(LabelKind::Segment, "segments"), (LabelKind::Tier, "tiers")] {
        for group in groups[name].as_array().unwrap() {
            let is_of = |stored: &&Stored| {
                let profile = models.profile(&stored.history, today).ok();
                profile.and_then(|profile| profile.label(kind)).is_some_and(|label| group["key"] == label.key())
            };
            let own = || all.values().filter(is_of);
            let purchases: u64 = own().map(|stored| stored.history.purchases()).sum();
            let revenue: Decimal = own().map(|stored| stored.history.revenue()).sum();
            let found = (&group["customers"]["count"], &group["purchases"]);
            assert_eq!(found, (&json!(own().count()), &json!(purchases)), "{group}");
            assert_eq!(group["revenue"].as_str().unwrap().parse::<Decimal>().unwrap(), revenue, "{group}");
        }
    }
}

/// So that every rule may ask for what it asks for, whatever else is written.
async fn one_of_each(shop: &Shop) {
    let said = json!({"tags": ["wine", "tea"], "attributes": {"age": 40, "region": "north"}});
    assert_eq!(shop.put("/customers/somebody/traits", &said).await.0, StatusCode::OK);
    let deed =
        json!([{"customer_id": "somebody", "activity": "cart", "category": "hats", "at": "2026-03-20T12:00:00Z"}]);
    assert_eq!(shop.post("/activities", &deed).await.0, StatusCode::CREATED);
    assert_eq!(shop.post("/orders", &order("of somebody", "somebody", "2026-03-01", "5")).await.0, StatusCode::CREATED);
}

/// One write of any kind; which of them are refused, other tests say.
async fn write(shop: &Shop, step: u32, dice: &mut Dice) {
    let id = format!("c{}", dice.roll(25));
    let order_id = format!("n{}", dice.roll(step + 1));
    let day = format!("2026-0{}-{:02}", 1 + dice.roll(3), 1 + dice.roll(28));
    let amount = format!("{}.50", dice.roll(60));
    let at = format!("{day}T13:00:00Z");
    match dice.roll(12) {
        0..=3 => drop(shop.post("/orders", &order(&format!("n{step}"), &id, &day, &amount)).await),
        4 => drop(shop.put(&format!("/orders/{order_id}"), &order(&order_id, &id, &day, &amount)).await),
        5 => drop(shop.post("/events", &json!({"order_id": order_id, "event": "cancelled", "at": at})).await),
        6 => {
            let refund = json!({"order_id": order_id, "event": "refunded", "refund_id": "r", "at": at, "amount": "1"});
            drop(shop.post("/events", &refund).await);
        }
        7 => drop(answer(shop.request(Method::DELETE, &format!("/customers/{id}"))).await),
        8 => {
            let other = format!("c{}", dice.roll(25));
            drop(shop.post("/aliases", &json!({"alias_id": id, "customer_id": other})).await);
        }
        9 => {
            let tags = dice.pick(&[json!([]), json!(["wine"]), json!(["tea", "wine"])]);
            let attributes = [json!({"age": dice.roll(60)}), json!({"region": "north", "age": null}), json!({})];
            let said = json!({"tags": tags, "attributes": dice.pick(&attributes)});
            drop(shop.put(&format!("/customers/{id}/traits"), &said).await);
        }
        10 => {
            let category = dice.pick(&["hats", "shoes"]);
            let deed = json!([{"customer_id": id, "activity": "cart", "category": category, "at": at}]);
            drop(shop.post("/activities", &deed).await);
        }
        _ => drop(shop.post("/models/fit", &json!({})).await),
    }
}

/// In turns on two servers, of which one is two days ahead; each is asked after each write.
async fn every_write_is_seen_at_once_by_both_servers(database: Database) {
    let days = ["2026-03-31", "2026-04-02"];
    let shops = days.map(|day| Shop::start_with(&database, &[("SHOP_TODAY", day)]));
    let days = days.map(|day| day.parse::<NaiveDate>().unwrap());
    let pool = database.connect().await;
    let mut dice = Dice(11);
    // Some come often, most seldom: models of value are fitted to them.
    let orders = (0..300).map(|n| {
        let day = format!("2025-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28));
        let number = dice.roll(1 + n % 80);
        order(&format!("o{n}"), &format!("c{number}"), &day, &format!("{}.10", 5 + number % 7 * 9 + dice.roll(40)))
    });
    assert_eq!(shops[0].post("/orders", &json!(orders.collect::<Vec<_>>())).await.0, StatusCode::CREATED);
    one_of_each(&shops[1]).await;
    assert_eq!(shops[0].post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    assert_eq!(shops[1].post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    let (rules, mut are_ranked) = (rules(), 0);
    for step in 0..150 {
        write(dice.pick(&[&shops[0], &shops[1]]), step, &mut dice).await;
        for (shop, today) in shops.iter().zip(days) {
            are_ranked += u32::from(check(shop, &pool, &rules, today).await);
        }
    }
    assert!(are_ranked > 100, "{are_ranked} orders by value");
    pool.close().await;
    check_histories(&database).await;
}

/// More than stand apart: blocks of customers are made anew, and grow.
async fn many_who_are_changed_at_once_are_seen(database: Database) {
    let shop = Shop::start(&database);
    one_of_each(&shop).await;
    let pool = database.connect().await;
    let batch = |name: &str, from: usize, step: usize, amount: &str| -> Value {
        let one = |n: usize| order(&format!("{name}{n}"), &format!("c{:05}", step * n), "2026-03-01", amount);
        (from..from + 1000).map(one).collect()
    };
    let today = "2026-03-31".parse().unwrap();
    for (round, step) in [(0, 2), (1, 2), (2, 1)] {
        let mut posts = Vec::new();
        for at in 0..10 {
            posts.push(batch(&format!("r{round}-"), 1000 * at, step, &format!("{}.00", 10 + round)));
        }
        for body in &posts {
            let (status, body) = shop.post("/orders", body).await;
            assert_eq!(status, StatusCode::CREATED, "{body}");
        }
        if round == 0 {
            assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
        }
        let all = stored(&pool).await;
        let groups = shop.ok("/segments").await;
        let models = models(&pool, groups["model"].as_i64().unwrap()).await;
        check_groups(&all, &models, &groups, today);
        for rule in [json!({"revenue": {">=": "21"}}), json!({"purchases": 1})] {
            let (mut ids, mut cursor) = (Vec::new(), Value::Null);
            loop {
                let (_, page) = shop.post("/audiences", &json!({"rule": rule, "limit": 1000, "cursor": cursor})).await;
                ids.extend(page["customer_ids"].as_array().unwrap().clone());
                cursor = page["cursor"].clone();
                if cursor.is_null() {
                    break;
                }
            }
            assert_eq!(json!(ids), json!(naive(&all, &models, &rule, today).0), "{rule}");
        }
    }
    pool.close().await;
}

/// Transactions that began before a look and end after it, while others began and ended: their numbers are lower ones.
async fn a_write_that_is_committed_late_is_seen(database: Database) {
    if database.url.starts_with("sqlite") {
        // One writer at a time.
        return;
    }
    let shop = Shop::start(&database);
    one_of_each(&shop).await;
    let all = ["ann", "bo", "cy"].map(|id| order(&format!("of {id}"), id, "2026-03-01", "5"));
    assert_eq!(shop.post("/orders", &json!(all)).await.0, StatusCode::CREATED);
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    let (pool, other) = (database.connect().await, database.connect().await);
    let (mut last, mut late) = (pool.begin().await.unwrap(), other.begin().await.unwrap());
    let touch = "UPDATE customers SET changed = CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT), history = \
                 (SELECT history FROM customers WHERE customer_id = 'richer') WHERE customer_id = $1";
    let richer = order("c", "richer", "2026-03-01", "500");
    assert_eq!(shop.post("/orders", &richer).await.0, StatusCode::CREATED);
    sqlx::query(touch).bind("ann").execute(&mut *last).await.unwrap();
    sqlx::query(touch).bind("cy").execute(&mut *late).await.unwrap();
    let rule = json!({"rule": {"revenue": {">=": "100"}}});
    for turn in 0..3 {
        let bo = order(&format!("d{turn}"), "bo", "2026-03-02", "1");
        assert_eq!(shop.post("/orders", &bo).await.0, StatusCode::CREATED);
        assert_eq!(shop.post("/audiences", &rule).await.1["customer_ids"], json!(["richer"]));
    }
    late.commit().await.unwrap();
    assert_eq!(shop.post("/audiences", &rule).await.1["customer_ids"], json!(["cy", "richer"]));
    last.commit().await.unwrap();
    assert_eq!(shop.post("/audiences", &rule).await.1["customer_ids"], json!(["ann", "cy", "richer"]));
    pool.close().await;
    other.close().await;
}
