//! The numbers of the page are those of `summary.json`.

use chrono::NaiveDate;
use repurchase::PurchaseLog;
use repurchase::shop::{ShopModels, ShopOptions};
use repurchase_report::{ReportOptions, report};
use repurchase_segment::arguments::ShopArguments;
use repurchase_segment::overview::Overview;
use repurchase_segment::shop::Shop;
use serde_json::Value;

use super::{CDNOW, RETAIL, embedded, english, read};

/// `summary.json`, by the program's own code.
pub(super) fn summary(log: &PurchaseLog<String>, as_of: NaiveDate) -> Value {
    let asked = ShopArguments::default();
    let shop = Shop::fit(log.ledger(as_of).unwrap(), &asked, &asked.options().unwrap()).unwrap();
    repurchase_segment::summary::summary(&Overview::of(&shop).unwrap(), 0)
}

/// Every figure of the page is in the summary with the same value; these are the ones.
#[track_caller]
pub(super) fn equal(figures: &Value, summary: &Value) {
    let expected = [
        "as_of",
        "customers",
        "purchases",
        "credits",
        "user_repurchase",
        "order_repurchase",
        "rfm",
        "segments",
        "frequency_bands",
        "tiers",
        "concentration",
    ];
    let keys: Vec<&String> = figures.as_object().unwrap().keys().collect();
    assert_eq!(keys, expected);
    for (key, value) in figures.as_object().unwrap() {
        assert_eq!(value, &summary[key], "{key}");
    }
}

#[test]
fn numbers_are_those_of_the_segment_program() {
    for path in [CDNOW, RETAIL] {
        let (log, as_of) = read(path);
        equal(&embedded(&english(&log, as_of)), &summary(&log, as_of));
    }
}

#[test]
fn numbers_of_an_earlier_day_leave_out_what_came_later() {
    let (log, _) = read(CDNOW);
    let as_of = NaiveDate::from_ymd_opt(1997, 12, 15).unwrap();
    let page = english(&log, as_of);
    equal(&embedded(&page), &summary(&log, as_of));
    assert!(page.contains("Dec 1997 (so far)"), "the month is not over");
    // A note says what is left out; nothing else of the next year is known.
    let (before, note) = page.split_once("<li data-code=\"after_as_of\">").unwrap();
    let (note, after) = note.split_once("</li>").unwrap();
    assert!(note.contains("to 1998-06-30): left out."), "{note}");
    assert!(!before.contains("1998"));
    // The forecast says from which later day on its error can be known.
    let (after, forecast) = after.split_once("<details class=\"folded\" id=\"forecast\">").unwrap();
    let (_, end) = forecast.split_once("</details>").unwrap();
    assert!(!after.contains("1998") && !end.contains("1998"));
}

/// A backend's page is by the models of last night, whoever has bought since.
#[test]
fn numbers_are_those_of_the_models_that_are_given() {
    let (log, as_of) = read(CDNOW);
    let night = NaiveDate::from_ymd_opt(1998, 3, 31).unwrap();
    let models = ShopModels::fit(&log.ledger(night).unwrap(), &ShopOptions::default()).unwrap();
    let page = report(&log, as_of, &ReportOptions::default().with_models(&models)).unwrap().page;
    let shop = Shop::of(log.ledger(as_of).unwrap(), Some(models), &ShopArguments::default()).unwrap();
    let by_these = repurchase_segment::summary::summary(&Overview::of(&shop).unwrap(), 0);
    equal(&embedded(&page), &by_these);
    assert_ne!(by_these["segments"], summary(&log, as_of)["segments"]);
}
