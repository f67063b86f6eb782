//! Which segment responded, and whom to treat first: against statsmodels and scikit-uplift, against naive computations, and on
//! simulated campaigns whose effects are known.

#![allow(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::many_single_char_names,
    clippy::similar_names,
    clippy::too_many_lines,
    reason = "formulas are written out once more, in small numbers"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use repurchase::act::campaign::{
    Assignment, BootstrapOptions, Comparison, EffectMeasure, Group, MoneySample, Outcome, PooledEffect, SamplePlan,
    SegmentEffects, TargetCurve, Verdict, comparison_table, outcomes_by,
};
use repurchase::record::{Credit, Record};
use repurchase::scale::{Confidence, Language};
use repurchase::{Order, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::super::date;
use super::{Chance, TestResult, cents, compare_money, compare_rates, field, fixed_seed, ratio, rows};

#[test]
fn statsmodels_pools_the_same() -> TestResult {
    for row in rows(include_str!("../../data/campaign_pooled.csv")) {
        let arms = row[0].split(';').map(|arms| {
            let [x, m, y, n] = arms.split(' ').map(|count| count.parse().unwrap()).collect::<Vec<u64>>()[..] else {
                panic!()
            };
            compare_rates(ratio(x, m), ratio(y, n))
        });
        let comparisons: Vec<Comparison> = arms.collect();
        let pooled = PooledEffect::of(&comparisons, Confidence::default()).ok_or("effects")?;
        assert_eq!((pooled.effects as usize, pooled.left_out), (comparisons.len(), 0));
        let interval = pooled.interval.ok_or("an interval")?;
        let mut found = vec![pooled.mean, pooled.standard_error, interval.low, interval.high];
        assert_eq!(pooled.next.is_some(), !row[5].is_empty());
        found.extend(pooled.next.map_or([0.0; 2], |next| [next.low, next.high]));
        found.extend([pooled.between, pooled.q]);
        for (column, found) in (1..).zip(found) {
            let expected: f64 = row[column].parse().unwrap_or(0.0);
            assert!((found - expected).abs() <= 1e-10 * expected.abs().max(0.1), "{row:?} {column}: {found}");
        }
    }
    Ok(())
}

#[test]
fn few_effects_and_none() -> TestResult {
    let level = Confidence::default();
    assert_eq!(PooledEffect::of(&[], level), None);
    let (one, empty) = (compare_rates(ratio(30, 100), ratio(20, 100)), compare_rates(ratio(3, 10), ratio(0, 0)));
    assert_eq!(PooledEffect::of(&[empty], level), None);
    let pooled = PooledEffect::of(&[one, empty], level).ok_or("one")?;
    assert_eq!((pooled.effects, pooled.left_out, pooled.between, pooled.next), (1, 1, 0.0, None));
    let reach = level.z() * one.difference_variance().ok_or("two arms")?.sqrt();
    assert!((pooled.mean - 0.1).abs() < 1e-15 && (pooled.interval.ok_or("one")?.high - 0.1 - reach).abs() < 1e-15);
    // Shares and money are of two kinds.
    let arm = |amounts: [i64; 3]| MoneySample::of(amounts.map(cents)).unwrap();
    let money = compare_money(arm([100, 200, 400]), arm([50, 60, 90]));
    assert!(PooledEffect::of(&[money], level).is_some());
    assert_eq!(PooledEffect::of(&[one, money], level), None);
    // Equal effects differ by nothing.
    let pooled = PooledEffect::of(&[one; 5], level).ok_or("five")?;
    assert!(pooled.between.abs() < 1e-300 && pooled.q < 1e-20);
    let alone = compare_money(arm([100, 100, 100]), arm([90, 90, 90]));
    assert_eq!(PooledEffect::of(&[alone], level), None, "no spread");
    Ok(())
}

#[test]
fn scikit_uplift_draws_the_same_curve() -> TestResult {
    let mut sets: BTreeMap<u32, Vec<csv::StringRecord>> = BTreeMap::new();
    for row in rows(include_str!("../../data/campaign_qini.csv")) {
        sets.entry(field(&row, 0)).or_default().push(row);
    }
    assert_eq!(sets.len(), 5);
    for levels in sets.values() {
        let mut customers = Vec::new();
        for row in levels {
            for (group, column) in [(Group::Control, 4), (Group::Treated, 2)] {
                let (all, buyers): (u64, u64) = (field(row, column), field(row, column + 1));
                customers
                    .extend((0..all).map(|at| (field::<f64>(row, 1), group, Decimal::from(u8::from(at < buyers)))));
            }
        }
        let curve = TargetCurve::of(customers.iter().copied().rev())?;
        assert_eq!(curve, TargetCurve::of(customers.iter().copied())?, "in any order");
        assert_eq!(curve.points().len(), levels.len());
        for (point, row) in curve.points().iter().zip(levels) {
            let (found, expected) = (point.incremental().ok_or("held back")?, field::<f64>(row, 6));
            assert!((found - expected).abs() < 1e-9, "{row:?}: {found}");
        }
        let (found, expected) = (curve.qini().ok_or("two groups")?, field::<f64>(&levels[0], 7));
        assert!((found - expected).abs() < 1e-12, "{:?}: {found}", levels[0]);
    }
    Ok(())
}

#[test]
fn statsmodels_plans_money_the_same() -> TestResult {
    for row in rows(include_str!("../../data/campaign_money_power.csv")) {
        let [mean, deviation, lift, alpha, power, k, treated, of_1000] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(|at| field::<f64>(&row, at));
        let plan = SamplePlan::of_money(mean, deviation, lift)?.with_alpha(alpha)?.with_power(power)?;
        let sizes = plan.needed(k)?;
        // Another program's search ends near the root.
        assert!((sizes.treated as f64 - treated.ceil()).abs() <= 1e-6 * treated, "{row:?}: {sizes:?}");
        assert!((sizes.control as f64 - (treated * k).ceil()).abs() <= 1e-6 * treated * k, "{row:?}: {sizes:?}");
        let found = plan.power_of(1_000, (1_000.0 * k) as u64).ok_or("two arms")?;
        assert!((found - of_1000).abs() < 1e-9, "{row:?}: {found}");
    }
    let refused = |mean, deviation, lift| SamplePlan::of_money(mean, deviation, lift).unwrap_err().to_string();
    assert_eq!(refused(0.0, 1.0, 0.1), "mean of the control arm must be finite and above 0, found 0");
    assert_eq!(refused(1.0, f64::NAN, 0.1), "standard deviation must be finite and above 0, found NaN");
    assert_eq!(refused(1.0, 1.0, 0.0), "lift must be such that the mean changes and stays finite, found 0");
    let words = SamplePlan::of_money(12.5, 40.0, 0.2)?.explain(1_000, 1_000, Language::English)?.ok_or("too few")?;
    assert_eq!(
        words,
        "Too few to tell: 1000 treated and 1000 control contacts show a lift of +20.0% over 12.50 with a power of 28%; 80% \
         takes 4019 and 4019"
    );
    Ok(())
}

/// The planned difference of what customers bring shows as often as planned.
#[test]
fn plans_of_money_find_what_they_plan_for() -> TestResult {
    let mut chance = Chance(5);
    // Half buys for 20 on average, as an exponential: mean 10, E x² = 400, deviation √300.
    let plan = SamplePlan::of_money(10.0, 300.0_f64.sqrt(), 0.3)?;
    let sizes = plan.needed(1.0)?;
    let mut arm =
        |customers: u64, more: i64| MoneySample::of((0..customers).map(|_| cents(chance.spend(0.5, 20.0) + more)));
    let mut found = 0;
    for _ in 0..200 {
        let (treated, control) = (arm(sizes.treated, 300)?, arm(sizes.control, 0)?);
        found += u32::from(compare_money(treated, control).verdict() == Verdict::Better);
    }
    // 80% of 200, three standard errors.
    assert!((143..=177).contains(&found), "{found} of {sizes:?}");
    Ok(())
}

/// A made-up campaign in six segments: customers, rate without it, and the effect.
fn campaign(chance: &mut Chance, effects: [f64; 6]) -> BTreeMap<usize, Outcome> {
    let day = date("2026-03-10");
    let (mut orders, mut groups) = (Vec::new(), Vec::new());
    for (segment, effect) in effects.into_iter().enumerate() {
        let customers = [400, 300, 200, 150, 120, 100][segment];
        for at in 0..2 * customers {
            let id = (segment * 10_000 + at) as u32;
            let group = if at < customers { Group::Treated } else { Group::Control };
            groups.push((id, group));
            let rate = 0.2 + if group == Group::Treated { effect } else { 0.0 };
            if chance.happens(rate) {
                orders.push(Order::on(id, day, Decimal::TEN).unwrap());
            }
        }
    }
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc()).unwrap();
    outcomes_by(&log, Window::last_days(day, 1).unwrap(), groups, |id| (id / 10_000) as usize).unwrap()
}

