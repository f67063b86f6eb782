//! Campaigns over simulated months: an audience, a hold-out, messages by the contact rules, orders, a verdict.

use std::collections::{BTreeMap, BTreeSet};

use repurchase::Ratio;
use repurchase::act::campaign::{Assignment, Comparison, Group};
use repurchase::scale::{Confidence, Interval};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Database, Shop, on_both, order};

on_both![
    months_of_campaigns_say_what_they_did,
    which_segment_responded,
    campaigns_share_the_caps,
    a_customer_who_is_joined_or_forgotten,
    what_cannot_be_a_campaign_is_refused_by_name,
];

/// Uniform numbers within 0..1, the same in every run.
struct Chance(u64);

impl Chance {
    /// Of 400 seeds, 21 made a false alarm of a campaign without an effect, and 95% intervals are to do that in 20.
    const fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> f64 {
        // Marsaglia's xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = u32::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32).unwrap();
        f64::from(bits) / f64::from(u32::MAX)
    }
}

const CUSTOMERS: usize = 1_200;

fn name(customer: usize) -> String {
    format!("c{customer:04}")
}

/// Starts with the shop's today.
fn shop_on(database: &Database, today: &str) -> Shop {
    Shop::start_with(database, &[("SHOP_TODAY", today)])
}

async fn post_all(shop: &Shop, orders: Vec<Value>) {
    for orders in orders.chunks(1_000) {
        let (status, body) = shop.post("/orders", &json!(orders)).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }
}

/// Each customer has bought once in February and may have in March.
async fn opened(database: &Database) -> Shop {
    let shop = shop_on(database, "2026-03-31");
    let first = (0..CUSTOMERS).map(|n| order(&format!("f{n}"), &name(n), &format!("2026-02-{:02}", 1 + n % 28), "20"));
    let second = (0..CUSTOMERS).step_by(3);
    let second = second.map(|n| order(&format!("m{n}"), &name(n), &format!("2026-03-{:02}", 1 + n % 31), "30"));
    post_all(&shop, first.chain(second).collect()).await;
    assert_eq!(shop.post("/models/fit", &json!({})).await.0, StatusCode::CREATED);
    shop
}

async fn list(shop: &Shop, path: &str) -> Vec<[String; 2]> {
    let response = shop.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    let text = response.text().await.unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("customer_id,channel,send_at,campaign"));
    let line = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        [fields[0].to_owned(), fields[2].to_owned()]
    };
    lines.map(line).collect()
}

/// A month in which each customer buys once with a probability, another one if written to.
async fn month(shop: &Shop, month: &str, written_to: &BTreeSet<String>, chances: [f64; 2], seed: u64) {
    let (mut chance, mut orders) = (Chance::of(seed), Vec::new());
    for n in 0..CUSTOMERS {
        let (draw, day) = (chance.next(), 4 + n % 20);
        if draw < chances[usize::from(written_to.contains(&name(n)))] {
            orders.push(order(&format!("{month}-{n}"), &name(n), &format!("{month}-{day:02}"), "25.50"));
        }
    }
    post_all(shop, orders).await;
}

fn campaign(name: &str, send_at: &str) -> Value {
    json!({
        "name": name, "rule": {"purchases": {">=": 1}}, "hold_out": {"count": 1, "of": 2}, "channel": "sms",
        "send_at": send_at, "days": 28, "cost_per_message": "0.045", "expects": {"baseline": 0.2, "lift": 1.0},
        "coupon": {"order_amount": "25.50", "margin": "0.4", "discount": "2"}
    })
}

