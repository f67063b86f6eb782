//! Due days: by hand, against a naive computation, and against customers whose gaps are known.

#![allow(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::many_single_char_names,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "formulas are written out once more, in small numbers"
)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::history::LineLog;
use repurchase::measure::{CycleOptions, CycleScale, CycleTable};
use repurchase::predict::{DueModel, DueOptions};
use repurchase::record::OrderLine;
use repurchase::scale::Confidence;
use repurchase::{ShopCalendar, Window};
use rust_decimal::Decimal;

use super::common::{date, fixed_seed};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Customer, product, day, quantity in halves.
type Row = (u16, u8, u64, i64);

fn on(day: u64) -> NaiveDate {
    date("2026-01-01").checked_add_days(Days::new(day)).unwrap()
}

fn log(rows: &[Row]) -> LineLog<u16, u8> {
    let line = |&(customer, product, day, halves): &Row| {
        OrderLine::on(customer, on(day), product, Decimal::new(halves * 5, 1), Decimal::TEN).unwrap()
    };
    LineLog::from_lines(rows.iter().map(line), &ShopCalendar::utc()).unwrap()
}

/// Each customer's days of a product and what was bought.
fn bought(rows: &[Row], product: u8, as_of: u64) -> BTreeMap<u16, BTreeMap<u64, i64>> {
    let mut bought: BTreeMap<u16, BTreeMap<u64, i64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.1 == product && row.2 <= as_of) {
        *bought.entry(row.0).or_default().entry(row.2).or_default() += row.3;
    }
    bought
}

