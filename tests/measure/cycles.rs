//! Product cycles: by hand, at the edges, and against an oracle that loops over everything.

#![allow(clippy::float_cmp, reason = "quotients are correctly rounded")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::history::LineLog;
use repurchase::measure::{CycleOptions, CycleScale, CycleTable, HighRepurchase, ProductRate, SurvivalCurve};
use repurchase::record::{CalendarSpan, OrderLine, OrderStatus};
use repurchase::{Error, Ratio, ShopCalendar};
use rust_decimal::Decimal;

use super::lines::{Row, line, log, log_of, on, rows};
use super::{TestResult, date, fixed_seed, ratio};

const SCALES: [CycleScale; 2] = [CycleScale::Quantity, CycleScale::Calendar];

/// The seed example: a phone bought in June 2013 and again in August 2016 is one gap of 3 years 2 months.
#[test]
fn a_phone_every_three_years() -> TestResult {
    let log = log_of([line("ann", "2013-06-15", "phone", "1"), line("ann", "2016-08-15", "phone", "1")]);
    let as_of = date("2016-08-15");
    let table = CycleTable::of(&log, as_of, &CycleOptions::default());
    let phone = table.get(&"phone").ok_or("no phone")?;
    assert_eq!((phone.repeat_customers, phone.purchases()), (ratio(1, 1), 2));
    // 2013-06-15 to 2016-06-15 are 365 + 365 + 366 days, and two months 61 more.
    let gap = CalendarSpan::between(date("2013-06-15"), as_of);
    assert_eq!(gap.to_string(), "3 years 2 months");
    assert_eq!((phone.median_days(), phone.curve.observed_median_days()), (Some(1157.0), Some(1157.0)));
    assert_eq!((phone.curve.spells(), phone.curve.returned()), (2, 1));
    assert_eq!(table.next_due_of(&log, &"ann", &"phone")?, Some(date("2019-10-16")));
    // Within 90 days nobody came back, and one customer was observed for so long.
    assert_eq!((phone.repeat_within, phone.unobserved), (ratio(0, 1), 0));
    // Before the second purchase nothing is known of a cycle.
    let earlier = CycleTable::of(&log, date("2016-08-14"), &CycleOptions::default());
    let phone = earlier.get(&"phone").ok_or("no phone")?;
    assert_eq!((phone.repeat_customers, phone.median_days()), (ratio(0, 1), None));
    assert_eq!(earlier.next_due_of(&log, &"ann", &"phone")?, None);
    Ok(())
}

/// Two buy again after 5 days, eight bought 10 days ago and wait: a naive median of 5 days, a cycle that nobody knows.
#[test]
fn a_product_sold_last_week_is_not_fast() -> TestResult {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let first = names.map(|name| line(name, "2026-03-01", "tea", "1"));
    let again = ["a", "b"].map(|name| line(name, "2026-03-06", "tea", "1"));
    let log = log_of(first.into_iter().chain(again));
    let options = CycleOptions::default().with_within_days(7);
    let table = CycleTable::of(&log, date("2026-03-11"), &options);
    let tea = table.get(&"tea").ok_or("no tea")?;
    assert_eq!((tea.repeat_customers, tea.repeat_within, tea.unobserved), (ratio(2, 10), ratio(2, 10), 0));
    assert_eq!((tea.curve.observed_median_days(), tea.median_days()), (Some(5.0), None));
    assert_eq!(table.next_due(&"tea", date("2026-03-06"), Decimal::ONE)?, None);
    // 12 spells of which 2 end on day 5, when 2 others are censored: S = 10 / 12 there.
    assert_eq!(tea.curve.survival_at(5), Some(10.0 / 12.0));
    let young = CycleTable::of(&log, date("2026-03-07"), &options);
    let tea = young.get(&"tea").ok_or("no tea")?;
    assert_eq!((tea.repeat_within, tea.unobserved), (ratio(0, 0), 10));
    Ok(())
}

