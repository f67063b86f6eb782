//! Cohorts in money, in calendar time and in each customer's own: by hand, and random shops against a naive oracle.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use repurchase::measure::{BuyerSums, Cohort, CohortOptions, CohortTable, Life, Occasion};
use repurchase::record::{Keyed, Period, Windows};
use repurchase::scale::Bands;
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::oracle::{Kind, Row, log, net, occasions, on, rows};
use super::{PERIODS, TestResult, credit, date, fixed_seed, log_of, order, ratio, small_shop};

fn life(days: u32) -> CohortOptions {
    CohortOptions::default().with_life(Life::Days(days))
}

#[test]
fn value_and_payback_by_hand() -> TestResult {
    let table = CohortTable::of(&small_shop(), date("2026-04-30"), &CohortOptions::default())?;
    let value = |cohort: &Cohort| -> Vec<String> {
        (0..cohort.offsets).filter_map(|offset| Some(cohort.through(offset)?.revenue.to_string())).collect()
    };
    // Cy: 5 and 7. Ann and Bo: 20 + 10 + 15 less 3 given back, then 25.
    assert_eq!(
        table.cohorts.iter().map(value).collect::<Vec<_>>(),
        [vec!["5.00", "12.00", "12.00"], vec!["42.00", "67.00"]]
    );
    assert_eq!(table.other_credits, Decimal::new(900, 2), "Di's, who has bought nothing");
    let march = &table.cohorts[1];
    assert_eq!(march.at(0), table.cohorts[1].through(0));
    assert_eq!(march.through(1).and_then(|sums| sums.revenue_per_customer()), Some(Decimal::new(335, 1)));
    assert_eq!((march.through(1).map(|sums| (sums.customers, sums.purchases)), march.through(2)), (Some((2, 4)), None));
    for (cost, offset) in [("21", Some(0)), ("21.01", Some(1)), ("33.5", Some(1)), ("33.50001", None)] {
        assert_eq!(march.payback(cost.parse()?)?, offset, "{cost}");
    }
    assert_eq!(march.payback(Decimal::MAX)?, None);
    let error = Error::Amount { field: "cost of winning a customer", found: Decimal::ZERO, expected: "above 0" };
    assert_eq!(march.payback(Decimal::ZERO), Err(error));
    // April is over for both, so it counts with both; a month later nothing of it does for March's.
    assert_eq!(table.through(1)?.revenue, Decimal::new(7900, 2));
    assert_eq!(table.through(2)?.customers, 1);
    Ok(())
}

/// A credit on the first purchase day is of the cohort, in whatever order the two come; one of the day before is not.
#[test]
fn credits_around_the_first_purchase() -> TestResult {
    let facts = [
        credit("ann", "2026-03-05", 200),
        order("ann", "2026-03-05", 1000),
        credit("ann", "2026-03-04", 50),
        credit("ann", "2026-03-05", 30),
        credit("ann", "2026-01-04", 7),
    ];
    for turn in 0..facts.len() {
        let mut facts = facts.clone();
        facts.rotate_left(turn);
        let table = CohortTable::of(&log_of(facts), date("2026-04-30"), &life(30))?;
        assert_eq!((table.cohorts.len(), table.other_credits), (1, Decimal::new(57, 2)));
        assert_eq!(table.cohorts[0].at(0).map(|sums| sums.revenue), Some(Decimal::new(770, 2)));
    }
    Ok(())
}

