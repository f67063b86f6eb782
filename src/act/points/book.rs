//! The fold of one customer's events.

use core::fmt::Debug;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::act::points::{PointsEvent, PointsProgram};
use crate::error::{Error, Result};
use crate::number::money;

/// The key by which lots are sorted: the order in which they are spent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LotKey<K> {
    /// The last day of all for points that never expire.
    pub(super) expires: NaiveDate,
    pub(super) never: bool,
    pub(super) earned: NaiveDate,
    pub(super) order: Option<K>,
}

/// The points that an order has earned.
struct Earned<K> {
    rate: Decimal,
    /// The order's amount, less what was returned.
    amount: Decimal,
    key: LotKey<K>,
    /// The order's points that have expired and were not asked back.
    expired: u64,
}

pub(super) struct Book<K> {
    pub(super) lots: BTreeMap<LotKey<K>, u64>,
    orders: BTreeMap<K, Earned<K>>,
    /// All points that ever came in. No other count can be larger.
    received: u64,
    pub(super) balance: u64,
    pub(super) redeemed: u64,
    pub(super) expired: u64,
    pub(super) owed: u64,
    pub(super) carried: Decimal,
}

impl<K: Ord + Clone + Debug> Book<K> {
    pub(super) const fn new() -> Self {
        Self {
            lots: BTreeMap::new(),
            orders: BTreeMap::new(),
            received: 0,
            balance: 0,
            redeemed: 0,
            expired: 0,
            owed: 0,
            carried: Decimal::ZERO,
        }
    }

    /// Takes away the points that can no longer be used on a day.
    pub(super) fn expire(&mut self, day: NaiveDate) {
        while let Some(entry) = self.lots.first_entry() {
            if entry.key().never || entry.key().expires > day {
                return;
            }
            let (key, points) = entry.remove_entry();
            self.balance -= points;
            self.expired += points;
            if let Some(earned) = key.order.and_then(|order| self.orders.get_mut(&order)) {
                earned.expired += points;
            }
        }
    }

    pub(super) fn apply(&mut self, program: &PointsProgram, event: PointsEvent<K>) -> Result<()> {
        match event {
            PointsEvent::Earn { day, order, amount, tier } => self.earn(program, day, order, amount, tier),
            PointsEvent::Grant { day, points } => {
                let key = lot_key(program, day, None)?;
                self.add(key, points)
            }
            PointsEvent::Return { order, amount, .. } => self.take_back(&order, amount),
            PointsEvent::Redeem { day, points } if points > self.balance => {
                Err(Error::PointsShort { asked: points, balance: self.balance, day })
            }
            PointsEvent::Redeem { points, .. } => {
                self.redeemed += points;
                self.spend(points);
                Ok(())
            }
        }
    }

    fn earn(&mut self, program: &PointsProgram, day: NaiveDate, order: K, amount: Decimal, tier: usize) -> Result<()> {
        Error::not_negative("amount of an order", amount)?;
        let rate = program.rate(tier).ok_or_else(|| {
            let max = program.rates().len().saturating_sub(1) as u64;
            Error::OutOfRange { field: "tier of a points program", found: tier as u64, min: 0, max }
        })?;
        if self.orders.contains_key(&order) {
            return Err(Error::points_order(&order, "earns points twice"));
        }
        let key = lot_key(program, day, Some(order.clone()))?;
        let whole = self.carry(exact_product(amount, rate)?)?;
        self.orders.insert(order, Earned { rate, amount, key: key.clone(), expired: 0 });
        // What is earned is 0 or more, and so is the carried fraction.
        self.add(key, u64::try_from(whole).map_err(|_| Error::CountOverflow { field: POINTS })?)
    }

    /// Adds exact points to the carried fraction, keeps the new fraction and returns the whole part, which is below 0
    /// when more is missing than was carried.
    fn carry(&mut self, points: Decimal) -> Result<i128> {
        let sum = money::exact_sum(self.carried, points).ok_or(Error::AmountOverflow { field: POINTS })?;
        // In integers: decimals round when a difference needs more than 96 bits.
        let unit = money::power(sum.scale()).unwrap_or(1);
        let fraction = money::decimal(sum.mantissa().rem_euclid(unit), sum.scale());
        self.carried = fraction.unwrap_or_default().normalize();
        Ok(sum.mantissa().div_euclid(unit))
    }

    /// Pays what is owed, then makes a lot of the rest.
    fn add(&mut self, key: LotKey<K>, points: u64) -> Result<()> {
        self.received = self.received.checked_add(points).ok_or(Error::CountOverflow { field: POINTS })?;
        let paid = points.min(self.owed);
        self.owed -= paid;
        let points = points - paid;
        if points > 0 {
            self.balance += points;
            *self.lots.entry(key).or_default() += points;
        }
        Ok(())
    }

    fn take_back(&mut self, order: &K, amount: Decimal) -> Result<()> {
        Error::not_negative("amount of an order", amount)?;
        let Some(earned) = self.orders.get_mut(order) else {
            return Err(Error::points_order(order, "is returned and has not earned points"));
        };
        if amount > earned.amount {
            return Err(Error::Refund { found: amount, amount: earned.amount });
        }
        let overflow = Error::AmountOverflow { field: "amount of an order" };
        earned.amount = money::exact_sum(earned.amount, -amount).ok_or(overflow)?;
        let lost = exact_product(amount, earned.rate)?;
        let whole = self.carry(-lost)?;
        // A fraction that was carried may cover all of it.
        let missing = u64::try_from(-whole).map_err(|_| Error::CountOverflow { field: POINTS })?;
        let missing = missing - self.take_own(order, missing);
        let spent = missing.min(self.balance);
        self.spend(spent);
        self.owed += missing - spent;
        Ok(())
    }

    /// Takes points from the order's own lot, then from those of it that have expired; returns how many it took.
    fn take_own(&mut self, order: &K, points: u64) -> u64 {
        let Some(earned) = self.orders.get_mut(order) else { return 0 };
        let left = self.lots.get(&earned.key).copied().unwrap_or(0);
        let taken = points.min(left);
        if taken == left {
            self.lots.remove(&earned.key);
        } else if let Some(lot) = self.lots.get_mut(&earned.key) {
            *lot -= taken;
        }
        self.balance -= taken;
        let gone = (points - taken).min(earned.expired);
        earned.expired -= gone;
        self.expired -= gone;
        taken + gone
    }

    /// Takes `points`, no more than the balance, from the lots that expire soonest.
    fn spend(&mut self, points: u64) {
        let mut left = points;
        self.balance -= points;
        while let (1.., Some(mut entry)) = (left, self.lots.first_entry()) {
            let taken = left.min(*entry.get());
            left -= taken;
            if taken == *entry.get() {
                entry.remove();
            } else {
                *entry.get_mut() -= taken;
            }
        }
    }
}

const POINTS: &str = "points of an account";

fn lot_key<K>(program: &PointsProgram, earned: NaiveDate, order: Option<K>) -> Result<LotKey<K>> {
    let expires = program.expiry().expires(earned)?;
    Ok(LotKey { expires: expires.unwrap_or(NaiveDate::MAX), never: expires.is_none(), earned, order })
}

/// `left * right`, never rounded.
fn exact_product(left: Decimal, right: Decimal) -> Result<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    let product = left.mantissa().checked_mul(right.mantissa());
    let product = product.and_then(|product| money::decimal(product, left.scale() + right.scale()));
    product.ok_or(Error::AmountOverflow { field: POINTS })
}
