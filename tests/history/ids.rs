//! Whatever the type of ids: a log of texts, of borrowed or of long ids, each of which it keeps once, answers as a log of
//! numbers does, beside which they stand; and it takes the memory that its docs say.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use repurchase::history::LedgerFold;
use repurchase::measure::{RateOptions, repurchase_rates, repurchase_rates_by};
use repurchase::record::{CustomerId, Keyed, Period, Record, RecordColumns, Windows};
use repurchase::{Error, Ledger, PurchaseLog, Result, ShopCalendar, Window};

use super::batches::{Row, record, rows};
use super::{date, fixed_seed, log_of};

/// A ledger under numbers, or the error with the number of its customer, as text.
fn told<Id: CustomerId>(ledger: Result<Ledger<Id>>, number: impl Fn(&Id) -> u32) -> String {
    match ledger {
        Ok(ledger) => {
            let buyers: Vec<_> = ledger.iter().map(|(id, history)| (number(id), history)).collect();
            let others: Vec<_> = ledger.without_purchase().map(|(id, history)| (number(id), history)).collect();
            format!("{buyers:?} {others:?} {} {}", ledger.left_out(), ledger.scale())
        }
        Err(error) => without_zeros(&error),
    }
}

/// How an id is written is not what is compared.
fn without_zeros(error: &Error) -> String {
    let words = error.to_string();
    words
        .split(|letter: char| !letter.is_alphanumeric())
        .map(|word| word.trim_start_matches('0'))
        .collect::<Vec<_>>()
        .join(" ")
}

/// All that is asked of logs of the rows, by records and by columns, under numbers.
fn answers<Id: CustomerId>(
    rows: &[Row],
    id: impl Fn(u32) -> Id,
    number: impl Fn(&Id) -> u32 + Copy + Sync,
) -> Vec<String> {
    let as_of = date("2026-03-20");
    let ids: Vec<Id> = rows.iter().map(|row| id(row.0)).collect();
    let log = |rows: &mut dyn Iterator<Item = &Row>| {
        log_of(rows.map(|&row| match record(row) {
            Record::Order(order) => {
                Record::from(repurchase::Order::new(id(row.0), order.placed_at().unwrap(), order.amount()).unwrap())
            }
            Record::Credit(credit) => {
                repurchase::record::Credit::new(id(row.0), credit.issued_at().unwrap(), credit.amount()).unwrap().into()
            }
        }))
    };
    let seconds: Vec<i64> = rows.iter().map(|row| 1_767_225_600 + row.1 * 86_400).collect();
    let amounts: Vec<i64> = rows.iter().map(|row| row.2).collect();
    let columns = RecordColumns::new(&ids, &seconds, &amounts, 2).unwrap();
    let of_columns = PurchaseLog::from_columns(columns, &ShopCalendar::utc()).unwrap();
    let months = Windows::periods(Period::Month, date("2026-01-01"), as_of).unwrap();
    let mut told_all = Vec::new();
    for log in [log(&mut rows.iter()), of_columns] {
        let window = Window::new(date("2026-02-01"), as_of).unwrap();
        told_all.extend([told(log.ledger(as_of), number), told(log.ledger_in(window), number)]);
        told_all.push(format!("{:?}", repurchase_rates(&log, &months, &RateOptions::default())));
        let by = repurchase_rates_by(&log, &months, &RateOptions::default(), |id| number(id) % 3);
        told_all.push(format!("{by:?} {:?} {} {}", log.days(), log.purchases(), log.credits()));
        let some = log.of_customers(|id| number(id) % 2 == 0);
        told_all.push(format!("{:?} {} {}", some.days(), some.purchases(), some.credits()));
        told_all.push(told(some.ledger(as_of), number));
        told_all.push(told(some.of_customers(|id| number(id) % 3 == 0).ledger(as_of), number));
    }
    let mut fold = LedgerFold::new(as_of);
    for late in [false, true] {
        fold.add(&log(&mut rows.iter().filter(|row| (row.1 >= 60) == late))).unwrap();
    }
    told_all.push(told(fold.finish(), number));
    told_all
}

/// A number as a text of so many digits.
fn text(number: u32, digits: usize) -> String {
    format!("{number:0digits$}")
}

fn of_text(text: &str) -> u32 {
    text.parse().expect("a number")
}

