//! Points of an account against a recount of single points.

use chrono::{Days, NaiveDate};
use repurchase::act::points::{Expiry, Liability, PointsAccount, PointsEvent, PointsProgram};
use rust_decimal::Decimal;

use crate::bytes::{Bytes, first_day};

/// Each point for itself: when it goes, in which turn it is used, of which order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    expires: NaiveDate,
    never: bool,
    earned: NaiveDate,
    order: Option<u8>,
}

/// Any events: what is received is what is there, was used, is gone or is owed; expiry day by day as a recount has it.
pub fn points(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let expiry = match bytes.byte() % 4 {
        0 => Expiry::Never,
        1 | 2 => Expiry::Days(u32::from(bytes.byte())),
        _ => Expiry::MonthEnd(u32::from(bytes.byte() % 14)),
    };
    let rates = (0..=bytes.below(3)).map(|_| if bytes.flag() { Decimal::ONE } else { bytes.amount() }).collect();
    let Ok(program) = PointsProgram::new(rates, expiry) else { return };
    let mut events = Vec::new();
    while !bytes.is_empty() && events.len() < 60 {
        let day = first_day() + Days::new(u64::from(bytes.byte()));
        let (order, amount) = (bytes.byte() % 9, bytes.amount());
        events.push(match bytes.byte() % 4 {
            0 | 1 => PointsEvent::Earn { day, order, amount, tier: bytes.below(3) },
            2 if bytes.flag() => PointsEvent::Grant { day, points: u64::from(bytes.byte()) },
            2 => PointsEvent::Return { day, order, amount },
            _ => PointsEvent::Redeem { day, points: u64::from(bytes.byte()) },
        });
    }
    let as_of = first_day() + Days::new(300);
    // What cannot be is refused; without it, all that is left can.
    let mut possible: Vec<PointsEvent<u8>> = Vec::new();
    for event in events {
        possible.push(event);
        if PointsAccount::replay(&program, possible.iter().cloned(), as_of).is_err() {
            possible.pop();
        }
    }
    let account = PointsAccount::replay(&program, possible.iter().cloned(), as_of).expect("possible");
    let turned = PointsAccount::replay(&program, possible.iter().rev().cloned(), as_of).expect("in any order");
    assert_eq!(account, turned, "the order of the input matters");

    assert_eq!(account.balance(), account.lots().iter().map(|lot| lot.points).sum::<u64>());
    assert!(account.lots().iter().all(|lot| lot.points > 0 && lot.expires.is_none_or(|day| day > as_of)));
    assert!(account.balance() == 0 || account.owed() == 0);
    assert_eq!(
        account.expiring_before(NaiveDate::MAX),
        account.lots().iter().filter(|lot| lot.expires.is_some()).map(|lot| lot.points).sum::<u64>()
    );
    let owed = Liability::of([&account], Decimal::ONE).expect("few points");
    assert_eq!((owed.points, owed.owed), (account.balance(), account.owed()));

    recount(&program, &possible, as_of, &account);
    let text = serde_json::to_string(&account).expect("stores");
    assert_eq!(serde_json::from_str::<PointsAccount<u8>>(&text).expect("is read back"), account);
}

/// Where nothing was given back, points can be counted one by one.
fn recount(program: &PointsProgram, events: &[PointsEvent<u8>], as_of: NaiveDate, account: &PointsAccount<u8>) {
    if events.iter().any(|event| matches!(event, PointsEvent::Return { .. })) {
        return;
    }
    let mut events = events.to_vec();
    events.sort_by_key(|event| {
        (
            event.day(),
            match event {
                PointsEvent::Earn { order, .. } => (0, Some(*order)),
                PointsEvent::Grant { .. } => (1, None),
                _ => (2, None),
            },
        )
    });
    let (mut alive, mut carried, mut redeemed, mut expired): (Vec<Point>, _, _, _) = (Vec::new(), Decimal::ZERO, 0, 0);
    let expire = |alive: &mut Vec<Point>, day| {
        let before = alive.len();
        alive.retain(|point| point.never || point.expires > day);
        (before - alive.len()) as u64
    };
    for event in &events {
        expired += expire(&mut alive, event.day());
        match event {
            PointsEvent::Earn { amount, tier, .. } if *amount * program.rates()[*tier] > Decimal::from(5_000) => return,
            PointsEvent::Earn { day, order, amount, tier } => {
                let exact = *amount * program.rates()[*tier];
                if exact.scale() > 20 {
                    return;
                }
                let all = carried + exact;
                carried = all.fract();
                let point = point(program, *day, Some(*order));
                alive.extend((0..u64::try_from(all.trunc()).expect("few")).map(|_| point));
            }
            PointsEvent::Grant { day, points } => {
                let point = point(program, *day, None);
                alive.extend((0..*points).map(|_| point));
            }
            PointsEvent::Redeem { points, .. } => {
                alive.sort_unstable();
                redeemed += points;
                alive.drain(..*points as usize);
            }
            PointsEvent::Return { .. } => {}
        }
    }
    expired += expire(&mut alive, as_of);
    let found = (account.balance(), account.redeemed(), account.expired(), account.carried());
    assert_eq!(found, (alive.len() as u64, redeemed, expired, carried));
}

fn point(program: &PointsProgram, earned: NaiveDate, order: Option<u8>) -> Point {
    let expires = program.expiry().expires(earned).expect("accepted");
    Point { expires: expires.unwrap_or(NaiveDate::MAX), never: expires.is_none(), earned, order }
}
