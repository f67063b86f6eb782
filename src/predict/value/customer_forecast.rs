//! The predictions for one customer, with their reasons in words.

use std::fmt;

use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{AnyModel, GammaGamma, ModelKind, NextPurchase, NoMeanSpend, Revival, RevivingModel, Sample};
use crate::scale::Language;
use crate::scale::words::{count, phrase};

/// The predictions for one customer within a horizon, each with its reason in words.
///
/// The numbers are those of [`PurchaseModel`] and [`ValueModel`](crate::predict::ValueModel), to the same bits; for many
/// customers at once, use these.
///
/// # Examples
///
/// ```
/// use repurchase::predict::{
///     CustomerForecast, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, Sample, TimeUnit,
/// };
/// use repurchase::scale::Language;
///
/// // In earnest, these are fitted models.
/// let params = MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 };
/// let model = MbgNbd::from_params(params, TimeUnit::Week)?.into();
/// let spend = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let sample = Sample::new(2, 60.0, 100.0)?.with_mean_spend(11.0)?;
/// let forecast = CustomerForecast::new(&model, Some(&spend), &sample, 90);
///
/// assert_eq!(
///     forecast.explain_value(2, Language::English).as_deref(),
///     Some(
///         "MBG/NBD: bought again on 2 days in the 100 days since the first, the last time 40 days ago; \
///          0.86 purchase days of 15.35 each expected in the next 90 days"
///     )
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CustomerForecast {
    /// The model of purchases.
    pub model: ModelKind,
    /// The customer.
    pub sample: Sample,
    /// The days ahead.
    pub horizon_days: u32,
    /// P(alive), in `[0, 1]`: see [`PurchaseModel::probability_alive`].
    pub probability_alive: f64,
    /// P(buys) within the horizon, in `[0, 1]`: see [`PurchaseModel::probability_buys`].
    pub probability_buys: f64,
    /// The days by which the next purchase comes: see [`PurchaseModel::next_purchase`].
    pub next_purchase: NextPurchase,
    /// The expected purchase days within the horizon: see [`PurchaseModel::expected_purchases`].
    pub expected_purchases: f64,
    /// The expected spend on a purchase day: see [`GammaGamma::expected_spend`]. `None` without a model of spend, and where
    /// it has no mean for the customer.
    pub expected_spend: Option<f64>,
    /// The reason why the model of spend has no mean for the customer: see [`GammaGamma::without_mean`].
    pub without_mean: Option<NoMeanSpend>,
    /// The median of the next spend: see [`GammaGamma::median_spend`].
    pub median_spend: Option<f64>,
}

/// The mean spend over its median from which both are said: a choice of this crate.
const UNEVEN: f64 = 2.0;

impl CustomerForecast {
    /// The predictions of a model of purchases and, if any, one of spend.
    pub fn new(model: &AnyModel, spend: Option<&GammaGamma>, sample: &Sample, horizon_days: u32) -> Self {
        Self::of(&Revival::NONE.of(*model), spend, sample, horizon_days)
    }

    /// The same, with those who left and come back counted.
    pub(crate) fn of(model: &RevivingModel, spend: Option<&GammaGamma>, sample: &Sample, horizon_days: u32) -> Self {
        Self {
            model: model.model().kind(),
            sample: *sample,
            horizon_days,
            probability_alive: model.probability_alive(sample),
            probability_buys: model.probability_buys(sample, horizon_days),
            next_purchase: model.next_purchase(sample, horizon_days),
            expected_purchases: model.expected_purchases(sample, horizon_days),
            expected_spend: spend.and_then(|spend| spend.expected_spend(sample)),
            without_mean: spend.and_then(|spend| spend.without_mean(sample)),
            median_spend: spend.and_then(|spend| spend.median_spend(sample)),
        }
    }

    /// The expected value within the horizon, without a discount: purchase days times spend.
    #[doc(alias("CLV", "LTV"))]
    pub fn expected_value(&self) -> Option<f64> {
        self.expected_spend.map(|spend| self.expected_purchases * spend)
    }

