//! Breadth: who buys of how many categories, and how much a buyer takes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::LineLog;
use crate::number::money;
use crate::record::calendar::Day;
use crate::record::{CustomerId, ProductId, Window};
use crate::scale::Ratio;

/// The customers of a window by whether they buy of one category or of several.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CategoryBreadth {
    /// The days that were counted.
    pub window: Window,
    /// Cross-category customers: those who bought of two categories or more, of all who bought.
    pub cross_category: Ratio,
    /// Customers by the number of categories that they bought; numbers of nobody do not appear.
    pub customers: BTreeMap<u64, u64>,
}

impl CategoryBreadth {
    /// Single-category customers: those who bought of one category alone, of all who bought.
    pub fn single_category(&self) -> Ratio {
        let of = self.cross_category.of();
        Ratio::counted(of.saturating_sub(self.cross_category.count()), of)
    }
}

/// Counts the customers of a window by the number of categories that they bought in it.
///
/// **Population**: the customers with a purchase in the window; 0 of 0 when there is none.
///
/// # Examples
///
/// ```
/// use repurchase::history::LineLog;
/// use repurchase::measure::{category_breadth, units_per_buyer};
/// use repurchase::record::OrderLine;
/// use repurchase::{Ratio, ShopCalendar, Window};
/// use rust_decimal::Decimal;
///
/// let march = Window::through("2026-03-01".parse()?, "2026-03-31".parse()?)?;
/// let line = |who, category, quantity: u32| {
///     OrderLine::on(who, march.start(), category, quantity.into(), Decimal::TEN)
/// };
/// let lines = [line("ann", "tea", 6)?, line("ann", "pots", 1)?, line("bo", "tea", 1)?, line("cy", "tea", 2)?];
/// let log = LineLog::from_lines(lines, &ShopCalendar::utc())?;
///
/// let breadth = category_breadth(&log, march);
/// assert_eq!((breadth.cross_category, breadth.single_category()), (Ratio::new(1, 3)?, Ratio::new(2, 3)?));
/// assert_eq!(breadth.customers.into_iter().collect::<Vec<_>>(), [(1, 2), (2, 1)]);
/// let tea = units_per_buyer(&log, march)?["tea"];
/// assert_eq!((tea.buyers, tea.units, tea.value()), (3, Decimal::from(9), Some(3.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("cross-sell", "basket"))]
pub fn category_breadth<Id: CustomerId, C: ProductId>(log: &LineLog<Id, C>, window: Window) -> CategoryBreadth {
    let mut customers = BTreeMap::new();
    for bought in log.by_customer() {
        let runs = bought.chunk_by(|left, right| left.product == right.product);
        let categories = runs.filter(|run| run.iter().any(|one| lies_in(one.day, window))).count() as u64;
        if categories > 0 {
            *customers.entry(categories).or_default() += 1;
        }
    }
    let all = customers.values().sum();
    let single = customers.get(&1).copied().unwrap_or_default();
    CategoryBreadth { window, cross_category: Ratio::counted(all - single, all), customers }
}

fn lies_in(day: Day, window: Window) -> bool {
    (window.start().into()..window.end().into()).contains(&day)
}

/// The units that the buyers of a window took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct UnitsPerBuyer {
    /// Customers with a purchase in the window.
    pub buyers: u64,
    /// The sum of their quantities, exact.
    pub units: Decimal,
}

impl UnitsPerBuyer {
    /// Units per buyer, correctly rounded; `None` without a buyer.
    pub fn value(self) -> Option<f64> {
        money::mean(self.units, self.buyers)
    }
}

/// Units per buyer of each product or category bought in a window, ascending.
///
/// **Population** of each: the customers with a purchase of it in the window. Products that nobody bought in it do not
/// appear. Units of several products are no sum of anything unless they are counted in one unit, so there is none here:
/// make the log of lines of one category for that. [`category_breadth`] has an example.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when the units of a product do not fit a `Decimal` at the finest scale of all quantities.
#[doc(alias = "basket")]
pub fn units_per_buyer<Id: CustomerId, P: ProductId>(
    log: &LineLog<Id, P>,
    window: Window,
) -> Result<BTreeMap<P, UnitsPerBuyer>> {
    let mut sums = vec![(0u64, 0i128); log.products().len()];
    for bought in log.by_customer() {
        for run in bought.chunk_by(|left, right| left.product == right.product) {
            let mut inside = run.iter().filter(|one| lies_in(one.day, window)).peekable();
            // Places are those of the log's products.
            let Some((buyers, units)) = inside.peek().and_then(|one| sums.get_mut(one.product as usize)) else {
                continue;
            };
            *buyers += 1;
            // A quantity has 96 bits and there are fewer than 2^32 of them: what passes 127 bits stays there.
            *units = inside.fold(*units, |sum, one| sum.saturating_add(one.quantity.mantissa()));
        }
    }
    let products = log.products().iter().zip(sums).filter(|&(_, (buyers, _))| buyers > 0);
    let named = products.map(|(product, (buyers, units))| {
        let units = money::decimal(units, log.scale()).ok_or(Error::AmountOverflow { field: "units of a product" })?;
        Ok((product.clone(), UnitsPerBuyer { buyers, units: units.normalize() }))
    });
    named.collect()
}

#[cfg(feature = "serde")]
mod stored {
    //! Counts that go together, or an error.

    use super::{BTreeMap, CategoryBreadth, Decimal, Ratio, UnitsPerBuyer, Window};
    use crate::error::{Error, Result};
    use crate::stored::stored;

    stored! {
        CategoryBreadth { window: Window, cross_category: Ratio, customers: BTreeMap<u64, u64> } <=> checked(CategoryBreadth { window, cross_category, customers })
    }

    fn checked(breadth: CategoryBreadth) -> Result<CategoryBreadth> {
        let CategoryBreadth { cross_category, customers, .. } = &breadth;
        for (&categories, &count) in customers {
            Error::within("categories of a customer", categories, 1..=u64::MAX)?;
            Error::within("customers", count, 1..=u64::MAX)?;
        }
        let all = customers.values().try_fold(0u64, |sum, &count| sum.checked_add(count));
        let all = all.ok_or(Error::CountOverflow { field: "number of customers" })?;
        let cross = all - customers.get(&1).copied().unwrap_or_default();
        for (found, expected) in [(cross_category.of(), all), (cross_category.count(), cross)] {
            Error::within("cross-category customers", found, expected..=expected)?;
        }
        Ok(breadth)
    }

    stored! {
        UnitsPerBuyer { buyers: u64, #[serde(with = "crate::number::decimal")] units: Decimal } <=> match buyers {
            0 if !units.is_zero() => refused(units, "0 without a buyer"),
            1.. if units <= Decimal::ZERO => refused(units, "above 0"),
            _ => Ok(UnitsPerBuyer { buyers, units }),
        }
    }

    fn refused(found: Decimal, expected: &'static str) -> Result<UnitsPerBuyer> {
        Err(Error::Amount { field: "units", found, expected })
    }
}
