//! Next categories of parts of a shop, as one.

use super::category::{MOST, NextCategories};
use super::counts::Counts;
use crate::error::{Error, Result};
use crate::number::runs::merged;
use crate::record::ProductId;

impl<C: ProductId> NextCategories<C> {
    /// Adds the entries of another part of the shop, whose customers are none of these, as of the same day and by the
    /// same options: then it is the [`fit`](NextCategories::fit) to all of them, to the bit. A part in which nobody
    /// took up a second category has no fit, and its customers say nothing but that its categories exist. Takes time
    /// and memory for the square of all categories.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for parts as of different days, [`Error::TallyMismatch`] for other options,
    /// [`Error::OutOfRange`] for more than 4,096 categories in all, [`Error::CountOverflow`] for more than `2^32 - 1`
    /// entries. The estimate is then unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::ShopCalendar;
    /// use repurchase::history::LineLog;
    /// use repurchase::predict::{NextCategories, NextCategoryOptions};
    /// use repurchase::record::OrderLine;
    /// use rust_decimal::Decimal;
    ///
    /// let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
    /// let fit = |rows: &[(&'static str, u32, &'static str)]| {
    ///     let line = |&(who, at, what): &(_, u32, _)| OrderLine::on(who, day(at), what, Decimal::ONE, Decimal::TEN);
    ///     let lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    ///     let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
    ///     NextCategories::fit(&log, day(31), &NextCategoryOptions::default())
    /// };
    /// let (ann, bo) = ([("ann", 2, "tea"), ("ann", 9, "pots")], [("bo", 3, "tea"), ("bo", 8, "soap")]);
    /// let mut all = fit(&ann)?;
    /// all.merge(&fit(&bo)?)?;
    /// assert_eq!(all, fit(&[ann, bo].concat())?);
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.as_of() != other.as_of() {
            return Err(Error::AsOfMismatch { left: self.as_of(), right: other.as_of() });
        }
        if self.options() != other.options() {
            let [left, right] = [self, other].map(|one| format!("{:?}", one.options()).into());
            return Err(Error::TallyMismatch { left, right });
        }
        let (left, right) = (self.categories().iter().cloned(), other.categories().iter().cloned());
        let categories: Vec<C> = merged(left, right, C::cmp, |one, _| one).collect();
        Error::within("categories", categories.len() as u64, 0..=MOST)?;
        let entries = self.entries().checked_add(other.entries());
        if entries.is_none_or(|entries| entries > u32::MAX.into()) {
            return Err(Error::CountOverflow { field: "entries" });
        }
        let mut counts = Counts::new(categories.len());
        for part in [&*self, other] {
            let places =
                part.categories().iter().map(|category| categories.binary_search(category).unwrap_or_default());
            counts.add_part(part.counts(), &places.collect::<Vec<_>>());
        }
        *self = Self::of_counts(self.as_of(), self.options(), categories, counts);
        Ok(())
    }
}
