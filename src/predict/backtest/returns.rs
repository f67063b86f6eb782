//! Who comes back of those whom a model takes for gone.

use chrono::NaiveDate;
use hashbrown::HashMap;

use super::Difference;
use super::choice::NEGLIGIBLE;
use super::holdout::Holdout;
use crate::number::weight::count;
use crate::parallel;
use crate::predict::purchases::revival::MOST;
use crate::predict::{AnyModel, PurchaseModel, Revival};
use crate::scale::Language;
use crate::scale::words::{count as noun, phrase};

/// What a hold-out says of the customers whom a model takes for gone: how many came back, at which rate, and whether to
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
    /// Those of them with a P(alive) below 10% at the split.
    pub silent: u64,
    /// The silent ones who bought in the hold-out.
    pub returned: u64,
    /// The rate of return of the highest log score.
    pub learnt: Revival,
    /// What it gains: the difference in log score per customer.
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
    /// Of at least one purchase, and of having left.
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
    /// Some 80 passes over the different customers.
    pub fn of(holdout: &Holdout, model: &AnyModel) -> Self {
        let rows = rows(holdout, model);
        let learnt = Revival::new(best(&rows)).unwrap_or_default();
        let (mut silent, mut returned, mut sum, mut squares) = (0, 0, 0.0, 0.0);
        for row in &rows {
            let gain = row.score(learnt.rho()) - row.score(0.0);
            sum += count(row.customers) * gain;
            squares += count(row.customers) * gain * gain;
            if row.left > 1.0 - SILENT {
                silent += row.customers;
                returned += if row.buys { row.customers } else { 0 };
            }
        }
        let customers = holdout.customers().len() as u64;
        let gain = Difference::of_sums(sum, squares, customers);
        Self { split: holdout.split(), end: holdout.end(), customers, silent, returned, learnt, gain }
    }

    /// The rate of return to reckon with: the one learnt, or none where it gains no more than two standard errors.
    pub fn in_force(&self) -> Revival {
        let gains = self.gain.standard_error.is_some_and(|error| self.gain.mean > 2.0 * error);
        if gains { self.learnt } else { Revival::NONE }
    }

    /// Whether a customer of this P(alive) is one of the silent.
    pub fn is_silent(&self, probability_alive: f64) -> bool {
        1.0 - probability_alive > 1.0 - SILENT
    }

    /// What became of silent customers, in words to follow "silent for long"; `None` without one.
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

fn rows(holdout: &Holdout, model: &AnyModel) -> Vec<Row> {
    let mut known = HashMap::<_, usize, foldhash::fast::FixedState>::default();
    let mut different: Vec<(_, bool, u64)> = Vec::new();
    for customer in holdout.customers() {
        let (sample, buys) = (&customer.sample, customer.buys_again());
        let ln_gaps = sample.known_ln_gaps().map(f64::to_bits);
        let key = (sample.repeats(), sample.recency_days().to_bits(), sample.age_days().to_bits(), ln_gaps, buys);
        let at = *known.entry(key).or_insert(different.len());
        match different.get_mut(at) {
            Some((.., customers)) => *customers += 1,
            None => different.push((sample, buys, 1)),
        }
    }
    let days = holdout.horizon_days();
    let row = |&(sample, buys, customers): &(_, bool, u64)| Row {
        buys,
        probability: 1.0 - model.probability_no_purchase(sample, days),
        left: 1.0 - model.probability_alive(sample),
        pace: model.pace(sample, days),
        customers,
    };
    let part = |part| different.get::<core::ops::Range<usize>>(part).unwrap_or_default().iter().map(row).collect();
    parallel::joined(parallel::map_ranges(different.len(), PART, part))
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
            rows.fold((0.0, 0.0), |(score, slope), row| {
                let (of_row, by_rho) = row.evaluate(rho);
                (score + count(row.customers) * of_row, slope + count(row.customers) * by_rho)
            })
        };
        let parts = parallel::map_ranges(rows.len(), PART, of_part).into_iter();
        parts.fold((0.0, 0.0), |(score, slope), part| (score + part.0, slope + part.1))
    };
    // 0, and powers of two up to the most.
    let grid: Vec<f64> =
        (0..=GRID).map(|step| if step == 0 { 0.0 } else { MOST * libm::exp2(f64::from(step - GRID)) }).collect();
    let scores = grid.iter().map(|&rho| evaluate(rho).0).enumerate();
    let Some((at, _)) = scores.reduce(|best, other| if other.1 > best.1 { other } else { best }) else { return 0.0 };
    let end = |at: Option<usize>| at.and_then(|at| grid.get(at).copied());
    let (mut low, mut high) = (end(Some(at.saturating_sub(1))).unwrap_or(0.0), end(Some(at + 1)).unwrap_or(MOST));
    if at == 0 && evaluate(0.0).1 <= 0.0 {
        return 0.0;
    }
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if evaluate(middle).1 > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let found = low + (high - low) / 2.0;
    let (with, without) = (evaluate(found).0, evaluate(0.0).0);
    if with - without > NEGLIGIBLE * without.abs() { found } else { 0.0 }
}

/// Grid points above 0: the smallest is 2^-20.
const GRID: i32 = 28;

/// A millionth of a millionth of a grid step is left.
const HALVINGS: u32 = 40;
