//! What the model of spend is given: samples, those who are left out, and the check of independence.

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::predict::{Sample, Samples};
use repurchase::record::{Credit, Record};
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::fixed_seed;
use super::tables::{Row, table};

fn records(csv: &'static str) -> impl Iterator<Item = Record<&'static str>> {
    csv.lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        let [id, at, amount] = [(); 3].map(|()| fields.next().expect("three columns"));
        let day: NaiveDate = at[..10].parse().expect("a day");
        let (at, amount) =
            (day.and_hms_opt(12, 0, 0).unwrap().and_utc(), amount.parse::<Decimal>().expect("an amount"));
        if amount < Decimal::ZERO {
            Credit::new(id, at, -amount).expect("a credit").into()
        } else {
            Order::new(id, at, amount).expect("an order").into()
        }
    })
}

fn ledger(csv: &'static str, as_of: &str) -> Ledger<&'static str> {
    let log = PurchaseLog::from_records(records(csv), &ShopCalendar::utc()).expect("a log");
    log.ledger(as_of.parse().expect("a day")).expect("a ledger")
}

pub(crate) fn cdnow(as_of: &str) -> Samples {
    Samples::of(&ledger(include_str!("../../examples/data/cdnow_orders.csv"), as_of))
}

pub(crate) fn online_retail(as_of: &str) -> Samples {
    let rows = table("predict/online_retail_spends.csv").into_iter().filter(|row| row.text("as_of") == as_of);
    let row = |row: Row| (row.value("x"), row.number("mean_spend"), row.value("customers"));
    counted(rows.map(row))
}

/// Rows of `x`, mean spend and customers, of customers who came on days that do not matter.
pub(crate) fn counted(rows: impl Iterator<Item = (u32, f64, u64)>) -> Samples {
    let rows = rows.map(|(repeats, mean, customers)| (sample(repeats, mean), customers));
    Samples::from_rows(None, rows, []).expect("samples")
}

/// A customer with a mean spend, who came on days that do not matter.
#[track_caller]
pub(crate) fn sample(repeats: u32, mean: f64) -> Sample {
    came(repeats).with_mean_spend(mean).expect("a sample")
}

fn came(repeats: u32) -> Sample {
    Sample::new(repeats, if repeats > 0 { 30.0 } else { 0.0 }, 60.0).expect("a sample")
}

#[track_caller]
fn refused(repeats: u32, mean: f64) -> String {
    came(repeats).with_mean_spend(mean).expect_err("refused").to_string()
}

#[test]
fn a_sample_is_a_mean_of_repeats() {
    assert_eq!((sample(2, 22.5).repeats(), sample(2, 22.5).mean_spend()), (2, Some(22.5)));
    assert_eq!((sample(0, 0.0), sample(0, -0.0), came(0).mean_spend()), (came(0), came(0), None));
    assert_eq!((came(2).mean_spend(), sample(2, 0.0).mean_spend()), (None, Some(0.0)));
    assert!(sample(2, -0.0).mean_spend().is_some_and(f64::is_sign_positive));
    assert_eq!(refused(1, -1.0), "mean spend m must be 0, or from 1e-40 to 1e40, found -1");
    assert_eq!(refused(0, 5.0), "mean spend m must be 0 without a repeat purchase, found 5");
    assert!(refused(1, f64::NAN).ends_with("found NaN") && refused(1, f64::INFINITY).ends_with("found inf"));
    assert!(came(2).with_mean_spend(f64::MAX).is_err(), "the total is not finite");
}

#[test]
fn the_first_purchase_day_and_credits_are_no_repeat_spend() {
    let at = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap().and_hms_opt(12, 0, 0).unwrap().and_utc();
    let order = |day, amount| Order::new(1, at(day), Decimal::from(amount)).expect("an order");
    let orders = [order(1, 500), order(1, 70), order(8, 10), order(8, 15), order(9, 20)];
    let records = orders
        .into_iter()
        .map(Record::from)
        .chain([Credit::new(1, at(10), Decimal::from(5)).expect("a credit").into()]);
    let ledger = Ledger::from_records(records, &ShopCalendar::utc(), at(31).date_naive()).expect("a ledger");
    assert_eq!(Samples::of(&ledger).spends().collect::<Vec<_>>(), [(2, 22.5, 1)]);
}

#[test]
fn everyone_is_in_or_left_out() {
    for (samples, customers, everyone) in [
        (cdnow("1997-09-30"), 946, 2357),
        (cdnow("1998-06-30"), 1139, 2357),
        (online_retail("2011-08-31"), 1890, 3317),
        (online_retail("2011-12-09"), 2790, 4338),
    ] {
        assert_eq!((samples.customers(), samples.left_out_of_spend()), (everyone, everyone - customers));
        let spending = samples.spends().filter(|&(_, mean, _)| mean > 0.0);
        assert_eq!(spending.map(|(.., customers)| customers).sum::<u64>(), customers);
        assert!(samples.spends().all(|(repeats, mean, _)| repeats > 0 && mean >= 0.0));
    }
}

#[test]
fn correlations_of_cdnow() {
    // By mpmath at 60 digits, on `tests/data/cdnow_summary_{cal,full}.csv`.
    for (as_of, expected) in [("1997-09-30", 0.113_887_919_391_254_8), ("1998-06-30", 0.069_655_851_927_340_25)] {
        let found = cdnow(as_of).spend_correlation().expect("they differ");
        assert!((found - expected).abs() < 1e-13, "{as_of}: {found}");
    }
}

#[test]
fn a_correlation_needs_differences() {
    let correlation =
        |rows: &[(u32, f64)]| rows.iter().map(|&(x, m)| sample(x, m)).collect::<Samples>().spend_correlation();
    assert_eq!(correlation(&[]), None);
    assert_eq!(correlation(&[(3, 5.0), (0, 0.0), (9, 0.0)]), None);
    // Averages of 0.1 are not exactly 0.1.
    assert_eq!(correlation(&[(1, 0.1), (2, 0.1), (7, 0.1)]), None);
    assert_eq!(correlation(&[(2, 1.0), (2, 2.0)]), None);
    for unit in [1e-30, 1.0, 1e30] {
        let near = |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 1e-15);
        assert!(near(correlation(&[(1, unit), (2, 2.0 * unit)]), 1.0));
        assert!(near(correlation(&[(1, 4.0 * unit), (5, unit)]), -1.0));
    }
}

