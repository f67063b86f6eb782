//! One customer's points.

use core::fmt::Debug;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::act::points::book::{Book, LotKey};
use crate::act::points::{PointsEvent, PointsProgram};
use crate::error::Result;

/// Points of one origin that expire together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Lot<K> {
    /// The day on which they can no longer be used; `None` for never.
    pub expires: Option<NaiveDate>,
    /// The day on which they were earned or granted.
    pub earned: NaiveDate,
    /// The order that earned them; `None` for a grant.
    pub order: Option<K>,
    /// The points left, 1 or more.
    pub points: u64,
}

/// One customer's loyalty points (会员积分) as of a day: the exact result of all events up to and including it.
///
/// Points are whole. What an order earns, `amount * rate`, is added exactly to the fraction carried from the orders
/// before; the whole part makes a lot, the rest is carried on and does not expire, so that nothing is lost to rounding.
///
/// - A **redemption** takes the points that expire soonest first, then the earliest earned, then what was granted, then
///   by the order's key. A redemption larger than the balance is refused.
/// - An **expired** lot is gone at the start of its day.
/// - A **return** takes back what the returned amount earned, exactly, the fraction included. The whole points come
///   from what is left of the order's own lot; then from its points that have expired, which costs the customer
///   nothing; then, because they were spent, from the other lots as a redemption would; what is still missing is
///   **owed**, and later points, earned or granted, pay it before they make a lot. The balance is never negative.
///
/// # Formula
///
/// `⌊Σ amount * rate - Σ returned * rate⌋ + granted = balance + redeemed + expired - owed`
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::act::points::{Expiry, Liability, PointsAccount, PointsEvent, PointsProgram};
/// use rust_decimal::Decimal;
///
/// let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
/// let program = PointsProgram::new(vec![Decimal::new(1, 1)], Expiry::Days(90))?;
/// let earn = |day, order, cents| PointsEvent::Earn { day, order, amount: Decimal::new(cents, 2), tier: 0 };
/// let events = [
///     earn(day(1, 5), 1, 199_90), // 19.99 points: 19, and 0.99 carried
///     earn(day(2, 1), 2, 100_10), // 10.01 points: 11, and nothing carried
///     PointsEvent::Redeem { day: day(2, 1), points: 10 },
/// ];
/// let account = PointsAccount::replay(&program, events.clone(), day(2, 1))?;
/// assert_eq!((account.balance(), account.carried()), (20, Decimal::ZERO));
/// assert_eq!(account.expiring_before(day(4, 6)), 9, "the rest of the first order's");
///
/// let account = PointsAccount::replay(&program, events, day(4, 5))?;
/// assert_eq!((account.balance(), account.expired()), (11, 9));
///
/// let owed = Liability::of([&account], Decimal::new(1, 2))?;
/// assert_eq!((owed.points, owed.value, owed.months[0].month), (11, Decimal::new(11, 2), Some(day(5, 1))));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("loyalty points", "积分"))]
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PointsAccount<K> {
    as_of: NaiveDate,
    lots: Vec<Lot<K>>,
    balance: u64,
    redeemed: u64,
    expired: u64,
    owed: u64,
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    carried: Decimal,
}

impl<K: Ord + Clone + Debug> PointsAccount<K> {
    /// The account after all events of one customer up to and including a day; later ones are left out. Takes time
    /// `n log n` in events.
    ///
    /// # Errors
    ///
    /// [`Error::Record`](crate::Error::Record) with the position of the event and one of `Amount` for an amount below 0;
    /// `OutOfRange` for a tier that the program does not have; `PointsOrder` for an order that earns twice, or is
    /// returned and has not earned; `Refund` for a return of more than is left of its order; `PointsShort` for a
    /// redemption of more than the balance; `AmountOverflow`, `CountOverflow` or `DayOverflow` for points or days beyond
    /// their limits: products of amount and rate must fit 28 decimals and 96 bits.
    pub fn replay(
        program: &PointsProgram,
        events: impl IntoIterator<Item = PointsEvent<K>>,
        as_of: NaiveDate,
    ) -> Result<Self> {
        let mut events: Vec<_> = events.into_iter().enumerate().filter(|(_, event)| event.day() <= as_of).collect();
        events.sort_by(|(_, left), (_, right)| left.turn().cmp(&right.turn()));
        let mut book = Book::new();
        for (index, event) in events {
            book.expire(event.day());
            book.apply(program, event).map_err(|error| error.at_record(index))?;
        }
        book.expire(as_of);
        let Book { lots, balance, redeemed, expired, owed, carried, .. } = book;
        let lot = |(LotKey { expires, never, earned, order }, points)| Lot {
            expires: (!never).then_some(expires),
            earned,
            order,
            points,
        };
        Ok(Self { as_of, lots: lots.into_iter().map(lot).collect(), balance, redeemed, expired, owed, carried })
    }
}

impl<K> PointsAccount<K> {
    /// The day up to which events were counted.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The points that can be spent.
    pub const fn balance(&self) -> u64 {
        self.balance
    }

    /// The lots of the balance, in the order in which they would be spent.
    pub fn lots(&self) -> &[Lot<K>] {
        &self.lots
    }

    /// The points of the balance that expire before a day, if they are not spent.
    pub fn expiring_before(&self, day: NaiveDate) -> u64 {
        let expiring = self.lots.iter().filter(|lot| lot.expires.is_some_and(|expires| expires < day));
        expiring.map(|lot| lot.points).sum()
    }

    /// The points spent.
    pub const fn redeemed(&self) -> u64 {
        self.redeemed
    }

    /// The points expired, without those of orders returned later.
    pub const fn expired(&self) -> u64 {
        self.expired
    }

    /// The points that the customer owes, because they were spent and their orders returned; 0 while there is a balance.
    pub const fn owed(&self) -> u64 {
        self.owed
    }

    /// The fraction of a point that waits for the next order: 0 or more, below 1.
    pub const fn carried(&self) -> Decimal {
        self.carried
    }
}

crate::stored::stored! {
    PointsAccount<K: Ord> {
        as_of: NaiveDate,
        lots: Vec<Lot<K>>,
        balance: u64,
        redeemed: u64,
        expired: u64,
        owed: u64,
        #[serde(with = "crate::number::decimal")] carried: Decimal,
    } => {
        let turn = |lot: &Lot<K>| (lot.expires.is_none(), lot.expires, lot.earned);
        let alive = |lot: &Lot<K>| lot.points > 0 && lot.earned <= as_of && lot.expires.is_none_or(|day| day > as_of);
        let in_turn = |pair: &[Lot<K>]| match pair {
            [left, right] => (turn(left), &left.order) < (turn(right), &right.order),
            _ => true,
        };
        if !lots.iter().all(alive) || !lots.windows(2).all(in_turn) {
            return Err("the lots of a points account must hold points that can be used, in the order of their use");
        }
        let sum = lots.iter().try_fold(0u64, |sum, lot| sum.checked_add(lot.points));
        if sum != Some(balance) || balance > 0 && owed > 0 {
            return Err("the balance of a points account must be the sum of its lots, and 0 while points are owed");
        }
        if !(Decimal::ZERO <= carried && carried < Decimal::ONE) {
            return Err("the carried fraction of a points account must be 0 or more and below 1");
        }
        Ok(Self { as_of, lots, balance, redeemed, expired, owed, carried })
    }, &'static str
}
