//! Every shop has a page.

use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeZone, Utc};
use repurchase::record::Credit;
use repurchase::scale::Language;
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{CDNOW, ReportOptions, day, embedded, read, report, shop_of, text};

/// The page in English, after looking for what no page may have in either language.
#[track_caller]
fn page(log: &PurchaseLog<String>, as_of: NaiveDate) -> String {
    let [_, english] = [Language::Chinese, Language::English].map(|language| {
        let page = super::page(log, as_of, language);
        for wrong in ["NaN", "inf%", "inf<", "-0.0", "−0.0<", "{", "Some("] {
            assert!(!text(&page).contains(wrong), "{wrong}: {}", text(&page));
        }
        for (tag, closed) in [("<section", "</section>"), ("<table", "</table>"), ("<svg", "</svg>"), ("<tr", "</tr>")]
        {
            assert_eq!(page.matches(tag).count(), page.matches(closed).count(), "{tag}");
        }
        for coordinate in ["=\"NaN", "=\"inf", "LNaN", "width=\"-", "height=\"-"] {
            assert!(!page.contains(coordinate), "{coordinate}");
        }
        embedded(&page);
        page
    });
    english
}

#[track_caller]
fn says(page: &str, sentences: &[&str]) {
    let text = text(page);
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is not in {text}");
    }
}

#[test]
fn nobody() {
    let page = page(&shop_of([]), day(10));
    says(&page, &["Nobody has bought up to 11 Jan 2026."]);
    assert_eq!(embedded(&page)["customers"], 0);
}

#[test]
fn orders_that_are_all_later() {
    says(&page(&shop_of([("ann".into(), 20, 100)]), day(10)), &["Nobody has bought up to 11 Jan 2026."]);
}

#[test]
fn credits_only() {
    let at = Utc.with_ymd_and_hms(2026, 1, 5, 12, 0, 0).unwrap();
    let credit = Credit::new("ann".to_owned(), at, Decimal::TEN).unwrap();
    let log = PurchaseLog::from_records([credit], &ShopCalendar::utc()).unwrap();
    says(&page(&log, day(10)), &["Nobody has bought up to 11 Jan 2026.", "The records hold credits only (1)."]);
}

#[test]
fn one_customer_once() {
    let page = page(&shop_of([("ann".into(), 0, 1999)]), day(0));
    says(
        &page,
        &[
            "Nobody has come on two days yet, so nobody can be late.",
            "Nobody has come twice yet.",
            "Nobody has been a customer for a week yet.",
            "Nobody has bought on two days yet",
            "No day has passed yet after the first day of customers who are known to be new.",
            "Segments, tiers and ranks are left out: among 1 customer they mean little",
            "No model forecasts this shop.",
            "No model forecasts: all customers bought for the first time on the as-of day.",
        ],
    );
}

#[test]
fn one_customer_often() {
    let page = page(&shop_of((0..30).map(|n| ("ann".into(), 10 * n, 1000))), day(400));
    says(
        &page,
        &[
            "1 of 1 regulars is late",
            "One customer is late and may yet be won back.",
            "Usually buys every 10 days, silent for 110; spent 300.00.",
        ],
    );
}

#[test]
fn only_customers_who_came_once() {
    let page = page(&shop_of((0..200).map(|n| (format!("c{n}"), n, 1000 + i64::from(n)))), day(250));
    says(&page, &["Nobody has come on two days yet, so nobody can be late.", "Nobody has come twice yet."]);
}

#[test]
fn customers_who_are_all_alike() {
    let orders = (0..50).flat_map(|n| [0, 30, 60, 90].map(|day| (format!("c{n}"), day, 2500)));
    let page = page(&shop_of(orders), day(100));
    says(&page, &["0 of 50 regulars are late.", "Nobody is late who may yet be won back."]);
}

#[test]
fn a_shop_of_a_few_days() {
    let page = page(&shop_of((0..40).map(|n| (format!("c{}", n % 17), n % 5, 500))), day(4));
    says(
        &page,
        &[
            "17 customers since 1 Jan 2026 (4 days).",
            "The records begin on 1 Jan 2026 and do not cover the period before, nor the same a year ago.",
        ],
    );
}

#[test]
fn everybody_came_first_in_the_later_half() {
    let early = [("ann".to_owned(), 0, 0)];
    let late = (0..40).map(|n| (format!("c{n}"), 80 + n % 9, 500));
    page(&shop_of(early.into_iter().chain(late)), day(100));
}

#[test]
fn free_orders_bring_nothing() {
    let page = page(&shop_of((0..40).map(|n| (format!("c{}", n % 9), n * 5, 0))), day(220));
    says(&page, &["No customer has revenue above 0."]);
}

#[test]
fn more_given_back_than_earned() {
    let at = Utc.with_ymd_and_hms(2026, 1, 5, 12, 0, 0).unwrap();
    let order = |n: i64| Order::new(format!("c{n}"), at, Decimal::from(n)).unwrap().into();
    let credit = |n: i64| Credit::new(format!("c{n}"), at, Decimal::from(1000)).unwrap().into();
    let records: Vec<repurchase::record::Record<String>> = (1..9).map(order).chain((1..9).map(credit)).collect();
    let page = page(&PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap(), day(30));
    says(&page, &["−7,964.00", "No customer has revenue above 0."]);
}

#[test]
fn a_shop_of_a_century() {
    let orders = (0..400).map(|n| (format!("c{}", n % 37), n * 91, 700 + i64::from(n)));
    let page = page(&shop_of(orders), day(36_500));
    says(&page, &["Shown are the latest 24 cohorts and the first 24 years."]);
}

