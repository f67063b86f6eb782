//! Cohorts as rows of plain fields, and as a terminal shows them.

use core::fmt;
use core::ops::Bound;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Cohort, CohortTable, Life};
use crate::number::{money, quotient};
use crate::record::Period;
use crate::scale::Ratio;
use crate::scale::table::{TextTable, amount, counted};

/// A row of cohorts, with or without the group that it is of.
macro_rules! cohort_row {
    ($(#[$doc:meta])* $row:ident $(<$key:ident>)?, $($(#[$of:meta])* $group:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub struct $row $(<$key>)? {
            $($(#[$of])* pub $group: K,)?
            /// The first day of the period of the first purchase.
            pub cohort_first_day: NaiveDate,
            /// The last day of that period.
            pub cohort_last_day: NaiveDate,
            /// The cohort's customers.
            pub customers: u64,
            /// The period of life, from 0.
            pub offset: u32,
            /// Whether some of the customers have not lived the period to its end.
            pub open: bool,
            /// Customers who buy in it.
            pub active_customers: u64,
            /// The retention, `active_customers / customers`, correctly rounded.
            pub retention: Option<f64>,
            /// Customers who buy in it or later, as of the day.
            pub unbounded_customers: u64,
            /// The unbounded retention, `unbounded_customers / customers`, likewise.
            pub unbounded_retention: Option<f64>,
            /// Purchases in it.
            pub purchases: u64,
            /// Net revenue in it.
            #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
            pub revenue: Decimal,
            /// Net revenue from offset 0 up to and including it; `None` for a sum that is not that of a log.
            #[cfg_attr(feature = "serde", serde(serialize_with = "crate::number::decimal::serialize_option"))]
            pub cumulative_revenue: Option<Decimal>,
            /// `cumulative_revenue / customers`: the cohort's value by then, rounded to 28 digits where it does not end.
            #[cfg_attr(feature = "serde", serde(serialize_with = "crate::number::decimal::serialize_option"))]
            pub value_per_customer: Option<Decimal>,
        }

        impl $(<$key>)? $row $(<$key>)? {
            fn of($($group: K,)? cohort: &Cohort, offset: u32, before: &mut Before) -> Option<Self> {
                let cell = cohort.at(offset)?;
                before.revenue = before.revenue.and_then(|sum| money::exact_sum(sum, cell.revenue));
                let unbounded_customers = cohort.customers.saturating_sub(before.gone);
                before.gone = before.gone.saturating_add(cohort.last.get(&offset).copied().unwrap_or_default());
                let share = |customers: u64| quotient(customers.into(), cohort.customers.into());
                Some(Self {
                    $($group,)?
                    cohort_first_day: cohort.window.start(),
                    cohort_last_day: cohort.window.last(),
                    customers: cohort.customers,
                    offset,
                    open: offset >= cohort.complete_offsets,
                    active_customers: cell.customers,
                    retention: share(cell.customers),
                    unbounded_customers,
                    unbounded_retention: share(unbounded_customers),
                    purchases: cell.purchases,
                    revenue: cell.revenue,
                    cumulative_revenue: before.revenue,
                    value_per_customer: before.revenue.and_then(|sum| sum.checked_div(cohort.customers.into())),
                })
            }
        }
    };
}

/// What earlier periods of life leave: the net revenue in them, and the customers who last bought in them.
struct Before {
    revenue: Option<Decimal>,
    gone: u64,
}

impl Before {
    const NOTHING: Self = Self { revenue: Some(Decimal::ZERO), gone: 0 };
}

cohort_row! {
    /// One period of life of one cohort in plain fields, named as the header of a file would be.
    CohortRow,
}

cohort_row! {
    /// One period of life of one cohort of a group in plain fields, named as the header of a file would be.
    GroupCohortRow<K>,
    /// The group.
    group
}

/// The cohorts of [groups](CohortTable::by) in plain fields: the [rows](CohortTable::rows) of each group, in their order.
pub fn group_cohort_rows<K>(groups: &BTreeMap<K, CohortTable>) -> impl Iterator<Item = GroupCohortRow<&K>> {
    let cohorts = groups.iter().flat_map(|(group, table)| table.cohorts.iter().map(move |cohort| (group, cohort)));
    cohorts.flat_map(|(group, cohort)| {
        let mut before = Before::NOTHING;
        (0..cohort.offsets).map_while(move |offset| GroupCohortRow::of(group, cohort, offset, &mut before))
    })
}

/// The cohorts of [groups](CohortTable::by) as a terminal shows them: each group's table below its name.
pub fn group_cohort_table<K: fmt::Display>(groups: &BTreeMap<K, CohortTable>) -> impl fmt::Display + use<K> {
    let tables: Vec<String> = groups.iter().map(|(group, table)| format!("{group}\n{table}")).collect();
    tables.join("\n\n")
}

impl Cohort {
    /// One row for each period of life that has begun, made as they are asked for.
    fn rows(&self) -> impl Iterator<Item = CohortRow> {
        let mut before = Before::NOTHING;
        (0..self.offsets).map_while(move |offset| CohortRow::of(self, offset, &mut before))
    }
}

impl CohortTable {
    /// The table in plain fields: one row for each cohort and each period of life that has begun for it, also those in
    /// which nobody buys, oldest cohort first. Rows are made as they are asked for.
    pub fn rows(&self) -> impl Iterator<Item = CohortRow> {
        self.cohorts.iter().flat_map(Cohort::rows)
    }

    /// The name of a period of life.
    fn offset_name(&self, offset: u32) -> String {
        let Life::Brackets(bands) = &self.options.life else { return offset.to_string() };
        match bands.range(offset as usize) {
            Some((Bound::Included(&from), Bound::Excluded(&to))) if to - from == 1 => from.to_string(),
            Some((Bound::Included(from), Bound::Excluded(to))) => format!("{from}-{}", to - 1),
            Some((Bound::Included(from), _)) => format!("{from}+"),
            Some((_, Bound::Excluded(&1))) => "0".to_owned(),
            Some((_, Bound::Excluded(to))) => format!("0-{}", to.saturating_sub(1)),
            _ => "0+".to_owned(),
        }
    }

    /// One block of the table: a cell of each cohort and offset, and of all cohorts together.
    fn block(
        &self,
        offsets: u32,
        cell: impl Fn(&Cohort, u32) -> Option<String>,
        all: impl Fn(u32) -> Option<String>,
    ) -> TextTable {
        let names = (0..offsets).map(|offset| self.offset_name(offset) + " ");
        let mut table = TextTable::new(1, ["cohort".to_owned(), "customers".to_owned()].into_iter().chain(names));
        for cohort in &self.cohorts {
            let cells = (0..offsets).map_while(|offset| {
                let mark = if offset < cohort.complete_offsets { " " } else { "*" };
                Some(cell(cohort, offset)? + mark)
            });
            let name = self.options.period.name(cohort.window.start());
            table.push([name, cohort.customers.to_string()].into_iter().chain(cells).collect());
        }
        let cells = (0..offsets).map_while(|offset| Some(all(offset)? + " "));
        let customers = self.cohorts.iter().map(|cohort| u128::from(cohort.customers)).sum::<u128>();
        table.push(["all".to_owned(), customers.to_string()].into_iter().chain(cells).collect());
        table
    }
}

/// Offsets that are printed; [`CohortTable::rows`] has all.
const MOST_OFFSETS: u32 = 60;

/// Prints the retention, the unbounded retention and the value of every cohort by period of life, open cells with a star, and below them that of
/// all cohorts together, from their complete cells alone. Of more than 60 periods, the first 60.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{CohortOptions, CohortTable};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-01-09", 30), ("ann", "2026-02-20", 50), ("bo", "2026-01-31", 20), ("cy", "2026-02-01", 10)];
/// let orders = rows.map(|(who, day, amount)| Ok(Order::on(who, day.parse()?, Decimal::from(amount))?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let table = CohortTable::of(&log, "2026-03-15".parse()?, &CohortOptions::default())?;
/// assert_eq!(
///     table.to_string(),
///     "Customers who buy, by calendar month of life (* open: some have not lived it to its end)
/// cohort   customers           0            1            2
/// 2026-01          2  2  100.00%   1   50.00%   0    0.00%*
/// 2026-02          1  1  100.00%   0    0.00%*
/// all              3  3  100.00%   1   50.00%
///
/// Customers who buy then or later
/// cohort   customers           0            1            2
/// 2026-01          2  2  100.00%   1   50.00%   0    0.00%*
/// 2026-02          1  1  100.00%   0    0.00%*
/// all              3  3  100.00%   1   50.00%
///
/// Net revenue per customer up to then
/// cohort   customers   0    1    2
/// 2026-01          2  25   50   50*
/// 2026-02          1  10   10*
/// all              3  20   50"
/// );
/// let open = table.rows().filter(|row| row.open).map(|row| (row.cohort_first_day.to_string(), row.offset));
/// assert_eq!(open.collect::<Vec<_>>(), [("2026-01-01".to_owned(), 2), ("2026-02-01".to_owned(), 1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl fmt::Display for CohortTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let life = match (&self.options.life, self.options.period) {
            (Life::Days(days), _) => {
                format!("span of {} of each customer's life", crate::scale::words::count(&days.to_string(), "day"))
            }
            (Life::Brackets(_), _) => "bracket of days of each customer's life".to_owned(),
            (Life::Calendar, Period::Day) => "calendar day of life".to_owned(),
            (Life::Calendar, Period::Week) => "calendar week of life".to_owned(),
            (Life::Calendar, Period::Month) => "calendar month of life".to_owned(),
            (Life::Calendar, Period::Quarter) => "calendar quarter of life".to_owned(),
            (Life::Calendar, Period::Year) => "calendar year of life".to_owned(),
        };
        writeln!(f, "Customers who buy, by {life} (* open: some have not lived it to its end)")?;
        let offsets = self.cohorts.iter().map(|cohort| cohort.offsets).max().unwrap_or_default();
        let shown = offsets.min(MOST_OFFSETS);
        let some = |ratio: Ratio| (ratio.of() > 0).then(|| counted(ratio));
        let all = |offset| some(self.retention(offset).ok()?);
        write!(f, "{}\n\n", self.block(shown, |cohort, offset| cohort.retention(offset).map(counted), all))?;

        writeln!(f, "Customers who buy then or later")?;
        let all = |offset| some(self.unbounded_retention(offset).ok()?);
        write!(f, "{}\n\n", self.block(shown, |cohort, offset| cohort.unbounded_retention(offset).map(counted), all))?;

        writeln!(f, "Net revenue per customer up to then")?;
        let value = |cohort: &Cohort, offset| {
            let sums = cohort.through(offset)?;
            Some(amount(Some(sums.revenue_per_customer()?), sums.revenue.scale()))
        };
        let all = |offset| {
            let sums = self.through(offset).ok()?;
            Some(amount(Some(sums.revenue_per_customer()?), sums.revenue.scale()))
        };
        write!(f, "{}", self.block(shown, value, all))?;
        if shown < offsets {
            write!(f, "\nof {offsets} periods the first {shown}")?;
        }
        Ok(())
    }
}
