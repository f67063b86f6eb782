//! What all points outstanding amount to.

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::act::points::{Expiry, Liability, PointsAccount};
use rust_decimal::Decimal;

use super::super::{date, money};
use super::{account, earn, give_back, grant, program, redeem};

fn months(liability: &Liability) -> Vec<(Option<NaiveDate>, u64, Decimal)> {
    liability.months.iter().map(|month| (month.month, month.points, month.value)).collect()
}

#[test]
fn by_the_month_of_their_last_use() {
    let as_of = "2026-03-20";
    let month_end = program(&["0.7"], Expiry::MonthEnd(1));
    let ann = account(&month_end, &[earn("2026-02-10", 1, "15"), earn("2026-03-01", 2, "20")], as_of);
    let days = program(&["1"], Expiry::Days(31));
    // Expires on 1 April: for the last time used on 31 March.
    let bo = account(&days, &[grant("2026-03-01", 100), grant("2026-03-02", 7)], as_of);
    let owing =
        account(&days, &[earn("2026-03-01", 1, "9"), redeem("2026-03-02", 9), give_back("2026-03-03", 1, "9")], as_of);
    let never = account(&program(&["1"], Expiry::Never), &[grant("2026-03-01", 3)], as_of);

    let found = Liability::of([&never, &owing, &bo, &ann], money("0.05")).unwrap();
    // 10.5 points and 14: 10 in March, 14 in April and the half carried.
    let expected = [
        (Some(date("2026-03-01")), 110, money("5.50")),
        (Some(date("2026-04-01")), 21, money("1.05")),
        (None, 3, money("0.15")),
    ];
    assert_eq!(months(&found), expected);
    assert_eq!((found.points, found.value, found.owed, found.carried), (134, money("6.70"), 9, money("0.5")));
}

#[test]
fn nobody_and_different_days() {
    let nobody = Liability::of::<u32>([], money("0.01")).unwrap();
    assert_eq!((nobody.months.len(), nobody.points, nobody.value), (0, 0, Decimal::ZERO));
    let program = program(&["1"], Expiry::Never);
    let (early, late) = (account(&program, &[], "2026-03-01"), account(&program, &[], "2026-03-02"));
    let error = Liability::of([&early, &late], money("1")).unwrap_err();
    assert_eq!(error, Error::AsOfMismatch { left: date("2026-03-01"), right: date("2026-03-02") });
    let error = Liability::of([&early], money("-1")).unwrap_err().to_string();
    assert_eq!(error, "value of a point must be 0 or more, found -1");
}

#[test]
fn sums_beyond_their_limits() {
    let program = program(&["1"], Expiry::Never);
    let rich = account(&program, &[grant("2026-03-01", u64::MAX)], "2026-03-01");
    let accounts: [&PointsAccount<u32>; 2] = [&rich, &rich];
    assert_eq!(Liability::of(accounts, money("1")), Err(Error::CountOverflow { field: "points outstanding" }));
    assert_eq!(Liability::of([&rich], money("1")).unwrap().value, Decimal::from(u64::MAX));
    let field = "value of the points outstanding";
    assert_eq!(Liability::of([&rich], Decimal::MAX), Err(Error::AmountOverflow { field }));
}
