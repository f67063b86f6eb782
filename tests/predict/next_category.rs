//! Next categories: against a replay of entries one by one, against Python on Online Retail, and at the edges.

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
use repurchase::predict::{NextCategories, NextCategoryOptions};
use repurchase::record::OrderLine;
use repurchase::scale::Language;
use repurchase::{Error, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::common::{date, fixed_seed};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Customer, category, day.
type Row = (u8, u8, u64);

fn on(day: u64) -> NaiveDate {
    date("2026-01-01").checked_add_days(Days::new(day)).unwrap()
}

fn log(rows: &[Row]) -> LineLog<u8, u8> {
    let line = |&(customer, category, day): &Row| {
        OrderLine::on(customer, on(day), category, Decimal::ONE, Decimal::TEN).unwrap()
    };
    LineLog::from_lines(rows.iter().map(line), &ShopCalendar::utc()).unwrap()
}

/// An entry: its day, what the customer had, what came.
type Entry = (u64, BTreeSet<u8>, BTreeSet<u8>);

fn entries(rows: &[Row], customer: u8, until: u64) -> (BTreeSet<u8>, Vec<Entry>) {
    let mut days: BTreeMap<u64, BTreeSet<u8>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.0 == customer && row.2 <= until) {
        days.entry(row.2).or_default().insert(row.1);
    }
    let (mut had, mut entries) = (BTreeSet::new(), Vec::new());
    for (day, bought) in days {
        let new: BTreeSet<u8> = bought.difference(&had).copied().collect();
        if !had.is_empty() && !new.is_empty() {
            entries.push((day, had.clone(), new.clone()));
        }
        had.extend(new);
    }
    (had, entries)
}

fn share(taken: f64, could: f64, weight: f64, towards: f64) -> f64 {
    (taken + weight * towards) / (could + weight)
}

fn logit(share: f64) -> f64 {
    share.ln() - (1.0 - share).ln()
}

/// The probability of `to` for somebody who has bought `bought`, by counting all entries for each question.
fn probability(all: &[Entry], bought: &BTreeSet<u8>, to: u8, recent_from: u64, weight: f64) -> f64 {
    let count = |keep: &dyn Fn(&Entry) -> bool| {
        let could: Vec<&Entry> = all.iter().filter(|entry| !entry.1.contains(&to) && keep(entry)).collect();
        (could.iter().filter(|entry| entry.2.contains(&to)).count() as f64, could.len() as f64)
    };
    let (taken, could) = count(&|_| true);
    let base = share(taken, could, 1.0, 0.5);
    let (taken, could) = count(&|entry| entry.0 >= recent_from);
    let popularity = share(taken, could, 5.0, base);
    let paths = bought.iter().map(|from| {
        let (taken, could) = count(&|entry| entry.1.contains(from));
        logit(share(taken, could, weight, base)) - logit(base)
    });
    let sum: f64 = paths.sum::<f64>() / (bought.len().max(1) as f64).sqrt();
    1.0 / (1.0 + (-(logit(popularity) + sum)).exp())
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0u8..6, 0u8..5, 0u64..40), 0..60)
}

