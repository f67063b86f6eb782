//! RFM scores beside those of other tools, for the 4,338 customers of Online Retail: it is the convention that differs.
//!
//! Golden: `tests/data/online_retail_conventions.csv`, the scores of R rfm 0.3.0, of pandas `qcut`, of `qcut` of
//! `rank(method='first')` and of SQL `NTILE(5)`; integers, compared for equality. Each convention is written out here
//! and gives its golden columns; ours is written out too and is what the crate gives. The counts of differences follow;
//! those of R were recomputed from the definition by `tests/data/rfm_conventions.py`, which shares no code with the crate.
//!
//! | convention | cut between bins | a value at the cut | R |
//! |---|---|---|---|
//! | ours, F and M | the `⌈j N / 5⌉`-th smallest value | below | |
//! | ours, R | the `(⌊j N / 5⌋ + 1)`-th smallest last day | above | of the last day, from the top |
//! | R rfm | type-7 quantile (interpolated) **+ 1** | above | of days ago, 6 - score |
//! | qcut | type-7 quantile, equal ones dropped | below | of days ago, 6 - score |
//! | qcut of rank | type-7 quantile of ranks; ties by customer | below | of days ago, 6 - score |
//! | NTILE | equal counts, the first `N mod 5` bins one more; ties by customer | | of days ago, 6 - score |

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use repurchase::segment::{RfmModel, RfmOptions};
use repurchase::{CustomerHistory, Ledger};
use rust_decimal::Decimal;

const CUSTOMERS: usize = 4338;
const BINS: usize = 5;

/// A column of scores, in the order of the file, which is that of customers.
type Scores = Vec<usize>;

/// R, F and M.
const DIMENSIONS: [&str; 3] = ["R", "F", "M"];

struct Golden {
    ids: Vec<u32>,
    days_ago: Vec<Decimal>,
    transactions: Vec<Decimal>,
    amounts: Vec<Decimal>,
    r_rfm: [Scores; 3],
    qcut: [Scores; 3],
    qcut_of_rank: [Scores; 3],
    ntile: [Scores; 3],
}

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    let text = include_str!("../data/online_retail_conventions.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), CUSTOMERS);
    let number = |column| rows.iter().map(|row| row[column].parse().expect("a number")).collect::<Vec<Decimal>>();
    let scores = |column| {
        [0, 1, 2].map(|at| rows.iter().map(|row| usize::from(row[column].as_bytes()[at] - b'0')).collect::<Scores>())
    };
    Golden {
        ids: rows.iter().map(|row| row[0].parse().expect("an id")).collect(),
        days_ago: number(1),
        transactions: number(2),
        amounts: number(3),
        r_rfm: scores(4),
        qcut: scores(5),
        qcut_of_rank: scores(6),
        ntile: scores(7),
    }
});

/// Scores by a rule: R by days ago, of which fewer are better, F and M as they are.
fn by(rule: impl Fn(&[Decimal]) -> Scores) -> [Scores; 3] {
    let golden = &*GOLDEN;
    let recency = rule(&golden.days_ago).into_iter().map(|score| BINS + 1 - score).collect();
    [recency, rule(&golden.transactions), rule(&golden.amounts)]
}

/// R's `quantile(type = 7)`, numpy's "linear": between the values around `(n - 1) j / 5`, exact in decimals.
fn type_7(values: &[Decimal]) -> [Decimal; BINS - 1] {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    [1, 2, 3, 4].map(|j| {
        let (at, rest) = ((sorted.len() - 1) * j / BINS, (sorted.len() - 1) * j % BINS);
        sorted[at] + (sorted[at + 1] - sorted[at]) * Decimal::from(rest) / Decimal::from(BINS)
    })
}

/// Half-open bins `[lower, upper)` between quantiles plus one.
fn r_rfm(values: &[Decimal]) -> Scores {
    let cuts = type_7(values).map(|quantile| quantile + Decimal::ONE);
    values.iter().map(|value| 1 + cuts.iter().filter(|cut| *cut <= value).count()).collect()
}

