//! Accounts against a list of single points, and any order of the input.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::Error;
use repurchase::act::points::{Expiry, PointsAccount, PointsEvent, PointsProgram};
use rust_decimal::Decimal;

use super::super::{date, fixed_seed};

const LIFE: u64 = 10;

fn day(number: u64) -> NaiveDate {
    date("2026-01-01") + Days::new(number)
}

/// What happens on a day: amounts in tenths; a rate of 0.5 or 0.7 makes twentieths and hundredths of points.
#[derive(Debug, Clone)]
enum Fact {
    Earn { order: u32, tenths: i64, tier: usize },
    Grant(u64),
    Return { order: u32, tenths: i64 },
    Redeem(u64),
}

impl Fact {
    fn event(&self, number: u64) -> PointsEvent<u32> {
        let day = day(number);
        match *self {
            Self::Earn { order, tenths, tier } => {
                PointsEvent::Earn { day, order, amount: Decimal::new(tenths, 1), tier }
            }
            Self::Grant(points) => PointsEvent::Grant { day, points },
            Self::Return { order, tenths } => PointsEvent::Return { day, order, amount: Decimal::new(tenths, 1) },
            Self::Redeem(points) => PointsEvent::Redeem { day, points },
        }
    }

    fn turn(&self) -> (u8, u32, i64) {
        match *self {
            Self::Earn { order, tenths, .. } => (0, order, tenths),
            Self::Grant(_) => (1, 0, 0),
            Self::Return { order, tenths } => (2, order, tenths),
            Self::Redeem(points) => (3, 0, i64::try_from(points).unwrap()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Alive,
    Spent,
    Expired,
    Returned,
}

/// One point, for itself.
#[derive(Debug, Clone)]
struct Point {
    earned: u64,
    order: Option<u32>,
    state: State,
}

#[derive(Debug, Default)]
struct Naive {
    points: Vec<Point>,
    /// Of each order: twentieths of a point per tenth of money, tenths left.
    orders: BTreeMap<u32, (i64, i64)>,
    /// Exact points of all orders less returns, in hundredths.
    hundredths: i64,
    owed: u64,
}

impl Naive {
    /// Adds points one by one; owed ones are paid first.
    fn add(&mut self, count: u64, earned: u64, order: Option<u32>) {
        for _ in 0..count {
            if self.owed > 0 {
                self.owed -= 1;
            } else {
                self.points.push(Point { earned, order, state: State::Alive });
            }
        }
    }

    /// The alive point that is spent next.
    fn next(&mut self) -> Option<&mut Point> {
        let alive = self.points.iter_mut().filter(|point| point.state == State::Alive);
        alive.min_by_key(|point| (point.earned, point.order))
    }

    fn of_order(&mut self, order: u32, state: State) -> Option<&mut Point> {
        self.points.iter_mut().find(|point| point.order == Some(order) && point.state == state)
    }

    /// Whether the fact is possible.
    fn apply(&mut self, today: u64, fact: &Fact) -> bool {
        for point in &mut self.points {
            if point.state == State::Alive && point.earned + LIFE <= today {
                point.state = State::Expired;
            }
        }
        match *fact {
            Fact::Earn { order, tenths, tier } => {
                let per_tenth = [5, 7][tier];
                if self.orders.insert(order, (per_tenth, tenths)).is_some() {
                    return false;
                }
                let before = self.hundredths.div_euclid(100);
                self.hundredths += per_tenth * tenths;
                let whole = u64::try_from(self.hundredths.div_euclid(100) - before).unwrap();
                self.add(whole, today, Some(order));
            }
            Fact::Grant(points) => self.add(points, today, None),
            Fact::Return { order, tenths } => {
                let Some((per_tenth, left)) = self.orders.get_mut(&order) else { return false };
                if tenths > *left {
                    return false;
                }
                *left -= tenths;
                let before = self.hundredths.div_euclid(100);
                self.hundredths -= *per_tenth * tenths;
                for _ in self.hundredths.div_euclid(100)..before {
                    if let Some(point) = self.of_order(order, State::Alive) {
                        point.state = State::Returned;
                    } else if let Some(point) = self.of_order(order, State::Expired) {
                        point.state = State::Returned;
                    } else if let Some(point) = self.next() {
                        point.state = State::Returned;
                    } else {
                        self.owed += 1;
                    }
                }
            }
            Fact::Redeem(points) => {
                if self.count(State::Alive) < points {
                    return false;
                }
                for _ in 0..points {
                    self.next().unwrap().state = State::Spent;
                }
            }
        }
        true
    }

    fn count(&self, state: State) -> u64 {
        self.points.iter().filter(|point| point.state == state).count() as u64
    }
}

fn facts() -> impl Strategy<Value = Vec<(u64, Fact)>> {
    let fact = prop_oneof![
        4 => (0..12u32, 0..120i64, 0..2usize).prop_map(|(order, tenths, tier)| Fact::Earn { order, tenths, tier }),
        1 => (0..6u64).prop_map(Fact::Grant),
        3 => (0..12u32, 0..120i64).prop_map(|(order, tenths)| Fact::Return { order, tenths }),
        2 => (0..9u64).prop_map(Fact::Redeem),
    ];
    prop::collection::vec((0..40u64, fact), 0..40)
}

/// Leaves out what cannot happen, so that accounts grow old; the days and turns are those of the definition.
fn possible(facts: &[(u64, Fact)], last: u64) -> (Vec<(u64, Fact)>, Naive) {
    let mut facts = facts.to_vec();
    facts.sort_by_key(|(day, fact)| (*day, fact.turn()));
    let (mut naive, mut kept) = (Naive::default(), Vec::new());
    for (day, fact) in facts.into_iter().filter(|(day, _)| *day <= last) {
        let orders = naive.orders.clone();
        if naive.apply(day, &fact) {
            kept.push((day, fact));
        } else {
            naive.orders = orders;
        }
    }
    naive.apply(last, &Fact::Grant(0));
    (kept, naive)
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn accounts_are_lists_of_points(facts in facts(), last in 0..60u64, turn in 0..40usize) {
        let rates = vec![Decimal::new(5, 1), Decimal::new(7, 1)];
        let program = PointsProgram::new(rates, Expiry::Days(u32::try_from(LIFE).unwrap())).unwrap();
        let (kept, mut naive) = possible(&facts, last);
        let mut events: Vec<_> = kept.iter().map(|(day, fact)| fact.event(*day)).collect();
        let found = PointsAccount::replay(&program, events.clone(), day(last)).unwrap();
        prop_assert_eq!(found.balance(), naive.count(State::Alive));
        prop_assert_eq!(found.redeemed(), naive.count(State::Spent));
        prop_assert_eq!(found.expired(), naive.count(State::Expired));
        prop_assert_eq!(found.owed(), naive.owed);
        prop_assert_eq!(found.carried(), Decimal::new(naive.hundredths.rem_euclid(100), 2));
        // Nothing is lost: all that was earned, less returns, is somewhere.
        let granted: u64 = kept.iter().map(|(_, fact)| if let Fact::Grant(points) = fact { *points } else { 0 }).sum();
        let earned = u64::try_from(naive.hundredths.div_euclid(100)).unwrap();
        prop_assert_eq!(earned + granted + found.owed(), found.balance() + found.redeemed() + found.expired());
        prop_assert!(found.owed() == 0 || found.balance() == 0);
        // The lots, point by point in the order of use.
        for lot in found.lots() {
            prop_assert_eq!(lot.expires, Some(lot.earned + Days::new(LIFE)));
            for _ in 0..lot.points {
                let point = naive.next().unwrap();
                prop_assert_eq!((day(point.earned), point.order), (lot.earned, lot.order));
                point.state = State::Spent;
            }
        }
        // In any order of the input.
        let by = turn.min(events.len());
        events.rotate_left(by);
        events.reverse();
        prop_assert_eq!(&PointsAccount::replay(&program, events.clone(), day(last)).unwrap(), &found);
        // One point more than there are is refused.
        events.push(Fact::Redeem(found.balance() + 1).event(last));
        let refused = PointsAccount::replay(&program, events, day(last));
        let is_short = matches!(&refused, Err(Error::Record { cause, .. }) if matches!(**cause, Error::PointsShort { .. }));
        prop_assert!(is_short, "{:?}", refused);
    }
}
