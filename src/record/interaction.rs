//! Interactions of a customer with products, before or without buying.

use chrono::{DateTime, Utc};

use crate::scale::label::labels;

labels! {
    /// A kind of interest in a product, from the weakest sign to the strongest.
    pub enum InteractionKind[4] {
        /// The customer looked at its page.
        View: "view", "Viewed", "浏览";
        /// The customer searched for it.
        Search: "search", "Searched", "搜索";
        /// The customer put it on the list of favourites.
        Favourite: "favourite", "Favourited", "收藏";
        /// The customer put it into the cart.
        Cart: "cart", "Added to cart", "加购";
    }
}

/// One interaction of a customer with a product or category `P`: who, when, what, how.
///
/// # Examples
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use repurchase::record::{Interaction, InteractionKind};
///
/// let at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap();
/// let interaction = Interaction::new("ann", at, InteractionKind::Favourite, "coffee");
/// assert_eq!((*interaction.customer(), *interaction.product()), ("ann", "coffee"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interaction<Id, P> {
    customer: Id,
    at: DateTime<Utc>,
    kind: InteractionKind,
    product: P,
}

impl<Id, P> Interaction<Id, P> {
    /// Makes an interaction; every combination is one.
    pub const fn new(customer: Id, at: DateTime<Utc>, kind: InteractionKind, product: P) -> Self {
        Self { customer, at, kind, product }
    }

    /// The customer.
    pub const fn customer(&self) -> &Id {
        &self.customer
    }

    /// The time.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// The kind of interest.
    pub const fn kind(&self) -> InteractionKind {
        self.kind
    }

    /// The product or category.
    pub const fn product(&self) -> &P {
        &self.product
    }
}
