//! What is known of one customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::distance::TierDistance;
use super::field::{Activity, Amount, Field, Figure, LabelField};
use super::schema::AttributeKind;
use crate::error::{Error, Result};
use crate::history::CustomerHistory;
use crate::segment::{ChurnRisk, CycleStanding};
use crate::segment::{FrequencyBand, LifecycleStage, NewCustomerState, Octant, RfmScore};

/// The last time that a customer did something with a product or category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastActivity<'a> {
    /// What was done.
    pub activity: Activity,
    /// With which product or category.
    pub category: &'a str,
    /// How many days before the as-of day; 0 is the as-of day itself.
    pub days_ago: u32,
}

/// A value that a profile holds, or the lack of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Fact<'a> {
    /// Nobody has said.
    #[default]
    Unknown,
    /// It is known that there is none, such as the mean gap of a customer who bought once.
    Absent,
    /// A number.
    Number(f64),
    /// An amount of money.
    Amount(Decimal),
    /// A label's key or a text of the shop's own; for a tag, the tag.
    Text(&'a str),
}

/// What is known of one customer as of a day: numbers and borrowed texts, made without an allocation.
///
/// What was never set is unknown. `None` says that there is none: a customer who bought once has no mean gap, and a
/// repeat customer no new-customer state. Numbers that are not finite count as unknown.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::CustomerHistory;
/// use repurchase::act::audience::{Activity, Fact, Field, Figure, LastActivity, Profile};
/// use repurchase::segment::NewCustomerBands;
/// use rust_decimal::Decimal;
///
/// let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).unwrap();
/// let mut history = CustomerHistory::new();
/// history.record_purchase(day(2), Decimal::TEN)?;
///
/// let activities = [LastActivity { activity: Activity::Cart, category: "shoes", days_ago: 3 }];
/// let profile = Profile::of(&history, day(31))?
///     .with_new_customer_state(NewCustomerBands::default().state(&history, day(31)))
///     .with_activities(&activities);
/// assert_eq!(profile.fact(&Figure::DaysSinceLast.into()), Fact::Number(29.0));
/// assert_eq!(profile.fact(&Figure::MeanGapDays.into()), Fact::Absent);
/// assert_eq!(profile.fact(&Figure::ProbabilityAlive.into()), Fact::Unknown);
/// assert_eq!(profile.fact(&Field::days_since(Activity::Cart, "shoes")), Fact::Number(3.0));
/// assert_eq!(profile.fact(&Field::days_since(Activity::View, None)), Fact::Absent);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile<'a> {
    /// NaN is unknown, infinity absent.
    figures: [f64; Figure::ALL.len()],
    amounts: [Money; Amount::ALL.len()],
    /// The empty text is absent.
    labels: [Option<&'a str>; LabelField::ALL.len()],
    activities: Option<&'a [LastActivity<'a>]>,
    attributes: &'a [Fact<'a>],
    tags: Option<&'a [&'a str]>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Money {
    Unknown,
    Absent,
    Known(Decimal),
}

const ABSENT: f64 = f64::INFINITY;

impl Default for Profile<'_> {
    /// Nothing is known.
    fn default() -> Self {
        Self {
            figures: [f64::NAN; Figure::ALL.len()],
            amounts: [Money::Unknown; Amount::ALL.len()],
            labels: [None; LabelField::ALL.len()],
            activities: None,
            attributes: &[],
            tags: None,
        }
    }
}

impl<'a> Profile<'a> {
    /// What a history says: purchases, days, revenue, gaps.
    ///
    /// A customer without a purchase has 0 of them and no days since any. The day of the purchase before the last one
    /// is known here of customers of one purchase, of one purchase day, and of two purchases; see
    /// [`DaysSincePrevious`](Figure::DaysSincePrevious) for others.
    ///
    /// # Errors
    ///
    /// [`Error::AfterAsOf`] when the last purchase lies after `as_of`.
    pub fn of(history: &CustomerHistory, as_of: NaiveDate) -> Result<Self> {
        let last = history.days_since_last(as_of);
        if let (None, Some(last)) = (last, history.last_purchase()) {
            return Err(Error::AfterAsOf { last, as_of });
        }
        let summary = history.repeat_summary(as_of);
        let first = summary.map(|summary| summary.age_days());
        let profile = Self::default()
            .with(Figure::Purchases, count(history.purchases()))
            .with(Figure::PurchaseDays, count(history.purchase_days()))
            .with(Figure::Repeats, summary.map(|summary| summary.repeats().into()))
            .with(Figure::DaysSinceLast, last.map(f64::from))
            .with(Figure::DaysSinceFirst, first.map(f64::from))
            .with(Figure::MeanGapDays, history.gaps().map(|gaps| gaps.mean_days()))
            .with_amount(Amount::Revenue, history.revenue())
            .with_amount(Amount::MeanOrderAmount, history.mean_order_amount());
        Ok(match (history.purchases(), history.purchase_days()) {
            (0 | 1, _) => profile.with(Figure::DaysSincePrevious, None),
            (_, 1) | (2, _) => profile.with(Figure::DaysSincePrevious, first.map(f64::from)),
            _ => profile,
        })
    }

