//! Whether the model of visitors beats a rule of thumb on days that it was not fitted to.

use chrono::NaiveDate;

use super::VisitorModel;
use super::sample::VisitorSample;
use crate::number::special::ln_1p_exp;
use crate::number::{exact_sum, quotient};
use crate::predict::Difference;
use crate::scale::words::{phrase, with_interval};
use crate::scale::{Confidence, Interval, Language};

/// The days that the rule of thumb looks back.
const RULE_DAYS: u32 = 7;

/// A model of visitors on the last days of the past, fitted to the days before them, beside a rule of thumb: who put
/// something into the cart in the last 7 days, those that end with the split day.
///
/// The rule's probabilities are the shares of buyers, `(buyers + 1/2) / (visitors + 1)`, among those whom it names and
/// among the others, on the days that the model was fitted to. So both know the same past.
///
/// # Formula
///
/// The **log score** of a visitor is `ln p` of one who bought and `ln(1 - p)` of one who did not. An **AUC** is the share
/// of pairs, of one who bought and one who did not, in which the one who bought has the higher probability; equal ones
/// count half. Its interval is `d ± z √(v₁ / m + v₀ / n)`: of each of the `m` who bought, the share of the others ranked
/// below, by the model less by the rule, and `v₁` the variance of that; `v₀` likewise of the `n` others.
///
/// # References
///
/// E. R. `DeLong`, D. M. `DeLong` and D. L. Clarke-Pearson (1988), "Comparing the areas under two or more correlated receiver
/// operating characteristic curves: a nonparametric approach", Biometrics 44(3), 837-845, doi 10.2307/2531595.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VisitorCheck {
    /// The day up to which visitors are known; what is forecast are the days after it.
    pub split: NaiveDate,
    /// The visitors as of that day.
    pub visitors: u64,
    /// Visitors who bought in the days after.
    pub buyers: u64,
    /// The model's mean log score; higher is better.
    pub log_score: f64,
    /// The rule's.
    pub rule_log_score: f64,
    /// The model's log score less the rule's, over visitors.
    pub gain: Difference,
    /// The interval of it, by the normal distribution; `None` for one visitor.
    pub gain_interval: Option<Interval>,
    /// The model's AUC; `None` where everybody or nobody bought.
    pub auc: Option<f64>,
    /// The rule's AUC.
    pub rule_auc: Option<f64>,
    /// The interval of the model's AUC less the rule's; `None` with fewer than two who bought or two who did not.
    pub auc_gain_interval: Option<Interval>,
}

impl VisitorCheck {
    /// Whether the model beats the rule by more than chance explains: the whole interval of the gain in log score lies
    /// above 0.
    pub fn beats_the_rule(&self) -> bool {
        self.gain_interval.is_some_and(|interval| interval.low > 0.0)
    }

    /// The result in words, with what it does not say, in a sentence without its full stop. Intervals are of the confidence
    /// that was asked for.
    pub fn explain(&self, language: Language) -> String {
        let Self { split, visitors, buyers, log_score, rule_log_score, gain, .. } = self;
        let verdict = match language {
            Language::English if self.beats_the_rule() => "the model beats the rule of a cart in the last 7 days",
            Language::English => "the model does not beat the rule of a cart in the last 7 days by more than chance",
            Language::Chinese if self.beats_the_rule() => "模型优于“近 7 天加购”这一经验法则",
            Language::Chinese => "模型对“近 7 天加购”这一经验法则的优势未超出随机误差",
        };
        let (name, show) = (language.pick("a gain of", "提升"), |number: f64| format!("{number:+.4}"));
        let gain = with_interval(name, Some(gain.mean), self.gain_interval, None, &show, language);
        let mut text = phrase!(
            language,
            "{verdict}; of {visitors} visitors as of {split}, {buyers} bought; log score {log_score:.4} against \
             {rule_log_score:.4}, {gain}",
            "{verdict}；截至 {split} 的 {visitors} 位访客中 {buyers} 位下单；对数得分 {log_score:.4}，法则 {rule_log_score:.4}，{gain}"
        );
        if let (Some(auc), Some(rule_auc)) = (self.auc, self.rule_auc) {
            text += &phrase!(language, "; AUC {auc:.3} against {rule_auc:.3}", "；AUC {auc:.3}，法则 {rule_auc:.3}");
        }
        text + language.pick("; it says who buys, and not whom a message moves", "；它说明谁会买，并不说明消息能打动谁")
    }

