//! The interactions of a visitor, as the model reads them.

use crate::record::InteractionKind;

/// The number of numbers that the model reads of a visitor.
pub(super) const FEATURES: usize = 7;

/// Days after which an interaction weighs half.
const HALF: f64 = 7.0;

/// The interactions of a visitor in the days up to and including a day, in the numbers that
/// [`VisitorModel`](super::VisitorModel) reads.
///
/// # Formula
///
/// An interaction `d` days ago weighs `w = 7 / (7 + d)`: 1 on the day itself, half after a week. The numbers are
/// `ln(1 + Σ w)` over the views, over the searches, over the favourites and over the carts; `w` of the latest interaction
/// of any kind; `ln(days with an interaction)`; `ln(products or categories)`.
///
/// # Examples
///
/// ```
/// use repurchase::predict::VisitorSample;
/// use repurchase::record::InteractionKind::{Cart, View};
///
/// let visitor = VisitorSample::of([(View, 7, "tea"), (View, 0, "tea"), (Cart, 0, "cup")]).ok_or("has been here")?;
/// assert!((visitor.views - 2.5_f64.ln()).abs() < 1e-15 && (visitor.carts - 2.0_f64.ln()).abs() < 1e-15);
/// assert!((visitor.visit_days - 2.0_f64.ln()).abs() < 1e-15 && visitor.visit_days == visitor.categories);
/// assert_eq!((visitor.recency, visitor.days_since_cart), (1.0, Some(0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VisitorSample {
    /// `ln(1 + Σ w)` over the views, 0 or more.
    pub views: f64,
    /// The same over the searches.
    pub searches: f64,
    /// The same over the favourites.
    pub favourites: f64,
    /// The same over the carts.
    pub carts: f64,
    /// `w` of the latest interaction, above 0 and at most 1.
    pub recency: f64,
    /// The logarithm of the number of days with an interaction, 0 or more.
    pub visit_days: f64,
    /// The logarithm of the number of products or categories, 0 or more.
    pub categories: f64,
    /// Days since something was last put into the cart; `None` where nothing was. The model does not read it: it is what a
    /// [rule of thumb](super::VisitorCheck) goes by.
    pub days_since_cart: Option<u32>,
}

impl VisitorSample {
    /// Makes a sample of the kind, the days since then and the product or category of each interaction, in any order; `None`
    /// without one. Give those of the days that the model looks back alone. Takes time `n log n`.
    pub fn of<P: Ord>(interactions: impl IntoIterator<Item = (InteractionKind, u32, P)>) -> Option<Self> {
        let (mut acts, mut categories) = (Vec::new(), Vec::new());
        for (kind, days_ago, category) in interactions {
            acts.push((days_ago, kind));
            categories.push(category);
        }
        categories.sort_unstable();
        categories.dedup();
        Self::sorted(&mut acts, categories.len())
    }

    pub(super) fn sorted(acts: &mut [(u32, InteractionKind)], categories: usize) -> Option<Self> {
        // In one order, so that sums have one value.
        acts.sort_unstable();
        let &(latest, _) = acts.first()?;
        let weight = |days_ago: u32| HALF / (HALF + f64::from(days_ago));
        let of_kind = |kind: InteractionKind| {
            let sum: f64 = acts.iter().filter(|(_, other)| *other == kind).map(|&(days_ago, _)| weight(days_ago)).sum();
            libm::log1p(sum)
        };
        let days = acts.chunk_by(|left, right| left.0 == right.0).count();
        let cart = acts.iter().find(|(_, kind)| *kind == InteractionKind::Cart);
        Some(Self {
            views: of_kind(InteractionKind::View),
            searches: of_kind(InteractionKind::Search),
            favourites: of_kind(InteractionKind::Favourite),
            carts: of_kind(InteractionKind::Cart),
            recency: weight(latest),
            visit_days: logarithm(days),
            categories: logarithm(categories),
            days_since_cart: cart.map(|&(days_ago, _)| days_ago),
        })
    }

    /// The numbers in the order of the parameters.
    pub(super) const fn features(&self) -> [f64; FEATURES] {
        let Self { views, searches, favourites, carts, recency, visit_days, categories, .. } = *self;
        [views, searches, favourites, carts, recency, visit_days, categories]
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts are fewer than 2^53")]
fn logarithm(count: usize) -> f64 {
    libm::log(count as f64)
}
