//! A backtest in words.

use super::{Backtest, Baseline, Candidate, Choice, Difference, Scores};
use crate::predict::{Fit, Latent, Limit, ModelKind, Spread};
use crate::scale::Language;
use crate::scale::words::{count, phrase};

impl Backtest {
    /// Says which model to use, with its errors beside those of the best simple rule, the reason, and warnings.
    ///
    /// An example is `NBD stands for a simpler form: r / alpha goes to 0: the purchase rate is 0 for everyone.`
    pub fn explain(&self, language: Language) -> String {
        let mut sentences = match self.chosen() {
            Some(chosen) => self.of_choice(chosen, language),
            None => vec![phrase!(
                language,
                "Use no model: no fit came to an end.",
                "不建议使用模型：所有模型的拟合都没有收敛。"
            )],
        };
        let chosen = self.choice.as_ref().map(|choice| choice.model.kind());
        sentences.extend(self.candidates.iter().filter_map(|candidate| of_fit(candidate, chosen, language)));
        sentences.join(language.pick(" ", ""))
    }

    fn chosen(&self) -> Option<(&Choice, &Scores, &Scores)> {
        let choice = self.choice.as_ref()?;
        let scores = self.candidate(choice.model.kind())?.scores.as_ref()?;
        Some((choice, scores, self.baseline(choice.baseline)?))
    }

    fn of_choice(&self, (choice, scores, rule): (&Choice, &Scores, &Scores), language: Language) -> Vec<String> {
        let Self { split, end, .. } = self;
        let (model, best) = (choice.model.kind().label().name(language), choice.best.kind().label().name(language));
        let (customers, actual) = (scores.customers, scores.actual);
        let (expected, of_rule) = (scores.expected.unwrap_or_default(), rule.expected.unwrap_or_default());
        let (error, error_of_rule) = (scores.rmse.unwrap_or_default(), rule.rmse.unwrap_or_default());
        let baseline = choice.baseline.label().name(language);
        let (purchases, of) = (count(&format!("{expected:.0}"), "purchase"), count(&customers.to_string(), "customer"));
        let mut sentences = vec![of_verdict(choice, language)];
        sentences.push(phrase!(
            language,
            "From what was known on {split}, it expected {purchases} of {of} up to {end}; {actual} came. It is off by \
             {error:.2} purchases per customer (root mean square); the best simple rule, \"{baseline}\", expected \
             {of_rule:.0} and is off by {error_of_rule:.2}.",
            "根据截至 {split} 的数据，它预计 {customers} 位客户到 {end} 会购买 {expected:.0} 次，实际 {actual} 次。\
             每位客户的误差（均方根）为 {error:.2} 次；最好的简单规则“{baseline}”预计 {of_rule:.0} 次，误差 \
             {error_of_rule:.2} 次。"
        ));
        sentences.extend(self.of_ranking(scores, language));
        sentences.push(if model == best {
            phrase!(
                language,
                "Why {model}: of the models that fit, it made what came the likeliest.",
                "选择 {model} 的理由：在能够拟合的模型中，它赋予实际结果的似然最高。"
            )
        } else {
            phrase!(
                language,
                "Why {model}: {best} made what came likelier, but by no more than chance may, and {model} is to be \
                 preferred where the two are as good.",
                "选择 {model} 的理由：{best} 的似然略高，但差距在随机误差之内；两者相当时应优先使用 {model}。"
            )
        });
        if matches!(choice.model.kind(), ModelKind::BgNbd | ModelKind::BgCnbd) {
            sentences.push(phrase!(
                language,
                "Beware: {model} takes everyone who came once for alive, however long ago; rank customers by expected \
                 purchases, not by the probability of being alive.",
                "注意：{model} 认为只买过一次的客户永远活跃，无论多久以前；请按预计购买次数排序，不要按活跃概率排序。"
            ));
        }
        sentences
    }

