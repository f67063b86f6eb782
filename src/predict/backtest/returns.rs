//! Customers who come back although a model takes them for gone.

use chrono::NaiveDate;

use super::choice::NEGLIGIBLE;
use super::holdout::Holdout;
use super::outcomes::Outcomes;
use super::{Difference, outcomes};
use crate::number::ExactSum;
use crate::number::weight::count;
use crate::parallel;
use crate::predict::purchases::revival::MOST;
use crate::predict::{AnyModel, PurchaseModel, Revival, Sample};
use crate::scale::Language;
use crate::scale::words::{count as noun, phrase};

/// The customers of a hold-out whom a model takes for gone: how many came back, at which rate, and whether to
/// reckon with it.
///
/// # Formula
///
/// The rate `rho >= 0` is the one of the highest log score `Σ ln P(what came)` over all customers of the hold-out, where what
/// came is whether they bought, by [`RevivingModel`](crate::predict::RevivingModel); a probability counts as 1e-15 at
/// least; a gain below a millionth of the score is none, so that nothing is learnt of rounding. The gain is the mean of the log score with `rho` less that without it. It is in force where the gain exceeds two
/// of its standard errors.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Returns {
    /// The last day before the hold-out.
    pub split: NaiveDate,
    /// The last day of the hold-out.
    pub end: NaiveDate,
    /// The customers of the hold-out.
    pub customers: u64,
    /// Customers with a P(alive) below 10% at the split.
    pub silent: u64,
    /// The silent ones who bought in the hold-out.
    pub returned: u64,
    /// The rate of return of the highest log score.
    pub learnt: Revival,
    /// The gain: the difference in log score per customer.
    pub gain: Difference,
}

/// Customers below this P(alive) are taken for gone.
const SILENT: f64 = 0.1;

/// The smallest probability in a log score.
const LEAST: f64 = 1e-15;

/// Rows of a sum that are worked on at once.
const PART: usize = 1 << 12;

/// Equal customers.
struct Row {
    buys: bool,
    /// The probability of at least one purchase, and that of having left.
    probability: f64,
    left: f64,
    /// The purchases expected of who has not left at the customer's own rate.
    pace: f64,
    customers: u64,
}

impl Returns {
    /// Learns the rate of return under a model, such as the one that was fitted at the split.
    ///
    /// # Complexity
    ///
    /// Some 30 passes over the different customers.
    pub fn of(holdout: &Holdout, model: &AnyModel) -> Self {
        let outcomes = holdout.outcomes();
        let [alive, buys] = [
            model.probability_alive_all(&outcomes.before),
            model.probability_buys_all(&outcomes.before, outcomes.horizon_days),
        ];
        Self::learn((holdout.split(), holdout.end()), &outcomes, model, &alive, &buys)
    }

    /// Learns the rate from P(alive) and P(buys) of each row.
    pub(super) fn learn(
        (split, end): (NaiveDate, NaiveDate),
        outcomes: &Outcomes,
        model: &AnyModel,
        alive: &[f64],
        buys: &[f64],
    ) -> Self {
        let row = |((sample, row), (alive, buys)): ((&Sample, &outcomes::Row), (&f64, &f64))| Row {
            buys: row.buys(),
            probability: *buys,
            left: 1.0 - alive,
            pace: model.pace(sample, outcomes.horizon_days),
            customers: row.customers,
        };
        let rows: Vec<Row> = outcomes.iter().zip(alive.iter().zip(buys)).map(row).collect();
        let learnt = Revival::new(best(&rows)).unwrap_or_default();
        let (mut silent, mut returned) = (0, 0);
        for row in rows.iter().filter(|row| row.left > 1.0 - SILENT) {
            silent += row.customers;
            returned += if row.buys { row.customers } else { 0 };
        }
        let gains = rows.iter().map(|row| (row.score(learnt.rho()) - row.score(0.0), count(row.customers)));
        Self { split, end, customers: outcomes.customers, silent, returned, learnt, gain: Difference::counted(gains) }
    }

    /// The rate of return to reckon with: the one learnt, or none where it gains no more than two standard errors.
    pub fn in_force(&self) -> Revival {
        if self.gain.exceeds(2.0) { self.learnt } else { Revival::NONE }
    }

    /// Whether a customer of this P(alive) is one of the silent.
    pub fn is_silent(&self, probability_alive: f64) -> bool {
        1.0 - probability_alive > 1.0 - SILENT
    }

