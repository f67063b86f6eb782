//! Visitors by how likely a first purchase is, beside the library's own model of the same days.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use repurchase::predict::{VisitorModel, VisitorOptions, visitors};
use repurchase::record::{Interaction, InteractionKind};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Row;

use crate::harness::{Database, Shop, TODAY, answer, on_both, order};

on_both![
    visitors_are_ranked_as_the_library_ranks_them,
    rules_select_visitors_by_their_probability,
    what_cannot_be_fitted_is_said,
    ids_of_one_person_visit_as_one,
];

type Visit = (String, InteractionKind, NaiveDate, &'static str);

fn today() -> NaiveDate {
    TODAY.parse().unwrap()
}

fn ago(days: u64) -> NaiveDate {
    today() - Days::new(days)
}

/// Numbers below one, in an order of their own.
struct Draws(u64);

impl Draws {
    fn below(&mut self, of: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % of
    }
}

/// Visitors of 260 days, and who bought on which day: who put something into the cart is likelier to.
fn past() -> (Vec<Visit>, Vec<(String, NaiveDate)>) {
    let (mut draws, mut visits, mut orders) = (Draws(7), Vec::new(), Vec::new());
    for number in 0..520 {
        let (id, last, mut chance) = (format!("v{number:03}"), draws.below(260), 10);
        for _ in 0..=draws.below(4) {
            let kind = InteractionKind::ALL[usize::try_from(draws.below(4)).unwrap()];
            let category = ["shoes", "hats", "coats"][usize::try_from(draws.below(3)).unwrap()];
            visits.push((id.clone(), kind, ago(last + draws.below(12)), category));
            chance += if kind == InteractionKind::Cart { 30 } else { 2 };
        }
        if draws.below(100) < chance && last > 0 {
            orders.push((id, ago(last - draws.below(last.min(60)))));
        }
    }
    // Somebody was here early enough that all of the days before the first span are known.
    visits.push(("early".to_owned(), InteractionKind::View, ago(299), "hats"));
    (visits, orders)
}

async fn posted(shop: &Shop, visits: &[Visit], orders: &[(String, NaiveDate)]) {
    let deeds: Vec<_> =
        visits.iter().map(|(id, kind, day, category)| deed(id, kind.label().key(), *day, category)).collect();
    for deeds in deeds.chunks(1_000) {
        assert_eq!(shop.post("/activities", &json!(deeds)).await.0, StatusCode::CREATED);
    }
    let orders =
        (0..).zip(orders).map(|(number, (id, day)): (u16, _)| order(&number.to_string(), id, &day.to_string(), "20"));
    for orders in orders.collect::<Vec<_>>().chunks(1_000) {
        assert_eq!(shop.post("/orders", &json!(orders)).await.0, StatusCode::CREATED);
    }
}

fn deed(id: &str, activity: &str, day: NaiveDate, category: &str) -> Value {
    json!({"customer_id": id, "activity": activity, "category": category, "at": format!("{day}T18:00:00Z")})
}

async fn fit(shop: &Shop) {
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
}

/// By id.
fn probabilities(ranking: &Value) -> BTreeMap<String, f64> {
    let ranked = ranking["ranked"].as_array().unwrap().iter();
    ranked.map(|one| (one["customer_id"].as_str().unwrap().to_owned(), one["probability"].as_f64().unwrap())).collect()
}

async fn visitors_are_ranked_as_the_library_ranks_them(database: Database) {
    let shop = Shop::start(&database);
    let (visits, orders) = past();
    posted(&shop, &visits, &orders).await;
    // Said again, or more than once a day, it is what it was; what was long ago is not looked at.
    posted(&shop, &[("v001".to_owned(), InteractionKind::View, ago(0), "hats")], &[]).await;
    let twice = json!([deed("v001", "view", today(), "hats"), deed("long ago", "cart", ago(400), "hats")]);
    assert_eq!(shop.post("/activities", &twice).await.0, StatusCode::CREATED);
    let before = shop.ok("/visitors").await;
    assert_eq!((&before["model"], &before["ranked"]), (&json!(null), &json!([])));
    assert_eq!(before["verdict"], "nothing has been fitted yet: POST /models/fit");
    fit(&shop).await;

    // The library, of each activity once a day.
    let mut acts: Vec<_> = visits.clone();
    acts.push(("v001".to_owned(), InteractionKind::View, today(), "hats"));
    acts.sort_by(|one, other| {
        (&one.0, one.1.label().key(), one.2, one.3).cmp(&(&other.0, other.1.label().key(), other.2, other.3))
    });
    acts.dedup();
    let at = |day: NaiveDate| day.and_hms_opt(18, 0, 0).unwrap().and_utc();
    let acts: Vec<_> =
        acts.into_iter().map(|(id, kind, day, category)| Interaction::new(id, at(day), kind, category)).collect();
    let bought = orders.iter().map(|(id, day)| Order::on(id.clone(), *day, 20.into()).unwrap());
    let calendar = ShopCalendar::utc();
    let log = PurchaseLog::from_records(bought, &calendar).unwrap();
    let expected = VisitorModel::fit(&log, &acts, &calendar, today(), &VisitorOptions::default()).unwrap();
    let check = expected.check.unwrap();
    let ranking = shop.ok("/visitors?limit=200").await;
    let model = json!({
        "as_of": TODAY, "lookback_days": 90, "horizon_days": 30, "spans": 6, "past_visitors": expected.visitors,
        "past_buyers": expected.buyers, "beats_the_rule": check.beats_the_rule()
    });
    assert_eq!((&ranking["model"], expected.spans), (&model, 6));
    assert!(expected.buyers > 40, "{model}");
    let now = visitors(&log, &acts, &calendar, today(), 90).unwrap();
    assert_eq!(ranking["visitors"], now.len());
    let found = probabilities(&ranking);
    let mut likeliest: Vec<_> = now.iter().map(|(id, sample)| (expected.model.probability(sample), *id)).collect();
    likeliest.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    assert_eq!(found.len(), likeliest.len().min(200));
    let listed: Vec<_> =
        ranking["ranked"].as_array().unwrap().iter().map(|one| one["customer_id"].as_str().unwrap()).collect();
    let is_near = |one: f64, other: f64| (one - other).abs() < 1e-9;
    for (at, (probability, id)) in likeliest.iter().take(200).enumerate() {
        // JSON, as it is stored, reads a parameter to the last bit but one.
        assert!(is_near(found[*id], *probability) && is_near(found[listed[at]], *probability), "{id} {probability}");
    }
    let first = &ranking["ranked"][0];
    let (_, sample) = now.iter().find(|(id, _)| **id == *first["customer_id"].as_str().unwrap()).unwrap();
    assert_eq!(first["days_since_cart"], json!(sample.days_since_cart));
    let last = acts
        .iter()
        .filter(|act| act.customer() == first["customer_id"].as_str().unwrap())
        .map(|act| act.at().date_naive())
        .max();
    assert_eq!(first["last_visit"], json!(last));
    let verdict = ranking["verdict"].as_str().unwrap();
    assert_eq!(verdict, check.explain(repurchase::scale::Language::English));
    assert!(verdict.ends_with("it says who buys, and not whom a message moves"), "{verdict}");
    let chinese = shop.ok("/visitors?limit=1&lang=zh").await;
    assert_eq!(chinese["verdict"], check.explain(repurchase::scale::Language::Chinese));
    // The table holds what a model looks back to, and no more.
    let pool = database.connect().await;
    let row = sqlx::query("SELECT MIN(day), COUNT(*) FROM visits").fetch_one(&pool).await.unwrap();
    assert_eq!(
        (row.get::<String, _>(0), row.get::<i64, _>(1)),
        (ago(299).to_string(), i64::try_from(acts.len()).unwrap())
    );
    pool.close().await;
}

async fn rules_select_visitors_by_their_probability(database: Database) {
    let shop = Shop::start(&database);
    let (visits, orders) = past();
    posted(&shop, &visits, &orders).await;
    let least = |least: f64| json!({"probability_first_purchase": {">=": least}});
    let ask = async |rule: &Value| {
        let (status, page) = shop.post("/audiences", &json!({"rule": rule, "limit": 1000})).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        (page["customer_ids"].clone(), page["examined"].clone(), page["not_judged"].clone())
    };
    fit(&shop).await;
    let ranking = shop.ok("/visitors?limit=200").await;
    let (all, number) = (probabilities(&ranking), ranking["visitors"].as_u64().unwrap());
    assert!(number <= 200 && number > 50, "{number}");
    let ids = |is_meant: &dyn Fn(&String, f64) -> bool| {
        json!(all.iter().filter(|(id, chance)| is_meant(id, **chance)).map(|(id, _)| id).collect::<Vec<_>>())
    };
    let likely = ids(&|_, chance| chance >= 0.05);
    assert!(likely.as_array().unwrap().len() > 5 && likely.as_array().unwrap().len() < all.len(), "{all:?}");
    assert_eq!(ask(&least(0.05)).await, (likely.clone(), json!(number), json!(0)), "none of those who have bought");
    assert_eq!(ask(&json!({"not": least(0.05)})).await.0, ids(&|_, chance| chance < 0.05));
    // With what else is known of them: tags, attributes, and what they did last; a segment is not.
    let chosen = likely[0].as_str().unwrap();
    let traits = json!({"tags": ["letter"], "attributes": {"age": 30}});
    shop.put(&format!("/customers/{chosen}/traits"), &traits).await;
    let others = likely.as_array().unwrap().len() - 1;
    // Whoever has not been given a tag does not have it; of whom an attribute was not said, it is unknown.
    for (field, test, not_judged) in
        [("tag", json!("letter"), 0), ("attribute", json!({"name": "age", ">": 18}), others)]
    {
        let rule = json!({"all": [least(0.05), {(field): test}]});
        assert_eq!(ask(&rule).await, (json!([chosen]), json!(number), json!(not_judged)), "{rule}");
    }
    let carted = |id: &String| {
        visits.iter().any(|(own, kind, day, _)| own == id && *kind == InteractionKind::Cart && *day >= ago(20))
    };
    let lately = json!({"all": [least(0.0), {"days_since": {"activity": "cart", "<=": 20}}]});
    assert_eq!(ask(&lately).await.0, ids(&|id, _| carted(id)));
    assert_eq!(ask(&json!({"all": [least(0.0), {"segment": "new"}]})).await, (json!([]), json!(number), json!(number)));
    // Page by page.
    let (_, page) = shop.post("/audiences", &json!({"rule": least(0.05), "limit": 2})).await;
    let (_, next) = shop.post("/audiences", &json!({"rule": least(0.05), "limit": 2, "cursor": page["cursor"]})).await;
    assert_eq!(json!([page["customer_ids"][1], next["customer_ids"][0]]), json!([likely[1], likely[2]]));
    // A campaign writes to them; one who buys is a visitor no more.
    let campaign = json!({
        "name": "first", "rule": least(0.05), "channel": "email", "send_at": "2026-04-01T10:00:00Z", "days": 28
    });
    let (status, made) = shop.post("/campaigns", &campaign).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let assigned = made["treated"].as_u64().unwrap() + made["control"].as_u64().unwrap();
    assert_eq!(assigned, likely.as_array().unwrap().len() as u64);
    shop.post("/orders", &order("first of all", chosen, TODAY, "5")).await;
    assert_eq!(ask(&least(0.05)).await.0, json!(likely.as_array().unwrap()[1..]));
    assert_eq!(shop.ok("/visitors").await["visitors"], number - 1);
    // Rules about customers are asked of these.
    let (buyers, examined, _) = ask(&json!({"purchases": {">=": 1}})).await;
    assert_eq!((buyers.as_array().unwrap().len(), examined), (orders.len() + 1, json!(orders.len() + 1)));
}

async fn what_cannot_be_fitted_is_said(database: Database) {
    let shop = Shop::start(&database);
    let ask = async || shop.post("/audiences", &json!({"rule": {"probability_first_purchase": {">": 0.1}}})).await;
    posted(&shop, &[("bo".to_owned(), InteractionKind::View, ago(3), "hats")], &[("ann".to_owned(), ago(5))]).await;
    fit(&shop).await;
    let ranking = shop.ok("/visitors").await;
    assert_eq!((&ranking["model"], &ranking["visitors"], &ranking["ranked"]), (&json!(null), &json!(1), &json!([])));
    let verdict = ranking["verdict"].as_str().unwrap();
    assert!(
        verdict.starts_with("there is no model of visitors yet: what visitors do must be known for 90 days"),
        "{verdict}"
    );
    assert!(shop.ok("/visitors?lang=zh").await["verdict"].as_str().unwrap().starts_with("尚无访客模型"));
    let (status, body) = ask().await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body["detail"].as_str().unwrap().contains("probability_first_purchase"), "{body}");
    // For long enough, but nobody bought.
    posted(
        &shop,
        &[
            ("cy".to_owned(), InteractionKind::View, ago(119), "hats"),
            ("cy".to_owned(), InteractionKind::View, ago(40), "hats"),
        ],
        &[],
    )
    .await;
    fit(&shop).await;
    let verdict = shop.ok("/visitors").await["verdict"].clone();
    assert_eq!(
        verdict,
        "there is no model of visitors: of those who came, nobody bought in the days after, or everybody did"
    );
    assert_eq!(shop.get("/visitors?limit=0").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn ids_of_one_person_visit_as_one(database: Database) {
    let shop = Shop::start(&database);
    let visits = ["ann", "lee"].map(|id| (id.to_owned(), InteractionKind::View, ago(3), "hats"));
    posted(&shop, &visits, &[]).await;
    posted(&shop, &[("lee".to_owned(), InteractionKind::Cart, ago(2), "hats")], &[]).await;
    assert_eq!(shop.ok("/visitors").await["visitors"], 2);
    assert_eq!(shop.post("/aliases", &json!({"alias_id": "lee", "customer_id": "ann"})).await.0, StatusCode::CREATED);
    assert_eq!(shop.ok("/visitors").await["visitors"], 1);
    let pool = database.connect().await;
    let rows = async || {
        let select = "SELECT customer_id || ' ' || day || ' ' || activity FROM visits ORDER BY day";
        let rows = sqlx::query(select).fetch_all(&pool).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>()
    };
    assert_eq!(rows().await, [format!("ann {} view", ago(3)), format!("ann {} cart", ago(2))]);
    // An order by either id is the person's first purchase.
    shop.post("/orders", &order("a", "lee", TODAY, "5")).await;
    assert_eq!(shop.ok("/visitors").await["visitors"], 0);
    assert_eq!(answer(shop.request(Method::DELETE, "/customers/lee")).await.0, StatusCode::OK);
    assert!(rows().await.is_empty());
    pool.close().await;
}