    /// With a figure; `None` where there is none.
    #[inline]
    #[must_use]
    pub fn with(mut self, figure: Figure, number: impl Into<Option<f64>>) -> Self {
        self.figures[figure as usize] = match number.into() {
            Some(number) if number.is_finite() => number,
            Some(_) => f64::NAN,
            None => ABSENT,
        };
        self
    }

    /// With an amount of money; `None` where there is none.
    #[inline]
    #[must_use]
    pub fn with_amount(mut self, amount: Amount, money: impl Into<Option<Decimal>>) -> Self {
        self.amounts[amount as usize] = money.into().map_or(Money::Absent, Money::Known);
        self
    }

    /// With a label, by its key; `None` where there is none. The empty key is none.
    #[inline]
    #[must_use]
    pub fn with_label(mut self, field: LabelField, key: impl Into<Option<&'a str>>) -> Self {
        self.labels[field as usize] = Some(key.into().unwrap_or(""));
        self
    }

    /// With R, F and M; `None` for a customer without a score.
    #[must_use]
    pub fn with_scores(self, score: impl Into<Option<RfmScore>>) -> Self {
        let score = score.into().map(RfmScore::to_array);
        let of = |place: usize| score.map(|score| f64::from(score[place]));
        self.with(Figure::R, of(0)).with(Figure::F, of(1)).with(Figure::M, of(2))
    }

    /// With the octant.
    #[must_use]
    pub fn with_octant(self, octant: impl Into<Option<Octant>>) -> Self {
        self.with_label(LabelField::Octant, octant.into().map(|octant| octant.label().key()))
    }

    /// With the frequency band; `None` for a customer of fewer than two purchase days.
    #[must_use]
    pub fn with_frequency_band(self, band: impl Into<Option<FrequencyBand>>) -> Self {
        self.with_label(LabelField::FrequencyBand, band.into().map(|band| band.label().key()))
    }

    /// With the new-customer state; `None` for a customer of more than one purchase day, or of none.
    #[must_use]
    pub fn with_new_customer_state(self, state: impl Into<Option<NewCustomerState>>) -> Self {
        self.with_label(LabelField::NewCustomerState, state.into().map(|state| state.label().key()))
    }

    /// With the lifecycle stage; `None` for a customer without a purchase.
    #[must_use]
    pub fn with_lifecycle_stage(self, stage: impl Into<Option<LifecycleStage>>) -> Self {
        self.with_label(LabelField::LifecycleStage, stage.into().map(|stage| stage.label().key()))
    }

    /// With the expected cycle, the cycles missed, the days overdue and the churn risk.
    #[allow(clippy::needless_pass_by_value, reason = "small, and `Option`'s own form")]
    #[must_use]
    pub fn with_standing(self, standing: impl Into<Option<CycleStanding>>) -> Self {
        let standing = standing.into();
        let whole = |number: fn(&CycleStanding) -> Option<u32>| standing.as_ref().and_then(number).map(f64::from);
        self.with(Figure::ExpectedCycleDays, standing.and_then(|standing| standing.expected_cycle_days()))
            .with(Figure::CyclesMissed, whole(CycleStanding::cycles_missed))
            .with(Figure::OverdueDays, whole(CycleStanding::overdue_days))
            .with_label(LabelField::ChurnRisk, standing.map(|standing| ChurnRisk::label(standing.risk()).key()))
    }

    /// With the tier, and how far its marks are.
    #[must_use]
    pub fn with_tier_distance(self, distance: &TierDistance<'a>) -> Self {
        self.with_label(LabelField::Tier, distance.tier().key())
            .with_amount(Amount::TierMargin, distance.margin())
            .with_amount(Amount::TierGap, distance.gap())
    }

