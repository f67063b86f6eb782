//! The profile of one customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::activity::{Activity, Attribute, LastActivity};
use super::figure::{Amount, Figure};
use crate::error::{Error, Result};
use crate::history::CustomerHistory;
use crate::number::money;
use crate::scale::Label;
use crate::segment::{ChurnRisk, CycleStanding, FrequencyBand, LabelKind, LifecycleStage, NewCustomerState, Octant};

/// The answers for one customer as of a day: labels, numbers and amounts, made without an allocation.
///
/// [`ShopModels::profile`](super::ShopModels::profile) makes it of a history. An audience is asked of it, with the
/// shop's own attributes, tags and activities where a rule needs them.
///
/// A value is known, **absent** (a customer who bought once has no mean gap, and a repeat customer no new-customer
/// state), or **unknown** (nobody has said). To ask for it gives `None` for the last two;
/// [`act::audience`](crate::act::audience) tells them apart. Numbers that are not finite count as unknown.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::shop::{Amount, Figure, Profile};
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(2), Decimal::TEN)?;
///
/// // Without the shop's models, what the history alone says.
/// let profile = Profile::of(&history, day(31))?.with(Figure::QuantityStretch, 2.0);
/// assert_eq!(profile.figure(Figure::DaysSinceLast), Some(29.0));
/// assert_eq!(profile.amount(Amount::Revenue), Some(Decimal::TEN));
/// assert_eq!(profile.figure(Figure::MeanGapDays), None, "one purchase has no gap");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Profile<'a> {
    /// NaN is unknown, infinity absent.
    pub(crate) figures: [f64; Figure::ALL.len()],
    pub(crate) amounts: [Slot<Decimal>; Amount::ALL.len()],
    /// A label with an empty key is absent.
    pub(super) labels: [Option<&'a Label>; LabelKind::ALL.len()],
    pub(super) activities: Option<&'a [LastActivity<'a>]>,
    pub(crate) attributes: &'a [Attribute<'a>],
    pub(crate) tags: Option<&'a [&'a str]>,
}

/// A value, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Slot<T> {
    Unknown,
    Absent,
    Known(T),
}

pub(super) const ABSENT: f64 = f64::INFINITY;

static NO_LABEL: Label = Label::preset("", "", "");

impl Default for Profile<'_> {
    /// Makes a profile of which nothing is known.
    fn default() -> Self {
        Self {
            figures: [f64::NAN; Figure::ALL.len()],
            amounts: [Slot::Unknown; Amount::ALL.len()],
            labels: [None; LabelKind::ALL.len()],
            activities: None,
            attributes: &[],
            tags: None,
        }
    }
}

/// Profiles are equal to the last bit; what is unknown of both is equal.
impl PartialEq for Profile<'_> {
    fn eq(&self, other: &Self) -> bool {
        let figures = |profile: &Self| profile.figures.map(f64::to_bits);
        (figures(self), self.amounts, self.labels) == (figures(other), other.amounts, other.labels)
            && (self.activities, self.attributes, self.tags) == (other.activities, other.attributes, other.tags)
    }
}

impl<'a> Profile<'a> {
    /// Makes a profile of a history alone: purchases, days, revenue, gaps.
    ///
    /// A customer without a purchase has 0 of them and no days since any.
    ///
    /// # Errors
    ///
    /// [`Error::AfterAsOf`] when the last purchase lies after `as_of`.
    pub fn of(history: &CustomerHistory, as_of: NaiveDate) -> Result<Self> {
        let mut profile = Self::default();
        profile.set_history(history, as_of)?;
        Ok(profile)
    }

