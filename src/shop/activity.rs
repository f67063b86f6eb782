//! Activities of a customer beside the purchases.

use crate::record::InteractionKind;
use crate::scale::label::labels;

labels! {
    /// A kind of activity with a product or category.
    #[non_exhaustive]
    pub enum Activity[6] {
        /// Looked at it.
        View: "view", "view", "浏览";
        /// Searched for it.
        Search: "search", "search", "搜索";
        /// Marked it as a favourite (收藏).
        Favourite: "favourite", "favourite", "收藏";
        /// Put it into the cart (加购).
        Cart: "cart", "cart", "加购";
        /// Ordered it and has not paid.
        UnpaidOrder: "unpaid_order", "unpaid order", "下单未付款";
        /// Bought it.
        Purchase: "purchase", "purchase", "购买";
    }
}

/// The last time that a customer did something with a product or category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastActivity<'a> {
    /// The kind of activity.
    pub activity: Activity,
    /// The product or category.
    pub category: &'a str,
    /// The number of days before the as-of day; 0 is the as-of day itself.
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
