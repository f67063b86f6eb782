//! Repurchase rates as rows of plain fields, and as a terminal shows them.

use core::fmt;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::RepurchaseRates;
use crate::scale::table::{TextTable, counted};

/// A row of rates, with or without the group that it is of.
macro_rules! rate_row {
    ($(#[$doc:meta])* $row:ident $(<$key:ident>)?, $($(#[$of:meta])* $group:ident)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub struct $row $(<$key>)? {
            $($(#[$of])* pub $group: K,)?
            /// The first day that was counted.
            pub first_day: NaiveDate,
            /// The last one.
            pub last_day: NaiveDate,
            /// Customers with an occasion in the window.
            pub customers: u64,
            /// Customers with two or more.
            pub repeat_customers: u64,
            /// The user repurchase rate, `repeat_customers / customers`, correctly rounded; `None` without a customer.
            pub user_rate: Option<f64>,
            /// Occasions in the window: orders, or days with one.
            pub occasions: u64,
            /// Occasions that are their customer's second or later, as the options say.
            pub repeat_occasions: u64,
            /// The order repurchase rate, `repeat_occasions / occasions`, likewise.
            pub order_rate: Option<f64>,
            /// Customers with an occasion that is their second or later over the lifetime.
            pub returning_customers: u64,
            /// The returning-customer rate, `returning_customers / customers`, likewise.
            pub returning_rate: Option<f64>,
        }

        impl $(<$key>)? $row $(<$key>)? {
            fn from_rates($($group: K,)? rates: &RepurchaseRates) -> Self {
                let RepurchaseRates { window, users, orders, returning } = rates;
                Self {
                    $($group,)?
                    first_day: window.start(),
                    last_day: window.last(),
                    customers: users.of(),
                    repeat_customers: users.count(),
                    user_rate: users.value(),
                    occasions: orders.of(),
                    repeat_occasions: orders.count(),
                    order_rate: orders.value(),
                    returning_customers: returning.count(),
                    returning_rate: returning.value(),
                }
            }
        }
    };
}

rate_row! {
    /// [`RepurchaseRates`] in plain fields, named as the header of a file would be.
    RateRow,
}

rate_row! {
    /// [`RepurchaseRates`] of a group in plain fields, named as the header of a file would be.
    GroupRateRow<K>,
    /// The group.
    group
}

impl RepurchaseRates {
    /// The same in plain fields. [`rate_table`] has an example.
    pub fn row(&self) -> RateRow {
        RateRow::from_rates(self)
    }
}

/// The rates of [groups](crate::measure::repurchase_rates_by) in plain fields, one row for each group and window, in
/// their order.
pub fn group_rate_rows<K>(groups: &BTreeMap<K, Vec<RepurchaseRates>>) -> impl Iterator<Item = GroupRateRow<&K>> {
    groups.iter().flat_map(|(group, rates)| rates.iter().map(move |rates| GroupRateRow::from_rates(group, rates)))
}

/// Prints the days and the three rates, each with its counts.
impl fmt::Display for RepurchaseRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { window, users, orders, returning } = self;
        write!(f, "{window}: users {users}, orders {orders}, returning {returning}")
    }
}

/// Rates as a terminal shows them: one line for each window, columns aligned, shares beside their counts.
///
/// A dash stands for a rate of nobody. No rates give the line of names alone.
///
/// # Examples
///
/// ```
/// use repurchase::measure::{RateOptions, rate_table, repurchase_rates};
/// use repurchase::record::{Period, Windows};
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [("ann", "2026-01-05"), ("ann", "2026-01-20"), ("bo", "2026-01-09"), ("bo", "2026-02-09")];
/// let orders = rows.map(|(who, day)| Ok(Order::on(who, day.parse()?, Decimal::TEN)?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let months = Windows::periods(Period::Month, "2026-01-01".parse()?, "2026-02-28".parse()?)?;
/// let rates = repurchase_rates(&log, &months, &RateOptions::default());
/// assert_eq!(
///     rate_table(&rates).to_string(),
///     "days                     customers  bought again  orders     repeats   returning
/// 2026-01-01..=2026-01-31          2    1   50.00%       3  1   33.33%  1   50.00%
/// 2026-02-01..=2026-02-28          1    0    0.00%       1  0    0.00%  1  100.00%"
/// );
/// assert_eq!((rates[0].row().repeat_customers, rates[0].row().user_rate), (1, Some(0.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn rate_table(rates: &[RepurchaseRates]) -> impl fmt::Display + use<> {
    let mut table = TextTable::new(1, HEADER);
    for rates in rates {
        table.push(line(rates));
    }
    table
}

/// The rates of [groups](crate::measure::repurchase_rates_by) as a terminal shows them: as [`rate_table`], with the group
/// in front of each line.
pub fn group_rate_table<K: fmt::Display>(groups: &BTreeMap<K, Vec<RepurchaseRates>>) -> impl fmt::Display + use<K> {
    let mut table = TextTable::new(2, ["group"].into_iter().chain(HEADER));
    for (group, rates) in groups {
        for rates in rates {
            table.push([group.to_string()].into_iter().chain(line(rates)).collect());
        }
    }
    table
}

const HEADER: [&str; 6] = ["days", "customers", "bought again", "orders", "repeats", "returning"];

fn line(rates: &RepurchaseRates) -> Vec<String> {
    let RepurchaseRates { window, users, orders, returning } = *rates;
    let (customers, occasions) = (users.of().to_string(), orders.of().to_string());
    vec![window.to_string(), customers, counted(users), occasions, counted(orders), counted(returning)]
}