/// The table is that of the comparisons, in the order of the segments; the shrunk effects stand below it, and a plan of what
/// those held back brought is one of its two numbers.
#[test]
fn effects_in_a_table() -> TestResult {
    let outcomes = campaign(&mut Chance(7), [0.0, 0.0, 0.15, 0.0, 0.0, 0.0]);
    for (measure, unit) in [(EffectMeasure::Conversion, " points"), (EffectMeasure::Revenue, "")] {
        let effects = SegmentEffects::of(&outcomes, measure, Confidence::default());
        let printed = effects.to_string();
        let (above, below) = printed.split_once("\n\n").ok_or("two tables")?;
        let comparisons = effects.segments.iter().map(|one| (one.segment, one.comparison.unwrap()));
        assert_eq!(above, comparison_table(comparisons).to_string());
        let shrunk: Vec<&str> = below.lines().skip(1).collect();
        assert_eq!(shrunk.len(), 6);
        for (line, one) in shrunk.iter().zip(&effects.segments) {
            let (segment, effect) = line.split_once(' ').ok_or("two columns")?;
            assert_eq!(segment, one.segment.to_string());
            let factor = if unit.is_empty() { 1.0 } else { 100.0 };
            let number = effect.trim().strip_suffix(unit).ok_or("a unit")?.parse::<f64>()?;
            assert!((number - factor * one.shrunk.ok_or("known")?).abs() < 0.006, "{line}");
        }
    }
    let held_back = outcomes[&2].money(Group::Control);
    let (mean, deviation) = (held_back.mean().ok_or("customers")?, held_back.standard_deviation().ok_or("customers")?);
    let plan = SamplePlan::of_money(mean.to_string().parse()?, deviation, 0.1)?;
    assert_eq!(SamplePlan::of_sample(held_back, 0.1)?, plan);
    let refused = SamplePlan::of_sample(&MoneySample::default(), 0.1).unwrap_err().to_string();
    assert_eq!(refused, "mean of the control arm must be finite and above 0, found NaN");
    Ok(())
}