    /// P(alive) in words, with the data behind it; of a model that cannot see the customer leave, that.
    pub fn explain_alive(&self, language: Language) -> String {
        self.known().explain_alive(self.probability_alive, language)
    }

    /// P(buys) in words, with the data behind it.
    pub fn explain_buys(&self, language: Language) -> String {
        self.known().explain_buys(self.probability_buys, language)
    }

    /// The day by which the next purchase comes, in words, with the data behind it.
    pub fn explain_next(&self, language: Language) -> String {
        self.known().explain_next(self.next_purchase, language)
    }

    /// The expected purchase days in words, with the data behind them.
    pub fn explain_purchases(&self, language: Language) -> String {
        self.known().explain_purchases(self.expected_purchases, "", language)
    }

    /// The expected value in words, in money of `decimals` decimals, 28 at most; where the mean spend is twice its
    /// [median](CustomerForecast::median_spend) or more, both; where spend has no mean, for whom that is so, and the median.
    /// `None` without a model of spend, and of an unknown spend.
    pub fn explain_value(&self, decimals: u32, language: Language) -> Option<String> {
        let spend = Spend { mean: self.expected_spend, without_mean: self.without_mean, median: self.median_spend };
        self.known().explain_value(self.expected_purchases, spend, decimals, language)
    }

    fn known(&self) -> Known<'_> {
        Known { model: self.model, sample: &self.sample, horizon_days: self.horizon_days }
    }
}

/// What the model of spend says of a customer.
#[derive(Clone, Copy)]
pub(crate) struct Spend {
    mean: Option<f64>,
    without_mean: Option<NoMeanSpend>,
    median: Option<f64>,
}

impl Spend {
    pub(crate) fn of(model: Option<&GammaGamma>, sample: &Sample) -> Self {
        Self {
            mean: model.and_then(|model| model.expected_spend(sample)),
            without_mean: model.and_then(|model| model.without_mean(sample)),
            median: model.and_then(|model| model.median_spend(sample)),
        }
    }
}

/// The data behind the predictions for a customer, which the reason of each begins with.
pub(crate) struct Known<'a> {
    pub(crate) model: ModelKind,
    pub(crate) sample: &'a Sample,
    pub(crate) horizon_days: u32,
}

