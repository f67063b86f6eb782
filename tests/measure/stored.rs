//! Stored results come back equal.

use repurchase::ShopCalendar;
use repurchase::history::LineLog;
use repurchase::measure::{
    CategoryBreadth, CategoryPaths, CohortOptions, CohortTable, Concentration, CycleOptions, CycleScale, CycleTable,
    HighRepurchase, IntervalKind, Life, Occasion, ProductCycle, ProductRate, RateOptions, Scope, SurvivalCurve,
    UnitsPerBuyer, buyer_mix, category_breadth, repurchase_rates, second_purchase_rate, units_per_buyer,
};
use repurchase::record::{OrderLine, Period};
use repurchase::scale::{Bands, Confidence};
use rust_decimal::Decimal;

use super::lines::{line, log_of};
use super::{TestResult, date, small_shop, window};

fn round_trip<T>(value: &T) -> TestResult
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
{
    let text = serde_json::to_string(value)?;
    assert_eq!(&serde_json::from_str::<T>(&text)?, value, "{text}");
    Ok(())
}

#[test]
fn results_survive() -> TestResult {
    let log = small_shop();
    let march = window("2026-03-01", "2026-04-01");
    round_trip(&repurchase_rates(&log, &march.into(), &RateOptions::default()))?;
    round_trip(&RateOptions::default().with_occasion(Occasion::Day).with_scope(Scope::Lifetime))?;
    round_trip(&second_purchase_rate(&log, march, 30, date("2026-04-15"), Occasion::Day))?;
    round_trip(&CohortTable::of(&log, date("2026-04-15"), &CohortOptions::default().with_period(Period::Week))?)?;
    round_trip(&buyer_mix(&log, Period::Month, date("2026-04-15"))?)?;
    round_trip(&Concentration::of(&log.ledger(date("2026-04-15"))?)?.top_share(Decimal::new(2, 1))?)?;
    let cohorts = CohortTable::of(&log, date("2026-04-15"), &CohortOptions::default())?;
    let cell = r#""customers":2,"cells":{"0":{"customers":2,"purchases":3,"revenue":"42.00"},"1":"#;
    let stored = serde_json::to_string(&cohorts)?;
    assert!(stored.contains(cell) && stored.contains(r#""last":{"0":1,"1":1},"offsets":2"#), "{stored}");
    round_trip(&CohortOptions::default().with_life(Life::Brackets(Bands::new(vec![1, 8])?)))?;
    Ok(())
}

fn cycles(scale: CycleScale) -> CycleTable<String> {
    let lines = [
        line("ann", "2026-03-01", "tea", "2.5"),
        line("ann", "2026-03-10", "tea", "1"),
        line("ann", "2026-03-15", "tea", "1"),
        line("bo", "2026-03-02", "tea", "0.75"),
        line("bo", "2026-03-02", "pots", "1"),
        line("bo", "2026-03-20", "cups", "1"),
    ];
    let lines = lines.map(|line| {
        let product = (*line.product()).to_owned();
        OrderLine::new(*line.customer(), line.placed_at().expect("an instant"), product, line.quantity(), line.amount())
            .unwrap()
    });
    let log = LineLog::from_lines(lines, &ShopCalendar::utc()).unwrap();
    CycleTable::of(&log, date("2026-04-15"), &CycleOptions::default().with_scale(scale).with_within_days(10))
}

/// What was fitted at night says the same in the morning.
#[test]
fn fitted_cycles_survive() -> TestResult {
    for scale in [CycleScale::Quantity, CycleScale::Calendar] {
        let table = cycles(scale);
        round_trip(&table)?;
        let stored: CycleTable<String> = serde_json::from_str(&serde_json::to_string(&table)?)?;
        let due = |table: &CycleTable<String>| table.next_due(&"tea".to_owned(), date("2026-04-01"), Decimal::ONE);
        assert!(due(&table)?.is_some());
        assert_eq!(due(&stored)?, due(&table)?);
        for bound in [
            HighRepurchase::at_least(Decimal::new(5, 1), ProductRate::Repeat, 2)?,
            HighRepurchase::fit(&table, Decimal::new(5, 1), ProductRate::Within, 0)?,
        ] {
            round_trip(&bound)?;
        }
    }
    for curve in [SurvivalCurve::of_days([]), SurvivalCurve::of_days([(0, false), (3, true), (3, false), (9, true)])] {
        round_trip(&curve)?;
    }
    let curve = SurvivalCurve::of_days([(3, true), (9, true), (20, false)]);
    round_trip(&curve.quantile_interval(Decimal::new(5, 1), Confidence::default(), IntervalKind::Plain)?)?;
    let stored = serde_json::to_string(&SurvivalCurve::of_days([(3, true)]))?;
    assert_eq!(stored, r#"{"usual_quantity":"1","steps":[{"gap_days":3,"quantity":"1","returned":1,"waiting":0}]}"#);
    let log = log_of([line("ann", "2026-03-01", "tea", "2.5"), line("ann", "2026-03-10", "pots", "1")]);
    let march = window("2026-03-01", "2026-04-01");
    round_trip(&category_breadth(&log, march))?;
    round_trip(&units_per_buyer(&log, march)?["tea"])?;
    let paths = CategoryPaths::of(&log, date("2026-03-31"));
    let stored = serde_json::to_string(&paths)?;
    assert_eq!(stored, r#"{"customers":1,"first":[["tea",1]],"second":[["pots",1]],"pairs":[["tea","pots",1]]}"#);
    let owned: CategoryPaths<String> = serde_json::from_str(&stored)?;
    assert_eq!(owned.lift(&"tea".to_owned(), &"pots".to_owned()), Some(1.0));
    round_trip(&owned)
}

#[track_caller]
fn assert_refused<T: serde::de::DeserializeOwned + core::fmt::Debug>(stored: &str, text: &str) {
    let error = serde_json::from_str::<T>(stored).unwrap_err().to_string();
    assert!(error.contains(text), "{error}");
}

#[test]
fn what_no_lines_can_make_is_refused() -> TestResult {
    let step = |gap: u64, quantity: &str, returned: u64, waiting: u64| {
        format!(r#"{{"gap_days":{gap},"quantity":"{quantity}","returned":{returned},"waiting":{waiting}}}"#)
    };
    let curve =
        |usual: &str, steps: &[String]| format!(r#"{{"usual_quantity":"{usual}","steps":[{}]}}"#, steps.join(","));
    let refused = |usual: &str, steps: &[String], text| assert_refused::<SurvivalCurve>(&curve(usual, steps), text);
    assert!(
        serde_json::from_str::<SurvivalCurve>(&curve("1.5", &[step(10, "0.5", 1, 0), step(60, "2", 0, 1)])).is_ok()
    );
    refused("0", &[], "quantity must be above 0, found 0");
    refused("1", &[step(1, "-1", 1, 0)], "quantity must be above 0, found -1");
    refused("1", &[step(1, "1", 0, 0)], "spells of a step must lie between 1 and 4294967295, found 0");
    refused("1", &[step(1, "1", u64::MAX, 1)], "spells of a step must lie between 1 and 4294967295, found");
    refused("1", &[step(1, "1", 1 << 31, 0), step(2, "1", 1 << 31, 0)], "number of spells is beyond its limit");
    refused("1", &[step(2, "1", 1, 0), step(1, "1", 1, 0)], "lengths of spells must ascend: number 1");
    // 10 days for a half and 40 for two are one length.
    refused("1", &[step(10, "0.5", 1, 0), step(40, "2.0", 1, 0)], "lengths of spells must ascend: number 1");
    refused("1", &[step((1 << 28) + 1, "1", 1, 0)], "gap_days must lie between 0 and 268435456, found 268435457");
    refused("79228162514264337593543950335", &[step(1, "0.1", 1, 0)], "quantity does not fit 96 bits");

    let table = serde_json::to_string(&cycles(CycleScale::Quantity))?;
    assert_refused::<CycleTable<String>>(&table.replace("pots", "zzz"), "products must ascend: number 2");
    assert_refused::<CycleTable<String>>(&table.replace("pots", "cups"), "products must ascend: number 1");
    let high = |bound: &str| format!(r#"{{"bound":{bound},"rate":"within","min_customers":1}}"#);
    assert!(serde_json::from_str::<HighRepurchase>(&high(r#"{"at_least":"0.3"}"#)).is_ok());
    assert_refused::<HighRepurchase>(&high(r#"{"at_least":"0"}"#), "threshold of the repurchase rate must be above 0");
    assert_refused::<HighRepurchase>(
        &high(r#"{"above":{"count":0,"of":0}}"#),
        "customers of the cut must lie between 1",
    );
    let paths = |customers: u64, first: u64, pair: u64| {
        format!(r#"{{"customers":{customers},"first":[["a",{first}]],"second":[["b",2]],"pairs":[["a","b",{pair}]]}}"#)
    };
    assert!(serde_json::from_str::<CategoryPaths<String>>(&paths(4, 3, 2)).is_ok());
    assert_refused::<CategoryPaths<String>>(&paths(2, 3, 2), "customers of paths must lie between 1 and 2, found 3");
    assert_refused::<CategoryPaths<String>>(&paths(4, 3, 3), "customers of a path must lie between 1 and 2, found 3");
    assert_refused::<CategoryPaths<String>>(
        &paths(1 << 32, 3, 2),
        "customers of paths must lie between 0 and 4294967295",
    );
    Ok(())
}

#[test]
fn counts_that_contradict_each_other_are_refused() {
    let curve = r#"{"usual_quantity":"1","steps":[{"gap_days":3,"quantity":"1","returned":1,"waiting":2}]}"#;
    let cycle = |repeat: [u64; 2], within: [u64; 2], unobserved: u64, quantity: &str, curve: &str| {
        let ratio = |[count, of]: [u64; 2]| format!(r#"{{"count":{count},"of":{of}}}"#);
        let (repeat, within) = (ratio(repeat), ratio(within));
        format!(
            r#"{{"repeat_customers":{repeat},"repeat_within":{within},"unobserved":{unobserved},"usual_quantity":"{quantity}","curve":{curve}}}"#
        )
    };
    assert!(serde_json::from_str::<ProductCycle>(&cycle([1, 2], [1, 1], 1, "1", curve)).is_ok());
    let refused = |stored: String, text: &str| assert_refused::<ProductCycle>(&stored, text);
    refused(cycle([0, 0], [0, 0], 0, "1", curve), "customers of a product must lie between 1");
    refused(cycle([1, 2], [1, 1], 0, "1", curve), "customers observed and not must lie between 2 and 2, found 1");
    refused(cycle([1, 2], [1, 1], u64::MAX, "1", curve), "customers observed and not must lie between 2 and 2");
    refused(cycle([1, 2], [2, 2], 0, "1", curve), "customers who repeat in time must lie between 0 and 1, found 2");
    refused(cycle([1, 3], [1, 3], 0, "1", curve), "open spells must lie between 3 and 3, found 2");
    refused(cycle([2, 2], [1, 2], 0, "1", curve), "ended spells must lie between 2 and");
    refused(cycle([0, 2], [0, 2], 0, "1", curve), "ended spells must lie between 0 and 0, found 1");
    refused(cycle([1, 2], [1, 1], 1, "0", curve), "usual quantity must be above 0, found 0");

    // Two of three spells have ended by the median, on which one customer or two may rest.
    let median = curve.replace(r#""returned":1,"waiting":2"#, r#""returned":2,"waiting":1"#);
    let at = |customers: &str| {
        let stored = cycle([1, 1], [1, 1], 0, "1", &median);
        stored.replace(r#""curve""#, &format!(r#""customers_at_median":{customers},"curve""#))
    };
    assert!(serde_json::from_str::<ProductCycle>(&at("1")).is_ok());
    for customers in ["0", "null", "2"] {
        refused(at(customers), "customers at the median must lie between 1 and 1");
    }
    let none = cycle([1, 2], [1, 1], 1, "1", curve).replace(r#""curve""#, r#""customers_at_median":0,"curve""#);
    refused(none, "customers at the median must lie between 0 and 0");

    let window = r#"{"start":"2026-03-01","end":"2026-04-01"}"#;
    let breadth = |count: u64, of: u64, customers: &str| {
        format!(r#"{{"window":{window},"cross_category":{{"count":{count},"of":{of}}},"customers":{{{customers}}}}}"#)
    };
    assert!(serde_json::from_str::<CategoryBreadth>(&breadth(1, 4, r#""1":3,"2":1"#)).is_ok());
    let refused = |stored: String, text: &str| assert_refused::<CategoryBreadth>(&stored, text);
    refused(breadth(2, 4, r#""1":3,"2":1"#), "cross-category customers must lie between 1 and 1, found 2");
    refused(breadth(1, 5, r#""1":3,"2":1"#), "cross-category customers must lie between 4 and 4, found 5");
    refused(breadth(1, 4, r#""0":3,"2":1"#), "categories of a customer must lie between 1");
    refused(breadth(0, 3, r#""1":3,"2":0"#), "customers must lie between 1");
    refused(breadth(0, 3, &format!(r#""1":{},"2":3"#, u64::MAX)), "number of customers is beyond its limit");

    assert!(serde_json::from_str::<UnitsPerBuyer>(r#"{"buyers":0,"units":"0"}"#).is_ok());
    assert_refused::<UnitsPerBuyer>(r#"{"buyers":0,"units":"1"}"#, "units must be 0 without a buyer, found 1");
    assert_refused::<UnitsPerBuyer>(r#"{"buyers":2,"units":"-1"}"#, "units must be above 0, found -1");
    let twice = r#"{"customers":2,"first":[["a",1],["a",2]],"second":[["b",2]],"pairs":[["a","b",1]]}"#;
    assert_refused::<CategoryPaths<String>>(
        twice,
        "categories that stand there once must lie between 1 and 1, found 2",
    );
}