    /// Says what became of silent customers, in words to follow "silent for long"; `None` without one.
    pub fn describe(&self, language: Language) -> Option<String> {
        let &Self { split, end, silent, returned, .. } = self;
        let days = (end - split).num_days();
        let within = noun(&days.to_string(), "day");
        let share = match (silent.checked_div(returned), language) {
            _ if silent == 0 => return None,
            (None, Language::English) => "no such customer".to_owned(),
            (None, Language::Chinese) => "没有一位".to_owned(),
            // The nearest whole number of customers for each who returned.
            (Some(_), _) => match ((2 * silent + returned) / (2 * returned), language) {
                (1, Language::English) => "most such customers".to_owned(),
                (1, Language::Chinese) => "大多数".to_owned(),
                (of, Language::English) => format!("about one in {} such customers", in_words(of)),
                (of, Language::Chinese) => format!("约每 {of} 位中有 1 位"),
            },
        };
        Some(phrase!(
            language,
            "silent for long; {share} of this shop came back within {within} ({returned} of {silent} \
             with a P(alive) below 10% on {split})",
            "长期未购；本店此类客户{share}在 {days} 天内回购（{split} 活跃概率低于 10% 的 {silent} 位中有 {returned} 位）"
        ))
    }
}

fn in_words(number: u64) -> String {
    const WORDS: [&str; 9] = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let word = number.checked_sub(2).and_then(|at| WORDS.get(usize::try_from(at).ok()?));
    word.map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

impl Row {
    /// The log score, and its slope by `rho`.
    fn evaluate(&self, rho: f64) -> (f64, f64) {
        let stays_away = libm::exp(-rho * self.pace);
        let probability = self.probability + self.left * (1.0 - stays_away);
        let slope = self.left * self.pace * stays_away;
        let (of_what_came, slope) = if self.buys { (probability, slope) } else { (1.0 - probability, -slope) };
        if of_what_came > LEAST { (libm::log(of_what_came), slope / of_what_came) } else { (libm::log(LEAST), 0.0) }
    }

    fn score(&self, rho: f64) -> f64 {
        self.evaluate(rho).0
    }
}

/// The `rho` of the highest log score; 0 where none is higher than that of 0.
fn best(rows: &[Row]) -> f64 {
    let evaluate = |rho: f64| {
        let of_part = |part| {
            let rows = rows.get::<core::ops::Range<usize>>(part).unwrap_or_default().iter();
            let (mut score, mut slope) = (ExactSum::default(), ExactSum::default());
            for row in rows {
                let (of_row, by_rho) = row.evaluate(rho);
                score.add(count(row.customers) * of_row);
                slope.add(count(row.customers) * by_rho);
            }
            [score, slope]
        };
        let parts = parallel::map_ranges(rows.len(), PART, of_part).into_iter();
        let whole = parts.reduce(|mut sums, part| {
            sums.iter_mut().zip(&part).for_each(|(sum, more)| sum.merge(more));
            sums
        });
        whole.map_or([0.0; 2], |sums| sums.map(|sum| sum.total()))
    };
    // 0, and powers of four up to the most.
    let steps = (0..=GRID).map(|step| if step == 0 { 0.0 } else { MOST * libm::exp2(f64::from(2 * (step - GRID))) });
    let grid: Vec<(f64, [f64; 2])> = steps.map(|rho| (rho, evaluate(rho))).collect();
    let by_score = |best: usize, other: usize| if grid[other].1[0] > grid[best].1[0] { other } else { best };
    let Some(at) = (0..grid.len()).reduce(by_score) else { return 0.0 };
    let slope = |at: usize| grid.get(at).map(|&(rho, [_, slope])| (rho, slope));
    // The slope falls through 0 on one of the two sides.
    let (low, high) = match slope(at) {
        Some((_, up)) if up > 0.0 => (slope(at), slope(at + 1)),
        _ => (at.checked_sub(1).and_then(slope), slope(at)),
    };
    let (Some(low), Some(high)) = (low, high) else { return if at == 0 { 0.0 } else { MOST } };
    let found = root(low, high, |rho| evaluate(rho)[1]);
    let (with, without) = (evaluate(found)[0], grid[0].1[0]);
    if with - without > NEGLIGIBLE * without.abs() { found } else { 0.0 }
}

/// Grid points above 0: the smallest is 2^-21.
const GRID: i32 = 15;

/// Finds where a falling slope is 0, between two numbers with their slopes: by false position, halving the slope of an
/// end that stays (the Illinois rule).
fn root((mut low, mut up): (f64, f64), (mut high, mut down): (f64, f64), slope: impl Fn(f64) -> f64) -> f64 {
    let (mut found, mut stayed) = (low, 0);
    for _ in 0..STEPS {
        let middle =
            if up > 0.0 && down < 0.0 { low + (high - low) * (up / (up - down)) } else { low + (high - low) / 2.0 };
        let (of_middle, moved) = (slope(middle), (middle - found).abs());
        found = middle;
        if of_middle > 0.0 {
            (low, up) = (middle, of_middle);
            down /= if stayed > 0 { 2.0 } else { 1.0 };
            stayed = 1;
        } else {
            (high, down) = (middle, of_middle);
            up /= if stayed < 0 { 2.0 } else { 1.0 };
            stayed = -1;
        }
        if moved <= NEAR * middle {
            break;
        }
    }
    found
}

/// The relative error of a root.
const NEAR: f64 = 1e-9;

/// Steps of a search for a root, which takes some ten.
const STEPS: u32 = 60;
