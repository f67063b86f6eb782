//! The products with the shortest cycles.

use core::cmp::Ordering;

use super::{CycleTable, ProductCycle};
use crate::record::ProductId;

impl<P: ProductId> CycleTable<P> {
    /// The products by their cycle, the shortest median first.
    ///
    /// **Population**: the products whose median is reached, and rests on `least_customers` customers or more
    /// ([`ProductCycle::customers_at_median`]): where one customer of two came back the next day, the median is a day and
    /// says nothing. Of equal medians the product goes first of which more customers were left there, then the smaller
    /// product. Takes time `n log n` in products.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::ShopCalendar;
    /// use repurchase::history::LineLog;
    /// use repurchase::measure::{CycleOptions, CycleTable};
    /// use repurchase::record::OrderLine;
    /// use rust_decimal::Decimal;
    ///
    /// let rows = [
    ///     ("ann", "2026-03-01", "tea"), ("ann", "2026-03-21", "tea"), ("bo", "2026-03-01", "tea"),
    ///     ("bo", "2026-03-19", "tea"), ("cy", "2026-03-01", "soap"), ("cy", "2026-03-03", "soap"),
    /// ];
    /// let lines = rows.map(|(who, day, what)| OrderLine::on(who, day.parse().unwrap(), what, Decimal::ONE, Decimal::TEN));
    /// let log = LineLog::from_lines(lines.into_iter().collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
    /// let table = CycleTable::of(&log, "2026-03-22".parse().unwrap(), &CycleOptions::default());
    ///
    /// let ranked = |least| table.ranked(least).into_iter().map(|(&product, cycle)| (product, cycle.median_days()));
    /// assert!(ranked(1).eq([("soap", Some(2.0)), ("tea", Some(18.0))]));
    /// // One customer bought soap twice: no ground to stand on.
    /// assert!(ranked(2).eq([("tea", Some(18.0))]));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    #[doc(alias("fastest products", "consumables"))]
    pub fn ranked(&self, least_customers: u64) -> Vec<(&P, &ProductCycle)> {
        let rests_on = |cycle: &ProductCycle| cycle.customers_at_median.is_some_and(|count| count >= least_customers);
        let mut ranked: Vec<(&P, &ProductCycle)> = self.iter().filter(|(_, cycle)| rests_on(cycle)).collect();
        // Products ascend, and the sort is stable.
        ranked.sort_by(|(_, one), (_, other)| {
            by_median(one, other).then(other.customers_at_median.cmp(&one.customers_at_median))
        });
        ranked
    }
}

/// Compares cycles by the median in days.
fn by_median(one: &ProductCycle, other: &ProductCycle) -> Ordering {
    let days = |cycle: &ProductCycle| cycle.median_days().unwrap_or(f64::INFINITY);
    days(one).total_cmp(&days(other))
}
