//! A label as ranges of what a customer's row holds, so that the database finds the customers of a label.
//!
//! Scores and tiers are marks on three numbers: the day of the last purchase, the purchases, the revenue. Asking for
//! the ranges in place of stored labels keeps each page right under the model of the moment: nothing is written when a
//! new model comes.

use std::ops::Bound;

use chrono::NaiveDate;
use repurchase::segment::TierModel;
use repurchase::shop::ShopModels;

use crate::money::Currency;

/// Between two marks, each of which belongs to it or not.
pub(crate) type Range<T> = (Bound<T>, Bound<T>);

/// Of days of last purchase and numbers of purchases.
pub(crate) type Cell = (Range<NaiveDate>, Range<i64>);

/// The customers of each segment, over R and F, by the segment's key: in any of the cells.
pub(crate) fn segments(models: &ShopModels) -> repurchase::Result<Vec<(String, Vec<Cell>)>> {
    let whole = |count| i64::try_from(count).unwrap_or(i64::MAX);
    let regions = models.grid().map(|grid| grid.regions(models.rfm())).transpose()?.unwrap_or_default();
    let segments = regions.into_iter().map(|(segment, regions)| {
        let cells = regions.into_iter().map(|region| (region.recency, map(region.frequency, whole)));
        (segment.key().to_owned(), cells.collect())
    });
    Ok(segments.collect())
}

/// The revenues of each tier, by its key, in minor units.
pub(crate) fn tiers(model: &TierModel, currency: Currency) -> Vec<(String, Range<i64>)> {
    let minor = |cut| currency.minor(cut).unwrap_or(i64::MAX);
    let tiers = model.names().iter().enumerate();
    tiers.filter_map(|(position, name)| Some((name.key().to_owned(), map(model.range(position)?, minor)))).collect()
}

fn map<T, U>((from, to): Range<T>, unit: impl Fn(T) -> U) -> Range<U> {
    (from.map(&unit), to.map(&unit))
}