/// A campaign without an effect, then one that doubles the share of buyers: the truth lies in both intervals.
async fn months_of_campaigns_say_what_they_did(database: Database) {
    let shop = opened(&database).await;
    let rules = json!({
        "caps": [{"touches": 1, "days": 30}], "quiet": {"from": "21:00:00", "until": "09:00:00"}, "channels": {}
    });
    assert_eq!(shop.put("/contact-rules", &rules).await, (StatusCode::OK, rules.clone()));
    let mut last = Value::Null;
    for (at, (month_of, send_at, end, chances)) in [
        ("2026-04", "2026-04-01T22:30:00Z", "2026-04-29", [0.2, 0.2]),
        ("2026-05", "2026-05-02T10:00:00Z", "2026-05-30", [0.2, 0.4]),
    ]
    .into_iter()
    .enumerate()
    {
        let shop = shop_on(&database, if at == 0 { "2026-03-31" } else { "2026-05-01" });
        let (status, made) = shop.post("/campaigns", &campaign(month_of, send_at)).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert_eq!((&made["outcome"], &made["not_judged"], &made["too_few"]), (&Value::Null, &json!(0), &Value::Null));
        // By hand: 0.2 * 2 of discount given away and 0.045 for the message, over 0.2 * (25.50 * 0.4 - 2).
        assert_eq!(made["coupon_breaks_even_at"], "0.2713");
        // Who is held back can be told without the server.
        let assignment = Assignment::new(month_of, Ratio::new(1, 2).unwrap()).unwrap();
        let treated: BTreeSet<_> =
            (0..CUSTOMERS).map(name).filter(|id| assignment.group(id) == Group::Treated).collect();
        assert_eq!((&made["treated"], &made["control"]), (&json!(treated.len()), &json!(CUSTOMERS - treated.len())));
        let path = format!("/campaigns/{month_of}/list.csv");
        let to_send = list(&shop, &path).await;
        let written_to: BTreeSet<_> = to_send.iter().map(|[id, _]| id.clone()).collect();
        assert_eq!(written_to, treated, "May's messages are 30 days after April's");
        // Half past ten in the evening is quiet: the message waits for nine.
        let expected = if at == 0 { "2026-04-02T09:00:00+00:00" } else { "2026-05-02T10:00:00+00:00" };
        assert!(to_send.iter().all(|[_, at]| at == expected), "{:?}", to_send[0]);
        let counts = if at == 0 { [0, treated.len()] } else { [treated.len(), 0] };
        assert_eq!(json!([made["schedule"]["on_time"], made["schedule"]["later"]]), json!(counts));
        let of_day = list(&shop, &format!("{path}?day={}", &expected[..10])).await;
        assert_eq!((of_day, list(&shop, &format!("{path}?day=2026-06-01")).await), (to_send, Vec::new()));

        let shop = shop_on(&database, end);
        month(&shop, month_of, &written_to, chances, 1 + at as u64).await;
        let asked = shop.ok(&format!("/campaigns/{month_of}")).await;
        last = asked["outcome"].clone();
        let conversion = &last["conversion"];
        assert_eq!(conversion["verdict"], ["cannot_tell", "better"][at], "{last}");
        assert_eq!(last["before"]["verdict"], "cannot_tell", "the draw made groups that were alike: {last}");
        let limits: [f64; 2] = serde_json::from_value(conversion["difference_interval"].clone()).unwrap();
        let effect = chances[1] - chances[0];
        assert!(limits[0] <= effect && effect <= limits[1], "{limits:?}");
        let cost = 45 * treated.len();
        assert_eq!(last["cost"], format!("{}.{:03}", cost / 1000, cost % 1000));
        // The buyers of each group are counted here once more.
        let (mut chance, mut buyers) = (Chance::of(1 + at as u64), BTreeMap::from([(true, 0), (false, 0)]));
        for n in 0..CUSTOMERS {
            let is_treated = treated.contains(&name(n));
            *buyers.get_mut(&is_treated).unwrap() += i32::from(chance.next() < chances[usize::from(is_treated)]);
        }
        assert_eq!(
            (&last["treated"]["buyers"], &last["control"]["buyers"]),
            (&json!(buyers[&true]), &json!(buyers[&false]))
        );
        let revenue = f64::from(buyers[&true]) * 25.5;
        assert_eq!(last["treated"]["revenue"], format!("{revenue:.2}"));
        assert!(last["is_final"].as_bool().unwrap() == (end > last["through"].as_str().unwrap()), "{last}");
        let chinese = shop.request(Method::GET, &format!("/campaigns/{month_of}")).header("Accept-Language", "zh");
        let chinese: Value = chinese.send().await.unwrap().json().await.unwrap();
        assert!(chinese["outcome"]["conversion"]["sentence"].as_str().unwrap().contains("置信区间"), "{chinese}");
    }
    assert_eq!(last["revenue"]["verdict"], "better", "{last}");
    assert_eq!(last["conversion_change"]["verdict"], "better", "{last}");
    assert!(last["coupon_profit"].as_str().unwrap().parse::<f64>().unwrap() > 0.0, "{last}");
    assert!(last["return_on_investment"].as_f64().unwrap() > 1.0, "{last}");
    let names: Vec<Value> = serde_json::from_value(shop.ok("/campaigns").await["campaigns"].clone()).unwrap();
    assert_eq!(names.iter().map(|one| one["name"].clone()).collect::<Vec<_>>(), ["2026-05", "2026-04"]);
}