/// No effect, one segment alone, opposite signs: all intervals hold together as often as they say, nobody is called better
/// who is not, and the shrunk effects are nearer to the truth.
#[test]
fn effects_hold_jointly() {
    let campaigns = 300;
    for (seed, truth) in
        [(11, [0.0; 6]), (12, [0.0, 0.0, 0.15, 0.0, 0.0, 0.0]), (13, [0.1, -0.1, 0.1, -0.1, 0.1, -0.1])]
    {
        let mut chance = Chance(seed);
        let (mut jointly, mut each, mut wrong, mut found) = (0, 0, 0, 0);
        let (mut squares, mut shrunk_squares) = (0.0, 0.0);
        for _ in 0..campaigns {
            let outcomes = campaign(&mut chance, truth);
            let effects = SegmentEffects::of(&outcomes, EffectMeasure::Conversion, Confidence::default());
            let of = |segment: usize| effects.segments.iter().find(|effect| effect.segment == segment).unwrap();
            let compared: Vec<Comparison> = (0..6).map(|segment| of(segment).comparison.unwrap()).collect();
            let holds = |at: usize| compared[at].difference_interval().unwrap().contains(truth[at]);
            let all = (0..6).filter(|&at| holds(at)).count();
            (jointly, each) = (jointly + u32::from(all == 6), each + all);
            let is_wrong = |at: usize| match compared[at].verdict() {
                Verdict::Better => truth[at] <= 0.0,
                Verdict::Worse => truth[at] >= 0.0,
                Verdict::CannotTell => false,
            };
            wrong += u32::from((0..6).any(is_wrong));
            found += usize::from(compared[2].verdict() == Verdict::Better);
            for at in 0..6 {
                squares += (compared[at].difference().unwrap() - truth[at]).powi(2);
                shrunk_squares += (of(at).shrunk.unwrap() - truth[at]).powi(2);
            }
        }
        // 95% of 300 within three standard errors: 285 ± 11.3. Newcombe's intervals of each are a little on the safe side.
        assert!((273..=298).contains(&jointly), "{truth:?}: {jointly}");
        assert!(wrong <= 27, "{truth:?}: {wrong}");
        assert!(each > 6 * 300 * 98 / 100, "{truth:?}: {each}");
        assert!(shrunk_squares < squares, "{truth:?}: {shrunk_squares} {squares}");
        match seed {
            // Where there is nothing to tell, most of the noise is gone.
            11 => assert!(shrunk_squares < 0.4 * squares, "{shrunk_squares} {squares}"),
            // 0.15 of 0.2 in 200 customers, at the joint level.
            12 => assert!(found > 200, "{found}"),
            _ => {}
        }
    }
}

