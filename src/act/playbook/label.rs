//! The labels for which a playbook has actions.

use crate::scale::Label;
use crate::segment::ChurnRisk;
use crate::segment::{FrequencyBand, Grid, LifecycleStage, NewCustomerState, Octant, SpendBands, TierScheme};

/// What kind of label a customer has. Keys are unique within a kind, not among them: a new customer and a segment can
/// both be `at_risk`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LabelKind {
    /// [`LifecycleStage`].
    Lifecycle,
    /// [`FrequencyBand`].
    Frequency,
    /// [`NewCustomerState`].
    NewCustomer,
    /// [`Octant`].
    Octant,
    /// A segment of a [`Grid`].
    Segment,
    /// A membership tier of a [`TierScheme`].
    Tier,
    /// [`ChurnRisk`].
    ChurnRisk,
    /// A price band of [`SpendBands`].
    SpendBand,
    /// An age group of the shop's own.
    AgeGroup,
}

impl LabelKind {
    /// All nine.
    pub const ALL: [Self; 9] = [
        Self::Lifecycle,
        Self::Frequency,
        Self::NewCustomer,
        Self::Octant,
        Self::Segment,
        Self::Tier,
        Self::ChurnRisk,
        Self::SpendBand,
        Self::AgeGroup,
    ];

    /// The name that programs and files use.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Lifecycle => "lifecycle",
            Self::Frequency => "frequency",
            Self::NewCustomer => "new_customer",
            Self::Octant => "octant",
            Self::Segment => "segment",
            Self::Tier => "tier",
            Self::ChurnRisk => "churn_risk",
            Self::SpendBand => "spend_band",
            Self::AgeGroup => "age_group",
        }
    }

    /// Its labels unless the shop has its own: all of an enumeration; the default grid, tiers and price bands; no age
    /// groups.
    pub(super) fn labels(self) -> Vec<Label> {
        fn all<L: Copy>(labels: &[L], label: fn(L) -> &'static Label) -> Vec<Label> {
            labels.iter().map(|&one| label(one).clone()).collect()
        }
        match self {
            Self::Lifecycle => all(&LifecycleStage::ALL, LifecycleStage::label),
            Self::Frequency => all(&FrequencyBand::ALL, FrequencyBand::label),
            Self::NewCustomer => all(&NewCustomerState::ALL, NewCustomerState::label),
            Self::Octant => all(&Octant::ALL, Octant::label),
            Self::Segment => Grid::rf().segments().to_vec(),
            Self::Tier => TierScheme::default().names().to_vec(),
            Self::ChurnRisk => all(&ChurnRisk::ALL, ChurnRisk::label),
            Self::SpendBand => SpendBands::default().labels().to_vec(),
            Self::AgeGroup => Vec::new(),
        }
    }

    /// Whether the labels of this kind are the shop's to choose.
    #[cfg(feature = "serde")]
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Segment | Self::Tier | Self::SpendBand | Self::AgeGroup)
    }
}

/// A label of a customer, by its kind and key.
///
/// # Examples
///
/// ```
/// use repurchase::act::playbook::{CustomerLabel, LabelKind};
/// use repurchase::segment::{Grid, NewCustomerState};
///
/// let label = CustomerLabel::from(NewCustomerState::Lost);
/// assert_eq!((label.kind(), label.key()), (LabelKind::NewCustomer, "lost"));
/// let grid = Grid::rf();
/// let segment = CustomerLabel::new(LabelKind::Segment, grid.segments()[0].key());
/// assert_eq!(segment.key(), "hibernating");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerLabel<'a> {
    kind: LabelKind,
    key: &'a str,
}

impl<'a> CustomerLabel<'a> {
    /// A label by its kind and key: of a grid, a tier scheme, price bands, or from a database.
    pub const fn new(kind: LabelKind, key: &'a str) -> Self {
        Self { kind, key }
    }

    /// Its kind.
    pub const fn kind(self) -> LabelKind {
        self.kind
    }

    /// Its key.
    pub const fn key(self) -> &'a str {
        self.key
    }
}

macro_rules! from_labels {
    ($($label:ident => $kind:ident),+ $(,)?) => {
        $(impl From<$label> for CustomerLabel<'static> {
            fn from(label: $label) -> Self {
                Self::new(LabelKind::$kind, label.label().key())
            }
        })+
    };
}

from_labels! {
    LifecycleStage => Lifecycle,
    FrequencyBand => Frequency,
    NewCustomerState => NewCustomer,
    Octant => Octant,
    ChurnRisk => ChurnRisk,
}
