//! Buyer mixes as rows of plain fields, and as a terminal shows them.

use core::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{BuyerSums, PeriodMix};
use crate::scale::Ratio;
use crate::scale::table::{TextTable, amount, counted};

/// A [`PeriodMix`] in plain fields, named as the header of a file would be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MixRow {
    /// The first day of the period.
    pub first_day: NaiveDate,
    /// The last day of the period that was counted.
    pub last_day: NaiveDate,
    /// Customers who buy in the period.
    pub customers: u64,
    /// Customers who buy for the first time in the log.
    pub new_customers: u64,
    /// Customers who bought in an earlier period.
    pub returning_customers: u64,
    /// `returning_customers / customers`, correctly rounded; `None` without a customer.
    pub returning_share: Option<f64>,
    /// Purchases in the period.
    pub purchases: u64,
    /// Purchases of new customers.
    pub new_purchases: u64,
    /// Purchases of returning customers.
    pub returning_purchases: u64,
    /// Net revenue of the period.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub net_revenue: Decimal,
    /// Net revenue from new customers.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub new_revenue: Decimal,
    /// Net revenue from returning customers.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub returning_revenue: Decimal,
    /// Credits to customers who do not buy in the period.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub other_credits: Decimal,
}

impl PeriodMix {
    /// The same in plain fields. [`mix_table`] has an example.
    pub fn row(&self) -> MixRow {
        let Self { window, new, returning, other_credits, net_revenue } = *self;
        MixRow {
            first_day: window.start(),
            last_day: window.last(),
            customers: self.customers(),
            new_customers: new.customers,
            returning_customers: returning.customers,
            returning_share: self.returning_share().value(),
            purchases: self.purchases(),
            new_purchases: new.purchases,
            returning_purchases: returning.purchases,
            net_revenue,
            new_revenue: new.revenue,
            returning_revenue: returning.revenue,
            other_credits,
        }
    }
}

/// Prints the days, both groups with their shares of the customers, and what they bring.
impl fmt::Display for PeriodMix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { window, new, returning, net_revenue, .. } = self;
        let of = |sums: &BuyerSums| Ratio::new(sums.customers, self.customers()).unwrap_or_default();
        write!(
            f,
            "{window}: new {} bring {}, returning {} bring {}, net revenue {net_revenue}",
            of(new),
            new.revenue,
            of(returning),
            returning.revenue
        )
    }
}

/// Mixes as a terminal shows them: one line for each, columns aligned, shares beside their counts.
///
/// A dash stands where nobody buys. No mixes give the line of names alone.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{buyer_mix, mix_table};
/// use repurchase::record::Period;
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-01-09", 30), ("ann", "2026-02-20", 50), ("bo", "2026-01-31", 20), ("cy", "2026-02-01", 10)];
/// let orders = rows.map(|(who, day, amount)| Ok(Order::on(who, day.parse()?, Decimal::from(amount))?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let months = buyer_mix(&log, Period::Month, "2026-02-28".parse()?)?;
/// assert_eq!(
///     mix_table(&months).to_string(),
///     "days                     customers         new   returning  orders  net revenue  of new  of returning  a customer
/// 2026-01-01..=2026-01-31          2  2  100.00%  0    0.00%       2           50      50             0          25
/// 2026-02-01..=2026-02-28          2  1   50.00%  1   50.00%       2           60      10            50          30"
/// );
/// assert_eq!((months[1].row().new_customers, months[1].row().returning_share), (1, Some(0.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mix_table(mixes: &[PeriodMix]) -> impl fmt::Display + use<> {
    let header =
        ["days", "customers", "new", "returning", "orders", "net revenue", "of new", "of returning", "a customer"];
    let mut table = TextTable::new(1, header);
    for mix in mixes {
        let share = |customers| counted(Ratio::new(customers, mix.customers()).unwrap_or_default());
        table.push(vec![
            mix.window.to_string(),
            mix.customers().to_string(),
            share(mix.new.customers),
            share(mix.returning.customers),
            mix.purchases().to_string(),
            mix.net_revenue.to_string(),
            mix.new.revenue.to_string(),
            mix.returning.revenue.to_string(),
            amount(mix.revenue_per_customer(), mix.net_revenue.scale()),
        ]);
    }
    table
}