    /// Sets the history in place, so that one profile serves many customers.
    pub(super) fn set_history(&mut self, history: &CustomerHistory, as_of: NaiveDate) -> Result<()> {
        let last = history.days_since_last(as_of);
        if let (None, Some(last)) = (last, history.last_purchase()) {
            return Err(Error::AfterAsOf { last, as_of });
        }
        let summary = history.repeat_summary(as_of);
        let first = summary.map(|summary| f64::from(summary.age_days()));
        self.set(Figure::Purchases, Some(count(history.purchases())));
        self.set(Figure::PurchaseDays, Some(count(history.purchase_days())));
        self.set(Figure::Repeats, summary.map(|summary| summary.repeats().into()));
        self.set(Figure::DaysSinceLast, last.map(f64::from));
        self.set(Figure::DaysSinceFirst, first);
        self.set(Figure::MeanGapDays, history.gaps().map(|gaps| gaps.mean_days()));
        self.set_amount(Amount::Revenue, Some(history.revenue()));
        self.set_amount(Amount::MeanOrderAmount, history.mean_order_amount());
        self.set(
            Figure::DaysSincePrevious,
            match (history.purchases(), history.purchase_days()) {
                (0 | 1, _) => None,
                (_, 1) | (2, _) => first,
                _ => Some(f64::NAN),
            },
        );
        Ok(())
    }

    /// Sets a figure; `None` makes it absent.
    #[inline]
    #[must_use]
    pub fn with(mut self, figure: Figure, number: impl Into<Option<f64>>) -> Self {
        self.set(figure, number.into());
        self
    }

    #[inline]
    pub(super) fn set(&mut self, figure: Figure, number: Option<f64>) {
        self.figures[figure as usize] = match number {
            Some(number) if number.is_finite() => number,
            Some(_) => f64::NAN,
            None => ABSENT,
        };
    }

    /// Sets an amount of money; `None` makes it absent.
    #[inline]
    #[must_use]
    pub fn with_amount(mut self, amount: Amount, money: impl Into<Option<Decimal>>) -> Self {
        self.set_amount(amount, money.into());
        self
    }

    #[inline]
    pub(super) fn set_amount(&mut self, amount: Amount, money: Option<Decimal>) {
        self.amounts[amount as usize] = money.map_or(Slot::Absent, Slot::Known);
    }

    /// Sets a label; `None`, or a label with an empty key, makes it absent.
    #[inline]
    #[must_use]
    pub fn with_label(mut self, kind: LabelKind, label: impl Into<Option<&'a Label>>) -> Self {
        self.labels[kind as usize] = Some(label.into().unwrap_or(&NO_LABEL));
        self
    }

    /// Sets the expected cycle, the cycles missed, the days overdue, the days until due and the churn risk, such as those of
    /// a customer whose [quantities](CycleStanding::with_quantities) are known.
    #[must_use]
    pub fn with_standing(mut self, standing: Option<&CycleStanding>) -> Self {
        self.set_standing(standing);
        self.with_label(LabelKind::ChurnRisk, standing.map(|standing| standing.risk().label()))
    }

    pub(super) fn came_again(&self) -> bool {
        self.figure(Figure::PurchaseDays).is_some_and(|days| days >= 2.0)
    }

    pub(super) fn set_standing(&mut self, standing: Option<&CycleStanding>) {
        let whole = |number: fn(&CycleStanding) -> Option<u32>| standing.and_then(number).map(f64::from);
        self.set(Figure::ExpectedCycleDays, standing.and_then(CycleStanding::expected_cycle_days));
        self.set(Figure::CyclesMissed, whole(CycleStanding::cycles_missed));
        let ahead = standing.and_then(CycleStanding::days_until_expected);
        // Differences of 32 bits are exact in an `f64`.
        #[allow(clippy::cast_precision_loss)]
        let days = |days: i64| days as f64;
        self.set(Figure::OverdueDays, ahead.map(|ahead| days(0.max(-ahead))));
        self.set(Figure::DueDays, ahead.filter(|ahead| *ahead > 0).map(days));
    }

    /// Takes `leaving` of the revenue as about to leave the counted time: the margin over the tier's cut shrinks by it.
    /// A tier begins *above* its cut, so that a margin of 0 or less is a drop.
    ///
    /// A shop that counts the revenue of, say, the last 12 months knows what falls out of them within the next weeks.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] for a difference that does not fit a `Decimal` exactly.
    pub fn with_leaving(self, leaving: Decimal) -> Result<Self> {
        let Slot::Known(margin) = self.amounts[Amount::TierMargin as usize] else { return Ok(self) };
        Ok(self.with_amount(Amount::TierMargin, difference(margin, leaving)?))
    }