proptest! {
    #![proptest_config(fixed_seed(128))]

    /// The written formulas once more, in other loops, on the curves that `CycleTable` has, whose own tests are elsewhere.
    #[test]
    fn due_days_are_those_of_the_formula(
        rows in prop::collection::vec((0u16..6, 0u8..3, 0u64..60, 1i64..5), 0..90),
        as_of in 0u64..70,
        horizon in 1u32..60,
        least in 0u64..4,
        calendar in any::<bool>(),
    ) {
        let log = log(&rows);
        let scale = if calendar { CycleScale::Calendar } else { CycleScale::Quantity };
        let options = DueOptions::default().with_scale(scale).with_horizon_days(horizon).with_least_returns(least);
        let model = DueModel::fit(&log, on(as_of), &options).unwrap();
        let table = CycleTable::of(&log, on(as_of), &CycleOptions::default().with_scale(scale));
        let h = f64::from(horizon);
        let stretch = |quantity: f64, usual: f64| if calendar { 1.0 } else { usual / quantity };
        // The gaps of each customer of each product that has due days.
        let mut gaps: BTreeMap<(u8, u16), Vec<f64>> = BTreeMap::new();
        let mut products = BTreeSet::new();
        for (&product, cycle) in table.iter() {
            let usual: f64 = cycle.usual_quantity.to_string().parse().unwrap();
            let mut inside = cycle.curve.steps().iter().filter(|step| step.days <= h);
            let returns: u64 = inside.clone().map(|step| step.returned).sum();
            prop_assert_eq!(model.product(&product).is_some(), returns >= least.max(1));
            let Some(due) = model.product(&product) else { continue };
            products.insert(product);
            let left = inside.next_back().unwrap().survival;
            prop_assert!((due.returning - (1.0 - left)).abs() < 1e-12 && due.returns == returns);
            for (customer, days) in bought(&rows, product, as_of) {
                let list: Vec<(u64, i64)> = days.into_iter().collect();
                for pair in list.windows(2) {
                    let days = (pair[1].0 - pair[0].0) as f64 * stretch(pair[0].1 as f64 / 2.0, usual);
                    if days <= h {
                        gaps.entry((product, customer)).or_default().push(days.ln());
                    }
                }
            }
        }
        let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
        let (mut within, mut freedom, mut between, mut customers, mut spread) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &product in &products {
            let own: Vec<&Vec<f64>> = gaps.iter().filter(|(key, _)| key.0 == product).map(|(_, list)| list).collect();
            let all: Vec<f64> = own.iter().flat_map(|list| list.iter().copied()).collect();
            for list in &own {
                within += list.iter().map(|one| (one - mean(list)).powi(2)).sum::<f64>();
                between += list.len() as f64 * (mean(list) - mean(&all)).powi(2);
                spread -= (list.len() as f64).powi(2) / all.len() as f64;
            }
            freedom += all.len() as f64 - own.len() as f64;
            customers += own.len() as f64 - 1.0;
            spread += all.len() as f64;
        }
        prop_assert_eq!(model.variance_within().is_some(), freedom > 0.0);
        let within = if freedom > 0.0 { within / freedom } else { 0.0 };
        let is_known = freedom > 0.0 && model.variance_between().is_some();
        let between = if is_known { ((between - customers * within) / spread).max(0.0) } else { 0.0 };
        prop_assert!((model.variance_within().unwrap_or(0.0) - within).abs() < 1e-9);
        prop_assert!((model.variance_between().unwrap_or(0.0) - between).abs() < 1e-9 * between.max(1.0));
        let between = model.variance_between().unwrap_or(0.0);

        let mut list = Vec::new();
        for (&product, due) in model.iter() {
            let usual: f64 = due.usual_quantity.to_string().parse().unwrap();
            let steps: Vec<_> = table.get(&product).unwrap().curve.steps().iter().filter(|step| step.days <= h).collect();
            let falls = steps.iter().scan(1.0, |before, step| Some((step.days, std::mem::replace(before, step.survival) - step.survival)));
            let falls: Vec<(f64, f64)> = falls.filter(|fall| fall.1 > 0.0).collect();
            let m = falls.iter().map(|(days, fall)| fall * days.ln()).sum::<f64>() / falls.iter().map(|fall| fall.1).sum::<f64>();
            prop_assert!((due.mean_ln_days - m).abs() < 1e-9);
            for (place, q) in [0.1, 0.5, 0.9].into_iter().enumerate() {
                let mut come = 0.0;
                let total: f64 = falls.iter().map(|fall| fall.1).sum();
                let day = falls.iter().find(|fall| { come += fall.1; come >= q * total - 1e-9 }).unwrap().0;
                prop_assert_eq!(due.days[place].to_bits(), day.to_bits());
            }
            for (customer, days) in bought(&rows, product, as_of) {
                let own = gaps.get(&(product, customer)).cloned().unwrap_or_default();
                let n = own.len() as f64;
                let (&last, &halves) = days.last_key_value().unwrap();
                let found = model.due_of(&log, &customer, &product).unwrap().unwrap();
                prop_assert_eq!(found.own_gaps as usize, own.len());
                let wait = |t: f64| {
                    let moved = if own.is_empty() || between <= 0.0 { t } else {
                        let b = within / (within + n * between);
                        let mu = b * m + (1.0 - b) * mean(&own);
                        (mu + ((within + b * between) / (within + between)).sqrt() * (t.ln() - m)).exp()
                    };
                    moved / stretch(halves as f64 / 2.0, usual)
                };
                for (day, t) in [(found.earliest, due.days[0]), (found.day, due.days[1]), (found.latest, due.days[2])] {
                    let exact = wait(t);
                    let days = (day - on(last)).num_days() as f64;
                    prop_assert!((days - exact.ceil()).abs() < 0.5 || (days - exact).abs() < 1e-6, "{} {}", days, exact);
                }
                list.push((found.day, customer, product));
                // Purchase by purchase, in any order.
                let again = days.iter().rev().map(|(&day, &halves)| (on(day), Decimal::new(halves * 5, 1)));
                prop_assert_eq!(model.due(&product, again).unwrap(), Some(found));
            }
        }
        list.sort_unstable();
        let window = Window::new(on(20), on(65)).unwrap();
        let found: Vec<_> = model.due_in(&log, window).iter().map(|due| (due.due.day, *due.customer, *due.product)).collect();
        prop_assert_eq!(found, list.into_iter().filter(|one| window.contains(one.0)).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(fixed_seed(64))]

    /// Lines in any order, and a purchase in two lines instead of one.
    #[test]
    fn the_order_of_lines_says_nothing(
        rows in prop::collection::vec((0u16..6, 0u8..3, 0u64..60, 1i64..5), 0..90),
        by in 0usize..90,
    ) {
        let mut others = rows.clone();
        others.reverse();
        others.rotate_left(by.min(rows.len()));
        let halves = |&(customer, product, day, halves): &Row| {
            [(customer, product, day, halves - 1), (customer, product, day, 1)]
        };
        let split: Vec<Row> = rows.iter().flat_map(halves).filter(|row| row.3 > 0).collect();
        let of = |rows: &[Row]| {
            let (log, options) = (log(rows), DueOptions::default().with_least_returns(0));
            let model = DueModel::fit(&log, on(60), &options).unwrap();
            let due = model.due_in(&log, Window::new(on(0), on(400)).unwrap());
            let due: Vec<_> = due.iter().map(|due| (due.due, *due.customer, *due.product)).collect();
            (model, due)
        };
        let expected = of(&rows);
        prop_assert_eq!(&of(&others), &expected);
        prop_assert_eq!(&of(&split), &expected);
    }
}

/// A number of a sequence, evenly spread over 0..1, the same on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.next().ln()).sqrt() * (std::f64::consts::TAU * self.next()).cos()
    }
}