#[test]
fn effects_of_money_and_edges() -> TestResult {
    let level = Confidence::default();
    let none = SegmentEffects::<u8>::of(&BTreeMap::new(), EffectMeasure::Revenue, level);
    assert_eq!((none.overall, none.segments.len(), none.score(&1)), (None, 0, None));
    // Customers 1 and 2 bought; 3 only gave back; 4 is in both groups; 5 and 6 are a segment of treated ones.
    let day = date("2026-03-10");
    let order = |id: u32, amount| Record::from(Order::on(id, day, cents(amount)).unwrap());
    let credit = Record::from(Credit::on(3_u32, day, cents(700))?);
    let log = PurchaseLog::from_records([order(1, 5_000), order(2, 3_000), credit], &ShopCalendar::utc())?;
    let groups = [1, 2, 3, 4, 5, 6, 7].map(|id| (id, if id % 2 == 1 { Group::Treated } else { Group::Control }));
    let groups =
        groups.into_iter().chain([(4, Group::Treated), (1, Group::Treated), (6, Group::Control), (8, Group::Control)]);
    let window = Window::last_days(day, 5)?;
    let outcomes = outcomes_by(&log, window, groups, |&id| if (5..=6).contains(&id) { "b" } else { "a" })?;
    let a = &outcomes["a"];
    assert_eq!((a.in_both(), a.funnel(Group::Treated).shown(), a.money(Group::Treated).sum()), (1, 3, cents(4_300)));
    assert_eq!((a.funnel(Group::Control).shown(), a.money(Group::Control).sum()), (2, cents(3_000)));
    let effects = SegmentEffects::of(&outcomes, EffectMeasure::Revenue, level);
    assert_eq!(effects.segments.iter().map(|effect| effect.segment).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(effects.overall.map(|overall| (overall.effects, overall.left_out)), Some((1, 1)));
    // One segment has an interval: it is that of the confidence itself.
    let own = effects.segments[0].comparison.and_then(|one| one.difference_interval()).ok_or("an interval")?;
    let alone = a.revenue(level).difference_interval().ok_or("an interval")?;
    assert!((own.low - alone.low).abs() < 1e-9 * alone.low.abs() && (own.high - alone.high).abs() < 1e-9 * alone.high);
    assert_eq!(effects.score(&"b"), effects.overall.map(|overall| overall.mean), "nothing of its own");
    assert_eq!(effects.score(&"c"), effects.score(&"b"));
    // The same from the log and an assignment.
    let assignment = Assignment::new("one", ratio(1, 3))?;
    let straight = Outcome::of_log(&log, window, 1..=9_u32, &assignment)?;
    let by_hand = Outcome::of(&log.ledger_in(window)?, (1..=9_u32).map(|id| (id, assignment.group(id))))?;
    assert_eq!(straight, by_hand);
    Ok(())
}

fn customers() -> impl Strategy<Value = Vec<(f64, Group, Decimal)>> {
    let group = prop::sample::select(vec![Group::Treated, Group::Control]);
    let customer = (-3i8..4, group, -500i64..2_000);
    let customer = customer.prop_map(|(score, group, amount)| (f64::from(score), group, cents(amount)));
    prop::collection::vec(customer, 0..60)
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    /// Depth by depth, every customer gone through.
    #[test]
    fn curves_are_those_of_a_naive_count(customers in customers(), cost in 0i64..600) {
        let curve = TargetCurve::of(customers.iter().copied()).unwrap();
        let mut scores: Vec<f64> = customers.iter().map(|one| one.0).collect();
        scores.sort_by(|one, other| other.total_cmp(one));
        scores.dedup();
        prop_assert_eq!(curve.points().iter().map(|point| point.score).collect::<Vec<_>>(), scores.clone());
        let as_number = |amount: Decimal| amount.to_string().parse::<f64>().unwrap();
        let treated_in_all = customers.iter().filter(|one| one.1 == Group::Treated).count() as f64;
        let (mut corners, mut best) = (vec![(0.0, 0.0)], (0.0, None));
        for (point, &score) in curve.points().iter().zip(&scores) {
            let taken: Vec<_> = customers.iter().filter(|one| one.0 >= score).collect();
            let arm = |group| taken.iter().filter(|one| one.1 == group).map(|one| as_number(one.2)).collect::<Vec<f64>>();
            let (treated, control) = (arm(Group::Treated), arm(Group::Control));
            prop_assert_eq!(point.customers, taken.len() as u64);
            let (n1, n0) = (treated.len() as f64, control.len() as f64);
            prop_assert_eq!(point.incremental().is_some(), n0 > 0.0);
            if n0 > 0.0 {
                let gain = treated.iter().sum::<f64>() - control.iter().sum::<f64>() * n1 / n0;
                prop_assert!((point.incremental().unwrap() - gain).abs() < 1e-8);
                corners.push((taken.len() as f64 / customers.len() as f64, gain / treated_in_all));
            }
            let value = point.value(cents(cost), Confidence::default());
            prop_assert_eq!(value.is_some(), n0 > 0.0 && n1 > 0.0);
            if let Some(value) = value {
                let worth = (n1 + n0) * (treated.iter().sum::<f64>() / n1 - control.iter().sum::<f64>() / n0 - cost as f64 / 100.0);
                prop_assert!((value.value - worth).abs() < 1e-8);
                prop_assert!(value.interval.is_none_or(|interval| interval.contains(value.value)));
                if value.value > best.0 {
                    best = (value.value, Some(score));
                }
            }
        }
        prop_assert_eq!(curve.best(cents(cost)).map(|point| point.score), best.1);
        let is_known = customers.iter().any(|one| one.1 == Group::Control) && treated_in_all > 0.0;
        prop_assert_eq!(curve.qini().is_some(), is_known);
        if is_known {
            let area: f64 = corners.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum();
            let expected = area - corners.last().unwrap().1 / 2.0;
            prop_assert!((curve.qini().unwrap() - expected).abs() < 1e-9);
        }
        let mut reversed = customers.clone();
        reversed.reverse();
        let other = TargetCurve::of(reversed).unwrap();
        let options = BootstrapOptions::default().with_replicates(100).with_seed(3);
        prop_assert_eq!(curve.qini_interval(&options).unwrap(), other.qini_interval(&options).unwrap(), "in any order");
    }
}

/// Intervals of the Qini coefficient hold the truth about as often as they say.
#[test]
fn intervals_of_the_coefficient_hold() -> TestResult {
    let mut chance = Chance(9);
    // Four levels of equal size, of which the treated bring 3, 2, 1 and 0 more. The incremental outcome of a treated customer
    // runs through 3/4, 5/4, 6/4, 6/4: (3/8 + 1 + 11/8 + 3/2) / 4 less 3/4.
    let truth = (0.375 + 1.0 + 1.375 + 1.5) / 4.0 - 0.75;
    let options = BootstrapOptions::default().with_replicates(200).with_confidence(Confidence::new(0.9)?);
    let mut held = 0;
    for _ in 0..200 {
        let customers = (0..400_i64).map(|id| {
            let (level, group) = (id % 4, if id < 200 { Group::Treated } else { Group::Control });
            let more = if group == Group::Treated { 300 - 100 * level } else { 0 };
            (-level as f64, group, cents(chance.spend(0.5, 8.0) + more))
        });
        let interval = TargetCurve::of(customers)?.qini_interval(&options)?.ok_or("a spread")?;
        held += u32::from(interval.contains(truth));
    }
    // 90% of 200 within three standard errors.
    assert!((167..=193).contains(&held), "{held}");
    Ok(())
}

#[test]
fn curves_at_the_edges() -> TestResult {
    let nobody = TargetCurve::of([])?;
    assert!(nobody.points().is_empty() && nobody.best(Decimal::ZERO).is_none() && nobody.qini().is_none());
    let options = BootstrapOptions::default().with_replicates(100);
    assert_eq!(nobody.qini_interval(&options)?, None);
    let one = |score, group| (score, group, Decimal::ONE);
    let treated = TargetCurve::of([one(1.0, Group::Treated), one(0.0, Group::Treated)])?;
    assert_eq!((treated.qini(), treated.points()[0].incremental()), (None, None));
    // 0 and -0 are one score; all alike have a coefficient of 0 and no interval.
    let alike =
        [one(0.0, Group::Treated), one(-0.0, Group::Control), one(0.0, Group::Treated), one(-0.0, Group::Control)];
    let alike = TargetCurve::of(alike)?;
    assert_eq!((alike.points().len(), alike.qini(), alike.qini_interval(&options)?), (1, Some(0.0), None));
    let error = TargetCurve::of([one(1.0, Group::Treated), one(f64::NAN, Group::Control)]).unwrap_err();
    assert_eq!(error.to_string(), "record 1: score must be finite, found NaN");
    let huge = (1.0, Group::Control, Decimal::MAX);
    assert!(TargetCurve::of([one(2.0, Group::Control), huge]).unwrap_err().to_string().starts_with("record 1: "));
    assert!(alike.qini_interval(&options.with_replicates(99)).is_err());
    Ok(())
}