/// A double quantity counts as half of its gap. Usual is 2, the smaller of the two middle ones of 1, 2, 3, 4.
#[test]
fn cycles_are_scaled_by_quantity() -> TestResult {
    let log = log_of([
        line("ann", "2026-01-01", "rice", "4"),
        line("ann", "2026-02-10", "rice", "1"),
        line("ann", "2026-02-20", "rice", "3"),
        line("bo", "2026-03-01", "rice", "0.5"),
        line("bo", "2026-03-01", "rice", "1.50"),
    ]);
    let table = CycleTable::of(&log, date("2026-03-02"), &CycleOptions::default());
    let rice = table.get(&"rice").ok_or("no rice")?;
    assert_eq!(rice.usual_quantity, Decimal::TWO);
    // 40 days for 4 and 10 days for 1 are both 20 days for 2; 10 for 3 and 1 for 2 are open after 20/3 and 1.
    let steps: Vec<_> =
        rice.curve.steps().iter().map(|step| (step.days, step.at_risk, step.returned, step.waiting)).collect();
    assert_eq!(steps, [(1.0, 4, 0, 1), (20.0 / 3.0, 3, 0, 1), (20.0, 2, 2, 0)]);
    let first = rice.curve.steps().last().ok_or("no step")?;
    assert_eq!((first.gap_days, first.quantity), (10, Decimal::ONE), "the smaller quantity stands for both");
    assert_eq!(rice.median_days(), Some(20.0));
    // 10 days for each unit, so 25 for 2.5; 0.01 lasts for a day at most.
    let due = |quantity: &str| table.next_due(&"rice", date("2026-03-01"), Decimal::from_str_exact(quantity).unwrap());
    assert_eq!((due("2.5")?, due("0.01")?), (Some(date("2026-03-26")), Some(date("2026-03-02"))));
    assert_eq!(table.next_due_of(&log, &"ann", &"rice")?, Some(date("2026-03-22")));

    let calendar = CycleTable::of(&log, date("2026-03-02"), &CycleOptions::default().with_scale(CycleScale::Calendar));
    let rice = calendar.get(&"rice").ok_or("no rice")?;
    assert_eq!((rice.usual_quantity, rice.median_days()), (Decimal::TWO, Some(40.0)));
    assert_eq!(rice.curve.observed_median_days(), Some(10.0));
    for quantity in [Decimal::ONE, Decimal::from(100)] {
        assert_eq!(calendar.next_due(&"rice", date("2026-03-01"), quantity)?, Some(date("2026-04-10")));
    }
    Ok(())
}