    /// The model's ranking of customers, and the simple rule with the best one.
    fn of_ranking(&self, scores: &Scores, language: Language) -> Option<String> {
        let auc = |scores: &Scores| scores.auc_buys_again.or(scores.auc_expected);
        let rules = self.baselines.iter().filter_map(|row| Some((row.baseline, 100.0 * auc(&row.scores)?)));
        let (rule, of_rule) = rules.clone().reduce(|best, other| if other.1 > best.1 { other } else { best })?;
        let of_cycles = rules.clone().find(|&(baseline, _)| baseline == Baseline::MissedCycles && baseline != rule);
        let (of_model, name) = (100.0 * scores.auc_expected?, rule.label().name(language));
        let of_cycles = of_cycles.map_or_else(String::new, |(_, of_cycles)| {
            phrase!(language, ", missed cycles {of_cycles:.1} times", "，错过周期规则为 {of_cycles:.1}%")
        });
        Some(phrase!(
            language,
            "Of one customer who bought again and one who did not, expected purchases put the right one first \
             {of_model:.1} times in 100, the simple rule \"{name}\" {of_rule:.1} times{of_cycles}.",
            "任取一位再次购买的客户和一位没有再买的客户，按预计购买次数有 {of_model:.1}% 的机会把前者排在前面，\
             简单规则“{name}”为 {of_rule:.1}%{of_cycles}。"
        ))
    }
}

fn of_verdict(choice: &Choice, language: Language) -> String {
    let (model, baseline) = (choice.model.kind().label().name(language), choice.baseline.label().name(language));
    if choice.earns_its_place() {
        return phrase!(language, "Use {model}.", "建议使用 {model}。");
    }
    let (Difference { mean, standard_error }, is_best) = (choice.gain, choice.model.kind() == choice.best.kind());
    let (is_worse, is_clear) = (mean < 0.0, standard_error.is_some_and(|error| -mean > error));
    let place = if is_best {
        language.pick("the best model", "最好的模型")
    } else {
        language.pick("the model to prefer", "应优先使用的模型")
    };
    let (how, chance) = match (is_worse, is_clear) {
        (true, true) => language.pick(("worse", ""), ("不如", "")),
        (true, false) => {
            language.pick(("worse", ", though by no more than chance may"), ("略逊于", "（差距在随机误差之内）"))
        }
        _ => language.pick(("not clearly better", ""), ("并不明显优于", "")),
    };
    phrase!(
        language,
        "{model} is {place}, but counts purchases {how} than the simple rule \"{baseline}\"{chance}.",
        "{model} 是{place}，但在预测购买次数上{how}简单规则“{baseline}”{chance}。"
    )
}

/// The simpler form of a model without a maximum, or that its fit did not end.
fn of_fit(candidate: &Candidate, chosen: Option<ModelKind>, language: Language) -> Option<String> {
    let model = candidate.kind.label().name(language);
    let boundary = match &candidate.fit {
        Some(Fit::Interior(_)) => return None,
        Some(Fit::Boundary(boundary)) => boundary,
        None => return Some(phrase!(language, "The fit of {model} came to no end.", "{model} 的拟合没有收敛。")),
    };
    let limits = boundary.describe(language);
    // NBD itself, a model with rhythms, and a model chosen in another form are not to be replaced.
    let has_rhythm = matches!(candidate.kind, ModelKind::MbgCnbd | ModelKind::BgCnbd);
    let is_nbd = nobody_leaves(&boundary.limits) && !has_rhythm && chosen != Some(candidate.kind);
    Some(if is_nbd {
        phrase!(language, "{model} has become NBD here: {limits}.", "{model} 在此等同于 NBD（{limits}）。")
    } else {
        phrase!(
            language,
            "{model} stands for a simpler form: {limits}.",
            "{model} 在此代表一种更简单的形式（{limits}）。"
        )
    })
}

fn nobody_leaves(limits: &[Limit]) -> bool {
    let is_dropout = |of| matches!(of, Latent::DropoutProbability | Latent::DropoutRate);
    limits.iter().any(|limit| is_dropout(limit.of) && limit.spread == Spread::Zero)
}