    /// Checks a model by visitors as of the split and whether they bought; `None` without one. `before` are those of
    /// the days before.
    pub(super) fn of(
        split: NaiveDate,
        model: &VisitorModel,
        before: &[(VisitorSample, bool)],
        after: &[(VisitorSample, bool)],
        confidence: Confidence,
    ) -> Option<Self> {
        let rule = Rule::of(before);
        let scores = |log_odds: &dyn Fn(&VisitorSample) -> f64| -> Vec<f64> {
            after
                .iter()
                .map(|(sample, bought)| -ln_1p_exp(if *bought { -log_odds(sample) } else { log_odds(sample) }))
                .collect()
        };
        let [by_model, by_rule] = [scores(&|sample| model.log_odds(sample)), scores(&|sample| rule.log_odds(sample))];
        let differences: Vec<f64> = by_model.iter().zip(&by_rule).map(|(model, rule)| model - rule).collect();
        let gain = Difference::of_values(&differences);
        let buyers = after.iter().filter(|(_, bought)| *bought).count() as u64;
        let visitors = after.len() as u64;
        let mean = |scores: &[f64]| exact_sum(scores.iter().copied()) / number(scores.len());
        let of_model = Ranks::of(after, |sample| model.log_odds(sample));
        let of_rule = Ranks::of(after, |sample| f64::from(Rule::names(sample)));
        let reach = |error: f64| confidence.z() * error;
        (visitors > 0).then(|| Self {
            split,
            visitors,
            buyers,
            log_score: mean(&by_model),
            rule_log_score: mean(&by_rule),
            gain,
            gain_interval: gain
                .standard_error
                .and_then(|error| Interval::of(gain.mean - reach(error), gain.mean + reach(error))),
            auc: of_model.auc(),
            rule_auc: of_rule.auc(),
            auc_gain_interval: of_model
                .gain(&of_rule)
                .and_then(|(gain, error)| Interval::of(gain - reach(error), gain + reach(error))),
        })
    }
}

#[allow(clippy::cast_precision_loss, reason = "visitors are fewer than 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}

/// Log-odds of a purchase among those whom the rule names, and among the others.
struct Rule {
    log_odds: [f64; 2],
}

impl Rule {
    fn names(sample: &VisitorSample) -> bool {
        sample.days_since_cart.is_some_and(|days| days < RULE_DAYS)
    }

    fn of(before: &[(VisitorSample, bool)]) -> Self {
        let log_odds = [false, true].map(|named| {
            let count = |buys: bool| {
                number(before.iter().filter(|(sample, bought)| Self::names(sample) == named && *bought == buys).count())
            };
            libm::log((count(true) + 0.5) / (count(false) + 0.5))
        });
        Self { log_odds }
    }

    fn log_odds(&self, sample: &VisitorSample) -> f64 {
        self.log_odds[usize::from(Self::names(sample))]
    }
}

/// The ranks: for each who bought, twice the number of the others ranked below, equal ones counted once; of each other,
/// the same of those who bought and are ranked above. In the order of the visitors.
struct Ranks {
    of_buyers: Vec<u64>,
    of_others: Vec<u64>,
}

impl Ranks {
    fn of(after: &[(VisitorSample, bool)], score: impl Fn(&VisitorSample) -> f64) -> Self {
        // Adding 0 makes one zero of the two.
        let mut order: Vec<(f64, usize)> = after.iter().map(|(sample, _)| score(sample) + 0.0).zip(0..).collect();
        order.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        let buyers = after.iter().filter(|(_, bought)| *bought).count() as u64;
        let (mut twice, mut buyers_below, mut others_below) = (vec![0; after.len()], 0, 0);
        for tied in order.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
            let tied_buyers = tied.iter().filter(|&&(_, at)| after[at].1).count() as u64;
            let tied_others = tied.len() as u64 - tied_buyers;
            for &(_, at) in tied {
                let above = buyers - buyers_below - tied_buyers;
                twice[at] = if after[at].1 { 2 * others_below + tied_others } else { 2 * above + tied_buyers };
            }
            buyers_below += tied_buyers;
            others_below += tied_others;
        }
        let of = |bought: bool| {
            twice.iter().zip(after).filter(|(_, one)| one.1 == bought).map(|(&twice, _)| twice).collect()
        };
        Self { of_buyers: of(true), of_others: of(false) }
    }

    fn auc(&self) -> Option<f64> {
        let pairs = self.of_buyers.len() as i128 * self.of_others.len() as i128;
        quotient(self.of_buyers.iter().map(|&twice| i128::from(twice)).sum(), 2 * pairs)
    }

    /// Returns this AUC less another of the same visitors, and its standard error.
    fn gain(&self, other: &Self) -> Option<(f64, f64)> {
        let variance = |own: &[u64], others: &[u64], against: usize| {
            let share =
                |(&own, &other): (&u64, &u64)| quotient(i128::from(own) - i128::from(other), 2 * against as i128);
            let shares: Vec<f64> = own.iter().zip(others).filter_map(share).collect();
            Difference::of_values(&shares).standard_error.map(|error| error * error)
        };
        let of_buyers = variance(&self.of_buyers, &other.of_buyers, self.of_others.len())?;
        let of_others = variance(&self.of_others, &other.of_others, self.of_buyers.len())?;
        Some((self.auc()? - other.auc()?, (of_buyers + of_others).sqrt()))
    }
}
