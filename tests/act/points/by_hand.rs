//! Every rule of an account, by hand.

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::act::points::{Expiry, PointsAccount, PointsEvent, PointsProgram};
use rust_decimal::Decimal;

use super::super::{date, money};
use super::{account, counts, earn, earn_in, give_back, grant, lots, program, redeem, refusal};

#[test]
fn fractions_are_carried_from_order_to_order() {
    let program = program(&["0.1", "0.15"], Expiry::Never);
    // 1.999 + 1.999 + 1.999 + 0.003 = 6 points exactly.
    let events = [
        earn("2026-01-01", 1, "19.99"),
        earn("2026-01-02", 2, "19.99"),
        earn("2026-01-03", 3, "19.99"),
        earn_in(1, "2026-01-04", 4, "0.02"),
    ];
    for (count, balance, carried) in [(1, 1, "0.999"), (2, 3, "0.998"), (3, 5, "0.997"), (4, 6, "0")] {
        let found = account(&program, &events[..count], "2026-12-31");
        assert_eq!((found.balance(), found.carried()), (balance, money(carried)), "{count} orders");
    }
    assert_eq!(
        lots(&account(&program, &events, "2026-12-31")),
        [(Some(1), 1), (Some(2), 2), (Some(3), 2), (Some(4), 1)]
    );
    // An order that is too small makes no lot, and is not lost.
    let small = [earn("2026-01-01", 1, "4"), earn("2026-01-02", 2, "6")];
    assert_eq!(lots(&account(&program, &small, "2026-12-31")), [(Some(2), 1)]);
}

#[test]
fn what_expires_soonest_is_spent_first() {
    let program = program(&["1"], Expiry::Days(30));
    let events = [
        earn("2026-01-01", 1, "10"),
        earn("2026-01-11", 2, "20"),
        earn("2026-01-21", 3, "30"),
        redeem("2026-01-25", 15),
    ];
    let found = account(&program, &events, "2026-01-25");
    assert_eq!(lots(&found), [(Some(2), 15), (Some(3), 30)]);
    assert_eq!(counts(&found), [45, 15, 0, 0]);
    // Of one day: what was granted, then by the order's key.
    let one_day =
        [earn("2026-01-01", 2, "10"), earn("2026-01-01", 1, "10"), grant("2026-01-01", 5), grant("2026-01-01", 1)];
    assert_eq!(lots(&account(&program, &one_day, "2026-01-01")), [(None, 6), (Some(1), 10), (Some(2), 10)]);
    assert_eq!((found.expiring_before(date("2026-02-10")), found.expiring_before(date("2026-02-11"))), (0, 15));
    assert_eq!(found.expiring_before(NaiveDate::MAX), 45);
}

#[test]
fn points_expire_at_the_start_of_their_day() {
    let program = program(&["1"], Expiry::Days(30));
    let events = [earn("2026-01-01", 1, "10"), earn("2026-01-02", 2, "20")];
    assert_eq!(counts(&account(&program, &events, "2026-01-30")), [30, 0, 0, 0]);
    assert_eq!(counts(&account(&program, &events, "2026-01-31")), [20, 0, 10, 0]);
    // An expired lot in the middle of a redemption: 25 are asked, and 10 of the 30 are gone on that day.
    let mut asked = events.to_vec();
    asked.push(redeem("2026-01-31", 25));
    let expected = (2, "25 points cannot be redeemed on 2026-01-31: the balance is 20".to_owned());
    assert_eq!(refusal(&program, &asked), expected);
    asked[2] = redeem("2026-01-30", 25);
    let found = account(&program, &asked, "2026-01-31");
    assert_eq!((lots(&found), counts(&found)), (vec![(Some(2), 5)], [5, 25, 0, 0]));
    // Of a lot spent in part, the rest expires.
    asked[2] = redeem("2026-01-30", 4);
    assert_eq!(counts(&account(&program, &asked, "2026-01-31")), [20, 4, 6, 0]);
    // Days that are never used do not matter.
    assert_eq!(counts(&account(&program, &asked, "2027-01-31")), [0, 4, 26, 0]);
}