/// Customers whose `ln(gap)` has the mean `ln 60 + 0.5 z` and the deviation 0.3: the variances are found again, and the
/// windows hold what they say, those of customers with gaps of their own at half of the width.
#[test]
fn windows_hold_what_they_say() -> TestResult {
    let mut random = Random(7);
    let (mut rows, mut next) = (Vec::new(), BTreeMap::new());
    let as_of = 10_000;
    for customer in 0..4_000_u16 {
        let own = 60.0_f64.ln() + 0.5 * random.normal();
        // From a day before the shop is looked at, so that the last gap is one like the others.
        let gaps = usize::from(customer % 8);
        let mut day = as_of;
        let mut days = vec![day];
        for _ in 0..gaps {
            let gap = (own + 0.3 * random.normal()).exp().round().max(1.0) as u64;
            day -= gap;
            days.push(day);
        }
        rows.extend(days.into_iter().map(|day| (customer, 1, day, 2)));
        next.insert(customer, as_of + (own + 0.3 * random.normal()).exp().ceil() as u64);
    }
    let log = log(&rows);
    let model = DueModel::fit(&log, on(as_of), &DueOptions::default())?;
    let (within, between) = (model.variance_within().ok_or("within")?, model.variance_between().ok_or("between")?);
    assert!((within - 0.09).abs() < 0.005 && (between - 0.25).abs() < 0.02, "{within} {between}");
    let mut inside = [0_u32; 8];
    let mut width = [0.0; 8];
    for (&customer, &day) in &next {
        let due = model.due_of(&log, &customer, &1)?.ok_or("is due")?;
        let gaps = due.own_gaps.min(7) as usize;
        inside[gaps] += u32::from(due.earliest <= on(day) && on(day) <= due.latest);
        width[gaps] += ((due.latest - on(as_of)).num_days() as f64 / (due.earliest - on(as_of)).num_days() as f64).ln();
    }
    for gaps in 0..8 {
        // Of 500, 80% within three standard errors, and what rounding to days adds.
        assert!((370..=445).contains(&inside[gaps]), "{gaps} gaps: {inside:?}");
    }
    assert!(width[7] < 0.62 * width[0], "{width:?}");
    Ok(())
}

#[test]
fn edges() -> TestResult {
    let nothing = DueModel::fit(&log(&[]), on(9), &DueOptions::default())?;
    assert_eq!((nothing.iter().count(), nothing.due(&1, [])?), (0, None));
    let options = DueOptions::default().with_least_returns(0);
    // One gap of 30 days: a day, no variance.
    let rows = [(1, 1, 0, 2), (1, 1, 30, 4), (2, 1, 10, 2)];
    let model = DueModel::fit(&log(&rows), on(40), &options)?;
    assert_eq!((model.variance_within(), model.variance_between()), (None, None));
    let due = model.due_of(&log(&rows), &1, &1)?.ok_or("due")?;
    assert_eq!(
        (due.day, due.earliest, due.latest, due.own_gaps),
        (on(90), on(90), on(90), 1),
        "for the double quantity"
    );
    assert_eq!(model.due_of(&log(&rows), &3, &1)?, None);
    assert_eq!(model.due_of(&log(&rows), &1, &2)?, None);
    assert_eq!(model.due(&1, [(on(41), Decimal::ONE)])?, None, "not yet");
    let error = model.due(&1, [(on(1), Decimal::ZERO)]).unwrap_err();
    assert_eq!(error.to_string(), "quantity must be above 0, found 0");
    assert!(model.due(&1, [(on(1), Decimal::MAX)]).is_err(), "no such day");
    let error = DueModel::fit(&log(&rows), on(40), &options.with_horizon_days(0)).unwrap_err();
    assert_eq!(error.to_string(), "days of the horizon must lie between 1 and 4294967295, found 0");
    // All gaps equal: a day that is certain.
    let rows: Vec<Row> = (0..3).flat_map(|who| (0..5).map(move |n| (who, 1, n * 7, 2))).collect();
    let model = DueModel::fit(&log(&rows), on(28), &options.with_confidence(Confidence::new(0.99)?))?;
    assert!(model.variance_within().ok_or("gaps")? < 1e-24 && model.variance_between().ok_or("gaps")? < 1e-24);
    let due = model.due_of(&log(&rows), &1, &1)?.ok_or("due")?;
    assert_eq!((due.earliest, due.latest), (on(35), on(35)));
    // Two who are regular, each in another rhythm.
    let rows: Vec<Row> = (0..6).flat_map(|n| [(1, 1, n * 8, 2), (2, 1, n * 2, 2)]).collect();
    let model = DueModel::fit(&log(&rows), on(40), &options)?;
    let days =
        |who: u16| model.due_of(&log(&rows), &who, &1).map(|due| due.map(|due| [due.earliest, due.day, due.latest]));
    assert_eq!((days(1)?, days(2)?), (Some([on(48); 3]), Some([on(12); 3])), "the second is overdue");
    // Quantities of no common scale, days at the end of the calendar.
    let last = NaiveDate::MAX;
    assert!(matches!(model.due(&1, [(last, Decimal::ONE)]), Ok(None)));
    let late = DueModel::fit(&log(&rows), last, &options)?;
    assert!(late.due(&1, [(last, Decimal::ONE)]).is_err());
    assert!(late.due(&1, [(on(1), Decimal::new(1, 28))])?.is_some());
    Ok(())
}
