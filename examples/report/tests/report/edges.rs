//! Every shop has a page.

use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeZone, Utc};
use repurchase::record::Credit;
use repurchase::scale::Language;
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{CDNOW, day, embedded, read, shop_of, text};

/// The page in English, after looking for what no page may have in either language.
#[track_caller]
fn page(log: &PurchaseLog<String>, as_of: NaiveDate) -> String {
    let [_, english] = [Language::Chinese, Language::English].map(|language| {
        let page = repurchase_report::page(log, Vec::new(), as_of, language, "A shop").unwrap();
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
            "0 of 1 customers bought twice or more",
            "The shop’s records span 1 day. At least 56 are needed",
            "Nobody has bought on two days yet",
            "Nobody has come twice yet, so nobody is late.",
            "No day has passed yet after anybody’s first day",
            "Of only 1 customer, ranks mean little.",
            "Purchases: no model (all customers bought for the first time on the as-of day).",
        ],
    );
}

#[test]
fn one_customer_often() {
    let page = page(&shop_of((0..30).map(|n| ("ann".into(), 10 * n, 1000))), day(400));
    says(&page, &["1 of 1 repeat customers has let the day pass", "This is the one."]);
}

#[test]
fn only_customers_who_came_once() {
    let page = page(&shop_of((0..200).map(|n| (format!("c{n}"), n, 1000 + i64::from(n)))), day(250));
    says(&page, &["0 of 200 customers bought twice or more", "Nobody has come twice yet, so nobody is late."]);
}

#[test]
fn customers_who_are_all_alike() {
    let orders = (0..50).flat_map(|n| [0, 30, 60, 90].map(|day| (format!("c{n}"), day, 2500)));
    let page = page(&shop_of(orders), day(100));
    says(&page, &["50 of 50 customers bought twice or more", "None of the 50 repeat customers is late"]);
}

#[test]
fn a_shop_of_a_few_days() {
    let page = page(&shop_of((0..40).map(|n| (format!("c{}", n % 17), n % 5, 500))), day(4));
    says(&page, &["The shop’s records span 5 days. At least 56 are needed to hold out the later half"]);
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
    says(&page, &["−7,964.00", "No customer has revenue above 0.", "less refunds and credits (8)"]);
}

#[test]
fn a_shop_of_a_century() {
    let orders = (0..400).map(|n| (format!("c{}", n % 37), n * 91, 700 + i64::from(n)));
    let page = page(&shop_of(orders), day(36_500));
    says(&page, &["Only the latest 36 months are shown.", "Shown are the latest 24 cohorts and the first 24 years."]);
}

#[test]
fn a_day_at_the_end_of_the_calendar_is_an_error() {
    let log = shop_of([("ann".into(), 0, 100)]);
    let error = repurchase_report::page(&log, Vec::new(), NaiveDate::MAX, Language::English, "A shop").unwrap_err();
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
    says(
        &page,
        &[
            "Only the latest 36 months are shown.",
            "first purchase was in that year",
            "Nothing has been bought since 2 Jan 2026",
        ],
    );
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
    says(&page, &["Nothing has been bought since 30 Jun 1998, for a year or more"]);
    // In both languages.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// What a careful person would ask: the reader's notes, the library's and the models', before the analysis.
#[test]
fn notes_stand_before_the_analysis() {
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
        let page = repurchase_report::page(&log, vec![reader.clone()], day(9), language, "A shop").unwrap();
        let codes: Vec<_> = page.split("data-code=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(codes, ["guest_orders", "ids_alike", "too_short", "few_customers"]);
        let places = sentences.map(|sentence| page.find(sentence).unwrap_or_else(|| panic!("{sentence}: {page}")));
        assert!(places.is_sorted() && places[2] < page.find("<section id=\"rfm\"").unwrap());
    }
    // One in which nobody has bought has them, too.
    let page = repurchase_report::page(&shop_of([]), vec![reader], day(9), Language::English, "A shop").unwrap();
    assert!(page.contains("Nobody has bought") && page.contains("data-code=\"guest_orders\""));
}