/// A third of a day more is a day more; a whole number of days is not, whatever binary64 says of 100/3 times 3.
#[test]
fn due_days_are_exact_and_rounded_up() -> TestResult {
    let log = log_of([line("ann", "2026-01-01", "oil", "3"), line("ann", "2026-04-11", "oil", "3")]);
    let table = CycleTable::of(&log, date("2026-04-11"), &CycleOptions::default());
    let due = |quantity: &str| table.next_due(&"oil", date("2026-01-01"), Decimal::from_str_exact(quantity).unwrap());
    for (quantity, days) in
        [("1", 34), ("2", 67), ("3", 100), ("0.3", 10), ("0.30000000000000000000000001", 11), ("30", 1000)]
    {
        let expected = date("2026-01-01").checked_add_days(Days::new(days));
        assert_eq!(due(quantity)?, expected, "{quantity}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_due_says_so() -> TestResult {
    let log = log_of([line("ann", "2026-01-01", "oil", "1"), line("ann", "2026-01-03", "oil", "1")]);
    let table = CycleTable::of(&log, date("2026-02-01"), &CycleOptions::default());
    let last = date("2026-01-03");
    for quantity in [Decimal::ZERO, -Decimal::ONE] {
        let error = Error::Amount { field: "quantity", found: quantity, expected: "above 0" };
        assert_eq!(table.next_due(&"oil", last, quantity), Err(error));
    }
    assert!(matches!(table.next_due(&"oil", NaiveDate::MAX, Decimal::ONE), Err(Error::DayOverflow { .. })));
    assert!(matches!(table.next_due(&"oil", last, Decimal::MAX), Err(Error::DayOverflow { .. })));
    assert_eq!(table.next_due(&"salt", last, Decimal::ONE)?, None);
    assert_eq!(table.next_due_of(&log, &"bo", &"oil")?, None);
    assert_eq!(table.next_due_of(&log, &"ann", &"salt")?, None);
    Ok(())
}

#[test]
fn nothing_bought_and_bought_once() -> TestResult {
    let as_of = date("2026-03-02");
    assert!(CycleTable::of(&log_of([]), as_of, &CycleOptions::default()).is_empty());
    let unpaid = line("ann", "2026-03-01", "tea", "1").with_status(OrderStatus::Unpaid);
    let table =
        CycleTable::of(&log_of([unpaid, line("bo", "2026-03-03", "tea", "1")]), as_of, &CycleOptions::default());
    assert!(table.is_empty(), "unpaid, and after the day");
    for day in ["2026-03-01", "2026-03-02"] {
        let log = log_of([line("ann", day, "tea", "2"), line("ann", day, "tea", "1")]);
        let table = CycleTable::of(&log, as_of, &CycleOptions::default().with_within_days(0));
        let tea = table.get(&"tea").ok_or("no tea")?;
        assert_eq!((tea.customers(), tea.purchases(), tea.repeat_customers), (1, 1, ratio(0, 1)));
        assert_eq!((tea.repeat_within, tea.usual_quantity), (ratio(0, 1), Decimal::from(3)));
        assert_eq!((tea.median_days(), tea.curve.observed_median_days()), (None, None));
    }
    Ok(())
}

/// Three products: 2 of 3, 1 of 2 and 0 of 1 come back.
fn three_products() -> CycleTable<&'static str> {
    let log = log_of([
        line("ann", "2026-01-01", "tea", "1"),
        line("ann", "2026-01-09", "tea", "1"),
        line("bo", "2026-01-01", "tea", "1"),
        line("bo", "2026-01-05", "tea", "1"),
        line("cy", "2026-01-01", "tea", "1"),
        line("ann", "2026-01-01", "cups", "1"),
        line("ann", "2026-02-01", "cups", "1"),
        line("bo", "2026-01-01", "cups", "1"),
        line("bo", "2026-01-01", "pots", "1"),
    ]);
    CycleTable::of(&log, date("2026-06-01"), &CycleOptions::default().with_within_days(10))
}

#[test]
fn high_rates_are_given_or_fitted() -> TestResult {
    let table = three_products();
    let high = |high: HighRepurchase| high.products(&table).copied().collect::<Vec<_>>();
    let given = |cents, rate, min| HighRepurchase::at_least(Decimal::new(cents, 2), rate, min);
    assert_eq!(high(given(50, ProductRate::Repeat, 0)?), ["cups", "tea"], "at the threshold is high");
    assert_eq!(high(given(51, ProductRate::Repeat, 0)?), ["tea"]);
    assert_eq!(high(given(50, ProductRate::Within, 0)?), ["tea"], "cups took 31 days");
    assert_eq!(high(given(50, ProductRate::Repeat, 3)?), ["tea"], "two customers are too few");
    assert!(high(given(100, ProductRate::Repeat, 0)?).is_empty());
    // Shares below of 0, 1/3 and 2/3.
    let fitted = |share: &str, min| {
        HighRepurchase::fit(&table, Decimal::from_str_exact(share).unwrap(), ProductRate::Repeat, min)
    };
    assert_eq!(high(fitted("0.33", 0)?), ["cups", "tea"]);
    assert_eq!(high(fitted("0.34", 0)?), ["tea"]);
    assert_eq!(high(fitted("0.66", 0)?), ["tea"]);
    assert!(high(fitted("0.67", 0)?).is_empty(), "two of three are less than that share");
    assert_eq!(high(fitted("0.5", 2)?), ["tea"], "of two");
    assert_eq!(fitted("0.5", 4), Err(Error::NoCustomers { what: "a high repurchase rate" }));
    assert!(matches!(fitted("1", 0), Err(Error::Share { .. })));
    for threshold in [0, -1, 101] {
        assert!(matches!(given(threshold, ProductRate::Within, 0), Err(Error::Amount { .. })), "{threshold}");
    }
    Ok(())
}

/// A product of which nobody was observed for long enough is never of a high rate, however low the bar.
#[test]
fn nobody_observed_is_not_high() -> TestResult {
    let log = log_of([line("ann", "2026-01-01", "tea", "1"), line("ann", "2026-01-02", "tea", "1")]);
    let table = CycleTable::of(&log, date("2026-01-03"), &CycleOptions::default());
    let least = Decimal::new(1, 28);
    assert_eq!(HighRepurchase::at_least(least, ProductRate::Within, 0)?.products(&table).count(), 0);
    assert_eq!(HighRepurchase::at_least(least, ProductRate::Repeat, 0)?.products(&table).count(), 1);
    assert!(HighRepurchase::fit(&table, Decimal::new(5, 1), ProductRate::Within, 0).is_err());
    Ok(())
}

#[test]
fn quantities_too_large_for_their_scale_are_refused() {
    let huge = |day, quantity: &str| line("ann", day, "oil", quantity);
    let refused =
        |lines: [OrderLine<_, _>; 2]| LineLog::from_lines(lines, &ShopCalendar::utc()).map(|_| ()).unwrap_err();
    let overflow = Error::AmountOverflow { field: "quantity" };
    let largest = "79228162514264337593543950335";
    let error = refused([huge("2026-01-01", largest), huge("2026-01-02", "0.1")]);
    assert_eq!(error, Error::Record { index: 1, cause: Box::new(overflow.clone()) });
    let error = refused([huge("2026-01-01", "0.1"), huge("2026-01-02", largest)]);
    assert_eq!(error, Error::Record { index: 1, cause: Box::new(overflow.clone()) });
    let error = refused([huge("2026-01-01", "1"), huge("2026-01-01", largest)]);
    assert_eq!(error, Error::Customer { customer: "\"ann\"".into(), cause: Box::new(overflow) });
    let log = log_of([huge("2026-01-01", largest), huge("2026-01-02", "1.00")]);
    assert!(CycleTable::of(&log, date("2026-01-02"), &CycleOptions::default()).get(&"oil").is_some());
}

/// Each customer's purchase days of a product up to a day, with the halves bought.
fn purchases(rows: &[Row], as_of: NaiveDate) -> BTreeMap<u8, BTreeMap<u8, BTreeMap<NaiveDate, i64>>> {
    let mut products: BTreeMap<u8, BTreeMap<u8, BTreeMap<NaiveDate, i64>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.paid && row.day <= as_of) {
        let days = products.entry(row.product).or_default().entry(row.customer).or_default();
        *days.entry(row.day).or_default() += row.halves;
    }
    products
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn cycles_are_those_of_a_naive_count(rows in rows(), as_of in 0u64..70, within in 0u32..30) {
        let (log, as_of) = (log(&rows), on(as_of));
        let expected = purchases(&rows, as_of);
        for scale in SCALES {
            let options = CycleOptions::default().with_scale(scale).with_within_days(within);
            let table = CycleTable::of(&log, as_of, &options);
            prop_assert_eq!(table.iter().map(|(product, _)| *product).collect::<Vec<_>>(), expected.keys().copied().collect::<Vec<_>>());
            for (product, customers) in &expected {
                let cycle = table.get(product).unwrap();
                let (mut repeat, mut observed, mut soon) = (0, 0, 0);
                let (mut spells, mut quantities) = (Vec::new(), Vec::new());
                for days in customers.values() {
                    let list: Vec<NaiveDate> = days.keys().copied().collect();
                    repeat += u64::from(list.len() > 1);
                    if (as_of - list[0]).num_days() >= i64::from(within) {
                        observed += 1;
                        soon += u64::from(list.len() > 1 && (list[1] - list[0]).num_days() <= i64::from(within));
                    }
                    for (at, (day, halves)) in days.iter().enumerate() {
                        let next = list.get(at + 1);
                        let gap = (*next.unwrap_or(&as_of) - *day).num_days();
                        spells.push((gap, *halves, next.is_some()));
                        quantities.push(*halves);
                    }
                }
                quantities.sort_unstable();
                let usual = quantities[(quantities.len() - 1) / 2];
                prop_assert_eq!(cycle.usual_quantity, Decimal::new(usual * 5, 1).normalize());
                prop_assert_eq!(cycle.repeat_customers, ratio(repeat, customers.len() as u64));
                prop_assert_eq!((cycle.repeat_within, cycle.unobserved), (ratio(soon, observed), customers.len() as u64 - observed));
                // 60 is a multiple of 1 to 6, but a day's total may be larger: 60 halves times 27720 / halves is not
                // always whole, so lengths are compared as fractions.
                let stretch = |halves: i64| if scale == CycleScale::Quantity { halves } else { usual };
                let mut sorted = spells.clone();
                sorted.sort_by(|one, other| (one.0 * stretch(other.1)).cmp(&(other.0 * stretch(one.1))));
                let groups: Vec<_> = sorted.chunk_by(|one, other| one.0 * stretch(other.1) == other.0 * stretch(one.1)).collect();
                prop_assert_eq!(cycle.curve.steps().len(), groups.len());
                let ranks = groups.iter().enumerate().flat_map(|(rank, group)| {
                    group.iter().map(move |spell| (u32::try_from(rank).unwrap(), spell.2))
                });
                let by_rank = SurvivalCurve::of_days(ranks);
                for ((step, rank), group) in cycle.curve.steps().iter().zip(by_rank.steps()).zip(&groups) {
                    let found = (step.at_risk, step.returned, step.waiting, step.survival, step.variance);
                    prop_assert_eq!(found, (rank.at_risk, rank.returned, rank.waiting, rank.survival, rank.variance));
                    #[allow(clippy::cast_precision_loss, reason = "a few days")]
                    let days = (group[0].0 * usual) as f64 / stretch(group[0].1) as f64;
                    prop_assert_eq!(step.days, days);
                }
                // Of each customer some spell is of the median's group or a later one.
                let at_median = by_rank.median_days().map(|rank| {
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
                    let (gap, halves, _) = groups[rank as usize][0];
                    let lasts = |days: &&BTreeMap<NaiveDate, i64>| {
                        let list: Vec<_> = days.iter().collect();
                        (0..list.len()).any(|at| {
                            let next = list.get(at + 1).map_or(as_of, |next| *next.0);
                            (next - *list[at].0).num_days() * stretch(halves) >= gap * stretch(*list[at].1)
                        })
                    };
                    customers.values().filter(lasts).count() as u64
                });
                prop_assert_eq!(cycle.customers_at_median, at_median);
                // Due after the median for what was bought last, rounded up.
                for (customer, days) in customers {
                    let due = table.next_due_of(&log, customer, product).unwrap();
                    let median = by_rank.median_days();
                    prop_assert_eq!(due.is_some(), median.is_some());
                    if let (Some(due), Some(rank)) = (due, median) {
                        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
                        let (gap, halves, _) = groups[rank as usize][0];
                        let (last, bought) = days.last_key_value().unwrap();
                        let wait = (gap * stretch(*bought)).div_euclid(stretch(halves))
                            + i64::from((gap * stretch(*bought)).rem_euclid(stretch(halves)) > 0);
                        prop_assert_eq!((due - *last).num_days(), wait);
                    }
                }
            }
        }
    }

    #[test]
    fn products_rank_by_their_median(rows in rows(), as_of in 0u64..70, least in 0u64..4) {
        for scale in SCALES {
            let table = CycleTable::of(&log(&rows), on(as_of), &CycleOptions::default().with_scale(scale));
            let mut expected = Vec::new();
            for (product, cycle) in table.iter() {
                let Some(days) = cycle.median_days() else { continue };
                let customers = cycle.customers_at_median.unwrap();
                prop_assert!(customers <= cycle.customers());
                if customers >= least {
                    // Non-negative numbers are ordered as their bits are.
                    expected.push((days.to_bits(), u64::MAX - customers, *product));
                }
            }
            expected.sort_unstable();
            let found: Vec<u8> = table.ranked(least).into_iter().map(|(product, _)| *product).collect();
            prop_assert_eq!(found, expected.into_iter().map(|(_, _, product)| product).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_of_lines_says_nothing(rows in rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| (u64::from(row.customer) * 31 + row.halves.unsigned_abs()).wrapping_mul(seed | 1));
        shuffled.reverse();
        for scale in SCALES {
            let options = CycleOptions::default().with_scale(scale);
            prop_assert_eq!(CycleTable::of(&log(&rows), on(59), &options), CycleTable::of(&log(&shuffled), on(59), &options));
        }
    }

    /// Twice the quantity of everything is the same cycle, and so is everything in another unit.
    #[test]
    fn units_say_nothing(rows in rows()) {
        let doubled: Vec<Row> = rows.iter().map(|row| Row { halves: row.halves * 2, ..*row }).collect();
        let (one, other) = [&rows, &doubled].map(|rows| CycleTable::of(&log(rows), on(59), &CycleOptions::default())).into();
        for ((_, one), (_, other)) in one.iter().zip(other.iter()) {
            let days = |curve: &SurvivalCurve| curve.steps().iter().map(|step| (step.days, step.survival)).collect::<Vec<_>>();
            prop_assert_eq!(days(&one.curve), days(&other.curve));
        }
    }

    #[test]
    fn fitted_high_rates_follow_share_below(rows in rows(), cents in 1i64..100, min in 0u64..3) {
        let table = CycleTable::of(&log(&rows), on(59), &CycleOptions::default().with_within_days(10));
        let share = Decimal::new(cents, 2);
        for rate in [ProductRate::Within, ProductRate::Repeat] {
            let rates: Vec<(u8, Ratio)> = table.iter().map(|(product, cycle)| (*product, rate.of(cycle)))
                .filter(|(_, ratio)| ratio.of() >= min.max(1)).collect();
            let Ok(high) = HighRepurchase::fit(&table, share, rate, min) else {
                prop_assert!(rates.is_empty());
                continue;
            };
            let expected: BTreeSet<u8> = rates.iter().filter(|(_, own)| {
                let below = rates.iter().filter(|(_, other)| other.count() * own.of() < own.count() * other.of()).count();
                Decimal::from(below) >= share * Decimal::from(rates.len())
            }).map(|(product, _)| *product).collect();
            prop_assert_eq!(high.products(&table).copied().collect::<BTreeSet<_>>(), expected);
        }
    }
}