/// Bins `(lower, upper]` between quantiles, the first with its lower end; `duplicates='drop'`, counted from 1.
fn qcut(values: &[Decimal]) -> Scores {
    let mut edges = vec![*values.iter().min().unwrap()];
    edges.extend(type_7(values));
    edges.dedup();
    values.iter().map(|value| edges.iter().filter(|edge| *edge < value).count().max(1)).collect()
}

/// 1 for the smallest; of equal values, by the order of the file.
fn rank_first(values: &[Decimal]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&at| values[at]);
    let mut ranks = vec![0; values.len()];
    order.into_iter().zip(1..).for_each(|(at, rank)| ranks[at] = rank);
    ranks
}

fn qcut_of_rank(values: &[Decimal]) -> Scores {
    qcut(&rank_first(values).into_iter().map(Decimal::from).collect::<Vec<_>>())
}

/// Bins of equal counts; of what is left over, one each to the first ones.
fn ntile(values: &[Decimal]) -> Scores {
    let size = |bin| values.len() / BINS + usize::from(bin < values.len() % BINS);
    let bin_of_rank: Vec<usize> = (0..BINS).flat_map(|bin| vec![bin + 1; size(bin)]).collect();
    rank_first(values).into_iter().map(|rank| bin_of_rank[rank - 1]).collect()
}

/// Ours by the definition: F and M `1 + (5 * below) / N`; R `5 - (5 * above) / N`, where fewer days ago are above.
fn shares_above_and_below() -> [Scores; 3] {
    let golden = &*GOLDEN;
    let count_below = |values: &[Decimal]| -> Vec<usize> {
        let below = |value: &Decimal| values.iter().filter(|other| *other < value).count();
        // Each distinct value once: there are few days and counts.
        let distinct: BTreeMap<Decimal, usize> = values
            .iter()
            .map(|value| (*value, 0))
            .collect::<BTreeMap<_, _>>()
            .into_keys()
            .map(|v| (v, below(&v)))
            .collect();
        values.iter().map(|value| distinct[value]).collect()
    };
    let from_bottom = |values: &[Decimal]| {
        count_below(values).into_iter().map(|below| 1 + BINS * below / values.len()).collect::<Scores>()
    };
    let above = count_below(&golden.days_ago);
    let recency = above.into_iter().map(|above| BINS - BINS * above / CUSTOMERS).collect();
    [recency, from_bottom(&golden.transactions), from_bottom(&golden.amounts)]
}

/// Ours by the crate, and the cuts of R (days ago), F and M.
fn ours() -> ([Scores; 3], [Vec<Decimal>; 3]) {
    let golden = &*GOLDEN;
    let as_of = NaiveDate::from_ymd_opt(2011, 12, 10).unwrap();
    let whole = |number: Decimal| u64::try_from(number).expect("a whole number");
    let histories = golden.ids.iter().enumerate().map(|(at, &id)| {
        let last = as_of - Days::new(whole(golden.days_ago[at]));
        let mut history = CustomerHistory::new();
        history.record_purchase(last, golden.amounts[at]).expect("the whole amount");
        for _ in 1..whole(golden.transactions[at]) {
            history.record_purchase(last, Decimal::ZERO).expect("one more");
        }
        (id, history)
    });
    let ledger = Ledger::from_histories(histories, as_of).expect("a ledger");
    let model = RfmModel::fit(&ledger, &RfmOptions::default()).expect("a model");
    let scores = model.score_all(&ledger).unwrap();
    let column = |at: usize| scores.iter().map(|score| usize::from(score.to_array()[at])).collect();
    let days_ago = model.recency().thresholds().iter().map(|&cut| Decimal::from((as_of - cut).num_days()));
    let counts = model.frequency().thresholds().iter().map(|&cut| Decimal::from(cut));
    ([0, 1, 2].map(column), [days_ago.collect(), counts.collect(), model.monetary().thresholds().to_vec()])
}

#[track_caller]
fn assert_scores(found: &[Scores; 3], expected: &[Scores; 3]) {
    for ((found, expected), dimension) in found.iter().zip(expected).zip(DIMENSIONS) {
        let differing = found.iter().zip(expected).filter(|(found, expected)| found != expected).count();
        assert_eq!(differing, 0, "customers who differ in {dimension}");
    }
}