    /// With the last time of each activity with each product or category, in any order, as
    /// [`Activities`](super::Activities) makes them from records. What is not in the list never happened.
    #[must_use]
    pub const fn with_activities(mut self, activities: &'a [LastActivity<'a>]) -> Self {
        self.activities = Some(activities);
        self
    }

    /// With the shop's own attributes, in the order of its [`Schema`](super::Schema). What is missing at the end, or of
    /// the other kind than the schema says, is unknown; an empty text is absent.
    #[must_use]
    pub const fn with_attributes(mut self, attributes: &'a [Fact<'a>]) -> Self {
        self.attributes = attributes;
        self
    }

    /// With all tags that the customer has.
    #[must_use]
    pub const fn with_tags(mut self, tags: &'a [&'a str]) -> Self {
        self.tags = Some(tags);
        self
    }

    /// What the profile holds of a field. Attributes have names in a [`Schema`](super::Schema) only: unknown here.
    pub fn fact(&self, field: &Field) -> Fact<'a> {
        match field {
            &Field::Figure(figure) => Fact::of_number(self.figure(figure)),
            &Field::Amount(amount) => match self.amount(amount) {
                Money::Unknown => Fact::Unknown,
                Money::Absent => Fact::Absent,
                Money::Known(amount) => Fact::Amount(amount),
            },
            &Field::Label(label) => Fact::of_text(self.label(label)),
            Field::DaysSince { activity, category } => Fact::of_number(self.days_since(*activity, category.as_deref())),
            Field::Attribute(_) => Fact::Unknown,
            Field::Tag(tag) => match self.tags {
                None => Fact::Unknown,
                Some(tags) => tags.iter().find(|&&other| other == &**tag).map_or(Fact::Absent, |tag| Fact::Text(tag)),
            },
        }
    }

    /// NaN: unknown; infinity: absent.
    #[inline]
    pub(super) fn figure(&self, figure: Figure) -> f64 {
        self.figures[figure as usize]
    }

    #[inline]
    pub(super) fn amount(&self, amount: Amount) -> Money {
        self.amounts[amount as usize]
    }

    /// `None`: unknown; the empty text: absent.
    #[inline]
    pub(super) fn label(&self, label: LabelField) -> Option<&'a str> {
        self.labels[label as usize]
    }

    /// As a [figure](Profile::figure).
    #[inline]
    pub(super) fn days_since(&self, activity: Activity, category: Option<&str>) -> f64 {
        let Some(activities) = self.activities else { return f64::NAN };
        let asked = activities.iter().filter(|last| last.activity == activity);
        let asked = asked.filter(|last| category.is_none_or(|category| last.category == category));
        asked.map(|last| last.days_ago).min().map_or(ABSENT, f64::from)
    }

    pub(super) const fn activities(&self) -> Option<&'a [LastActivity<'a>]> {
        self.activities
    }

    pub(super) const fn attributes(&self) -> &'a [Fact<'a>] {
        self.attributes
    }

    pub(super) const fn tags(&self) -> Option<&'a [&'a str]> {
        self.tags
    }

    /// An attribute, if it is of the kind.
    #[inline]
    pub(super) fn attribute(&self, place: usize, kind: AttributeKind) -> Fact<'a> {
        match (self.attributes.get(place), kind) {
            (Some(Fact::Absent | Fact::Text("")), _) => Fact::Absent,
            (Some(&Fact::Number(number)), AttributeKind::Number) if number.is_finite() => Fact::Number(number),
            (Some(&Fact::Text(text)), AttributeKind::Text) => Fact::Text(text),
            _ => Fact::Unknown,
        }
    }

    #[inline]
    pub(super) fn has_tag(&self, tag: &str) -> Option<bool> {
        self.tags.map(|tags| tags.contains(&tag))
    }
}

impl<'a> Fact<'a> {
    fn of_number(number: f64) -> Self {
        match number {
            _ if number.is_nan() => Self::Unknown,
            _ if number.is_infinite() => Self::Absent,
            _ => Self::Number(number),
        }
    }

    fn of_text(text: Option<&'a str>) -> Self {
        match text {
            None => Self::Unknown,
            Some("") => Self::Absent,
            Some(text) => Self::Text(text),
        }
    }
}

/// A history counts in 32 bits.
#[allow(clippy::cast_precision_loss)]
const fn count(number: u64) -> f64 {
    number as f64
}