    /// Sets the last time of each activity with each product or category, in any order, as
    /// [`Activities`](crate::act::audience::Activities) makes them from records. What is not in the list never happened.
    #[must_use]
    pub const fn with_activities(self, activities: &'a [LastActivity<'a>]) -> Self {
        Self { activities: Some(activities), ..self }
    }

    /// Sets the shop's own attributes, in the order of its [`Schema`](crate::act::audience::Schema). What is missing at
    /// the end, or of the other kind than the schema says, is unknown; an empty text is absent.
    #[must_use]
    pub const fn with_attributes(self, attributes: &'a [Attribute<'a>]) -> Self {
        Self { attributes, ..self }
    }

    /// Sets all tags that the customer has.
    #[must_use]
    pub const fn with_tags(self, tags: &'a [&'a str]) -> Self {
        Self { tags: Some(tags), ..self }
    }

    /// A figure; `None` where it is absent or unknown.
    #[inline]
    pub fn figure(&self, figure: Figure) -> Option<f64> {
        Some(self.figures[figure as usize]).filter(|number| number.is_finite())
    }

    /// An amount; `None` where it is absent or unknown.
    #[inline]
    pub fn amount(&self, amount: Amount) -> Option<Decimal> {
        match self.amounts[amount as usize] {
            Slot::Known(amount) => Some(amount),
            Slot::Unknown | Slot::Absent => None,
        }
    }

    /// A label; `None` where it is absent or unknown.
    #[inline]
    pub fn label(&self, kind: LabelKind) -> Option<&'a Label> {
        self.labels[kind as usize].filter(|label| !label.key().is_empty())
    }

    /// The octant.
    pub fn octant(&self) -> Option<Octant> {
        self.typed(LabelKind::Octant, &Octant::ALL, Octant::label)
    }

    /// The frequency band, of customers of two purchase days or more.
    pub fn frequency_band(&self) -> Option<FrequencyBand> {
        self.typed(LabelKind::FrequencyBand, &FrequencyBand::ALL, FrequencyBand::label)
    }

    /// The new-customer state, of customers of one purchase day.
    pub fn new_customer_state(&self) -> Option<NewCustomerState> {
        self.typed(LabelKind::NewCustomerState, &NewCustomerState::ALL, NewCustomerState::label)
    }

    /// The lifecycle stage.
    pub fn lifecycle_stage(&self) -> Option<LifecycleStage> {
        self.typed(LabelKind::LifecycleStage, &LifecycleStage::ALL, LifecycleStage::label)
    }

    /// The churn risk.
    pub fn churn_risk(&self) -> Option<ChurnRisk> {
        self.typed(LabelKind::ChurnRisk, &ChurnRisk::ALL, ChurnRisk::label)
    }

    fn typed<L: Copy>(&self, kind: LabelKind, all: &[L], label: fn(L) -> &'static Label) -> Option<L> {
        let found = self.label(kind)?;
        all.iter().copied().find(|&one| label(one).key() == found.key())
    }

    /// `None`: unknown; the empty text: absent.
    #[inline]
    pub(crate) fn key(&self, kind: LabelKind) -> Option<&'a str> {
        self.labels[kind as usize].map(Label::key)
    }

    /// Days since the last activity of a kind, as a figure.
    #[inline]
    pub(crate) fn days_since(&self, activity: Activity, category: Option<&str>) -> f64 {
        let Some(activities) = self.activities else { return f64::NAN };
        let asked = activities.iter().filter(|last| last.activity == activity);
        let asked = asked.filter(|last| category.is_none_or(|category| last.category == category));
        asked.map(|last| last.days_ago).min().map_or(ABSENT, f64::from)
    }
}

/// `amount - other`, exactly.
pub(super) fn difference(amount: Decimal, other: Decimal) -> Result<Decimal> {
    money::exact_sum(amount, -other).ok_or(Error::AmountOverflow { field: "distance to a tier" })
}

/// A history counts in 32 bits.
#[allow(clippy::cast_precision_loss)]
const fn count(number: u64) -> f64 {
    number as f64
}

pub(super) const fn absent_label() -> &'static Label {
    &NO_LABEL
}
