//! Waits stretched by what was ordered last.

use repurchase::Error;
use repurchase::segment::ChurnRisk::{ChurnInclined, InCycle};
use repurchase::segment::MissedCycles;
use rust_decimal::Decimal;

use super::{after, day, money};

#[test]
fn quantities_stretch_the_wait() {
    let stretched = |days, last, usual| {
        let standing = after(MissedCycles::default(), &[0, 10], days).with_quantities(money(last), money(usual));
        let standing = standing.expect("quantities above 0");
        (standing.cycles_missed().unwrap(), standing.next_expected_day().unwrap(), standing.overdue_days().unwrap())
    };
    let expected = |missed, after, overdue| (missed, day(10u64 + after), overdue);
    assert_eq!(stretched(90, "1", "1"), expected(3, 30, 60));
    assert_eq!(stretched(90, "2", "1"), expected(1, 60, 30));
    assert_eq!(stretched(59, "2", "1"), expected(0, 60, 0));
    assert_eq!(stretched(60, "0.50", "0.250"), expected(1, 60, 0));
    assert_eq!(stretched(45, "1", "2"), expected(3, 15, 30));
    // 30 * 1.5 / 7 = 6.43 days.
    assert_eq!(stretched(6, "1.5", "7"), expected(0, 7, 0));
    assert_eq!(stretched(7, "1.5", "7"), expected(1, 7, 0));
    assert_eq!(stretched(12, "1.5", "7"), expected(1, 7, 5));
    assert_eq!(stretched(13, "1.5", "7"), expected(2, 7, 6));
    // The last one counts.
    let standing = after(MissedCycles::default(), &[0, 10], 90);
    let twice = standing.with_quantities(Decimal::TEN, Decimal::ONE).unwrap();
    let once = standing.with_quantities(Decimal::TWO, Decimal::ONE).unwrap();
    assert_eq!(twice.with_quantities(Decimal::TWO, Decimal::ONE).unwrap(), once);
    assert_eq!(once.expected_cycle_days(), Some(60.0));
    // The floor comes first: 7 days for 1 are 3.5 for a half.
    let own = after(MissedCycles::default().with_own_mean_gap(7), &[0, 1, 2], 7);
    assert_eq!(own.with_quantities(money("0.5"), Decimal::ONE).unwrap().cycles_missed(), Some(2));
}

/// The quotient of two quantities is not rounded, not even in its last digit.
#[test]
fn quantities_are_exact() {
    let at_90_days = |usual: &str| {
        let standing = after(MissedCycles::default(), &[0, 10], 90).with_quantities(money("7"), money(usual));
        let standing = standing.unwrap();
        (standing.cycles_missed(), standing.next_expected_day(), standing.expected_cycle_days())
    };
    // 30 * 7 / usual is a hair above 90, and a hair below.
    let above = at_90_days("2.3333333333333333333333333333");
    let below = at_90_days("2.3333333333333333333333333334");
    assert_eq!((above.0, above.1), (Some(0), Some(day(10 + 91))));
    assert_eq!((below.0, below.1), (Some(1), Some(day(10 + 90))));
    assert!((above.2.unwrap() - 90.0).abs() < 1e-13 && (below.2.unwrap() - 90.0).abs() < 1e-13);
}

#[test]
fn quantities_of_any_size() {
    let smallest = Decimal::new(1, 28);
    let standing = |days| after(MissedCycles::default(), &[0, 10], days);
    // A cycle of 2.4e58 days.
    let huge = standing(400).with_quantities(Decimal::MAX, smallest).unwrap();
    assert_eq!((huge.cycles_missed(), huge.overdue_days(), huge.risk()), (Some(0), Some(0), InCycle));
    assert_eq!(huge.next_expected_day(), None, "chrono has no such day");
    let cycle = huge.expected_cycle_days().unwrap();
    assert!((cycle / (30.0 * 79_228_162_514_264_337_593_543_950_335.0 * 1e28) - 1.0).abs() < 1e-15, "{cycle}");
    // And one of 3.8e-56 days, which is never missed on the day itself.
    let tiny = |days| standing(days).with_quantities(smallest, Decimal::MAX).unwrap();
    assert_eq!((tiny(0).cycles_missed(), tiny(0).risk()), (Some(0), InCycle));
    assert_eq!((tiny(1).cycles_missed(), tiny(1).risk()), (Some(u32::MAX), ChurnInclined));
    assert_eq!((tiny(1).next_expected_day(), tiny(1).overdue_days()), (Some(day(11)), Some(0)));
    assert_eq!(tiny(400).overdue_days(), Some(399));
    let most = standing(60).with_quantities(Decimal::MAX, Decimal::MAX).unwrap();
    assert_eq!(most.cycles_missed(), Some(2));
}

#[test]
fn quantities_that_are_refused() {
    let standing = after(MissedCycles::default(), &[0, 10], 90);
    let refused = |last, usual| standing.with_quantities(money(last), money(usual)).unwrap_err().to_string();
    assert_eq!(refused("0", "1"), "quantity of the last order must be above 0, found 0");
    assert_eq!(refused("-1.5", "1"), "quantity of the last order must be above 0, found -1.5");
    assert_eq!(refused("1", "0.00"), "usual quantity must be above 0, found 0.00");
    let found = standing.with_quantities(Decimal::ONE, -Decimal::ONE);
    assert!(matches!(found, Err(Error::Amount { field: "usual quantity", .. })), "{found:?}");
}