#[test]
fn a_day_at_the_end_of_the_calendar_is_an_error() {
    let log = shop_of([("ann".into(), 0, 100)]);
    let error = report(&log, NaiveDate::MAX, &ReportOptions::default()).unwrap_err();
    assert!(matches!(error, repurchase_report::Error::Shop(repurchase::Error::DayOverflow { .. })), "{error:?}");
}

#[test]
fn a_hundred_thousand_customers() {
    // Each comes up to eight times, in a rhythm of its own; every third only once.
    let visits = |n: u32| if n % 3 == 0 { 1 } else { 1 + n % 8 };
    let orders = (0..100_000).flat_map(|n: u32| {
        (0..visits(n)).map(move |k| (format!("c{n}"), (n * 7 + k * (5 + n % 61)) % 700, i64::from(500 + n % 4099)))
    });
    let page = super::english(&shop_of(orders), day(700));
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert_eq!(embedded(&page)["customers"], 100_000);
    assert!(!page.contains("NaN"));
}

/// Eight thousand years are a page like any other: what it holds does not grow with the months between.
#[test]
fn an_order_of_1970_and_a_day_in_9999() {
    let order = |customer: &str, year, amount| {
        let at = Utc.with_ymd_and_hms(year, 1, 2, 12, 0, 0).unwrap();
        Order::new(customer.to_owned(), at, Decimal::from(amount)).unwrap()
    };
    let orders = [order("ann", 1970, 10), order("bo", 1970, 20), order("ann", 1972, 30), order("bo", 2026, 40)];
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap();
    let started = Instant::now();
    let page = page(&log, NaiveDate::from_ymd_opt(9999, 12, 31).unwrap());
    says(&page, &["Nobody has bought since 2 Jan 2026, for", "first purchase was in that year"]);
    assert!(page.len() < 200_000, "{}", page.len());
    // In both languages.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// Of a shop that stopped long ago there is nothing to foretell, and no model is fitted in vain.
#[test]
fn a_real_shop_in_9999() {
    let (log, _) = read(CDNOW);
    let started = Instant::now();
    let page = page(&log, NaiveDate::from_ymd_opt(9999, 12, 31).unwrap());
    says(&page, &["Nobody has bought since 30 Jun 1998, for"]);
    // In both languages.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// What a careful person would ask: the reader's notes, the library's and the models', linked at the top.
#[test]
fn notes_fold_away_behind_the_analysis() {
    use repurchase_segment::notes::Note;
    let log = shop_of([("Ann".into(), 0, 500), ("ann".into(), 3, 500), ("bo".into(), 5, 500)]);
    let reader = Note {
        code: "guest_orders".to_owned(),
        count: 1,
        of: 4,
        examples: vec!["<guest>".to_owned()],
        english: "1 of 4 orders are of <guest>.".to_owned(),
        chinese: "4 笔订单中有 1 笔是 <guest>。".to_owned(),
    };
    for (language, sentences) in [
        (
            Language::English,
            ["1 of 4 orders are of &lt;guest&gt;.", "are they one person?", "ranks among 3 customers only"],
        ),
        (Language::Chinese, ["4 笔订单中有 1 笔是 &lt;guest&gt;。", "是不是同一个人？", "评分仅在 3 位客户中排名得出"]),
    ] {
        let options = ReportOptions::default().with_language(language).with_notes(vec![reader.clone()]);
        let page = report(&log, day(9), &options).unwrap().page;
        let codes: Vec<_> = page.split("data-code=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(codes, ["guest_orders", "ids_alike", "too_short", "few_customers"]);
        let places = sentences.map(|sentence| page.find(sentence).unwrap_or_else(|| panic!("{sentence}: {page}")));
        assert!(places.is_sorted() && places[0] > page.find("<section id=\"gaps\"").unwrap());
    }
    // One in which nobody has bought has them, too.
    let page = report(&shop_of([]), day(9), &ReportOptions::default().with_notes(vec![reader])).unwrap().page;
    assert!(page.contains("Nobody has bought") && page.contains("data-code=\"guest_orders\""));
}

/// A whole year of silence: what happened is nothing, and it is said.
#[test]
fn a_shop_that_has_been_silent_for_a_year() {
    let (log, _) = read(CDNOW);
    let page = page(&log, NaiveDate::from_ymd_opt(1999, 6, 30).unwrap());
    says(
        &page,
        &[
            "Nobody has bought since 30 Jun 1998, for 365 days.",
            "▼\u{a0}100.0% on 172 a year ago",
            "1,121 of 1,139 regulars are late; 125 of them may yet be won back",
        ],
    );
    let now = page.split_once("<section id=\"now\"").unwrap().1.split_once("</section>").unwrap().0;
    assert!(now.contains("▼") && !now.contains("▲"), "nothing rose");
}

/// A day on which everybody buys: R has its best score, and nobody is late.
#[test]
fn a_promotion_day() {
    let before = (0..80_u32).flat_map(|n| (0..5).map(move |k| (format!("c{n}"), 25 * k + n % 20, 1000 + i64::from(n))));
    let everybody = (0..80).map(|n| (format!("c{n}"), 200, 5000));
    let page = page(&shop_of(before.chain(everybody)), day(200));
    says(&page, &["0 of 80 regulars are late.", "80 customers", "▲"]);
    assert!(!text(&page).contains("Nobody has bought since"));
}