proptest! {
    #![proptest_config(fixed_seed(128))]

    #[test]
    fn probabilities_are_those_of_a_replay(rows in rows(), as_of in 0u64..45, recent in 1u32..50, weight in 0.5..50.0f64, most in 0usize..7) {
        let (log, customers) = (log(&rows), rows.iter().map(|row| row.0).collect::<BTreeSet<_>>());
        let all: Vec<Entry> = customers.iter().flat_map(|&customer| entries(&rows, customer, as_of).1).collect();
        let options = NextCategoryOptions::default().with_recent_days(recent).with_weight(weight);
        let next = match NextCategories::fit(&log, on(as_of), &options) {
            Ok(next) => next,
            Err(error) => {
                prop_assert!(all.is_empty());
                prop_assert_eq!(error, Error::NoCustomers { what: "a next category" });
                return Ok(());
            }
        };
        prop_assert_eq!(next.entries(), all.len() as u64);
        let known: BTreeSet<u8> = rows.iter().filter(|row| row.2 <= as_of).map(|row| row.1).collect();
        prop_assert_eq!(next.categories(), known.iter().copied().collect::<Vec<_>>());
        let recent_from = (as_of + 1).saturating_sub(recent.into());
        let ranked = next.rank_all(&log, most);
        let buyers: Vec<u8> = customers.iter().copied().filter(|&one| !entries(&rows, one, as_of).0.is_empty()).collect();
        prop_assert_eq!(ranked.iter().map(|one| *one.0).collect::<Vec<_>>(), buyers);
        for (&customer, suggestions) in ranked {
            let (had, _) = entries(&rows, customer, as_of);
            let open: Vec<u8> = known.difference(&had).copied().collect();
            prop_assert_eq!(suggestions.len(), most.min(open.len()));
            prop_assert_eq!(&suggestions, &next.rank(had.iter().rev(), most), "one by one, the same bits");
            prop_assert!(suggestions.is_sorted_by(|one, other| (-one.probability, one.category) <= (-other.probability, other.category)));
            for one in &suggestions {
                let expected = probability(&all, &had, *one.category, recent_from, weight);
                prop_assert!((one.probability - expected).abs() < 1e-12, "{} {}", one.probability, expected);
                let popularity = probability(&all, &BTreeSet::new(), *one.category, recent_from, weight);
                prop_assert!((one.popularity - popularity).abs() < 1e-12);
                // The path of the highest odds.
                let alone = |from: u8| probability(&all, &BTreeSet::from([from]), *one.category, recent_from, weight);
                let best = had.iter().map(|&from| alone(from)).fold(0.0, f64::max);
                let from = *one.from.unwrap();
                prop_assert!(had.contains(&from) && (alone(from) - best).abs() < 1e-12);
                let could = all.iter().filter(|entry| entry.1.contains(&from) && !entry.1.contains(one.category));
                let taken = could.clone().filter(|entry| entry.2.contains(one.category)).count();
                prop_assert_eq!((one.support.count(), one.support.of()), (taken as u64, could.count() as u64));
            }
            // Nobody who was left out is more probable.
            let least = suggestions.last().map_or(1.0, |one| one.probability);
            let listed: BTreeSet<u8> = suggestions.iter().map(|one| *one.category).collect();
            for to in open.iter().filter(|to| !listed.contains(to)) {
                prop_assert!(most == 0 || probability(&all, &had, *to, recent_from, weight) <= least + 1e-12);
            }
        }
    }

    #[test]
    fn a_trial_is_that_of_the_ranks(rows in rows(), start in 1u64..40, days in 1u64..20, most in 1usize..4) {
        let log = log(&rows);
        let window = Window::new(on(start), on(start + days)).unwrap();
        let options = NextCategoryOptions::default().with_recent_days(10);
        let Ok(next) = NextCategories::fit(&log, on(start - 1), &options) else { return Ok(()) };
        let customers: BTreeSet<u8> = rows.iter().map(|row| row.0).collect();
        let buyers = |category: u8| customers.iter().filter(|&&one| entries(&rows, one, start - 1).0.contains(&category)).count();
        let mut ranks: Vec<[f64; 3]> = Vec::new();
        let mut hits = [0; 3];
        for &customer in &customers {
            let (had, _) = entries(&rows, customer, start - 1);
            let later = entries(&rows, customer, start + days - 1).1;
            let Some(entry) = later.iter().find(|entry| entry.0 >= start) else { continue };
            if had.is_empty() {
                continue;
            }
            let paths: Vec<u8> = next.rank(&had, 9).iter().map(|one| *one.category).collect();
            let popular = next.rank(&BTreeSet::<u8>::new(), 9);
            let popular = popular.iter().map(|one| *one.category).filter(|one| !had.contains(one)).collect();
            let mut bought = paths.clone();
            bought.sort_by_key(|&category| (usize::MAX - buyers(category), category));
            let orders: [Vec<u8>; 3] = [paths, popular, bought];
            let found = orders.map(|order| order.iter().position(|one| entry.2.contains(one)));
            for (hits, at) in hits.iter_mut().zip(found) {
                *hits += u64::from(at.is_some_and(|at| at < most));
            }
            ranks.push(found.map(|at| at.map_or(0.0, |at| 1.0 / (at + 1) as f64)));
        }
        let trial = match NextCategories::trial(&log, window, most, &options) {
            Ok(trial) => trial,
            Err(error) => {
                prop_assert_eq!((ranks.len(), error), (0, Error::NoCustomers { what: "a trial of next categories" }));
                return Ok(());
            }
        };
        prop_assert_eq!(trial.customers, ranks.len() as u64);
        let scores = [trial.paths, trial.popularity, trial.most_bought];
        for at in 0..3 {
            prop_assert_eq!((scores[at].hits.count(), scores[at].hits.of()), (hits[at], trial.customers));
            let mean = ranks.iter().map(|ranks| ranks[at]).sum::<f64>() / ranks.len() as f64;
            prop_assert!((scores[at].mean_reciprocal_rank - mean).abs() < 1e-12);
        }
        prop_assert_eq!(trial.gain.standard_error.is_some(), ranks.len() > 1);
    }

    #[test]
    fn the_order_of_lines_says_nothing(rows in rows()) {
        let mut others = rows.clone();
        others.reverse();
        let fit = |rows: &[Row]| NextCategories::fit(&log(rows), on(40), &NextCategoryOptions::default());
        prop_assert_eq!(fit(&rows), fit(&others));
    }

    /// Customers cut into parts, of which those without an entry have no fit: the rest merged is the fit of the rest.
    #[test]
    fn parts_add_up(rows in rows(), parts in 1u8..5) {
        let fit = |rows: &[Row]| NextCategories::fit(&log(rows), on(40), &NextCategoryOptions::default());
        let of_part = |part: u8| rows.iter().copied().filter(|row| row.0 % parts == part).collect::<Vec<_>>();
        let with_entries: Vec<_> = (0..parts).map(of_part).filter(|rows| fit(rows).is_ok()).collect();
        let merged = with_entries.iter().map(|rows| fit(rows).unwrap()).reduce(|mut all, part| {
            all.merge(&part).unwrap();
            all
        });
        prop_assert_eq!(merged, fit(&with_entries.concat()).ok());
    }
}