/// The segment of each customer.
async fn segments(shop: &Shop) -> BTreeMap<String, String> {
    let customers = shop.customers("").await.into_iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    customers.map(|one| (text(&one["customer_id"]), text(&one["labels"]["segment"]["key"]))).collect()
}

/// Of the treated of one segment alone, three times as many buy. Each segment's groups are counted here once more.
async fn which_segment_responded(database: Database) {
    let shop = opened(&database).await;
    let before = segments(&shop).await;
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for segment in before.values() {
        *sizes.entry(segment).or_default() += 1;
    }
    let responds = *sizes.iter().max_by_key(|(_, size)| **size).unwrap().0;
    assert!(sizes.len() >= 4, "{sizes:?}");
    for (name, held_back) in [("one", 1), ("none", 1), ("all", 0)] {
        let mut posted = campaign(name, "2026-04-01T10:00:00Z");
        posted["hold_out"]["count"] = json!(held_back);
        let (status, made) = shop.post("/campaigns", &posted).await;
        assert_eq!((status, &made["outcome"]), (StatusCode::CREATED, &Value::Null), "{made}");
    }
    drop(shop);
    let shop = shop_on(&database, "2026-04-29");
    let is_treated = |campaign: &str, id: &String| {
        Assignment::new(campaign, Ratio::new(1, 2).unwrap()).unwrap().group(id) == Group::Treated
    };
    let reached = before.iter().filter(|(id, segment)| *segment == responds && is_treated("one", id));
    let reached: BTreeSet<_> = reached.map(|(id, _)| id.clone()).collect();
    month(&shop, "2026-04", &reached, [0.2, 0.6], 3).await;
    let now = segments(&shop).await;
    assert!(before.iter().filter(|(id, segment)| now[*id] != **segment).count() > 100, "they are in others now");
    let mut chance = Chance::of(3);
    let bought = |n: usize| chance.next() < if reached.contains(&name(n)) { 0.6 } else { 0.2 };
    let bought: Vec<bool> = (0..CUSTOMERS).map(bought).collect();

    let near = |found: &Value, expected: f64| {
        assert!((found.as_f64().unwrap() - expected).abs() < 1e-9, "{found} is not {expected}");
    };
    for campaign in ["one", "none"] {
        // Of each segment, of the treated and of those held back: how many, and how many bought.
        let mut arms: BTreeMap<&str, [[u64; 2]; 2]> = BTreeMap::new();
        for (n, bought) in bought.iter().enumerate() {
            let arms = arms.entry(&before[&name(n)]).or_default();
            let arm = &mut arms[usize::from(!is_treated(campaign, &name(n)))];
            *arm = [arm[0] + 1, arm[1] + u64::from(*bought)];
        }
        let found = shop.ok(&format!("/campaigns/{campaign}")).await["outcome"]["by_segment"].clone();
        let k = f64::from(u32::try_from(arms.len()).unwrap());
        let jointly = Confidence::new(0.95_f64.powf(1.0 / k)).unwrap();
        for (list, worth) in [("conversion", 1.0), ("revenue", 25.5)] {
            let rows = found[list].as_array().unwrap();
            let names: BTreeSet<_> = rows.iter().map(|row| row["segment"].as_str().unwrap()).collect();
            assert_eq!((names, rows.len()), (arms.keys().copied().collect(), arms.len()), "{found}");
            let shrunk: Vec<_> = rows.iter().map(|row| row["shrunk"].as_f64().unwrap()).collect();
            assert!(shrunk.is_sorted_by(|one, other| one >= other), "{shrunk:?}");
            for row in rows {
                let segment = row["segment"].as_str().unwrap();
                let [treated, control] = arms[segment];
                assert_eq!(
                    (&row["treated_customers"], &row["control_customers"]),
                    (&json!(treated[0]), &json!(control[0]))
                );
                let [treated, control] = [treated, control].map(|[of, count]| Ratio::new(count, of).unwrap());
                let compared = Comparison::of_rates(treated, control, jointly);
                near(&row["treated"], treated.value().unwrap() * worth);
                near(&row["control"], control.value().unwrap() * worth);
                near(&row["difference"], compared.difference().unwrap() * worth);
                near(&row["confidence"], jointly.level());
                let (low, high) = (row["difference_low"].as_f64().unwrap(), row["difference_high"].as_f64().unwrap());
                if list == "conversion" {
                    let Interval { low, high, .. } = compared.difference_interval().unwrap();
                    near(&row["difference_low"], low);
                    near(&row["difference_high"], high);
                }
                let is_it = (campaign, segment) == ("one", responds);
                let truth = if is_it { 0.4 * worth } else { 0.0 };
                assert!((low..=high).contains(&truth), "{truth}: {row}");
                assert_eq!(row["verdict"], if is_it { "better" } else { "cannot_tell" }, "{row}");
            }
            assert!(campaign == "none" || rows[0]["segment"] == responds, "{found}");
        }
        assert_eq!(found["cannot_tell"].is_null(), campaign == "one", "{found}");
    }
    let names = shop.ok("/segments?lang=zh").await["segments"].clone();
    let name = names.as_array().unwrap().iter().find(|one| one["key"] == responds).unwrap()["name"].clone();
    let chinese = shop.ok("/campaigns/one?lang=zh").await["outcome"]["by_segment"].clone();
    assert_eq!((&chinese["conversion"][0]["name"], name.as_str().unwrap().is_ascii()), (&name, false));
    let chinese = shop.ok("/campaigns/none?lang=zh").await["outcome"]["by_segment"].clone();
    let compared = format!("比较了 {} 个分群", sizes.len());
    assert!(chinese["cannot_tell"].as_str().unwrap().contains(&compared), "{chinese}");
    let nobody = shop.ok("/campaigns/all").await["outcome"]["by_segment"].clone();
    assert_eq!(nobody["conversion"], json!([]), "{nobody}");
    assert!(nobody["cannot_tell"].as_str().unwrap().contains("nothing to compare"), "{nobody}");
}