#[test]
fn a_life_is_open_until_the_youngest_has_lived_it() -> TestResult {
    let log = log_of([order("ann", "2026-03-01", 100), order("bo", "2026-03-31", 100), order("ann", "2026-04-30", 1)]);
    let lived = |days, as_of| -> Result<_, Box<dyn std::error::Error>> {
        let table = CohortTable::of(&log, date(as_of), &life(days))?;
        Ok((table.cohorts[0].offsets, table.cohorts[0].complete_offsets))
    };
    // Bo's day 29 is 29 April; Ann's day 30 is 31 March.
    assert_eq!(lived(30, "2026-04-28")?, (2, 0));
    assert_eq!(lived(30, "2026-04-29")?, (2, 1));
    assert_eq!(lived(1, "2026-03-31")?, (31, 1));
    assert_eq!(lived(30, "2026-03-30")?, (1, 1), "Bo has not come yet");
    let table = CohortTable::of(&log, date("2026-04-30"), &life(30))?;
    let cohort = &table.cohorts[0];
    assert_eq!((cohort.retention(2), cohort.retention(1)), (Some(ratio(1, 2)), Some(ratio(0, 2))));
    assert_eq!(cohort.unbounded_retention(1), Some(ratio(1, 2)), "Ann came back later");
    assert_eq!((cohort.offsets, table.retention(2)?), (3, ratio(0, 0)), "Bo has not lived so long");

    let brackets = CohortOptions::default().with_life(Life::Brackets(Bands::new(vec![1, 31, 60, 61])?));
    let table = CohortTable::of(&log, date("2026-04-30"), &brackets)?;
    let cohort = &table.cohorts[0];
    let active: Vec<_> = (0..5).map(|offset| cohort.at(offset).map(|sums| sums.customers)).collect();
    assert_eq!((active, cohort.complete_offsets), (vec![Some(2), Some(0), Some(0), Some(1), None], 2));

    let error = Error::OutOfRange { field: "days of a period of life", found: 0, min: 1, max: u32::MAX.into() };
    assert_eq!(CohortTable::of(&log, date("2026-04-30"), &life(0)), Err(error));
    Ok(())
}

/// One record of another century neither costs memory nor loses its place.
#[test]
fn far_days_stand_in_their_cells() -> TestResult {
    let log = log_of([order("ann", "2026-03-01", 100), order("ann", "9026-03-01", 7), credit("ann", "9026-03-02", 3)]);
    let table = CohortTable::of(&log, NaiveDate::MAX, &life(1).with_period(Period::Day))?;
    let far = u32::try_from((date("9026-03-01") - date("2026-03-01")).num_days())?;
    let cohort = &table.cohorts[0];
    assert_eq!(cohort.cells.keys().copied().collect::<Vec<_>>(), [0, far, far + 1]);
    assert_eq!(cohort.through(far + 1).map(|sums| (sums.purchases, sums.revenue)), Some((2, Decimal::new(104, 2))));
    assert_eq!((cohort.retention(far), cohort.unbounded_retention(far + 1)), (Some(ratio(1, 1)), Some(ratio(0, 1))));
    Ok(())
}

#[test]
fn sums_beyond_a_decimal_are_refused() -> TestResult {
    let huge = |who| Order::on(who, date("2026-03-05"), Decimal::MAX);
    let log = PurchaseLog::from_records([huge("ann")?, huge("bo")?], &ShopCalendar::utc())?;
    let overflow = Error::AmountOverflow { field: "sum of amounts" };
    assert_eq!(CohortTable::of(&log, date("2026-03-31"), &CohortOptions::default()), Err(overflow));
    let one = PurchaseLog::from_records([huge("ann")?], &ShopCalendar::utc())?;
    let table = CohortTable::of(&one, date("2026-03-31"), &CohortOptions::default())?;
    assert_eq!(table.cohorts[0].at(0).map(|sums| sums.revenue), Some(Decimal::MAX));
    assert_eq!(table.cohorts[0].payback(Decimal::MAX)?, Some(0));
    Ok(())
}