proptest! {
    #![proptest_config(fixed_seed(200))]

    /// Against the definition, on every customer in turn.
    #[test]
    fn a_correlation_is_pearsons(spends in prop::collection::vec((0..6u32, 0..40u32), 0..30)) {
        let quarters = |(x, m): (u32, u32)| (x, if x == 0 { 0.0 } else { f64::from(m) / 4.0 });
        let spends: Vec<_> = spends.into_iter().map(quarters).collect();
        let samples: Samples = spends.iter().map(|&(x, m)| sample(x, m)).collect();
        let points: Vec<_> = spends.iter().filter(|(_, m)| *m > 0.0).map(|&(x, m)| (f64::from(x), m)).collect();
        prop_assert_eq!(samples.customers(), spends.len() as u64);
        prop_assert_eq!(samples.left_out_of_spend(), (spends.len() - points.len()) as u64);
        let customers = f64::from(u32::try_from(points.len()).unwrap());
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / customers;
        let (x, m) = (mean(|point| point.0), mean(|point| point.1));
        let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|point| of(point.0 - x, point.1 - m)).sum::<f64>();
        let (xx, mm, xm) = (sum(&|x, _| x * x), sum(&|_, m| m * m), sum(&|x, m| x * m));
        match samples.spend_correlation() {
            None => prop_assert!(points.is_empty() || xx.min(mm) < 1e-20),
            Some(found) => prop_assert!((found - xm / (xx * mm).sqrt()).abs() < 1e-12, "{} {}", found, xm),
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn stored_samples_are_checked() {
    let given = [sample(2, 5.0), came(0), sample(2, 5.0), sample(1, 0.0), came(1)];
    let samples: Samples = given.into_iter().collect();
    let json = serde_json::json!({
        "as_of": null,
        "purchases": [
            [{"repeats": 0, "recency_days": 0.0, "age_days": 60.0}, 1],
            [{"repeats": 1, "recency_days": 30.0, "age_days": 60.0}, 2],
            [{"repeats": 2, "recency_days": 30.0, "age_days": 60.0}, 2],
        ],
        "spends": [[1, 0.0, 1], [2, 5.0, 2]],
    });
    assert_eq!(serde_json::to_value(&samples).unwrap(), json);
    assert_eq!(serde_json::from_value::<Samples>(json.clone()).unwrap(), samples);
    let wrong = |path: &str, value: serde_json::Value| {
        let mut json = json.clone();
        *json.pointer_mut(path).unwrap() = value;
        serde_json::from_value::<Samples>(json).unwrap_err().to_string()
    };
    assert_eq!(wrong("/spends/0/1", (-1.0).into()), "mean spend m must be 0, or from 1e-40 to 1e40, found -1");
    assert_eq!(wrong("/purchases/1/1", u64::MAX.into()), "number of customers in a tally is beyond its limit");
    assert!(wrong("/purchases/0/0/recency_days", 1.0.into()).starts_with("recency t_x must be 0 without a repeat"));
    let mut with_a_day = json.clone();
    with_a_day["as_of"] = "2026-03-31".into();
    with_a_day["purchases"][1][0]["recency_days"] = 0.5.into();
    let error = serde_json::from_value::<Samples>(with_a_day).unwrap_err().to_string();
    assert_eq!(error, "time of a sample must be a whole number of days, found 0.5");
}