/// Of the customers who differ: the value, our score, their score; ascending.
#[track_caller]
fn differences(theirs: &[Scores; 3]) -> [Vec<(Decimal, usize, usize)>; 3] {
    let golden = &*GOLDEN;
    let (ours, _) = ours();
    let values = [&golden.days_ago, &golden.transactions, &golden.amounts];
    [0, 1, 2].map(|at| {
        let scores = ours[at].iter().zip(&theirs[at]).zip(values[at]);
        let differ = scores.filter(|((ours, theirs), _)| ours != theirs);
        let mut differ: Vec<_> = differ.map(|((&ours, &theirs), &value)| (value, ours, theirs)).collect();
        differ.sort_unstable();
        differ
    })
}

fn decimals(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| text.parse().expect("a decimal")).collect()
}

/// All differ by one bin, upwards, and their value is one of our cuts: we put those at a cut below it, all of them.
#[track_caller]
fn assert_ties_went_up(differences: &[(Decimal, usize, usize)], cuts: &[Decimal]) {
    assert!(differences.iter().all(|&(value, ours, theirs)| theirs == ours + 1 && cuts.contains(&value)));
}

/// All differ by one bin, downwards, and their day is one of our cuts: R puts those at a cut above it, all of them.
#[track_caller]
fn assert_ties_went_down(differences: &[(Decimal, usize, usize)], cuts: &[Decimal]) {
    assert!(differences.iter().all(|&(value, ours, theirs)| theirs + 1 == ours && cuts.contains(&value)));
}

#[test]
fn ours_is_the_share_above_or_below() {
    let (scores, cuts) = ours();
    assert_scores(&scores, &shares_above_and_below());
    let expected = [&["180", "72", "33", "13"], &["1", "2", "3", "6"], &["250.15", "490.22", "942.26", "2059.45"]];
    for (cuts, expected) in cuts.iter().zip(expected) {
        assert_eq!(cuts, &decimals(expected));
    }
}

#[test]
fn the_four_conventions_are_what_they_are() {
    let golden = &*GOLDEN;
    assert_scores(&by(r_rfm), &golden.r_rfm);
    assert_scores(&by(qcut), &golden.qcut);
    assert_scores(&by(qcut_of_rank), &golden.qcut_of_rank);
    assert_scores(&by(ntile), &golden.ntile);
    // The cuts between R rfm's bins, as its own threshold table gives them (to what its doubles hold).
    let plus_one = |values| type_7(values).map(|quantile| quantile + Decimal::ONE).to_vec();
    assert_eq!(plus_one(&golden.days_ago), decimals(&["14.8", "34", "73", "181"]));
    assert_eq!(plus_one(&golden.transactions), decimals(&["2", "3", "4", "7"]));
    assert_eq!(plus_one(&golden.amounts), decimals(&["251.194", "491.096", "943.276", "2059.426"]));
}

#[test]
fn beside_r_rfm() {
    let [r, f, m] = differences(&GOLDEN.r_rfm);
    let (_, cuts) = ours();
    // R: scored by days ago, the 8 + 31 + 34 + 42 customers whose last day is a cut are on the better side of it; we
    // count from the top, and so are they here.
    assert_eq!(r, []);
    let at = |cut: &Decimal| GOLDEN.days_ago.iter().filter(|&days| days == cut).count();
    assert_eq!(cuts[0].iter().map(at).collect::<Vec<_>>(), [8, 31, 34, 42], "everybody at a cut agrees");
    // F: whole numbers, of which `quantile + 1, half-open` is the same as ours.
    assert_eq!(f, []);
    // M: four lie between the quantile and the quantile + 1, which was meant for whole numbers; at 2059.45, our cut is
    // that customer's own amount and theirs is interpolated below it: 2058.426 + 1.
    let expected = [("250.26", 2, 1), ("490.52", 3, 2), ("490.86", 3, 2), ("942.34", 4, 3), ("2059.45", 4, 5)];
    assert_eq!(m, expected.map(|(amount, ours, theirs)| (amount.parse().unwrap(), ours, theirs)));
}

