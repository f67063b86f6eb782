//! What the tests of the reader share.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

use order_files::{Error, OrderParts, Orders, ReadOptions, read, read_parts};
use repurchase::scale::Language;
use repurchase::{Ledger, PurchaseLog};

/// Customers, purchases, credits and revenue of a file.
pub(crate) fn answer(orders: &Orders) -> (usize, usize, usize, String) {
    (orders.customers(), orders.purchases(), orders.credits().count(), orders.revenue().normalize().to_string())
}

/// The codes of all notes, with their counts.
pub(crate) fn notes(orders: &Orders) -> Vec<(&'static str, u64)> {
    orders.notes().iter().map(|note| (note.code.key(), note.count)).collect()
}

/// Customers who bought at least twice.
pub(crate) fn bought_again(orders: &Orders) -> usize {
    let ledger = orders.log().unwrap().ledger(orders.as_of()).unwrap();
    ledger.iter().filter(|(_, history)| history.purchases() >= 2).count()
}

/// The ids of customers who bought, with how often.
pub(crate) fn purchases(orders: &Orders) -> Vec<(String, u64)> {
    let ledger = orders.log().unwrap().ledger(orders.as_of()).unwrap();
    let named = |(id, purchases): (u32, u64)| (orders.ids().get(id).unwrap().to_owned(), purchases);
    ledger.iter().map(|(id, history)| named((*id, history.purchases()))).collect()
}

#[track_caller]
pub(crate) fn ok(file: &[u8]) -> Orders {
    ok_with(file, &ReadOptions::default())
}

#[track_caller]
pub(crate) fn ok_with(file: &[u8], options: &ReadOptions) -> Orders {
    let read = read(file, options);
    is_the_same_in_parts(file, options, &read);
    match read {
        Ok(orders) => orders,
        Err(error) => panic!("{error}"),
    }
}

/// The sentence that stops the reading of a file.
#[track_caller]
pub(crate) fn refusal(file: &[u8]) -> String {
    refusal_with(file, &ReadOptions::default())
}

#[track_caller]
pub(crate) fn refusal_with(file: &[u8], options: &ReadOptions) -> String {
    let read = read(file, options);
    is_the_same_in_parts(file, options, &read);
    match read {
        Ok(orders) => panic!("read as {:?}", answer(&orders)),
        Err(error) => text(&error),
    }
}

pub(crate) fn text(error: &Error) -> String {
    error.to_string()
}

/// Whether a file is read in the same way where memory has room for one row, for some, or for all: the same answers and notes, the
/// same refusals.
#[track_caller]
pub(crate) fn is_the_same_in_parts(file: &[u8], options: &ReadOptions, whole: &Result<Orders, Error>) {
    for memory in [0, 3 * 64, 1_000, 10_000, u64::MAX] {
        match (whole, read_parts(file, options, memory)) {
            (Ok(whole), Ok(parts)) => {
                assert_same(whole, parts);
                let parts = read_parts(file, options, memory).unwrap();
                assert_same(&whole.clone().with_credits_matched().unwrap(), parts.with_credits_matched().unwrap());
            }
            (Err(whole), Err(parts)) => {
                assert_eq!(text(&parts), text(whole), "{memory} bytes");
                assert_eq!(parts.describe(Language::Chinese), whole.describe(Language::Chinese), "{memory} bytes");
            }
            (Ok(_), Err(parts)) => panic!("{memory} bytes: {parts}"),
            (Err(whole), Ok(_)) => panic!("{memory} bytes: not {whole}"),
        }
    }
}

#[track_caller]
fn assert_same(whole: &Orders, parts: OrderParts) {
    let known = |orders: &Orders| {
        let said = (orders.counts(), orders.notes().to_vec(), orders.bad_rows().to_vec());
        (said, orders.ids().clone(), orders.customers(), orders.read_as().clone(), orders.as_of())
    };
    assert_eq!(known(parts.orders()), known(whole));
    let ledger = |log: &PurchaseLog<u32>| log.ledger(whole.as_of());
    let mut joined = None;
    let mut logs = parts.into_logs().unwrap().1;
    // Each time they are the same.
    logs.each(|_| Ok::<_, Error>(())).unwrap();
    let is_whole = logs.each(|log| {
        let part = ledger(log)?;
        match &mut joined {
            Some(joined) => Ledger::merge(joined, &part)?,
            none => *none = Some(part),
        }
        Ok::<_, Error>(())
    });
    if is_whole.is_err() {
        return assert!(ledger(&whole.log().unwrap()).is_err());
    }
    let joined = joined.unwrap();
    assert_eq!(joined, ledger(&whole.log().unwrap()).unwrap());
    assert_eq!(joined.left_out(), ledger(&whole.log().unwrap()).unwrap().left_out());
}