#[test]
fn what_does_not_add_up_says_why() -> TestResult {
    let rows = [(1, 1, 1), (1, 2, 5)];
    let fit = |day, options: &NextCategoryOptions| NextCategories::fit(&log(&rows), on(day), options);
    let options = NextCategoryOptions::default();
    let whole = fit(40, &options)?;
    let refused = |other: &NextCategories<u8>| {
        let mut merged = whole.clone();
        let refused = merged.merge(other).unwrap_err().to_string();
        assert_eq!(merged, whole);
        refused
    };
    assert_eq!(refused(&fit(41, &options)?), "ledgers are as of different days, 2026-02-10 and 2026-02-11");
    let others = fit(40, &options.with_weight(3.0))?;
    assert!(refused(&others).starts_with("tallies of different things cannot merge"), "{}", refused(&others));
    let many = |from: u32| {
        let line =
            |n| OrderLine::on(1_u8, on(n), from + u32::try_from(n).unwrap(), Decimal::ONE, Decimal::ONE).unwrap();
        let log = LineLog::from_lines((0..2_100).map(line), &ShopCalendar::utc())?;
        NextCategories::fit(&log, on(3_000), &options)
    };
    let mut first = many(0)?;
    let error = first.merge(&many(10_000)?).unwrap_err();
    assert_eq!(error.to_string(), "categories must lie between 0 and 4096, found 4200");
    Ok(())
}

/// Hits, reciprocal ranks and their differences on real customers, by another program from the same definition.
#[test]
fn online_retail_is_ranked_as_python_ranks_it() -> TestResult {
    let start = date("2010-12-01");
    let firsts = include_str!("../data/next/online_retail_firsts.csv").lines().filter(|line| !line.starts_with('#'));
    let mut rows: Vec<(u32, NaiveDate, &str)> = Vec::new();
    for line in firsts {
        let (customer, days) = line.split_once(' ').ok_or("a customer")?;
        for day in days.split(' ') {
            let (day, categories) = day.split_once(':').ok_or("a day")?;
            let day = start + Days::new(day.parse()?);
            rows.extend(categories.split(',').map(|category| (customer.parse().unwrap(), day, category)));
        }
    }
    let trials = include_str!("../data/next/online_retail_trials.csv").lines().filter(|line| !line.starts_with('#'));
    let mut better = Vec::new();
    for line in trials.skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields[at].parse::<f64>().unwrap();
        let digits: usize = fields[2].parse()?;
        let lines = rows.iter().map(|&(customer, day, category)| {
            OrderLine::on(customer, day, &category[..digits], Decimal::ONE, Decimal::ONE)
        });
        let log = LineLog::from_lines(lines.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
        let window = Window::new(date(fields[0]), date(fields[1]))?;
        let options = NextCategoryOptions::default();
        let trial = NextCategories::trial(&log, window, fields[3].parse()?, &options)?;
        let entries = NextCategories::fit(&log, window.start().pred_opt().ok_or("a day")?, &options)?.entries();
        let hits = [trial.paths, trial.popularity, trial.most_bought].map(|score| score.hits.count());
        let counts = [entries, trial.customers, hits[0], hits[1], hits[2], trial.taken];
        let expected = [4, 5, 6, 7, 8, 15].map(|at| fields[at].parse::<u64>().unwrap());
        assert_eq!(counts, expected, "{line}");
        let ranks = [trial.paths, trial.popularity, trial.most_bought].map(|score| score.mean_reciprocal_rank);
        let estimates =
            [ranks[0], ranks[1], ranks[2], trial.gain.mean, trial.gain.standard_error.unwrap(), trial.expected];
        for (found, at) in estimates.into_iter().zip([9, 10, 11, 12, 13, 14]) {
            assert!((found - number(at)).abs() < 1e-11 * number(at).abs().max(1.0), "{line}: {found}");
        }
        better.push(trial.is_better());
    }
    // With narrow categories paths gain over popularity in both quarters, with wide ones in neither.
    assert_eq!(better, [true, true, false, false]);
    Ok(())
}

