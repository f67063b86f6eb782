//! Notes on the data: each code fires at its threshold and not just below, counts are those of a naive count, and the
//! shops that are in order have none. Counts on Online Retail are those of a few lines of Python over its file.

use std::collections::BTreeMap;

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use repurchase::measure::{Note, NoteCode, NoteTally, notes};
use repurchase::record::{Credit, Record, RecordColumns, match_credits};
#[cfg(feature = "serde")]
use repurchase::scale::Language;
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{date, fixed_seed, log_of};

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");

fn at(day: i64) -> chrono::DateTime<chrono::Utc> {
    (FIRST + TimeDelta::days(day)).and_hms_opt(12, 0, 0).expect("noon").and_utc()
}

/// A customer of the tests: a text or a number.
struct Name(String);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<i64> for Name {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

fn bought(customer: impl Into<Name>, day: i64, cents: i64) -> Record<String> {
    Order::new(customer.into().0, at(day), Decimal::new(cents, 2)).expect("an order").into()
}

fn credited(customer: impl Into<Name>, day: i64, cents: i64) -> Record<String> {
    Credit::new(customer.into().0, at(day), Decimal::new(cents, 2)).expect("a credit").into()
}

/// Customers, from 100 on, who bought so often, every time something else.
fn regulars(customers: i64, purchases: i64) -> Vec<Record<String>> {
    let rows = (0..customers).flat_map(|customer| (0..purchases).map(move |purchase| (customer, purchase)));
    rows.map(|(customer, purchase)| bought(100 + customer, purchase + customer % 7, 1000 + purchase)).collect()
}

#[track_caller]
fn of(records: impl IntoIterator<Item = Record<String>>) -> Vec<Note> {
    notes(&log_of(records), FIRST + TimeDelta::days(100_000))
}

#[track_caller]
fn found(notes: &[Note], code: NoteCode) -> Option<(u64, u64, Vec<&str>)> {
    let note = notes.iter().find(|note| note.code == code)?;
    Some((note.count, note.of, note.examples.iter().map(|example| &**example).collect()))
}

/// Of these records, this code and no other fires.
#[track_caller]
fn fires(
    records: impl IntoIterator<Item = Record<String>>,
    code: NoteCode,
    count: u64,
    of_all: u64,
    examples: &[&str],
) {
    let notes = of(records);
    assert_eq!(found(&notes, code), Some((count, of_all, examples.to_vec())), "{notes:?}");
    assert_eq!(notes.len(), 1, "{notes:?}");
}

#[track_caller]
fn is_quiet(records: impl IntoIterator<Item = Record<String>>) {
    assert_eq!(of(records), []);
}

#[test]
fn shops_that_are_in_order_have_no_notes() {
    is_quiet([]);
    is_quiet([bought("ann", 0, 500)]);
    // Ten orders.
    let tiny =
        [("ann", 0), ("bo", 1), ("ann", 9), ("cy", 9), ("di", 20), ("ann", 21), ("ed", 40), ("flo", 41), ("bo", 60)];
    let tiny = || tiny.iter().map(|&(who, day)| bought(who, day, 1500)).chain([bought("ann", 21, 1500)]);
    is_quiet(tiny());
    is_quiet(tiny().chain([credited("ann", 22, 700)]));
    is_quiet(regulars(50, 6));
}

#[test]
fn every_id_once() {
    let once = |customers| (0..customers).map(|customer| bought(customer, customer, 100));
    fires(once(4), NoteCode::EveryIdOnce, 4, 4, &[]);
    is_quiet(once(3));
    is_quiet(once(400).chain([bought(7, 9, 100)]));
    // A credit is no purchase, and its customer no buyer.
    fires(once(4).chain([credited("cy", 0, 5)]), NoteCode::EveryIdOnce, 4, 4, &[]);
}

#[test]
fn one_id_dominates() {
    let guest = |name: &'static str, purchases| (0..purchases).map(move |day| bought(name, day, 100 + day));
    let with =
        |customers, of_each, purchases| regulars(customers, of_each).into_iter().chain(guest("guest", purchases));
    // 30 purchases; a tenth; ten times the mean of the others.
    fires(with(100, 2, 30), NoteCode::OneIdDominates, 30, 230, &["guest"]);
    is_quiet(with(100, 2, 29));
    fires(with(200, 2, 45), NoteCode::OneIdDominates, 45, 445, &["guest"]);
    is_quiet(with(200, 2, 44));
    fires(with(60, 4, 40), NoteCode::OneIdDominates, 40, 280, &["guest"]);
    is_quiet(with(60, 4, 39));
    // Two of them do not hide each other; the larger one comes first.
    let two = with(100, 2, 50).chain(guest("NULL", 60));
    fires(two, NoteCode::OneIdDominates, 110, 310, &["NULL", "guest"]);
    // Nobody to compare with.
    is_quiet(guest("ann", 500));
}

#[test]
fn ids_alike() {
    let with = |ids: &[&str]| {
        let more: Vec<_> = ids.iter().map(|id| bought(*id, 3, 900)).collect();
        regulars(10, 2).into_iter().chain(more)
    };
    fires(with(&["Ann", "ann "]), NoteCode::IdsAlike, 2, 12, &["Ann", "ann "]);
    let three = ["ZOË", "Ann Lee", "zo\u{3000}ë", "annlee", "\u{feff}ann lee", "bo"];
    fires(with(&three), NoteCode::IdsAlike, 5, 16, &["Ann Lee", "annlee", "\u{feff}ann lee", "ZOË", "zo\u{3000}ë"]);
    is_quiet(with(&["ann", "anna", "a.nn", "änn", "茶客甲", "茶客乙"]));
    // Numbers never are.
    let numbers = (0..300u64).map(|id| Order::new(id % 150, at(id as i64), Decimal::ONE).unwrap());
    let log = PurchaseLog::from_records(numbers, &ShopCalendar::utc()).unwrap();
    assert_eq!(notes(&log, date("2026-12-31")), []);
}

#[test]
fn equal_rows() {
    // Of so many purchases, the first day's of this many customers twice.
    let with = |customers, purchases, twice: usize| {
        let all = regulars(customers, purchases);
        let again: Vec<_> = all.iter().step_by(purchases as usize).take(twice).cloned().collect();
        all.into_iter().chain(again)
    };
    fires(with(48, 3, 3), NoteCode::EqualRows, 3, 147, &[]);
    is_quiet(with(49, 3, 3));
    fires(with(20, 2, 3), NoteCode::EqualRows, 3, 43, &[]);
    is_quiet(with(20, 2, 2));
    // Three times the same are two too many; another amount or day is another purchase.
    let same = |count| (0..count).map(|_| bought("ann", 1, 100));
    fires(same(4), NoteCode::EqualRows, 3, 4, &[]);
    is_quiet((0..4).map(|day| bought("ann", day, 100)).chain((0..4).map(|cents| bought("ann", 5, cents))));
}

#[test]
fn far_last_day() {
    // A purchase a day, and some after a gap.
    let with = |days: i64, gap: i64, far: i64| {
        let orders = (0..days).map(|day| bought(100 + day % 10, day, 100 + day));
        orders.chain((0..far).map(move |day| bought(100 + day, days - 1 + gap + day, 50)))
    };
    fires(with(19, 366, 1), NoteCode::FarLastDay, 1, 20, &["2026-01-20"]);
    is_quiet(with(19, 365, 1));
    is_quiet(with(18, 366, 1));
    // More than all the time before it.
    fires(with(500, 500, 1), NoteCode::FarLastDay, 1, 501, &["2027-09-27"]);
    is_quiet(with(500, 499, 1));
    // 5% or fewer.
    fires(with(38, 366, 2), NoteCode::FarLastDay, 2, 40, &["2026-02-08", "2026-02-09"]);
    is_quiet(with(37, 366, 2));
    // After the as-of day it is outside, and another note's.
    let notes = notes(&log_of(with(19, 366, 1)), date("2026-01-01"));
    assert_eq!((found(&notes, NoteCode::FarLastDay), notes.len()), (None, 1));
}

#[test]
fn after_as_of() {
    let log = log_of(regulars(10, 4).into_iter().chain([bought("zoe", 40, 5), credited("zoe", 50, 5)]));
    let on = |day: i64| notes(&log, FIRST + TimeDelta::days(day));
    assert_eq!(on(50), []);
    assert_eq!(found(&on(49), NoteCode::AfterAsOf), Some((1, 42, vec!["2025-02-20"])));
    assert_eq!(found(&on(39), NoteCode::AfterAsOf), Some((2, 42, vec!["2025-02-10", "2025-02-20"])));
    assert_eq!(found(&on(-1), NoteCode::AfterAsOf), Some((42, 42, vec!["2025-01-01", "2025-02-20"])));
    assert_eq!(on(-1).len(), 1, "of nothing nothing else is asked");
}

#[test]
fn credited_above_half() {
    // 49 customers of 10.00 each, and Zoe.
    let others = || (0..98).map(|row| bought(100 + row % 49, row, 500));
    let with = |spend, credit| others().chain([bought("zoe", 1, spend), credited("zoe", 2, credit)]);
    fires(with(1001, 501), NoteCode::CreditedAboveHalf, 1, 50, &["zoe"]);
    is_quiet(with(1001, 500));
    is_quiet(with(1000, 900));
    // Who has not bought is not asked about.
    is_quiet(others().chain([credited("zoe", 2, 90_000)]));
}

#[test]
fn credits_unmatched() {
    let with = |customers, credits: i64| {
        let credits = (0..credits).map(|credit| credited(100 + credit, 90, 1));
        regulars(customers, 3).into_iter().chain(credits)
    };
    fires(with(40, 10), NoteCode::CreditsUnmatched, 10, 10, &[]);
    is_quiet(with(40, 9));
    fires(with(333, 10), NoteCode::CreditsUnmatched, 10, 10, &[]);
    is_quiet(with(334, 10));
    // Those that equal an earlier purchase are no question.
    let matched = (0..5).map(|customer| credited(100 + customer, 90, 1000));
    fires(with(40, 10).chain(matched), NoteCode::CreditsUnmatched, 10, 15, &[]);
}

#[test]
fn one_sign() {
    let many = |purchases: i64| (0..purchases).map(|row| bought(row % 2_500, row / 2_500, row % 77));
    fires(many(10_000), NoteCode::OneSign, 0, 10_000, &[]);
    is_quiet(many(9_999));
    is_quiet(many(10_000).chain([credited(5, 9, 1)]));
    let refunded = Order::new("5".to_owned(), at(9), Decimal::TEN).unwrap().with_refunded(Decimal::ONE).unwrap();
    is_quiet(many(10_000).chain([refunded.into()]));
    let whole = Order::new("5".to_owned(), at(9), Decimal::TEN).unwrap().with_refunded(Decimal::TEN).unwrap();
    is_quiet(many(10_000).chain([whole.into()]));
    // Who hands over columns, or some customers, leaves out what was given back.
    let customers: Vec<_> = (0..10_000u32).map(|row| row % 2_500).collect();
    let seconds: Vec<_> = (0..10_000).map(|row| at(row / 2_500).timestamp()).collect();
    let amounts: Vec<_> = (0..10_000).map(|row| row % 77).collect();
    let columns = RecordColumns::new(&customers, &seconds, &amounts, 2).unwrap();
    let log = PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap();
    assert_eq!(notes(&log, date("2026-12-31")), []);
    assert_eq!(notes(&log_of(many(10_000)).of_customers(|_| true), date("2026-12-31")), []);
    // The other way round.
    fires([credited("ann", 1, 5), credited("bo", 1, 5)], NoteCode::OneSign, 2, 2, &[]);
}

#[test]
fn all_at_midnight() {
    let log = |zone: i32, seconds: i64, rows: i64| {
        let rows = (0..rows).map(|row| (row % 5, at(row) - TimeDelta::hours(12)));
        let last = [(0, at(40) - TimeDelta::hours(12) + TimeDelta::seconds(seconds))];
        let orders = rows.chain(last).map(|(customer, at)| Order::new(customer, at, Decimal::ONE).unwrap());
        let calendar = ShopCalendar::new(FixedOffset::east_opt(zone * 3600).unwrap());
        let orders: Vec<_> = orders.collect();
        let customers: Vec<_> = orders.iter().map(|order| *order.customer()).collect();
        let seconds: Vec<_> = orders.iter().map(|order| order.placed_at().unwrap().timestamp()).collect();
        let amounts = vec![1; orders.len()];
        let columns = RecordColumns::new(&customers, &seconds, &amounts, 0).unwrap();
        let columns = PurchaseLog::from_columns(columns, &calendar).unwrap();
        let records = PurchaseLog::from_records(orders, &calendar).unwrap();
        let found = notes(&records, date("2026-12-31"));
        assert_eq!(notes(&columns, date("2026-12-31")), found);
        assert_eq!(notes(&records.of_customers(|_| true), date("2026-12-31")), found);
        found
    };
    assert_eq!(found(&log(-5, 0, 19), NoteCode::AllAtMidnight), Some((20, 20, vec![])));
    assert_eq!(log(-5, 0, 18), []);
    assert_eq!(log(-5, 1, 19), []);
    // East of Greenwich, and there, midnight is on the same day.
    assert_eq!((log(8, 0, 19), log(0, 0, 19)), (vec![], vec![]));
}

fn read(text: &'static str) -> Vec<Record<u32>> {
    let row = |row: csv::Result<csv::StringRecord>| {
        let row = row.unwrap();
        let at = NaiveDateTime::parse_from_str(&row[1], "%Y-%m-%d %H:%M:%S");
        let at = at.unwrap_or_else(|_| date(&row[1]).into()).and_utc();
        let (customer, amount) = (row[0].parse().unwrap(), Decimal::from_str_exact(&row[2]).unwrap());
        if amount < Decimal::ZERO {
            Credit::new(customer, at, -amount).unwrap().into()
        } else {
            Order::new(customer, at, amount).unwrap().into()
        }
    };
    csv::Reader::from_reader(text.as_bytes()).records().map(row).collect()
}

#[test]
fn cdnow_is_in_order() {
    let log = log_of(read(include_str!("../../examples/data/cdnow_orders.csv")));
    assert_eq!(notes(&log, date("1998-06-30")), []);
    let half = notes(&log, date("1997-09-30"));
    assert_eq!((half.len(), half[0].code), (1, NoteCode::AfterAsOf));
}

/// What is asked of Online Retail is right: a tenth of its credits is a whole order, the others give back parts; and 39
/// customers ordered for 385,980.27 of 8,911,407.90 and gave more than half of it back.
#[test]
fn online_retail_has_credits_to_ask_about() {
    let mut records = read(include_str!("../data/online_retail_orders.csv"));
    let as_of = date("2011-12-09");
    let before = notes(&log_of(records.clone()), as_of);
    let codes = |notes: &[Note]| notes.iter().map(|note| (note.code, note.count, note.of)).collect::<Vec<_>>();
    // By days, more credits have an order that is not after them than by instants.
    let unmatched = (NoteCode::CreditsUnmatched, 3_654 - 197, 3_654);
    assert_eq!(codes(&before), [(NoteCode::CreditedAboveHalf, 39, 4_339), unmatched]);
    match_credits(&mut records).unwrap();
    // What was cancelled whole is no spend any more.
    let after = codes(&notes(&log_of(records), as_of));
    assert_eq!(after, [(NoteCode::CreditsUnmatched, 3_496 - 39, 3_496)]);
}

#[cfg(feature = "serde")]
#[test]
fn notes_are_said_in_both_languages() {
    let note = |code, count| {
        let json =
            serde_json::json!({ "code": code, "count": count, "of": 20_000, "examples": ["2042-01-01", "2042-01-02"] });
        serde_json::from_value::<Note>(json).unwrap()
    };
    for code in NoteCode::ALL {
        for count in [0, 7] {
            let note = note(code, count);
            let (english, chinese) = (note.describe(Language::English), note.describe(Language::Chinese));
            for text in [&english, &chinese] {
                assert!(text.contains("20000") || code == NoteCode::EveryIdOnce, "{text}");
                assert!(text.ends_with(['?', '.', '？', '。', '！']), "{text}");
            }
            assert!(english.is_ascii() && !chinese.contains('?'), "{english} {chinese}");
        }
    }
    let far = note(NoteCode::FarLastDay, 2);
    assert_eq!(
        far.describe(Language::English),
        "2 of 20000 purchases and credits came far later than all others (2042-01-01, 2042-01-02): is a date wrong?"
    );
    assert_eq!(
        far.describe(Language::Chinese),
        "20000 笔订单和退款中有 2 笔的日期远远晚于其余各笔（2042-01-01、2042-01-02）：日期是不是填错了？"
    );
}

#[cfg(feature = "serde")]
#[test]
fn notes_are_data() {
    let notes = of((0..4).map(|customer| bought(customer, customer, 100)));
    let stored = serde_json::json!([{ "code": "every_id_once", "count": 4, "of": 4, "examples": [] }]);
    assert_eq!(serde_json::to_value(&notes).unwrap(), stored);
    assert_eq!(serde_json::from_value::<Vec<Note>>(stored).unwrap(), notes);
    let keys: Vec<_> = NoteCode::ALL.iter().map(|code| serde_json::json!(code.key())).collect();
    assert_eq!(serde_json::to_value(NoteCode::ALL).unwrap(), serde_json::Value::Array(keys));
}

fn any_record() -> impl Strategy<Value = Record<u8>> {
    (0..4u8, 0..30i64, 1..5i64, any::<bool>()).prop_map(|(customer, day, units, is_credit)| {
        let amount = Decimal::from(units);
        if is_credit {
            Credit::new(customer, at(day), amount).unwrap().into()
        } else {
            Order::new(customer, at(day), amount).unwrap().into()
        }
    })
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn counts_are_naive_counts(
        (records, other) in prop::collection::vec(any_record(), 0..120)
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle())),
    ) {
        let as_of = FIRST + TimeDelta::days(30);
        let found_notes = notes(&log_of(records.clone()), as_of);
        prop_assert_eq!(&notes(&log_of(other), as_of), &found_notes);
        let mut rows = BTreeMap::new();
        for record in &records {
            if let Record::Order(order) = record {
                *rows.entry((order.customer(), order.placed_at(), order.amount())).or_insert(0u64) += 1;
            }
        }
        let purchases: u64 = rows.values().sum();
        let repeated = purchases - rows.len() as u64;
        let expected = (repeated >= 3 && repeated > purchases / 50).then_some((repeated, purchases, vec![]));
        prop_assert_eq!(found(&found_notes, NoteCode::EqualRows), expected);
        // All are at noon: by days is by instants.
        let unmatched = match_credits(&mut records.clone()).unwrap().unmatched.len() as u64;
        let credits = records.len() as u64 - purchases;
        let expected = (unmatched >= 10 && unmatched > purchases / 100).then_some((unmatched, credits, vec![]));
        prop_assert_eq!(found(&found_notes, NoteCode::CreditsUnmatched), expected);
    }

    /// Money of either part may be the finer one, or nothing may be in it.
    #[test]
    fn parts_merged_are_the_whole(
        rows in prop::collection::vec((0..6_u8, 0..40_i64, 1..5_i64, 0..4_u8), 0..120),
        scales in prop::array::uniform2(0_u32..3),
        cut in 0..7_u8,
        at_midnight in any::<bool>(),
    ) {
        let calendar = ShopCalendar::new(FixedOffset::west_opt(3600).unwrap());
        let as_of = FIRST + TimeDelta::days(30);
        let record = |&(customer, day, units, kind): &(u8, i64, i64, u8)| -> Record<u8> {
            let at = at(day) - TimeDelta::hours(if at_midnight { 12 } else { 0 });
            let amount = Decimal::new(units * 1000, scales[usize::from(customer < cut)]);
            if kind == 0 {
                Credit::new(customer, at, amount).unwrap().into()
            } else {
                Order::new(customer, at, amount).unwrap().into()
            }
        };
        let log = |of: &dyn Fn(u8) -> bool| {
            let records = rows.iter().filter(|row| of(row.0)).map(record);
            PurchaseLog::from_records(records, &calendar).unwrap()
        };
        let (first, second) = (log(&|customer| customer < cut), log(&|customer| customer >= cut));
        let whole = notes(&log(&|_| true), as_of);
        for [one, other] in [[&first, &second], [&second, &first]] {
            let mut tally = NoteTally::of(one, as_of);
            tally.merge(&NoteTally::of(other, as_of)).unwrap();
            prop_assert_eq!(tally.notes(), &whole[..]);
            // All but what needs the ids of both.
            let mut without = NoteTally::of(one, as_of).without_ids();
            without.merge(&NoteTally::of(other, as_of)).unwrap();
            prop_assert_eq!(&without, &tally.clone().without_ids());
            let others: Vec<_> = whole.iter().filter(|note| note.code != NoteCode::IdsAlike).cloned().collect();
            prop_assert_eq!(without.notes(), others);
            #[cfg(feature = "serde")]
            for tally in [tally, without] {
                let text = serde_json::to_string(&tally).unwrap();
                prop_assert_eq!(serde_json::from_str::<NoteTally<u8>>(&text).unwrap(), tally);
            }
        }
        prop_assert!(NoteTally::of(&second, as_of).merge(&NoteTally::of(&first, FIRST)).is_err());
    }
}

