//! What the databases hand to the library.

use repurchase::chrono::NaiveDate;
use repurchase::predict::{Sample, Samples};
use repurchase::rust_decimal::Decimal;
use repurchase::segment::{RfmModel, RfmOptions};
use repurchase::{CustomerHistory, Ledger, sql};
use serde::Deserialize;

use crate::database::{BUYERS, for_each_case};

#[test]
fn histories_are_the_library_s() {
    for_each_case(|case| {
        let rows: Vec<(String, String)> = case.rows(sql::STORED_HISTORIES);
        let histories = rows.into_iter().map(|(id, json)| (id, serde_json::from_str(&json).unwrap()));
        let ledger = Ledger::from_histories(histories, case.as_of).unwrap();
        assert_eq!(ledger, case.shop.ledger(case.as_of), "{}", case.name());
    });
}

#[derive(Debug, PartialEq, Deserialize)]
struct Buyer {
    customer_id: String,
    purchases: u64,
    purchase_days: u64,
    first_purchase: NaiveDate,
    last_purchase: NaiveDate,
    revenue: String,
    days_since_last: u32,
    repeats: u32,
    recency_days: u32,
    age_days: u32,
    gap_logarithms: f64,
    repeat_spend: String,
    mean_gap_days: Option<f64>,
}

impl Buyer {
    fn of(customer: &str, history: &CustomerHistory, as_of: NaiveDate) -> Option<Self> {
        let summary = history.repeat_summary(as_of)?;
        Some(Self {
            customer_id: customer.to_owned(),
            purchases: history.purchases(),
            purchase_days: history.purchase_days(),
            first_purchase: history.first_purchase()?,
            last_purchase: history.last_purchase()?,
            revenue: history.revenue().normalize().to_string(),
            days_since_last: history.days_since_last(as_of)?,
            repeats: summary.repeats(),
            recency_days: summary.recency_days(),
            age_days: summary.age_days(),
            gap_logarithms: summary.ln_gaps() * 4_294_967_296.0,
            repeat_spend: summary.repeat_spend().normalize().to_string(),
            mean_gap_days: history.gaps().map(|gaps| gaps.mean_days()),
        })
    }
}

#[test]
fn buyers_are_the_library_s() {
    for_each_case(|case| {
        let mut buyers: Vec<Buyer> = case.rows(BUYERS);
        for buyer in &mut buyers {
            for money in [&mut buyer.revenue, &mut buyer.repeat_spend] {
                *money = money.parse::<Decimal>().unwrap().normalize().to_string();
            }
        }
        buyers.sort_by(|left, right| left.customer_id.cmp(&right.customer_id));
        let ledger = case.shop.ledger(case.as_of);
        let expected = ledger.iter().map(|(id, history)| Buyer::of(id, &history, case.as_of).unwrap());
        assert_eq!(buyers, expected.collect::<Vec<_>>(), "{}", case.name());
    });
}

#[test]
fn models_fitted_in_the_database_are_the_library_s() {
    for_each_case(|case| {
        let rows: Vec<(String,)> = case.rows(sql::STORED_RFM_MODEL);
        let [(json,)] = rows.as_slice() else { panic!("{}: {} rows", case.name(), rows.len()) };
        let found = serde_json::from_str::<RfmModel>(json);
        let ledger = case.shop.ledger(case.as_of);
        match RfmModel::fit(&ledger, &RfmOptions::default()) {
            Ok(model) => assert_eq!(found.unwrap(), model, "{}", case.name()),
            Err(_) => assert!(found.is_err(), "{}: {json}", case.name()),
        }
    });
}

/// Of purchases and of spend.
#[test]
fn samples_are_the_library_s() {
    for_each_case(|case| {
        let rows: Vec<(u32, f64, f64, f64, u64)> = case.rows(sql::SAMPLES);
        let sample = |(repeats, recency, age, units, customers)| {
            let sample = Sample::new(repeats, recency, age).unwrap();
            (sample.with_ln_gaps(units / 4_294_967_296.0).unwrap(), customers)
        };
        let spends: Vec<(u32, f64, u64)> = case.rows(sql::SPEND_SAMPLES);
        let samples = Samples::from_rows(Some(case.as_of), rows.into_iter().map(sample), spends).unwrap();
        assert_eq!(samples, Samples::of(&case.shop.ledger(case.as_of)), "{}", case.name());
    });
}