proptest! {
    #![proptest_config(fixed_seed(128))]

    #[test]
    fn ids_of_any_type_answer_as_numbers(rows in rows()) {
        let expected = answers(&rows, |id| id, |&id| id);
        prop_assert_eq!(&answers(&rows, |id| text(id, 10), |id| of_text(id)), &expected);
        prop_assert_eq!(&answers(&rows, |id| text(id, 100), |id| of_text(id)), &expected);
        prop_assert_eq!(&answers(&rows, |id| Arc::<str>::from(text(id, 3)), |id| of_text(id)), &expected);
        prop_assert_eq!(&answers(&rows, u128::from, |&id| u32::try_from(id).unwrap()), &expected);
        prop_assert_eq!(&answers(&rows, |id| [id; 25], |id| id[0]), &expected);
        let texts: BTreeMap<u32, String> = rows.iter().map(|row| (row.0, text(row.0, 12))).collect();
        prop_assert_eq!(&answers(&rows, |id| texts[&id].as_str(), |id| of_text(id)), &expected);
        prop_assert_eq!(&answers(&rows, Box::new, |id| **id), &expected);
    }

    /// Equal ids with different keys are told apart, owned and borrowed.
    #[test]
    fn each_order_keeps_its_key(rows in rows()) {
        let (as_of, options) = (date("2026-03-20"), RateOptions::default());
        let months = Windows::periods(Period::Month, date("2026-01-01"), as_of).unwrap();
        let seconds: Vec<i64> = rows.iter().map(|row| 1_767_225_600 + row.1 * 86_400).collect();
        let amounts: Vec<i64> = rows.iter().map(|row| row.2).collect();
        let numbers: Vec<_> = rows.iter().map(|row| Keyed { customer: row.0, key: row.3 }).collect();
        let texts: Vec<_> = rows.iter().map(|row| Keyed { customer: text(row.0, 9), key: row.3.to_string() }).collect();
        let borrowed: Vec<_> = texts.iter().collect();
        let utc = ShopCalendar::utc();
        let of_numbers = PurchaseLog::from_columns(RecordColumns::new(&numbers, &seconds, &amounts, 2).unwrap(), &utc).unwrap();
        let of_texts = PurchaseLog::from_columns(RecordColumns::new(&texts, &seconds, &amounts, 2).unwrap(), &utc).unwrap();
        let of_borrowed = PurchaseLog::from_columns(RecordColumns::new(&borrowed, &seconds, &amounts, 2).unwrap(), &utc).unwrap();
        let expected = repurchase_rates_by(&of_numbers, &months, &options, |id| id.key.to_string());
        prop_assert_eq!(&repurchase_rates_by(&of_texts, &months, &options, |id| id.key.clone()), &expected);
        prop_assert_eq!(&repurchase_rates_by(&of_borrowed, &months, &options, |id| id.key.clone()), &expected);
        let some = of_texts.of_customers(|id| of_text(&id.customer) % 2 == 0);
        let expected = of_numbers.of_customers(|id| id.customer % 2 == 0);
        let expected = repurchase_rates_by(&expected, &months, &options, |id| id.key.to_string());
        prop_assert_eq!(&repurchase_rates_by(&some, &months, &options, |id| id.key.clone()), &expected);
    }
}

/// Bytes that a log of so many purchases of a tenth as many customers keeps.
fn kept<Id: CustomerId>(purchases: usize, id: impl Fn(usize) -> Id) -> u64 {
    let ids: Vec<Id> = (0..purchases).map(|row| id(row * 7_919 % (purchases / 10))).collect();
    let (seconds, amounts) = (vec![1_767_225_600; purchases], vec![100; purchases]);
    let columns = RecordColumns::new(&ids, &seconds, &amounts, 2).unwrap();
    let mut log = None;
    let measured = allocation_counter::measure(|| log = PurchaseLog::from_columns(columns, &ShopCalendar::utc()).ok());
    assert_eq!(log.map(|log| log.purchases()), Some(purchases));
    u64::try_from(measured.bytes_current).expect("more is kept than was there")
}

#[test]
fn an_id_is_kept_beside_each_purchase_or_once() {
    // So few that all is done on this thread.
    let purchases = 30_000_u64;
    let beside = kept(30_000, |id| id as u64);
    assert!((16 * purchases..=18 * purchases + 10_000).contains(&beside), "{beside}");
    // Of each customer, ids of 24 bytes, and the 10 and 100 bytes that they own.
    for length in [10, 100] {
        let (once, all) =
            (kept(30_000, |id| text(id as u32, length)), 12 * purchases + (24 + length as u64) * purchases / 10);
        assert!((all..=all + 10_000).contains(&once), "{once} for {all}");
    }
    let texts: Vec<String> = (0..3_000).map(|id| text(id, 10)).collect();
    let (once, all) = (kept(30_000, |id| texts[id].as_str()), 12 * purchases + 16 * purchases / 10);
    assert!((all..=all + 10_000).contains(&once), "{once} for {all}");
}