/// What the docs say, looped over everything: the members, the cell of each row, the days that the youngest has lived.
fn check(table: &CohortTable, seen: &[Row], options: &CohortOptions, as_of: NaiveDate) -> Result<(), TestCaseError> {
    let customers = occasions(seen, Occasion::Order);
    let window_of = |day: NaiveDate| options.period.window(day).unwrap();
    let starts: BTreeSet<_> = customers.values().map(|days| window_of(days[0])).collect();
    prop_assert!(table.cohorts.iter().map(|cohort| cohort.window).eq(starts), "the windows, ascending");
    let days = |from: NaiveDate, to: NaiveDate| u32::try_from(to.signed_duration_since(from).num_days()).unwrap();
    let before = |row: &Row| customers.get(&row.customer).is_none_or(|days| row.day < days[0]);
    prop_assert_eq!(-table.other_credits, net(seen, before));
    for cohort in &table.cohorts {
        let members: BTreeMap<_, _> = customers.iter().filter(|(_, days)| cohort.window.contains(days[0])).collect();
        prop_assert_eq!(cohort.customers, members.len() as u64);
        let periods = Windows::periods(options.period, cohort.window.start(), as_of).unwrap();
        let offset_of = |first: NaiveDate, day: NaiveDate| match &options.life {
            Life::Calendar => periods.iter().position(|period| period.contains(day)).unwrap() as u32,
            Life::Days(length) => days(first, day) / length,
            Life::Brackets(bands) => bands.edges().iter().filter(|&&edge| edge <= days(first, day)).count() as u32,
        };
        let begun = members.values().map(|days| offset_of(days[0], as_of)).max().unwrap() + 1;
        prop_assert_eq!(cohort.offsets, begun);
        // Over for everybody: the day after the as-of day is of a later offset.
        let next = as_of.succ_opt().unwrap();
        let is_over = |first: NaiveDate, offset: u32| match options.life {
            Life::Calendar => window_of(next) != window_of(as_of) || offset + 1 < begun,
            _ => offset_of(first, next) > offset,
        };
        let complete = (0..begun).filter(|&offset| members.values().all(|days| is_over(days[0], offset))).count();
        prop_assert_eq!(cohort.complete_offsets as usize, complete);
        for offset in 0..begun {
            let at = |row: &Row, offsets: std::ops::RangeInclusive<u32>| {
                let first = members.get(&row.customer).map(|days| days[0]).filter(|&first| first <= row.day);
                first.is_some_and(|first| offsets.contains(&offset_of(first, row.day)))
            };
            let sums = |offsets: std::ops::RangeInclusive<u32>| {
                let bought = seen.iter().filter(|row| matches!(row.kind, Kind::Order) && at(row, offsets.clone()));
                let buyers: BTreeSet<_> = bought.clone().map(|row| row.customer).collect();
                (buyers.len() as u64, bought.count() as u64, net(seen, |row| at(row, offsets.clone())))
            };
            prop_assert_eq!(cohort.at(offset).map(parts), Some(sums(offset..=offset)));
            prop_assert_eq!(cohort.through(offset).map(parts), Some(sums(0..=offset)));
            prop_assert_eq!(cohort.retention(offset).map(|of| of.count()), cohort.at(offset).map(|at| at.customers));
            let later = sums(offset..=u32::MAX).0;
            prop_assert_eq!(cohort.unbounded_retention(offset), Some(ratio(later, cohort.customers)));
        }
        prop_assert_eq!(cohort.at(begun), None);
        prop_assert_eq!(cohort.through(begun), None);
        check_payback(cohort, seen, |row| {
            let first = members.get(&row.customer).map(|days| days[0]).filter(|&first| first <= row.day);
            first.map(|first| offset_of(first, row.day))
        })?;
    }
    Ok(())
}

/// Payback from the rows: the first offset up to which they bring the cost of all members, for a cost far below and far above,
/// and just at, below and above what is brought up to each offset.
fn check_payback(cohort: &Cohort, seen: &[Row], offset_of: impl Fn(&Row) -> Option<u32>) -> Result<(), TestCaseError> {
    let members = Decimal::from(cohort.customers);
    let brought = |offset: u32| net(seen, |row| offset_of(row).is_some_and(|at| at <= offset));
    let brought: Vec<Decimal> = (0..cohort.offsets).map(brought).collect();
    let cent = Decimal::new(1, 2);
    let at_each = brought.iter().flat_map(|sum| {
        let per_customer = (sum / members).round_dp(2);
        [per_customer - cent, per_customer, per_customer + cent]
    });
    let costs: BTreeSet<Decimal> = at_each.chain([cent, Decimal::MAX]).filter(|cost| *cost > Decimal::ZERO).collect();
    for cost in costs {
        let reached = brought.iter().position(|sum| cost.checked_mul(members).is_some_and(|cost| *sum >= cost));
        prop_assert_eq!(cohort.payback(cost), Ok(reached.map(|offset| offset as u32)), "{} of {}", cost, members);
    }
    Ok(())
}

