//! Stages of a customer between the first purchase and the habit.

use chrono::NaiveDate;

use crate::history::CustomerHistory;
use crate::scale::{Label, Language};
use crate::segment::{FrequencyBand, FrequencyBands, NewCustomerBands, NewCustomerState};

/// A customer's stage: after one purchase day, how long ago it was; after more, how often the customer comes.
///
/// The eight stages are disjoint and cover every customer with a purchase. A repeat customer's stage does not say whether
/// the customer still comes: that is a question for churn rules and models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum LifecycleStage {
    /// One purchase day.
    New(NewCustomerState),
    /// Two purchase days or more.
    Repeat(FrequencyBand),
}

impl LifecycleStage {
    /// All eight: new customers, the freshest first, then repeat customers, the most frequent first.
    pub const ALL: [Self; 8] = [
        Self::New(NewCustomerState::Active),
        Self::New(NewCustomerState::Cooling),
        Self::New(NewCustomerState::AtRisk),
        Self::New(NewCustomerState::Lost),
        Self::Repeat(FrequencyBand::High),
        Self::Repeat(FrequencyBand::Medium),
        Self::Repeat(FrequencyBand::Low),
        Self::Repeat(FrequencyBand::Occasional),
    ];

    /// Its key and names.
    pub const fn label(self) -> &'static Label {
        const LABELS: &[Label; 8] = &[
            Label::preset("new_active", "New, active", "新客·活跃"),
            Label::preset("new_cooling", "New, cooling", "新客·沉默"),
            Label::preset("new_at_risk", "New, at risk", "新客·流失预警"),
            Label::preset("new_lost", "Lost after one purchase", "新客·流失"),
            Label::preset("repeat_high", "Repeat, high frequency", "老客·高频"),
            Label::preset("repeat_medium", "Repeat, medium frequency", "老客·中频"),
            Label::preset("repeat_low", "Repeat, low frequency", "老客·低频"),
            Label::preset("repeat_occasional", "Repeat, occasional", "老客·偶购"),
        ];
        match self {
            Self::New(state) => &LABELS[state as usize],
            Self::Repeat(band) => &LABELS[4 + band as usize],
        }
    }
}

/// The thresholds of the stages, from which the [churn rule](crate::segment::MissedCycles) is made, too.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::segment::{FrequencyBand, Lifecycle, LifecycleStage, NewCustomerState};
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let (lifecycle, mut history) = (Lifecycle::default(), CustomerHistory::new());
/// assert_eq!(lifecycle.stage(&history, day(31)), None);
/// history.record_purchase(day(1), Decimal::TEN)?;
/// assert_eq!(lifecycle.stage(&history, day(31)), Some(LifecycleStage::New(NewCustomerState::Cooling)));
/// history.record_purchase(day(9), Decimal::TEN)?;
/// assert_eq!(lifecycle.stage(&history, day(31)), Some(LifecycleStage::Repeat(FrequencyBand::High)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Lifecycle {
    /// The bands of customers with one purchase day.
    pub new_customers: NewCustomerBands,
    /// The bands of repeat customers.
    pub frequency: FrequencyBands,
}

impl Lifecycle {
    /// Makes a lifecycle with the shop's own thresholds.
    pub const fn new(new_customers: NewCustomerBands, frequency: FrequencyBands) -> Self {
        Self { new_customers, frequency }
    }

    /// The stage of a customer; `None` without a purchase, and when the last one lies after `as_of`.
    pub fn stage(&self, history: &CustomerHistory, as_of: NaiveDate) -> Option<LifecycleStage> {
        history.days_since_last(as_of)?;
        let new = self.new_customers.state(history, as_of).map(LifecycleStage::New);
        new.or_else(|| self.frequency.band(history).map(LifecycleStage::Repeat))
    }

    /// Says why a customer is in its stage; `None` where there is no [`stage`](Lifecycle::stage).
    pub fn explain(&self, history: &CustomerHistory, as_of: NaiveDate, language: Language) -> Option<String> {
        match self.stage(history, as_of)? {
            LifecycleStage::New(_) => self.new_customers.explain(history, as_of, language),
            LifecycleStage::Repeat(_) => self.frequency.explain(history, language),
        }
    }
}