/// A tally that no log has is refused, and the message says what contradicts.
#[test]
#[cfg(feature = "serde")]
fn a_stored_tally_that_contradicts_itself_is_refused() {
    let mut records: Vec<_> = (0..40).map(|day| bought("many", day % 9, 1000)).collect();
    records.extend([bought("bo", 3, 500), credited("bo", 4, 400), credited("bo", 50, 100), bought("BO", 60, 7)]);
    let tally = NoteTally::of(&log_of(records), FIRST + TimeDelta::days(30));
    let codes: Vec<_> = tally.notes().iter().map(|note| note.code).collect();
    assert_eq!(codes, [NoteCode::OneIdDominates, NoteCode::EqualRows, NoteCode::AfterAsOf]);
    let stored = serde_json::to_value(&tally).unwrap();
    assert_eq!(serde_json::from_value::<NoteTally<String>>(stored.clone()).unwrap(), tally);
    let counts = "a count or the decimals are more than there can be";
    let half = "customers credited above half are some of all, by id";
    let dominant = "ids of many purchases have a part of all, most first";
    let days = "purchases and credits have a day each, in order";
    let after = "what came after the as-of day has a first and a last day";
    let ids = "each customer has an id, or none has";
    for (field, value, why) in [
        ("scale", "29", counts),
        ("purchases", "9007199254740993", counts),
        ("purchases", "1", counts),
        ("buyers", "0", counts),
        ("repeated", "40", counts),
        ("unmatched", "2", counts),
        ("credited_above_half", r#"[3, "500", ["bo"]]"#, half),
        ("credited_above_half", r#"[1, "500", []]"#, half),
        ("credited_above_half", r#"[1, "9999999", ["bo"]]"#, half),
        ("credited_above_half", r#"[2, "500", ["bo", "bo"]]"#, half),
        ("dominant", r#"[[42, "many"]]"#, dominant),
        ("dominant", r#"[[29, "many"]]"#, dominant),
        ("dominant", r#"[[18446744073709551615, "a"], [30, "many"]]"#, dominant),
        ("days", r#"[["2025-01-01", 41]]"#, days),
        ("days", r#"[["2025-02-01", 42]]"#, days),
        ("days", r#"[["2025-01-02", 41], ["2025-01-01", 1]]"#, days),
        ("days", r#"[["2025-01-01", 42], ["2025-01-02", 0]]"#, days),
        ("after", "0", after),
        ("after", "1", after),
        ("after_days", "null", after),
        ("after_days", r#"["2025-01-31", "2025-03-02"]"#, after),
        ("after_days", r#"["2025-03-02", "2025-02-20"]"#, after),
        ("ids", r#"["many"]"#, ids),
        ("ids", "null", ids),
    ] {
        let mut other = stored.clone();
        other[field] = serde_json::from_str(value).unwrap();
        let error = serde_json::from_value::<NoteTally<String>>(other).unwrap_err().to_string();
        assert_eq!(error, format!("the stored notes contradict themselves: {why}"), "{field}: {value}");
    }
    for spend in ["-1", "1.5", ""] {
        let mut other = stored.clone();
        other["spend"] = spend.into();
        let error = serde_json::from_value::<NoteTally<String>>(other).unwrap_err().to_string();
        assert_eq!(error, "the spend of stored notes must be a whole number, 0 or more", "{spend}");
    }
}