fn parts(sums: BuyerSums) -> (u64, u64, Decimal) {
    (sums.customers, sums.purchases, sums.revenue)
}

fn lives() -> [Life; 4] {
    let bands = Bands::new(vec![1, 8, 31]).unwrap();
    [Life::Calendar, Life::Days(30), Life::Days(1), Life::Brackets(bands)]
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn cohorts(rows in rows(), as_of in 0u64..160, period in 0usize..5, life in 0usize..4) {
        let (log, as_of) = (log(&rows), on(as_of));
        let mut seen: Vec<Row> = rows.iter().copied().filter(|row| row.day <= as_of).collect();
        seen.retain(|row| !matches!(row.kind, Kind::Unpaid));
        let options = CohortOptions::default().with_period(PERIODS[period]).with_life(lives()[life].clone());
        check(&CohortTable::of(&log, as_of, &options).unwrap(), &seen, &options, as_of)?;
    }

    /// By the key of the first order: the smallest of the first day's. Whatever the order of the rows.
    #[test]
    fn groups_are_shops_of_their_own(rows in rows(), as_of in 0u64..160, by in 0usize..50, own in any::<bool>()) {
        let as_of = on(as_of);
        let mut seen: Vec<Row> = rows.iter().copied().filter(|row| row.day <= as_of).collect();
        seen.retain(|row| !matches!(row.kind, Kind::Unpaid));
        let key_of = |row: &Row| if own { row.customer % 3 } else { (row.cents % 3) as u8 };
        let keyed = |rows: &[Row]| {
            let key = |row: &Row| (row.record(), key_of(row));
            let records = rows.iter().map(key).map(|(record, key)| keyed_record(record, key));
            PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap()
        };
        let options = life(30).with_period(Period::Week);
        let tables = CohortTable::by(&keyed(&rows), as_of, &options, |id| id.key).unwrap();
        let mut turned = rows.clone();
        turned.reverse();
        turned.rotate_left(by.min(rows.len()));
        prop_assert_eq!(&tables, &CohortTable::by(&keyed(&turned), as_of, &options, |id| id.key).unwrap());

        let orders = || seen.iter().filter(|row| matches!(row.kind, Kind::Order));
        let first = |customer: u8| {
            let day = orders().filter(|row| row.customer == customer).map(|row| row.day).min()?;
            orders().filter(|row| row.customer == customer && row.day == day).map(key_of).min()
        };
        let mut revenue = Decimal::ZERO;
        for (key, table) in &tables {
            let of_group: Vec<Row> = seen.iter().copied().filter(|row| first(row.customer) == Some(*key)).collect();
            let whole = CohortTable::of(&log(&of_group), as_of, &options).unwrap();
            prop_assert_eq!(&whole.cohorts, &table.cohorts);
            let cells = table.cohorts.iter().flat_map(|cohort| cohort.cells.values());
            revenue += cells.map(|cell| cell.revenue).sum::<Decimal>() - table.other_credits;
        }
        prop_assert_eq!(revenue, net(&seen, |_| true), "no row is in no group");
        let customers: u64 = tables.values().flat_map(|table| &table.cohorts).map(|cohort| cohort.customers).sum();
        prop_assert_eq!(customers, occasions(&seen, Occasion::Order).len() as u64);
    }
}

pub(crate) fn keyed_record(
    record: repurchase::record::Record<u8>,
    key: u8,
) -> repurchase::record::Record<Keyed<u8, u8>> {
    use repurchase::record::{Credit, Record};
    match record {
        Record::Order(order) => {
            let (at, id) = (order.placed_at().unwrap(), Keyed { customer: *order.customer(), key });
            Order::new(id, at, order.amount()).unwrap().with_status(order.status()).into()
        }
        Record::Credit(credit) => {
            let (at, id) = (credit.issued_at().unwrap(), Keyed { customer: *credit.customer(), key });
            Credit::new(id, at, credit.amount()).unwrap().into()
        }
    }
}