impl Known<'_> {
    pub(crate) fn explain_alive(&self, probability: f64, language: Language) -> String {
        let known = self.words(language);
        let model = self.model.label().name(language);
        if !self.model.has_dropout() {
            return phrase!(language, "{known}; {model} cannot see anybody leave", "{known}；{model} 看不出有人流失");
        }
        if self.model == ModelKind::BgNbd && self.sample.repeats() == 0 {
            return phrase!(
                language,
                "{known}; {model} cannot see a customer of one purchase day leave",
                "{known}；{model} 看不出只有 1 个购买日的客户是否流失"
            );
        }
        let percent = percent(probability, language);
        phrase!(
            language,
            "{known}; still a customer with a probability of {percent}",
            "{known}；仍活跃的概率为 {percent}"
        )
    }

    pub(crate) fn explain_buys(&self, probability: f64, language: Language) -> String {
        let (known, percent, days) = (self.words(language), percent(probability, language), self.horizon_days);
        let in_english = Days(days.into());
        phrase!(
            language,
            "{known}; buys within the next {in_english} with a probability of {percent}",
            "{known}；未来 {days} 天内购买的概率为 {percent}"
        )
    }

    pub(crate) fn explain_next(&self, next: NextPurchase, language: Language) -> String {
        let (known, NextPurchase { median_days, early_days, late_days }) = (self.words(language), next);
        let median = match median_days {
            Some(days) => {
                let in_english = Days(days.into());
                phrase!(
                    language,
                    "a purchase within {in_english} is as likely as not",
                    "{days} 天内购买与不购买的可能性各半"
                )
            }
            None => phrase!(language, "on no day is a purchase as likely as not", "购买的概率始终不到一半"),
        };
        let Some((early, late)) = early_days.zip(late_days) else {
            return phrase!(language, "{known}; {median}", "{known}；{median}");
        };
        let (days, in_english) = (self.horizon_days, Days(self.horizon_days.into()));
        phrase!(
            language,
            "{known}; {median}; of the purchases that come within {in_english}, one in ten comes by day {early}, nine in \
             ten by day {late}",
            "{known}；{median}；若在 {days} 天内购买，十分之一的可能在第 {early} 天前，十分之九的可能在第 {late} 天前"
        )
    }

    pub(crate) fn explain_purchases(&self, purchases: f64, of_each: &str, language: Language) -> String {
        let (known, days) = (self.words(language), self.horizon_days);
        let in_english = Days(days.into());
        phrase!(
            language,
            "{known}; {purchases:.2} purchase days{of_each} expected in the next {in_english}",
            "{known}；预计未来 {days} 天内有 {purchases:.2} 个购买日{of_each}"
        )
    }

    pub(crate) fn explain_value(
        &self,
        purchases: f64,
        spend: Spend,
        decimals: u32,
        language: Language,
    ) -> Option<String> {
        let decimals = decimals.min(28) as usize;
        let Spend { mean, without_mean, median } = spend;
        if let Some(spend) = mean {
            let of_each = phrase!(language, " of {spend:.decimals$} each", "，平均每个购买日消费 {spend:.decimals$}");
            let said = self.explain_purchases(purchases, &of_each, language);
            let Some(median) = median.filter(|median| spend >= UNEVEN * median) else { return Some(said) };
            return Some(phrase!(
                language,
                "{said}; spends are uneven: half of them stay below {median:.decimals$}",
                "{said}；消费金额不均：其中一半低于 {median:.decimals$}"
            ));
        }
        let (NoMeanSpend::Infinite { least_repeats }, median) = (without_mean?, median?) else {
            return None;
        };
        let expected = self.explain_purchases(purchases, "", language);
        let whose = least_repeats.map_or_else(String::new, |least| {
            let in_english = count(&least.to_string(), "repeat purchase day");
            phrase!(language, " of fewer than {in_english}", "复购日少于 {least} 天的")
        });
        Some(phrase!(
            language,
            "{expected}; spends are so uneven that those of customers{whose} have no mean: half of them stay below \
             {median:.decimals$}",
            "{expected}；消费金额差异过大，{whose}客户没有均值：其中一半低于 {median:.decimals$}"
        ))
    }

    fn words(&self, language: Language) -> Words<'_> {
        Words { known: self, language }
    }
}

struct Words<'a> {
    known: &'a Known<'a>,
    language: Language,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Known { model, sample, .. } = self.known;
        let (repeats, age_days) = (sample.repeats(), sample.age_days());
        let model = model.label().name(self.language);
        let since_last = age_days - sample.recency_days();
        let [again, age, ago] = [repeats.into(), age_days, since_last].map(Days);
        match (self.language, repeats) {
            (Language::English, 0) => write!(f, "{model}: bought on one day, {age} ago"),
            (Language::Chinese, 0) => write!(f, "{model}：仅有 1 个购买日，距今 {age_days} 天"),
            (Language::English, _) => {
                write!(f, "{model}: bought again on {again} in the {age} since the first, the last time {ago} ago")
            }
            (Language::Chinese, _) => {
                write!(f, "{model}：首购后 {age_days} 天内有 {repeats} 个复购日，最近一次距今 {since_last} 天")
            }
        }
    }
}

/// Prints a probability, and never 0% or 100% for one that is neither.
fn percent(probability: f64, language: Language) -> String {
    let percent = 100.0 * probability;
    if percent >= 99.95 {
        phrase!(language, "more than 99.9%", "99.9% 以上")
    } else if percent < 0.05 {
        phrase!(language, "less than 0.1%", "0.1% 以下")
    } else {
        format!("{percent:.1}%")
    }
}

/// `1 day`, `2 days`.
#[derive(Clone, Copy)]
struct Days(f64);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} day{}", self.0, if self.0.to_bits() == 1_f64.to_bits() { "" } else { "s" })
    }
}
