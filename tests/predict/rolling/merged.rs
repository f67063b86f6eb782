//! A past that was counted in parts: the backtest of one log, to the last bit.

use repurchase::predict::PastTally;
use repurchase::record::{Credit, Record};
use repurchase::{Order, ShopCalendar};
use rust_decimal::Decimal;

use super::*;

/// Orders and credits of 400 customers in 500 days, amounts of two decimals but for those of every fifth customer.
fn records() -> Vec<Record<u32>> {
    let mut chance = Chance(21);
    let mut records: Vec<Record<u32>> = Vec::new();
    for customer in 0..400 {
        for (_, at) in chance.days(customer, 0.2, 500) {
            // Some spend more than others.
            let cents = (500 + (911 * at + 37 * i64::from(customer)) % 3_000) * i64::from(1 + customer % 9);
            let amount = if customer % 5 == 0 { Decimal::new(10 * cents, 3) } else { Decimal::new(cents, 2) };
            records.push(Order::on(customer, day(at), amount).unwrap().into());
            if chance.happens(0.1) {
                records.push(Credit::on(customer, day(at + 3), Decimal::new(cents / 2, 2)).unwrap().into());
            }
        }
    }
    // Credits of ids that bought nothing are nobody's.
    records.push(Credit::on(900, day(30), Decimal::ONE).unwrap().into());
    records
}

fn log(records: impl IntoIterator<Item = Record<u32>>) -> PurchaseLog<u32> {
    PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap()
}

/// What each of several logs is handed to.
type Each<'a> = &'a mut dyn FnMut(&PurchaseLog<u32>) -> repurchase::Result<()>;

fn customer(record: &Record<u32>) -> u32 {
    match record {
        Record::Order(order) => *order.customer(),
        Record::Credit(credit) => *credit.customer(),
    }
}

fn part(parts: u32, part: u32) -> PurchaseLog<u32> {
    log(records().into_iter().filter(|record| customer(record) % parts == part))
}

#[test]
#[allow(clippy::float_cmp, reason = "to the bit")]
fn parts_are_the_whole() -> TestResult {
    let (whole, options, as_of) = (log(records()), FitOptions::default(), day(499));
    let kinds = [ModelKind::Nbd, ModelKind::MbgNbd, ModelKind::MbgCnbd];
    let expected = RollingBacktest::run(&whole, as_of, 60, &kinds, &options)?;
    assert_eq!(expected.windows.len(), 7);
    // In a window of few customers the spend may have no maximum.
    assert!(expected.windows.iter().any(|window| window.totals[1].is_some_and(|totals| totals.revenue.is_some())));
    for parts in [1, 2, 3, 7] {
        let mut past = PastTally::new(as_of, 60)?;
        for number in (0..parts).rev() {
            past.merge(&PastTally::of(&part(parts, number), as_of, 60)?)?;
        }
        assert_eq!((past.customers(), past.as_of(), past.horizon_days()), (400, as_of, 60));
        assert_eq!(past, PastTally::of(&whole, as_of, 60)?);
        assert!(RollingBacktest::run_tally(&past, &kinds, &options)? == expected, "{parts} parts");
    }
    Ok(())
}

#[test]
fn parts_that_are_gone_through_anew() -> TestResult {
    let (options, as_of, logs) = (FitOptions::default(), day(499), [2, 0, 1].map(|number| part(3, number)));
    let expected = RollingBacktest::run(&log(records()), as_of, 60, &[ModelKind::Nbd], &options)?;
    // Once for the days of the shop, once for the latest of seven windows, then for all others.
    for (at_once, passes) in [(0, 8), (1, 8), (2, 5), (6, 3), (100, 3)] {
        let mut asked = 0;
        let all = |each: Each<'_>| {
            asked += 1;
            logs.iter().try_for_each(each)
        };
        let found = RollingBacktest::run_parts(all, as_of, 60, at_once, &[ModelKind::Nbd], &options)?;
        assert_eq!(found, expected, "{at_once} windows at once");
        assert_eq!(asked, passes, "{at_once} windows at once");
    }
    Ok(())
}

/// An amount of more decimals in one of the parts counts as in the whole log.
#[test]
fn parts_of_other_decimals() -> TestResult {
    let finer: Record<u32> = Order::on(7, day(20), Decimal::new(12_345, 4))?.into();
    let whole = log(records().into_iter().chain([finer.clone()]));
    let expected = RollingBacktest::run(&whole, day(499), 60, &[ModelKind::Nbd], &FitOptions::default())?;
    let (others, seven) = (log(records().into_iter().filter(|record| customer(record) != 7)), records().into_iter());
    let seven = log(seven.filter(|record| customer(record) == 7).chain([finer]));
    assert_eq!((others.scale(), seven.scale()), (3, 4));
    for logs in [[&others, &seven], [&seven, &others]] {
        let all = |each: Each<'_>| logs.into_iter().try_for_each(each);
        let found = RollingBacktest::run_parts(all, day(499), 60, 3, &[ModelKind::Nbd], &FitOptions::default())?;
        assert_eq!(found, expected);
    }
    Ok(())
}

