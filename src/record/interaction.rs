//! What a customer does before or without buying.

use chrono::{DateTime, Utc};

use crate::scale::Label;

/// How a customer showed interest in a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum InteractionKind {
    /// Looked at its page.
    View,
    /// Searched for it.
    Search,
    /// Put it on the list of favourites.
    Favourite,
    /// Put it into the cart.
    Cart,
}

impl InteractionKind {
    /// All four, from the weakest sign of interest to the strongest.
    pub const ALL: [Self; 4] = [Self::View, Self::Search, Self::Favourite, Self::Cart];

    /// Its key and names.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::record::InteractionKind;
    /// use repurchase::scale::Language;
    ///
    /// assert_eq!(InteractionKind::Cart.label().name(Language::English), "Added to cart");
    /// assert_eq!(InteractionKind::ALL.map(|kind| kind.label().name(Language::Chinese)), ["浏览", "搜索", "收藏", "加购"]);
    /// ```
    pub const fn label(self) -> &'static Label {
        match self {
            Self::View => const { &Label::preset("view", "Viewed", "浏览") },
            Self::Search => const { &Label::preset("search", "Searched", "搜索") },
            Self::Favourite => const { &Label::preset("favourite", "Favourited", "收藏") },
            Self::Cart => const { &Label::preset("cart", "Added to cart", "加购") },
        }
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
    /// Every combination is one.
    pub const fn new(customer: Id, at: DateTime<Utc>, kind: InteractionKind, product: P) -> Self {
        Self { customer, at, kind, product }
    }

    /// Who.
    pub const fn customer(&self) -> &Id {
        &self.customer
    }

    /// When.
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// How.
    pub const fn kind(&self) -> InteractionKind {
        self.kind
    }

    /// The product or category.
    pub const fn product(&self) -> &P {
        &self.product
    }
}
