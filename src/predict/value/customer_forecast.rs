//! What a model says of one customer, with the figures that decided.

use crate::error::Result;
use crate::history::RepeatSummary;
use crate::predict::{AnyModel, GammaGamma, ModelKind, PurchaseModel, Sample, SpendSample};
use crate::scale::Language;
use crate::scale::words::count;

/// What the models expect of one customer within a horizon, each number with its reason.
///
/// The numbers are those of [`PurchaseModel`] and [`ValueModel`](crate::predict::ValueModel), to the same bits; here they know
/// what they were made of. For many customers at once, ask the models themselves.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::predict::{
///     CustomerForecast, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, SpendSample,
/// };
/// use repurchase::scale::Language;
/// use rust_decimal::Decimal;
///
/// let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(1, 1), Decimal::TEN)?;
/// history.record_purchase(day(1, 31), Decimal::TEN)?;
/// history.record_purchase(day(3, 2), Decimal::from(12))?;
/// let summary = history.repeat_summary(day(4, 11)).expect("bought before");
///
/// // In earnest, these are fitted models.
/// let model = MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 })?.into();
/// let spend = GammaGamma::from_params(GammaGammaParams { p: 6.25, q: 3.74, gamma: 15.44 })?;
/// let forecast = CustomerForecast::in_weeks(&model, &summary, 90)?.with_spend(&spend, &SpendSample::of(&summary));
///
/// assert_eq!(
///     forecast.explain_alive(Language::English),
///     "MBG/NBD: bought again on 2 days in the 100 days since the first, the last time 40 days ago; \
///      still a customer with a probability of 63.8%"
/// );
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
pub struct CustomerForecast {
    model: ModelKind,
    repeats: u32,
    recency_days: u32,
    age_days: u32,
    horizon_days: u32,
    alive: f64,
    purchases: f64,
    spend: Option<f64>,
}

impl CustomerForecast {
    /// By a model that was fitted on samples in weeks.
    ///
    /// # Errors
    ///
    /// As [`PurchaseModel::expected_purchases`], which refuses no horizon of so many days.
    pub fn in_weeks(model: &AnyModel, summary: &RepeatSummary, horizon_days: u32) -> Result<Self> {
        Self::new(model, summary, &Sample::in_weeks(summary), f64::from(horizon_days) / 7.0, horizon_days)
    }

    /// By a model that was fitted on samples in days.
    ///
    /// # Errors
    ///
    /// As [`PurchaseModel::expected_purchases`], which refuses no horizon of so many days.
    pub fn in_days(model: &AnyModel, summary: &RepeatSummary, horizon_days: u32) -> Result<Self> {
        Self::new(model, summary, &Sample::in_days(summary), horizon_days.into(), horizon_days)
    }

    fn new(
        model: &AnyModel,
        summary: &RepeatSummary,
        sample: &Sample,
        horizon: f64,
        horizon_days: u32,
    ) -> Result<Self> {
        Ok(Self {
            model: model.kind(),
            repeats: summary.repeats(),
            recency_days: summary.recency_days(),
            age_days: summary.age_days(),
            horizon_days,
            alive: model.probability_alive(sample),
            purchases: model.expected_purchases(sample, horizon)?,
            spend: None,
        })
    }

    /// The same with what the customer will spend, by a model of spend of the same shop.
    #[must_use]
    pub fn with_spend(self, model: &GammaGamma, spent: &SpendSample) -> Self {
        Self { spend: model.expected_spend(spent), ..self }
    }

    /// P(alive), in `[0, 1]`: see [`PurchaseModel::probability_alive`].
    pub const fn probability_alive(&self) -> f64 {
        self.alive
    }

    /// The purchase days expected within the horizon: see [`PurchaseModel::expected_purchases`].
    pub const fn expected_purchases(&self) -> f64 {
        self.purchases
    }

    /// The mean spend of a purchase day: see [`GammaGamma::expected_spend`]. `None` without a
    /// [model of spend](CustomerForecast::with_spend), and where that has no mean for the customer.
    pub const fn expected_spend(&self) -> Option<f64> {
        self.spend
    }

    /// The value expected within the horizon, without a discount: purchase days times spend.
    pub fn expected_value(&self) -> Option<f64> {
        self.spend.map(|spend| self.purchases * spend)
    }

    /// Why the customer is as likely to be one still.
    pub fn explain_alive(&self, language: Language) -> String {
        let (known, alive) = (self.known(language), 100.0 * self.alive);
        match language {
            Language::English => format!("{known}; still a customer with a probability of {alive:.1}%"),
            Language::Chinese => format!("{known}；仍活跃的概率为 {alive:.1}%"),
        }
    }

    /// Why so many purchase days are expected.
    pub fn explain_purchases(&self, language: Language) -> String {
        let (known, purchases, days) = (self.known(language), self.purchases, self.horizon_days);
        match language {
            Language::English => {
                format!("{known}; {purchases:.2} purchase days expected in the next {}", count_days(days))
            }
            Language::Chinese => format!("{known}；预计未来 {days} 天内有 {purchases:.2} 个购买日"),
        }
    }

    /// Why so much is expected to be spent, in money of so many decimals, 28 at most; `None` without an
    /// [expected spend](CustomerForecast::expected_spend).
    pub fn explain_value(&self, decimals: u32, language: Language) -> Option<String> {
        let (known, purchases, days) = (self.known(language), self.purchases, self.horizon_days);
        let (spend, decimals) = (self.spend?, decimals.min(28) as usize);
        Some(match language {
            Language::English => format!(
                "{known}; {purchases:.2} purchase days of {spend:.decimals$} each expected in the next {}",
                count_days(days)
            ),
            Language::Chinese => format!(
                "{known}；预计未来 {days} 天内有 {purchases:.2} 个购买日，平均每个购买日消费 {spend:.decimals$}"
            ),
        })
    }

    /// The model and what it was given.
    fn known(&self, language: Language) -> String {
        let Self { repeats, recency_days, age_days, .. } = *self;
        let model = self.model.label().name(language);
        // Recency is not above age.
        let since_last = age_days - recency_days;
        match (language, repeats) {
            (Language::English, 0) => format!("{model}: bought on one day, {} ago", count_days(age_days)),
            (Language::English, _) => format!(
                "{model}: bought again on {} in the {} since the first, the last time {} ago",
                count_days(repeats),
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

fn count_days(days: u32) -> String {
    count(&days.to_string(), "day")
}
