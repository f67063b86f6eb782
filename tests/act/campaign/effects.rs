//! The effects of segments: against statsmodels and numpy, and their joint coverage in money; what a treatment is worth, on
//! simulated campaigns.

#![allow(clippy::cast_precision_loss, reason = "a few levels")]

use std::collections::BTreeMap;

use repurchase::act::campaign::{EffectMeasure, Group, Outcome, SegmentEffects, TargetCurve, outcomes_by};
use repurchase::scale::{Confidence, Interval};
use repurchase::{Order, PurchaseLog, ShopCalendar, Window};

use super::super::date;
use super::{Chance, TestResult, assert_bounds, cents, field, rows};

/// What each customer brought in cents, by segment and group.
type Arms = BTreeMap<u32, [Vec<i64>; 2]>;

fn outcomes(arms: &Arms) -> Result<BTreeMap<u32, Outcome>, repurchase::Error> {
    let day = date("2026-03-10");
    let (mut orders, mut groups) = (Vec::new(), Vec::new());
    for (segment, arms) in arms {
        for (arm, group) in arms.iter().zip([Group::Treated, Group::Control]) {
            for (&amount, at) in arm.iter().zip(0..) {
                let id = (*segment, group == Group::Treated, at);
                groups.push((id, group));
                if amount > 0 {
                    orders.push(Order::on(id, day, cents(amount))?);
                }
            }
        }
    }
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    outcomes_by(&log, Window::last_days(day, 1)?, groups, |id| id.0)
}

/// Golden: `tests/data/campaign_effects.csv`. Both sides compute in binary64, from sums of some hundred terms.
#[test]
fn statsmodels_has_the_same_effects() -> TestResult {
    let mut sets: BTreeMap<(u32, String), Vec<csv::StringRecord>> = BTreeMap::new();
    for row in rows(include_str!("../../data/campaign_effects.csv")) {
        sets.entry((field(&row, 0), row[1].to_owned())).or_default().push(row);
    }
    assert_eq!(sets.len(), 9);
    let (mut alike, mut unlike) = (0, 0);
    for ((_, measure), segments) in &sets {
        let is_share = measure == "conversion";
        let arm = |row: &csv::StringRecord, column: usize| {
            let numbers: Vec<i64> = row[column].split(' ').map(|number| number.parse().unwrap()).collect();
            match numbers[..] {
                [buyers, of] if is_share => (0..of).map(|at| 100 * i64::from(at < buyers)).collect(),
                _ => numbers,
            }
        };
        let arms: Arms = segments.iter().map(|row| (field(row, 2), [arm(row, 3), arm(row, 4)])).collect();
        let of = if is_share { EffectMeasure::Conversion } else { EffectMeasure::Revenue };
        let effects = SegmentEffects::of(&outcomes(&arms)?, of, Confidence::default());
        assert_eq!(effects.segments.len(), segments.len());
        if effects.overall.ok_or("effects")?.between > 0.0 {
            unlike += 1;
        } else {
            alike += 1;
        }
        for row in segments {
            let found = effects.segments.iter().find(|effect| effect.segment == field::<u32>(row, 2)).ok_or("there")?;
            let interval = found.comparison.and_then(|one| one.difference_interval());
            assert_bounds(interval, Some((field(row, 5), field(row, 6))), 1e-9, &format!("{measure} {row:?}"));
            for (column, found) in [(7, found.shrunk), (8, found.standard_error)] {
                let (found, expected) = (found.ok_or("an effect")?, field::<f64>(row, column));
                assert!((found - expected).abs() <= 1e-9 * expected.abs().max(0.01), "{column} of {row:?}: {found}");
            }
        }
    }
    assert!(alike >= 3 && unlike >= 3, "{alike} {unlike}");
    Ok(())
}

/// How many of `campaigns` hold, and whether that is `share` of them within three standard errors of a binomial count.
fn assert_held(held: u32, campaigns: u32, share: f64, what: &str) {
    let (held, campaigns) = (f64::from(held), f64::from(campaigns));
    let error = (campaigns * share * (1.0 - share)).sqrt();
    assert!((held - campaigns * share).abs() <= 3.0 * error, "{what}: {held} of {campaigns}");
}

/// Five segments in money, of no effect, of one segment's, and of opposite signs: all intervals hold at once as often as they
/// say.
#[test]
fn effects_of_money_hold_jointly() -> TestResult {
    const CAMPAIGNS: u32 = 300;
    for (seed, truth) in [(21, [0; 5]), (22, [0, 0, 500, 0, 0]), (23, [400, -300, 400, -300, 0])] {
        let (mut chance, mut held) = (Chance(seed), 0);
        for _ in 0..CAMPAIGNS {
            // Every second customer buys, for 20 on average and 10 at least.
            let mut arm = |more: i64| -> Vec<i64> {
                (0..120)
                    .map(|_| chance.spend(0.5, 10.0))
                    .map(|cents| if cents > 0 { cents + 1_000 + 2 * more } else { 0 })
                    .collect()
            };
            let arms: Arms = (0..).zip(truth).map(|(segment, more)| (segment, [arm(more), arm(0)])).collect();
            let effects = SegmentEffects::of(&outcomes(&arms)?, EffectMeasure::Revenue, Confidence::default());
            let holds = |effect: &repurchase::act::campaign::SegmentEffect<u32>| {
                let truth = f64::from(i32::try_from(truth[effect.segment as usize]).unwrap()) / 100.0;
                effect.comparison.and_then(|one| one.difference_interval()).is_some_and(|bounds| bounds.contains(truth))
            };
            held += u32::from(effects.segments.iter().all(holds));
        }
        assert_held(held, CAMPAIGNS, 0.95, &format!("{truth:?}"));
    }
    Ok(())
}

/// The worth of treating everybody down to a depth, at a cost: its interval holds the truth as often as it says.
#[test]
fn the_worth_of_a_depth_is_held() -> TestResult {
    const CAMPAIGNS: u32 = 400;
    let (mut chance, cost, mut held) = (Chance(24), 100, [0; 4]);
    for _ in 0..CAMPAIGNS {
        // Four levels of 100 customers, half of them treated; those bring 3, 2, 1 and 0 more.
        let customers = (0..400_i64).map(|id| {
            let (level, group) = (id % 4, if id < 200 { Group::Treated } else { Group::Control });
            let more = if group == Group::Treated { 300 - 100 * level } else { 0 };
            (-(level as f64), group, cents(chance.spend(0.5, 8.0) + more))
        });
        let curve = TargetCurve::of(customers)?;
        for (depth, point) in curve.points().iter().enumerate() {
            let customers = 100.0 * (depth as f64 + 1.0);
            // The mean of 3, 2, 1 and 0 down to the depth, less the cost of 1, for each.
            let truth = customers * (3.0 - depth as f64 / 2.0 - 1.0);
            let value = point.value(cents(cost), Confidence::new(0.9)?).ok_or("two groups")?;
            held[depth] += u32::from(value.interval.is_some_and(|bounds: Interval| bounds.contains(truth)));
        }
    }
    for (depth, held) in held.into_iter().enumerate() {
        assert_held(held, CAMPAIGNS, 0.9, &format!("depth {depth}"));
    }
    Ok(())
}