#[test]
fn beside_qcut() {
    let [r, f, m] = differences(&GOLDEN.qcut);
    let (scores, _) = ours();
    // R: as with R rfm, nobody.
    assert_eq!(r, []);
    // F: the least number of transactions and the first quantile are both 1; the edge is dropped, four bins are left,
    // and everybody above the first is one lower. Not one is scored 5.
    assert_eq!(f.len(), 2845);
    assert!(f.iter().all(|&(_, ours, theirs)| theirs == ours - 1));
    assert_eq!(scores[1].iter().filter(|&&score| score > 1).count(), 2845);
    assert_eq!(GOLDEN.qcut[1].iter().max(), Some(&4));
    // M: the two whose own amount is our cut; the interpolated quantiles 490.096 and 2058.426 lie just below.
    let expected = [("490.22", 2, 3), ("2059.45", 4, 5)];
    assert_eq!(m, expected.map(|(amount, ours, theirs)| (amount.parse().unwrap(), ours, theirs)));
}

#[test]
fn beside_qcut_of_rank() {
    let [r, f, m] = differences(&GOLDEN.qcut_of_rank);
    let (_, cuts) = ours();
    // R, F: customers of one last day, or of 1, 2, 3 or 6 transactions, are torn apart by the order of the file, to
    // make bins of equal size; those who went down in R or up in F differ.
    assert_eq!((r.len(), f.len()), (28, 1619));
    assert_ties_went_down(&r, &cuts[0]);
    assert_ties_went_up(&f, &cuts[1]);
    assert_eq!(torn(&GOLDEN.qcut_of_rank), [3, 4, 0]);
    // M: no two at a cut are equal; as with qcut.
    let expected = [("490.22", 2, 3), ("2059.45", 4, 5)];
    assert_eq!(m, expected.map(|(amount, ours, theirs)| (amount.parse().unwrap(), ours, theirs)));
}

#[test]
fn beside_ntile() {
    let [r, f, m] = differences(&GOLDEN.ntile);
    let (_, cuts) = ours();
    // R, F: as with ranks; a few fewer or more, since 4,338 = 5 * 867 + 3 and the first three bins hold 868.
    assert_eq!((r.len(), f.len()), (25, 1616));
    assert_ties_went_down(&r, &cuts[0]);
    assert_ties_went_up(&f, &cuts[1]);
    assert_eq!(torn(&GOLDEN.ntile), [3, 4, 0]);
    // M: the 2,604th. NTILE's third bin ends with it, 3 * 868; ours with the 2,603rd, ceil(3 * 4338 / 5).
    assert_eq!(m, [("942.34".parse().unwrap(), 4, 3)]);
    let mut amounts = GOLDEN.amounts.clone();
    amounts.sort_unstable();
    assert_eq!(amounts[2603], m[0].0);
}

/// Of R, F and M, how many values have customers of different scores.
fn torn(scores: &[Scores; 3]) -> [usize; 3] {
    let golden = &*GOLDEN;
    let values = [&golden.days_ago, &golden.transactions, &golden.amounts];
    [0, 1, 2].map(|at| {
        let mut ends: BTreeMap<Decimal, (usize, usize)> = BTreeMap::new();
        for (&value, &score) in values[at].iter().zip(&scores[at]) {
            let (low, high) = ends.entry(value).or_insert((score, score));
            (*low, *high) = ((*low).min(score), (*high).max(score));
        }
        ends.into_values().filter(|(low, high)| low < high).count()
    })
}

/// Ours never tears equal values apart. No score of F or M holds more than its share from the top, no score of R more
/// than its share from the bottom.
#[test]
fn what_ours_promises() {
    let (scores, _) = ours();
    assert_eq!(torn(&scores), [0, 0, 0]);
    for score in 1..BINS {
        let up_to_here = scores[0].iter().filter(|&&other| other <= score).count();
        assert!(up_to_here * BINS <= score * CUSTOMERS, "R {score}");
    }
    for (column, dimension) in scores.iter().zip(DIMENSIONS).skip(1) {
        for score in 2..=BINS {
            let from_here_up = column.iter().filter(|&&other| other >= score).count();
            assert!(from_here_up * BINS <= (BINS + 1 - score) * CUSTOMERS, "{dimension} {score}");
        }
    }
}
