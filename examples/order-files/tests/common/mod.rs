//! What the tests of the reader share.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails so")]

use order_files::{Error, Orders, ReadOptions, read};

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
    match read(file, options) {
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
    match read(file, options) {
        Ok(orders) => panic!("read as {:?}", answer(&orders)),
        Err(error) => text(&error),
    }
}

pub(crate) fn text(error: &Error) -> String {
    error.to_string()
}