#[test]
fn what_parts_refuse_is_handed_on() {
    let fails = |_: Each<'_>| Err(Box::<dyn std::error::Error>::from("no disk"));
    let refused = RollingBacktest::run_parts(fails, day(499), 60, 1, &KINDS, &FitOptions::default()).unwrap_err();
    assert_eq!(refused.to_string(), "no disk");
    let nobody = |_: Each<'_>| Ok::<(), Error>(());
    let refused = RollingBacktest::run_parts(nobody, day(499), 0, 1, &KINDS, &FitOptions::default()).unwrap_err();
    assert!(matches!(refused, Error::OutOfRange { field: "days of a horizon", found: 0, .. }), "{refused:?}");
    let rolling = RollingBacktest::run_parts(nobody, day(499), 60, 1, &KINDS, &FitOptions::default()).unwrap();
    assert_eq!((rolling.windows.len(), rolling.first_day), (0, None));
}

#[test]
fn other_days_and_horizons_do_not_join() -> TestResult {
    let whole = log(records());
    let mut past = PastTally::of(&whole, day(400), 60)?;
    let before = past.clone();
    let refused = past.merge(&PastTally::of(&whole, day(401), 60)?).unwrap_err();
    assert_eq!(refused, Error::AsOfMismatch { left: day(400), right: day(401) });
    let refused = past.merge(&PastTally::of(&whole, day(400), 61)?).unwrap_err();
    assert!(matches!(refused, Error::OutOfRange { found: 61, min: 60, max: 60, .. }), "{refused:?}");
    assert_eq!(past, before);
    assert!(matches!(PastTally::new(day(400), 0), Err(Error::OutOfRange { .. })));
    assert!(matches!(PastTally::new(chrono::NaiveDate::MAX, 1), Err(Error::DayOverflow { .. })));
    // Nobody is a shop without windows.
    let nobody = PastTally::new(day(400), 60)?;
    let rolling = RollingBacktest::run_tally(&nobody, &KINDS, &FitOptions::default())?;
    assert_eq!((rolling.windows.len(), rolling.first_day, nobody.customers()), (0, None, 0));
    Ok(())
}

/// Without a kind there is nothing to check, and no window is worked on.
#[test]
fn no_model_no_window() -> TestResult {
    let rolling = RollingBacktest::run(&log(records()), day(499), 60, &[], &FitOptions::default())?;
    assert_eq!((rolling.windows.len(), rolling.chosen, rolling.rules.len()), (0, None, 3));
    Ok(())
}

/// The counting rules, applied to money.
#[test]
fn rules_of_revenue() -> TestResult {
    let records = [
        Order::on(1, day(0), Decimal::from(40))?.into(),
        Order::on(1, day(20), Decimal::from(30))?.into(),
        Order::on(1, day(95), Decimal::from(50))?.into(),
        Credit::on(1, day(96), Decimal::from(5))?.into(),
        Order::on(2, day(90), Decimal::from(7))?.into(),
        // Known later.
        Order::on(3, day(101), Decimal::from(900))?.into(),
    ];
    let rolling = RollingBacktest::run(&log(records), day(100), 10, &KINDS, &FitOptions::default())?;
    // In the last ten days, net; on repeat days; at 80 of 100 days.
    for (row, said) in rolling.rules.iter().zip([45.0, 80.0, 8.0]) {
        close(row.says(Total::Revenue).ok_or("money")?, said, 1e-15, "a rule");
        assert_eq!(row.says(Total::Buyers), None);
    }
    let window = rolling.windows.last().ok_or("a window")?;
    close(window.revenue.ok_or("money")?, 45.0, 1e-15, "of the customers known on day 90");
    Ok(())
}

#[cfg(feature = "serde")]
#[test]
fn stored_pasts() -> TestResult {
    let past = PastTally::of(&log(records()), day(499), 60)?;
    let text = serde_json::to_string(&past)?;
    let back: PastTally = serde_json::from_str(&text)?;
    assert_eq!(back, past);
    assert_eq!(serde_json::to_string(&back)?, text);
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        serde_json::from_str::<PastTally>(&text.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(refused("\"horizon_days\":60", "\"horizon_days\":0").contains("days of a horizon"));
    assert!(refused("\"scale\":3", "\"scale\":3,\"more\":1").contains("unknown field"));
    assert!(refused("\"customers\":[[[0,0,", "\"customers\":[[[0,1,").contains("recency t_x"));
    assert!(refused("\"customers\":[[[0,0,", "\"customers\":[[[1,0,").contains("recency t_x"));
    Ok(())
}