#[test]
fn days_on_which_points_expire() {
    let expires = |expiry: Expiry, earned: &str| expiry.expires(date(earned)).unwrap().map(|day| day.to_string());
    assert_eq!(expires(Expiry::Never, "2026-03-15"), None);
    assert_eq!(expires(Expiry::Days(1), "2026-03-15").as_deref(), Some("2026-03-16"));
    assert_eq!(expires(Expiry::MonthEnd(12), "2026-03-01").as_deref(), Some("2027-04-01"));
    assert_eq!(expires(Expiry::MonthEnd(12), "2026-03-31").as_deref(), Some("2027-04-01"));
    assert_eq!(expires(Expiry::MonthEnd(0), "2026-12-31").as_deref(), Some("2027-01-01"));
    for (expiry, days) in [
        (Expiry::Days(1), 1),
        (Expiry::MonthEnd(0), 31),
        (Expiry::MonthEnd(1), 62),
        (Expiry::MonthEnd(u32::MAX), 133_143_986_176),
    ] {
        assert_eq!(expiry.expires(NaiveDate::MAX), Err(Error::DayOverflow { from: NaiveDate::MAX, days }));
    }
}

#[test]
fn the_order_within_a_day() {
    let program = program(&["1"], Expiry::Days(30));
    // Earned and granted, returned, redeemed: whatever their order in the input.
    let mut events = vec![
        redeem("2026-01-01", 12),
        give_back("2026-01-01", 1, "5"),
        grant("2026-01-01", 7),
        earn("2026-01-01", 1, "10"),
    ];
    let found = account(&program, &events, "2026-01-01");
    assert_eq!((counts(&found), lots(&found)), ([0, 12, 0, 0], vec![]));
    events.reverse();
    assert_eq!(account(&program, &events, "2026-01-01"), found);
    events.push(redeem("2026-01-01", 1));
    // Of the two redemptions the smaller is the first; the larger finds 11.
    let expected = (3, "12 points cannot be redeemed on 2026-01-01: the balance is 11".to_owned());
    assert_eq!(refusal(&program, &events), expected);
}

#[test]
fn a_return_takes_from_its_own_lot_first() {
    let program = program(&["1"], Expiry::Days(30));
    let earned = [earn("2026-01-01", 1, "10"), earn("2026-01-11", 2, "20")];
    let with = |more: &[PointsEvent<u32>], as_of: &str| {
        let events: Vec<_> = earned.iter().chain(more).cloned().collect();
        account(&program, &events, as_of)
    };
    let found = with(&[give_back("2026-01-12", 2, "15.5")], "2026-01-12");
    // 14.5 points are left: the whole 16th goes, and half of it is carried.
    assert_eq!((lots(&found), found.carried()), (vec![(Some(1), 10), (Some(2), 4)], money("0.5")));
    let found = with(&[give_back("2026-01-12", 2, "15.5"), give_back("2026-01-13", 2, "4.5")], "2026-01-13");
    assert_eq!((lots(&found), found.carried()), (vec![(Some(1), 10)], money("0")));

    // Spent points of a returned order come from the other lots, and what is missing there is owed.
    let spent = [redeem("2026-01-12", 25), give_back("2026-01-13", 1, "10")];
    let found = with(&spent, "2026-01-13");
    assert_eq!((counts(&found), lots(&found)), ([0, 25, 0, 5], vec![]));
    let mut later = spent.to_vec();
    later.extend([earn("2026-01-20", 3, "3"), grant("2026-01-21", 4)]);
    assert_eq!(counts(&with(&later[..3], "2026-01-20")), [0, 25, 0, 2]);
    let found = with(&later, "2026-01-21");
    assert_eq!((counts(&found), lots(&found)), ([2, 25, 0, 0], vec![(None, 2)]));

    // Points that have expired are not asked for again.
    let found = with(&[redeem("2026-01-12", 4), give_back("2026-02-01", 1, "10")], "2026-02-01");
    // Of 10 points, 4 were spent and 6 expired on 31 January: 4 come from the other lot.
    assert_eq!((counts(&found), lots(&found)), ([16, 4, 0, 0], vec![(Some(2), 16)]));
}

#[test]
fn a_return_at_the_rate_of_its_order() {
    let program = program(&["1", "2"], Expiry::Never);
    let events =
        [earn_in(1, "2026-01-01", 1, "10"), earn_in(0, "2026-02-01", 2, "10"), give_back("2026-03-01", 1, "4")];
    assert_eq!(lots(&account(&program, &events, "2026-03-01")), [(Some(1), 12), (Some(2), 10)]);
}

