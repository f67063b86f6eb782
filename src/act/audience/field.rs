//! Fields that a rule can ask about.

use crate::segment::LabelKind;
use crate::shop::{Activity, Amount, Figure};

/// A field that one condition of a rule asks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// A number.
    Figure(Figure),
    /// An amount of money.
    Amount(Amount),
    /// A label.
    Label(LabelKind),
    /// Days from the last activity of a kind to the as-of day.
    DaysSince {
        /// The kind.
        activity: Activity,
        /// The product or category; `None` for any.
        category: Option<Box<str>>,
    },
    /// One of the shop's own attributes, by its key in the [`Schema`](super::Schema).
    Attribute(Box<str>),
    /// Whether the customer has a tag: asked by [`Rule::tag`](super::Rule::tag).
    Tag(Box<str>),
}

macro_rules! from_fields {
    ($($variant:ident: $kind:ty),+) => {$(
        impl From<$kind> for Field {
            fn from(field: $kind) -> Self {
                Self::$variant(field)
            }
        }
    )+};
}

from_fields! { Figure: Figure, Amount: Amount, Label: LabelKind }

impl Field {
    /// Days from the last activity with a product or category, `None` for any, to the as-of day.
    pub fn days_since<'a>(activity: Activity, category: impl Into<Option<&'a str>>) -> Self {
        Self::DaysSince { activity, category: category.into().map(Into::into) }
    }

    /// One of the shop's own attributes.
    pub fn attribute(key: impl Into<Box<str>>) -> Self {
        Self::Attribute(key.into())
    }

    /// The figure, amount or label of a key.
    #[cfg(feature = "serde")]
    pub(super) fn of_key(key: &str) -> Option<Self> {
        let figure = Figure::ALL.into_iter().find(|figure| figure.label().key() == key).map(Self::Figure);
        let amount = || Amount::ALL.into_iter().find(|amount| amount.label().key() == key).map(Self::Amount);
        let label = || LabelKind::ALL.into_iter().find(|label| label.label().key() == key).map(Self::Label);
        figure.or_else(amount).or_else(label)
    }

    /// The name of the field in a stored rule and in the place that an error names.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Figure(figure) => figure.label().key(),
            Self::Amount(amount) => amount.label().key(),
            Self::Label(label) => label.label().key(),
            Self::DaysSince { .. } => "days_since",
            Self::Attribute(_) => "attribute",
            Self::Tag(_) => "tag",
        }
    }
}
