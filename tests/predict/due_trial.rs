//! Due days on real lines, UCI Online Retail's: how many of the next purchases the 80% window holds, and how far off its day is,
//! beside two rules of thumb. `DueModel`'s docs state the figures.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use repurchase::ShopCalendar;
use repurchase::history::LineLog;
use repurchase::measure::CycleScale;
use repurchase::predict::{DueModel, DueOptions};
use repurchase::record::OrderLine;

use super::common::date;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Returns after more days are no returns: those after the last week that is asked about can all be seen.
const HORIZON: u32 = 90;

/// Each product's customers with their days.
type Bought = BTreeMap<String, BTreeMap<u32, Vec<NaiveDate>>>;

fn lines() -> Result<(LineLog<u32, String>, Bought), Box<dyn std::error::Error>> {
    let (mut lines, mut bought) = (Vec::new(), Bought::new());
    // Every eighth customer, by the first three digits of the stock code.
    let text = include_str!("../../examples/data/online_retail_sample.csv");
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        let (customer, day, category): (u32, _, _) = (row[0].parse()?, date(&row[1]), row[2].to_owned());
        bought.entry(category.clone()).or_default().entry(customer).or_default().push(day);
        lines.push(OrderLine::on(customer, day, category, row[3].parse()?, row[4].parse()?)?);
    }
    for days in bought.values_mut().flat_map(BTreeMap::values_mut) {
        days.sort_unstable();
        days.dedup();
    }
    Ok((LineLog::from_lines(lines, &ShopCalendar::utc())?, bought))
}

fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}

fn mean(days: &[i64]) -> Option<f64> {
    let count = u32::try_from(days.len()).ok().filter(|&count| count > 0)?;
    Some(f64::from(i32::try_from(days.iter().sum::<i64>()).ok()?) / f64::from(count))
}

/// Purchases that were followed by another one in time, those whose day the window held, the same of customers with a gap of
/// their own, and the days by which the due day, the customer's mean gap and the product's median gap are off, on average.
#[derive(Debug)]
struct Found {
    asked: u32,
    held: u32,
    with_gaps: u32,
    held_with_gaps: u32,
    off: [f64; 3],
}

/// Every week of the summer of 2011 the model is fitted as of its last day, and asked about who bought in it. Those who came
/// again within 90 days are judged: a due day is said given that.
fn trial(log: &LineLog<u32, String>, bought: &Bought, scale: CycleScale) -> Result<Found, Box<dyn std::error::Error>> {
    let options = DueOptions::default().with_horizon_days(HORIZON).with_scale(scale);
    let (mut asked, mut held, mut with_gaps, mut held_with_gaps) = (0_u32, 0_u32, 0_u32, 0_u32);
    // Sums of what the day, the customer's mean gap and the product's median gap are off by.
    let mut off = [0.0; 3];
    for week in 0..14 {
        let as_of = date("2011-06-05") + Days::new(7 * week);
        let model = DueModel::fit(log, as_of, &options)?;
        for (product, customers) in bought {
            let mut gaps: Vec<i64> = customers
                .values()
                .flat_map(|days| {
                    days.windows(2).filter(|pair| pair[1] <= as_of).map(|pair| days_between(pair[0], pair[1]))
                })
                .filter(|&gap| gap <= HORIZON.into())
                .collect();
            gaps.sort_unstable();
            let Some(&median) = gaps.get(gaps.len() / 2) else { continue };
            for (customer, days) in customers {
                let until = days.partition_point(|&day| day <= as_of);
                let (Some(&last), Some(&next)) = (until.checked_sub(1).and_then(|at| days.get(at)), days.get(until))
                else {
                    continue;
                };
                // The rules know the next day of week of nobody who bought before this week.
                if days_between(last, as_of) >= 7 || days_between(last, next) > HORIZON.into() {
                    continue;
                }
                let Some(due) = model.due_of(log, customer, product)? else { continue };
                let own: Vec<i64> = days[..until].windows(2).map(|pair| days_between(pair[0], pair[1])).collect();
                let own: Vec<i64> = own.into_iter().filter(|&gap| gap <= HORIZON.into()).collect();
                assert!(scale == CycleScale::Quantity || own.len() == due.own_gaps as usize);
                let is_held = due.earliest <= next && next <= due.latest;
                (asked, held) = (asked + 1, held + u32::from(is_held));
                if due.own_gaps > 0 {
                    (with_gaps, held_with_gaps) = (with_gaps + 1, held_with_gaps + u32::from(is_held));
                }
                let gap = f64::from(i32::try_from(days_between(last, next))?);
                let by_model = f64::from(i32::try_from(days_between(last, due.day))?);
                let by_median = f64::from(i32::try_from(median)?);
                let guesses = [by_model, mean(&own).unwrap_or(by_median), by_median];
                off.iter_mut().zip(guesses).for_each(|(sum, guess)| *sum += (guess - gap).abs());
            }
        }
    }
    Ok(Found { asked, held, with_gaps, held_with_gaps, off: off.map(|sum| sum / f64::from(asked)) })
}

/// In days, the window holds what it says, and the due day is nearer than both rules. This shop sells to other shops: how much they
/// take says little of when they come, so that days for the usual quantity do worse than either.
#[test]
fn due_days_of_online_retail() -> TestResult {
    let (log, bought) = lines()?;
    let [in_days, by_quantity] =
        [CycleScale::Calendar, CycleScale::Quantity].map(|scale| trial(&log, &bought, scale).expect("due days"));
    println!("{in_days:.1?}\n{by_quantity:.1?}");
    let share = |held: u32, of: u32| f64::from(held) / f64::from(of);
    assert!(in_days.asked > 1_800 && in_days.with_gaps > 1_200, "{in_days:?}");
    // Three standard errors of 80% of 1,800 are 0.028.
    for (held, of) in [(in_days.held, in_days.asked), (in_days.held_with_gaps, in_days.with_gaps)] {
        assert!((share(held, of) - 0.8).abs() < 0.028, "{in_days:?}");
    }
    let [due, own_mean, median] = in_days.off;
    assert!(due < own_mean && due < median, "{in_days:?}");
    assert!(share(by_quantity.held, by_quantity.asked) < 0.7 && by_quantity.off[0] > median, "{by_quantity:?}");
    Ok(())
}
