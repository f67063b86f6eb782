//! The page as its readers have it: every section, both languages, every kind of shop, in a browser, and its numbers
//! against those of the `segment` program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::cast_possible_wrap, clippy::similar_names, reason = "a few customers of a file")]

mod browser;
mod edges;
mod figures;
mod goods;
mod naive;
mod newcomers;
mod program;
mod sections;

use std::fs::File;
use std::path::Path;

use chrono::{NaiveDate, TimeZone, Utc};
use repurchase::scale::Language;
use repurchase::{Order, PurchaseLog, ShopCalendar};
use repurchase_report::{ReportOptions, report};
use repurchase_segment::SAMPLE as CDNOW;
use repurchase_segment::order_files::{self, ReadOptions};
use rust_decimal::Decimal;

const RETAIL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/online_retail_orders.csv");

/// The shop of a file, and the last day in it.
fn read(path: impl AsRef<Path>) -> (PurchaseLog<String>, NaiveDate) {
    let orders = order_files::read(File::open(path).unwrap(), &ReadOptions::default()).unwrap();
    (repurchase_segment::read::named_log(&orders).unwrap(), orders.as_of())
}

/// A shop of orders: who, on which day of the year 2026, for how many cents.
fn shop_of(orders: impl IntoIterator<Item = (String, u32, i64)>) -> PurchaseLog<String> {
    let order = |(customer, day, cents): (String, u32, i64)| {
        let at = Utc.with_ymd_and_hms(2026, 1, 1, 12, 0, 0).unwrap() + chrono::Duration::days(i64::from(day));
        Order::new(customer, at, Decimal::new(cents, 2)).unwrap()
    };
    PurchaseLog::from_records(orders.into_iter().map(order), &ShopCalendar::utc()).unwrap()
}

/// Days after the first of January 2026.
fn day(days: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(days)
}

fn page(log: &PurchaseLog<String>, as_of: NaiveDate, language: Language) -> String {
    report(log, as_of, &ReportOptions::default().with_language(language).with_shop("A shop")).unwrap().page
}

fn english(log: &PurchaseLog<String>, as_of: NaiveDate) -> String {
    page(log, as_of, Language::English)
}

/// The numbers that the page has for programs.
fn embedded(page: &str) -> serde_json::Value {
    let start = "<script type=\"application/json\" id=\"figures\">";
    let json = page.split_once(start).and_then(|(_, rest)| rest.split_once("</script>")).unwrap().0;
    serde_json::from_str(json).unwrap()
}

/// What a reader sees: without elements, styles and figures for programs.
fn text(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1.split_once("<script").unwrap().0;
    let mut text = String::new();
    for part in body.split('<').skip(1) {
        text.push(' ');
        text.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    // What holds a figure together is not seen.
    text.replace('\u{2060}', "")
}
