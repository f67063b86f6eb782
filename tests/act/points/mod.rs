//! Points: hand cases, a naive list of points, liability.

use chrono::NaiveDate;
use repurchase::act::points::{Expiry, PointsAccount, PointsEvent, PointsProgram};

use super::{date, money};

mod by_hand;
mod liability;
mod oracle;
#[cfg(feature = "serde")]
mod stored;

#[track_caller]
fn program(rates: &[&str], expiry: Expiry) -> PointsProgram {
    PointsProgram::new(rates.iter().map(|rate| money(rate)).collect(), expiry).expect("a program")
}

fn earn(day: &str, order: u32, amount: &str) -> PointsEvent<u32> {
    earn_in(0, day, order, amount)
}

fn earn_in(tier: usize, day: &str, order: u32, amount: &str) -> PointsEvent<u32> {
    PointsEvent::Earn { day: date(day), order, amount: money(amount), tier }
}

fn give_back(day: &str, order: u32, amount: &str) -> PointsEvent<u32> {
    PointsEvent::Return { day: date(day), order, amount: money(amount) }
}

fn redeem(day: &str, points: u64) -> PointsEvent<u32> {
    PointsEvent::Redeem { day: date(day), points }
}

fn grant(day: &str, points: u64) -> PointsEvent<u32> {
    PointsEvent::Grant { day: date(day), points }
}

#[track_caller]
fn account(program: &PointsProgram, events: &[PointsEvent<u32>], as_of: &str) -> PointsAccount<u32> {
    PointsAccount::replay(program, events.to_vec(), date(as_of)).expect("an account")
}

/// Each lot's order and points, in the order of use.
fn lots(account: &PointsAccount<u32>) -> Vec<(Option<u32>, u64)> {
    account.lots().iter().map(|lot| (lot.order, lot.points)).collect()
}

/// Balance, redeemed, expired, owed.
fn counts(account: &PointsAccount<u32>) -> [u64; 4] {
    [account.balance(), account.redeemed(), account.expired(), account.owed()]
}

/// The cause of a refusal, and the position of the event.
#[track_caller]
fn refusal(program: &PointsProgram, events: &[PointsEvent<u32>]) -> (usize, String) {
    match PointsAccount::replay(program, events.to_vec(), NaiveDate::MAX) {
        Err(repurchase::Error::Record { index, cause }) => (index, cause.to_string()),
        other => panic!("a refused event, not {other:?}"),
    }
}
