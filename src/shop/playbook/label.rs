//! The labels for which a playbook has actions.

use crate::segment::{ChurnRisk, FrequencyBand, LabelKind, LifecycleStage, NewCustomerState, Octant};

/// A label of a customer, by its kind and key.
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
    ($($kind:ident),+) => {
        $(impl From<$kind> for CustomerLabel<'static> {
            fn from(label: $kind) -> Self {
                Self::new(LabelKind::$kind, label.label().key())
            }
        })+
    };
}

from_labels! { LifecycleStage, FrequencyBand, NewCustomerState, Octant, ChurnRisk }
