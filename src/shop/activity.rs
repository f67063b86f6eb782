//! What a shop knows of a customer beside the purchases.

use crate::record::InteractionKind;
use crate::scale::label::labels;

/// What a customer did with a product or category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Activity {
    /// Looked at it.
    View,
    /// Searched for it.
    Search,
    /// Marked it as a favourite (收藏).
    Favourite,
    /// Put it into the cart (加购).
    Cart,
    /// Ordered it and has not paid.
    UnpaidOrder,
    /// Bought it.
    Purchase,
}

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

/// A value of one of the shop's own attributes of a customer, such as an age or a region.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Attribute<'a> {
    /// The shop has not said.
    #[default]
    Unknown,
    /// The customer has none.
    Absent,
    /// A number; unknown if it is not finite.
    Number(f64),
    /// A text; absent if it is empty.
    Text(&'a str),
}

labels! {
    Activity[6] {
        View: "view", "view", "浏览";
        Search: "search", "search", "搜索";
        Favourite: "favourite", "favourite", "收藏";
        Cart: "cart", "cart", "加购";
        UnpaidOrder: "unpaid_order", "unpaid order", "下单未付款";
        Purchase: "purchase", "purchase", "购买";
    }
}

impl From<InteractionKind> for Activity {
    fn from(kind: InteractionKind) -> Self {
        match kind {
            InteractionKind::View => Self::View,
            InteractionKind::Search => Self::Search,
            InteractionKind::Favourite => Self::Favourite,
            InteractionKind::Cart => Self::Cart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_interaction_is_the_activity_of_its_key() {
        assert!(Activity::ALL.iter().enumerate().all(|(position, &activity)| activity as usize == position));
        for kind in InteractionKind::ALL {
            assert_eq!(Activity::from(kind).label().key(), kind.label().key());
        }
    }
}
