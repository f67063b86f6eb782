//! Simulated visitors, whose chances to buy are those of a known model.

use repurchase::predict::VisitorParams;
use repurchase::record::InteractionKind;

pub(crate) const TRUTH: VisitorParams = VisitorParams {
    intercept: -3.5,
    views: 0.3,
    searches: 0.5,
    favourites: 0.8,
    carts: 1.2,
    recency: 1.0,
    visit_days: 0.5,
    categories: -0.4,
};

/// What one visitor did, one to six times: the kind, the days before the split, below 10, and one of eight categories.
pub(crate) fn visits(mut uniform: impl FnMut() -> f64) -> Vec<(InteractionKind, u32, u32)> {
    (0..=(6.0 * uniform()) as usize)
        .map(|_| {
            let kind = InteractionKind::ALL[(4.0 * uniform()) as usize];
            (kind, (10.0 * uniform()) as u32, (8.0 * uniform()) as u32)
        })
        .collect()
}