#[test]
fn events_that_are_refused() {
    let program = program(&["1", "2"], Expiry::Never);
    let order = earn("2026-01-01", 1, "10");
    let refused = |event: PointsEvent<u32>| {
        let (index, text) = refusal(&program, &[order.clone(), event]);
        assert_eq!(index, 1);
        text
    };
    assert_eq!(refused(earn("2026-01-01", 1, "11")), "order 1 earns points twice");
    assert_eq!(refused(earn("2026-01-01", 2, "-1")), "amount of an order must be 0 or more, found -1");
    assert_eq!(refused(earn_in(2, "2026-01-01", 2, "1")), "tier of a points program must lie between 0 and 1, found 2");
    assert_eq!(refused(give_back("2026-01-02", 2, "1")), "order 2 is returned and has not earned points");
    let text = "refunded must lie between 0 and the order's amount 10, found 10.01";
    assert_eq!(refused(give_back("2026-01-02", 1, "10.01")), text);
    assert_eq!(refused(give_back("2026-01-02", 1, "-1")), "amount of an order must be 0 or more, found -1");
    assert_eq!(refused(redeem("2026-01-02", 11)), "11 points cannot be redeemed on 2026-01-02: the balance is 10");
    assert_eq!(refused(grant("2026-01-02", u64::MAX)), "points of an account is beyond its limit");
    assert_eq!(refused(earn("2026-01-02", 2, "18446744073709551616")), "points of an account is beyond its limit");
    let late = give_back("2025-12-31", 1, "1");
    assert_eq!(refused(late), "order 1 is returned and has not earned points");
    let nobody = PointsProgram::new(Vec::new(), Expiry::Never).unwrap();
    assert_eq!(
        refusal(&nobody, core::slice::from_ref(&order)).1,
        "tier of a points program must lie between 0 and 0, found 0"
    );
    // A return of all in parts is all.
    let parts = [order.clone(), give_back("2026-01-02", 1, "4"), give_back("2026-01-03", 1, "6.01")];
    let text = "refunded must lie between 0 and the order's amount 6, found 6.01";
    assert_eq!(refusal(&program, &parts), (2, text.to_owned()));

    let program = |rate, expiry| PointsProgram::new(vec![money("1"), money(rate)], expiry).unwrap_err().to_string();
    assert_eq!(program("-0.1", Expiry::Never), "points per unit of money must be 0 or more, found -0.1");
    let text = "days until points expire must lie between 1 and 4294967295, found 0";
    assert_eq!(program("1", Expiry::Days(0)), text);
}

#[test]
fn products_are_exact_or_refused() {
    let tiny = program(&["0.00000000000001"], Expiry::Never);
    let events = [earn("2026-01-01", 1, "0.00000000000001")];
    assert_eq!(account(&tiny, &events, "2026-01-01").carried(), Decimal::new(1, 28));
    let (_, text) = refusal(&tiny, &[earn("2026-01-01", 1, "0.000000000000001")]);
    assert_eq!(text, "points of an account does not fit 96 bits at the finest scale of all amounts");
    // Trailing zeros need no room.
    let one = program(&["1.00000000000000000000"], Expiry::Never);
    assert_eq!(account(&one, &[earn("2026-01-01", 1, "5.0000000000")], "2026-01-01").balance(), 5);
    // 7.9 less 8 at 28 decimals needs more than 96 bits, and is exact all the same.
    let one = program(&["1"], Expiry::Never);
    let events = [
        earn("2026-01-01", 1, "7.0000000000000000000000000001"),
        give_back("2026-01-02", 1, "7.0000000000000000000000000000"),
        earn("2026-01-03", 2, "7.9"),
        give_back("2026-01-04", 2, "7.9"),
    ];
    let found = account(&one, &events, "2026-01-04");
    assert_eq!((found.balance(), found.carried()), (0, Decimal::new(1, 28)));
}

#[test]
fn nothing_and_later() {
    let program = program(&["1"], Expiry::Days(30));
    let found = account(&program, &[], "2026-01-01");
    assert_eq!((counts(&found), found.carried(), found.as_of()), ([0; 4], Decimal::ZERO, date("2026-01-01")));
    // What comes after the day is left out, not refused.
    let found = account(&program, &[redeem("2026-01-02", 5), grant("2026-01-01", 3)], "2026-01-01");
    assert_eq!(counts(&found), [3, 0, 0, 0]);
    let zero =
        [earn("2026-01-01", 1, "0"), give_back("2026-01-01", 1, "0"), redeem("2026-01-01", 0), grant("2026-01-01", 0)];
    assert_eq!(
        account(&program, &zero, "2026-01-01"),
        PointsAccount::replay(&program, [], date("2026-01-01")).unwrap()
    );
}
