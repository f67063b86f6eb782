//! Next categories and due days as they are read: what was counted, checked.

use chrono::NaiveDate;

use super::category::{NextCategories, NextCategoryOptions};
use super::counts::Counts;
use super::due::{DueModel, DueOptions, ProductDue};
use crate::error::{Error, Result};
use crate::record::ProductId;
use crate::stored::stored;

stored! {
    NextCategories<C: ProductId>(next) {
        as_of: NaiveDate = next.as_of(),
        options: NextCategoryOptions = next.options(),
        categories: Vec<C> = next.categories().to_vec(),
        entries: u64 = next.entries(),
        recent: u64 = next.counts().recent,
        taken: Vec<u64> = next.counts().taken.clone(),
        had: Vec<u64> = next.counts().had.clone(),
        recent_taken: Vec<u64> = next.counts().recent_taken.clone(),
        recent_had: Vec<u64> = next.counts().recent_had.clone(),
        // From, to, entries that took it, entries of customers who had both.
        paths: Vec<[u32; 4]> = next.counts().known(),
    } <=> {
        options.check()?;
        Error::within("categories", categories.len() as u64, 0..=super::category::MOST)?;
        Error::ascending("categories", &categories, |lower, upper| lower >= upper)?;
        // A log has fewer lines.
        Error::within("entries", entries, 1..=u32::MAX.into())?;
        Error::within("recent entries", recent, 0..=entries)?;
        for list in [&taken, &had, &recent_taken, &recent_had] {
            Error::within("counts of categories", list.len() as u64, categories.len() as u64..=categories.len() as u64)?;
        }
        check("entries of a category", entries, &taken, &had)?;
        check("recent entries of a category", recent, &recent_taken, &recent_had)?;
        for (all, recent) in taken.iter().chain(&had).zip(recent_taken.iter().chain(&recent_had)) {
            Error::within("recent entries of a category", *recent, 0..=*all)?;
        }
        let mut counts = Counts { entries, recent, taken, had, recent_taken, recent_had, ..Counts::new(categories.len()) };
        for &path in &paths {
            counts.set(path).ok_or(Error::OutOfRange { field: "path", found: path[2].into(), min: 0, max: entries })?;
        }
        Ok(Self::of_counts(as_of, options, categories, counts))
    }
}

/// Checks that no entry took a category that the customer had.
fn check(field: &'static str, entries: u64, taken: &[u64], had: &[u64]) -> Result<()> {
    taken.iter().zip(had).try_for_each(|(taken, had)| Error::within(field, taken.saturating_add(*had), 0..=entries))
}

stored! {
    DueModel<P: ProductId> {
        as_of: NaiveDate,
        options: DueOptions,
        within: Option<f64>,
        between: Option<f64>,
        products: Vec<(P, ProductDue)>,
    } => {
        options.check()?;
        Error::ascending("products", &products, |(lower, _), (upper, _)| lower >= upper)?;
        for (field, variance) in [("variance within customers", within), ("variance between customers", between)] {
            number(field, variance.unwrap_or_default(), "finite and 0 or more", |found| found >= 0.0)?;
        }
        products.iter().try_for_each(|(_, due)| due_checked(due))?;
        Ok(Self { as_of, options, within, between, products })
    }
}

fn due_checked(due: &ProductDue) -> Result<()> {
    Error::above_zero("usual quantity", due.usual_quantity)?;
    Error::within("returns", due.returns, 1..=u32::MAX.into())?;
    number("returning share", due.returning, "above 0 and at most 1", |share| share > 0.0 && share <= 1.0)?;
    let [earliest, day, latest] = due.days;
    number("days", earliest, "finite and above 0", |days| days > 0.0)?;
    number("days", day, "at least those of the window's begin", |days| days >= earliest)?;
    number("days", latest, "at least those of one half", |days| days >= day)?;
    number("mean of the logarithm of days", due.mean_ln_days, "finite", |_| true)
}

fn number(field: &'static str, found: f64, expected: &'static str, is_allowed: impl Fn(f64) -> bool) -> Result<()> {
    if found.is_finite() && is_allowed(found) { Ok(()) } else { Err(Error::Number { field, found, expected }) }
}