/// What one campaign plans, another one counts; a campaign that is given up before it began gives its messages back.
async fn campaigns_share_the_caps(database: Database) {
    let shop = opened(&database).await;
    let rules = json!({"caps": [{"touches": 1, "days": 60}], "quiet": null, "channels": {"sms": {"caps": [], "quiet": "common", "per_day": 250}}});
    assert_eq!(shop.put("/contact-rules", &rules).await.0, StatusCode::OK);
    // Somebody was written to by hand.
    let touch = json!([{"customer_id": name(1), "channel": "email", "at": "2026-03-20T12:00:00Z"}]);
    assert_eq!(shop.post("/touches", &touch).await, (StatusCode::CREATED, json!({"stored": 1, "unchanged": 0})));
    assert_eq!(shop.post("/touches", &touch).await, (StatusCode::OK, json!({"stored": 0, "unchanged": 1})));
    let mut everybody = campaign("first", "2026-04-01T10:00:00Z");
    everybody["hold_out"] = json!({"count": 0, "of": 1});
    let (status, first) = shop.post("/campaigns", &everybody).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    // 250 a day, for five days; the one who was written to in March waits beyond the campaign's end.
    assert_eq!((&first["schedule"]["on_time"], &first["schedule"]["later"]), (&json!(250), &json!(949)));
    let why = &first["schedule"]["never"];
    assert_eq!(*why, json!([{"why": "cap of all channels: 1 in 60 days", "customers": 1}]));
    let days: BTreeMap<String, usize> =
        list(&shop, "/campaigns/first/list.csv").await.into_iter().fold(BTreeMap::new(), |mut days, [id, at]| {
            assert_ne!(id, name(1));
            *days.entry(at[..10].to_owned()).or_default() += 1;
            days
        });
    assert_eq!(days.into_values().collect::<Vec<_>>(), [250, 250, 250, 250, 199]);
    everybody["name"] = json!("second");
    let (_, second) = shop.post("/campaigns", &everybody).await;
    assert_eq!((&second["schedule"]["on_time"], &second["schedule"]["later"]), (&json!(0), &json!(0)), "{second}");
    let (status, body) = shop.post("/campaigns", &everybody).await;
    assert_eq!((status, &body["errors"][0]["field"]), (StatusCode::CONFLICT, &json!("name")), "{body}");
    for name in ["first", "second"] {
        let gone = shop.request(Method::DELETE, &format!("/campaigns/{name}")).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        assert_eq!(shop.get(&format!("/campaigns/{name}")).await.0, StatusCode::NOT_FOUND);
    }
    everybody["name"] = json!("third");
    let (_, third) = shop.post("/campaigns", &everybody).await;
    assert_eq!(third["schedule"]["on_time"], 250, "{third}");
    drop(shop);
    let shop = shop_on(&database, "2026-04-01");
    let kept = shop.request(Method::DELETE, "/campaigns/third").send().await.unwrap();
    assert_eq!(kept.status(), StatusCode::CONFLICT, "it has begun");
    assert_eq!(shop.ok("/campaigns/third").await["outcome"]["conversion"], Value::Null, "nobody is held back");
}