#[test]
fn what_cannot_be_fitted_says_why() -> TestResult {
    let options = NextCategoryOptions::default();
    let fit = |rows: &[Row], options: &NextCategoryOptions| {
        NextCategories::fit(&log(rows), on(50), options).map(|_| ()).unwrap_err().to_string()
    };
    for rows in [&[][..], &[(1, 1, 1)], &[(1, 1, 1), (1, 2, 1)], &[(1, 1, 1), (1, 1, 9)], &[(1, 1, 60), (1, 2, 70)]] {
        assert!(fit(rows, &options).starts_with("a next category cannot be fitted"), "{rows:?}");
    }
    let rows = [(1, 1, 1), (1, 2, 5)];
    assert_eq!(fit(&rows, &options.with_recent_days(0)), "recent days must lie between 1 and 4294967295, found 0");
    for weight in [0.0, f64::NAN, f64::INFINITY, -1.0, 1e10] {
        assert!(fit(&rows, &options.with_weight(weight)).starts_with("weight must be from 1e-6 to 1e9"), "{weight}");
    }
    let lines = (0..4_097_u32).map(|product| OrderLine::on(1, on(product.into()), product, Decimal::ONE, Decimal::ONE));
    let many = LineLog::from_lines(lines.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
    let error = NextCategories::fit(&many, on(5_000), &options).unwrap_err();
    assert_eq!(error.to_string(), "categories must lie between 0 and 4096, found 4097");
    assert!(NextCategories::fit(&many, on(300), &options.with_recent_days(u32::MAX)).is_ok());
    let window = Window::new(on(3), on(9))?;
    assert!(NextCategories::trial(&log(&rows), window, 0, &options).is_err());
    Ok(())
}

#[test]
fn the_first_days_of_the_calendar_do_no_harm() -> TestResult {
    let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
    let lines = [(1, first, "a"), (1, last, "b"), (2, first, "b")];
    let lines = lines.map(|(who, day, what)| OrderLine::on(who, day, what, Decimal::ONE, Decimal::ONE).unwrap());
    let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
    let options = NextCategoryOptions::default().with_recent_days(u32::MAX);
    let next = NextCategories::fit(&log, last, &options)?;
    assert_eq!(next.rank_all(&log, 9).len(), 2);
    assert_eq!(next.rank([&"b", &"nobody knows"], 9)[0].from, Some(&"b"));
    let window = Window::new(first, last)?;
    assert!(matches!(NextCategories::trial(&log, window, 1, &options), Err(Error::DayOverflow { .. })));
    Ok(())
}

#[test]
fn a_trial_in_words() -> TestResult {
    let rows: Vec<Row> = (0..40)
        .flat_map(|who: u8| {
            let (first, second) = if who % 2 == 0 { (1, 2) } else { (3, 4) };
            [(who, first, 1), (who, second, if who < 20 { 9 } else { 20 })]
        })
        .collect();
    let trial = NextCategories::trial(&log(&rows), Window::new(on(15), on(31))?, 1, &NextCategoryOptions::default())?;
    assert_eq!(
        trial.explain(Language::English),
        "paths rank better than popularity: a new category among the first 1 for 20 of 20 (100.00%), by popularity for \
         10 of 20 (50.00%), by customers for 0 of 20 (0.00%); mean reciprocal rank 1.000 against 0.750 and 0.417, a gain \
         of +0.250 ± 0.057"
    );
    assert!(trial.explain(Language::Chinese).starts_with("购买路径比热门排序更准：前 1 名命中 20 of 20"));
    Ok(())
}
