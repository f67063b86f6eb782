//! The predictions for one customer, with their reasons in words.

use crate::predict::purchases::model::PurchaseModel;
use crate::predict::{AnyModel, GammaGamma, ModelKind, Sample};
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
    /// The expected purchase days within the horizon: see [`PurchaseModel::expected_purchases`].
    pub expected_purchases: f64,
    /// The expected spend on a purchase day: see [`GammaGamma::expected_spend`]. `None` without a model of spend, and where
    /// it has no mean for the customer.
    pub expected_spend: Option<f64>,
}

impl CustomerForecast {
    /// The predictions of a model of purchases and, if any, one of spend.
    pub fn new(model: &AnyModel, spend: Option<&GammaGamma>, sample: &Sample, horizon_days: u32) -> Self {
        Self {
            model: model.kind(),
            sample: *sample,
            horizon_days,
            probability_alive: model.probability_alive(sample),
            expected_purchases: model.expected_purchases(sample, horizon_days),
            expected_spend: spend.and_then(|spend| spend.expected_spend(sample)),
        }
    }

    /// The expected value within the horizon, without a discount: purchase days times spend.
    #[doc(alias = "CLV")]
    #[doc(alias = "LTV")]
    pub fn expected_value(&self) -> Option<f64> {
        self.expected_spend.map(|spend| self.expected_purchases * spend)
    }

    /// P(alive) in words, with the data behind it; of a model that cannot see the customer leave, that.
    pub fn explain_alive(&self, language: Language) -> String {
        let (known, alive) = (self.known(language), 100.0 * self.probability_alive);
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
        // What is neither sure nor impossible is not rounded to it.
        let percent = match language {
            Language::English if alive >= 99.95 => "more than 99.9%".to_owned(),
            Language::English if alive < 0.05 => "less than 0.1%".to_owned(),
            Language::Chinese if alive >= 99.95 => "99.9% 以上".to_owned(),
            Language::Chinese if alive < 0.05 => "0.1% 以下".to_owned(),
            _ => format!("{alive:.1}%"),
        };
        phrase!(
            language,
            "{known}; still a customer with a probability of {percent}",
            "{known}；仍活跃的概率为 {percent}"
        )
    }

    /// The expected purchase days in words, with the data behind them.
    pub fn explain_purchases(&self, language: Language) -> String {
        self.expected(language, "")
    }

    /// The expected value in words, in money of `decimals` decimals, 28 at most; `None` without an
    /// [expected spend](CustomerForecast::expected_spend).
    pub fn explain_value(&self, decimals: u32, language: Language) -> Option<String> {
        let (spend, decimals) = (self.expected_spend?, decimals.min(28) as usize);
        let of_each = match language {
            Language::English => format!(" of {spend:.decimals$} each"),
            Language::Chinese => format!("，平均每个购买日消费 {spend:.decimals$}"),
        };
        Some(self.expected(language, &of_each))
    }

    fn expected(&self, language: Language, of_each: &str) -> String {
        let (known, purchases, days) = (self.known(language), self.expected_purchases, self.horizon_days);
        match language {
            Language::English => {
                let days = count_days(days.into());
                format!("{known}; {purchases:.2} purchase days{of_each} expected in the next {days}")
            }
            Language::Chinese => format!("{known}；预计未来 {days} 天内有 {purchases:.2} 个购买日{of_each}"),
        }
    }

    fn known(&self, language: Language) -> String {
        let (repeats, age_days) = (self.sample.repeats(), self.sample.age_days());
        let model = self.model.label().name(language);
        let since_last = age_days - self.sample.recency_days();
        match (language, repeats) {
            (Language::English, 0) => format!("{model}: bought on one day, {} ago", count_days(age_days)),
            (Language::English, _) => format!(
                "{model}: bought again on {} in the {} since the first, the last time {} ago",
                count_days(repeats.into()),
                count_days(age_days),
                count_days(since_last)
            ),
            (Language::Chinese, 0) => format!("{model}：仅有 1 个购买日，距今 {age_days} 天"),
            (Language::Chinese, _) => {
                format!("{model}：首购后 {age_days} 天内有 {repeats} 个复购日，最近一次距今 {since_last} 天")
            }
        }
    }
}

fn count_days(days: f64) -> String {
    count(&days.to_string(), "day")
}