/// Two ids of one person in two groups count in neither, and nobody writes to them; who is forgotten leaves no trace.
async fn a_customer_who_is_joined_or_forgotten(database: Database) {
    let shop = opened(&database).await;
    let (_, made) = shop.post("/campaigns", &campaign("spring", "2026-03-31T10:00:00Z")).await;
    let (treated, control) = (made["treated"].as_u64().unwrap(), made["control"].as_u64().unwrap());
    let to_send: BTreeSet<_> = list(&shop, "/campaigns/spring/list.csv").await.into_iter().map(|[id, _]| id).collect();
    let of = |is_treated| (0..CUSTOMERS).map(name).filter(move |id| to_send.contains(id) == is_treated);
    let (mut written, mut held_back) = (of.clone()(true), of(false));
    let (one, other, third) = (written.next().unwrap(), held_back.next().unwrap(), written.next().unwrap());
    let (status, _) = shop.post("/aliases", &json!({"alias_id": one, "customer_id": other})).await;
    assert_eq!(status, StatusCode::CREATED);
    let gone = shop.request(Method::DELETE, &format!("/customers/{third}")).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::OK);
    let left: BTreeSet<_> = list(&shop, "/campaigns/spring/list.csv").await.into_iter().map(|[id, _]| id).collect();
    assert!(!left.contains(&one) && !left.contains(&other) && !left.contains(&third));
    assert_eq!(left.len() as u64, treated - 2);
    let outcome = shop.ok("/campaigns/spring").await["outcome"].clone();
    assert_eq!(outcome["in_both"], 1);
    assert_eq!(
        (&outcome["treated"]["customers"], &outcome["control"]["customers"]),
        (&json!(treated - 2), &json!(control - 1))
    );
    // Whatever their segments were, each counts once, and the two in none.
    let of = |arm: &str| {
        let rows = outcome["by_segment"]["revenue"].as_array().unwrap();
        rows.iter().map(|row| row[arm].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((of("treated_customers"), of("control_customers")), (treated - 2, control - 1));
    let pool = database.connect().await;
    for table in ["campaign_members", "touches"] {
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE customer_id = $1"));
        let count: i64 = sqlx::query_scalar(count).bind(&third).fetch_one(&pool).await.unwrap();
        assert_eq!(count, 0, "{table}");
    }
    pool.close().await;
}

async fn what_cannot_be_a_campaign_is_refused_by_name(database: Database) {
    let shop = Shop::start(&database);
    let (status, _) = shop.post("/campaigns", &campaign("early", "2026-04-01T10:00:00Z")).await;
    assert_eq!(status, StatusCode::CONFLICT, "a shop without models");
    shop.post("/orders", &order("a", "ann", "2026-03-01", "5")).await;
    shop.post("/models/fit", &json!({})).await;
    for (field, value, expected) in [
        ("name", json!(""), "name"),
        ("channel", json!("x".repeat(101)), "channel"),
        ("hold_out", json!({"count": 2, "of": 1}), "hold_out"),
        ("hold_out", json!({"count": 0, "of": 0}), "hold_out"),
        ("send_at", json!("2026-03-30T10:00:00Z"), "send_at"),
        ("send_at", json!("soon"), "send_at"),
        ("days", json!(0), "days"),
        ("cost_per_message", json!("-1"), "cost_per_message"),
        ("expects", json!({"baseline": 0.0, "lift": 0.2}), "expects"),
        ("coupon", json!({"order_amount": "1", "margin": "2", "discount": "1"}), "coupon"),
        ("coupon", json!({"order_amount": "x", "margin": "0.2", "discount": "1"}), "coupon.order_amount"),
        ("rule", json!({"tag": "wine"}), "rule"),
    ] {
        let mut posted = campaign("spring", "2026-04-01T10:00:00Z");
        posted[field] = value;
        let (status, body) = shop.post("/campaigns", &posted).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{posted}: {body}");
        assert_eq!(body["errors"][0]["field"], expected, "{body}");
    }
    for rules in
        [json!({"caps": [{"touches": 1, "days": 0}], "quiet": null, "channels": {}}), json!({"hours": 1}), json!([])]
    {
        assert_eq!(shop.put("/contact-rules", &rules).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{rules}");
    }
    // Few customers show nothing, and are told so.
    let (_, few) = shop.post("/campaigns", &campaign("few", "2026-04-01T10:00:00Z")).await;
    assert!(few["too_few"].as_str().unwrap().starts_with("Too few to tell"), "{few}");
}
