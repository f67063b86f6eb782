//! Repurchase rates: what share of customers, and of orders, comes back.

use std::collections::BTreeMap;

use crate::history::PurchaseLog;
use crate::measure::days::WindowsOfDay;
use crate::record::{CustomerId, Window, Windows};
use crate::scale::Ratio;

mod by;
mod fold;
mod rows;

use by::GroupFold;
use fold::{Counts, WindowFold};
pub use rows::{GroupRateRow, RateRow, group_rate_rows, group_rate_table, rate_table};

/// The unit that counts as one purchase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Occasion {
    /// Each order is an occasion: two on one day are two.
    #[default]
    Order,
    /// Each day with an order is an occasion: a basket that was split into three orders is one.
    Day,
}

/// The time within which an occasion counts as the customer's second or later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Scope {
    /// The time inside the window: each customer's first occasion in it is no repeat, even of one who bought before it.
    #[default]
    Window,
    /// The time of the customer's life: only the very first occasion in the log is no repeat.
    Lifetime,
}

/// The rules by which purchases are counted; every combination is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RateOptions {
    /// The unit that counts as one purchase; each order by default.
    pub occasion: Occasion,
    /// The time within which an order counts as a repeat; inside the window by default.
    pub scope: Scope,
}

impl RateOptions {
    /// The same options with another occasion.
    #[must_use]
    pub const fn with_occasion(self, occasion: Occasion) -> Self {
        Self { occasion, ..self }
    }

    /// The same options with another scope.
    #[must_use]
    pub const fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }
}

/// The user and the order repurchase rate of one window, and the returning-customer rate.
///
/// An **occasion** is an order or a day with an order, as [`Occasion`] says. Credits are never one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RepurchaseRates {
    /// The days that were counted.
    pub window: Window,
    /// User repurchase rate: customers with two occasions or more in the window, of those with one or more.
    ///
    /// Counted inside the window in either [`Scope`]; [`buyer_mix`](crate::measure::buyer_mix) tells new from returning
    /// buyers.
    pub users: Ratio,
    /// Order repurchase rate: occasions in the window that are their customer's second or later, of all occasions in
    /// it. [`Scope`] says where "second" counts.
    pub orders: Ratio,
    /// Returning-customer rate: customers with an occasion in the window that is their second or later over the lifetime,
    /// of those with one or more. The same in either [`Scope`]. Of each [order](Occasion::Order) it is what shop platforms
    /// show under this name.
    pub returning: Ratio,
}

/// The repurchase rates of one window: [`repurchase_rates`] of it alone, whose example has it.
#[doc(alias("repeat purchase rate", "复购率"))]
pub fn repurchase_rate<Id: CustomerId>(
    log: &PurchaseLog<Id>,
    window: Window,
    options: &RateOptions,
) -> RepurchaseRates {
    let only = repurchase_rates(log, &window.into(), options).pop();
    only.unwrap_or_else(|| Counts::default().rates(window, options.scope))
}

/// The repurchase rates of any number of windows, in their order.
///
/// **Population** of each window: the customers with a purchase in it, and their occasions in it. What happened before
/// a window matters to [`Scope::Lifetime`] alone, what happened after it to nothing. The order of purchases within a
/// day does not matter. A window without a purchase has rates of 0 of 0; no window gives no rates.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::measure::{Occasion, RateOptions, Scope, next_window_rate, second_purchase_rate};
/// use repurchase::measure::{repurchase_rate, repurchase_rates, repurchase_rates_by};
/// use repurchase::record::{Period, Windows};
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
/// use rust_decimal::Decimal;
///
/// let rows = [("app:ann", "2026-01-05"), ("app:ann", "2026-01-20"), ("web:bo", "2026-01-09"), ("web:bo", "2026-02-09")];
/// let orders = rows.map(|(who, day)| Ok(Order::on(who, day.parse()?, Decimal::TEN)?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
/// let (january, options) = (Window::through("2026-01-01".parse()?, "2026-01-31".parse()?)?, RateOptions::default());
/// assert_eq!(repurchase_rate(&log, january, &options).users, Ratio::new(1, 2)?);
///
/// let months = Windows::periods(Period::Month, january.start(), "2026-02-28".parse()?)?;
/// let rates = repurchase_rates(&log, &months, &options);
/// assert_eq!((rates[0].users, rates[0].orders), (Ratio::new(1, 2)?, Ratio::new(1, 3)?));
/// assert_eq!((rates[1].users, rates[1].orders), (Ratio::new(0, 1)?, Ratio::new(0, 1)?));
/// let lifetime = repurchase_rates(&log, &months, &options.with_scope(Scope::Lifetime));
/// assert_eq!(lifetime[1].orders, Ratio::new(1, 1)?, "Bo bought in January already");
///
/// let february = months.iter().last().ok_or("February")?;
/// assert_eq!(next_window_rate(&log, january, february), Ratio::new(1, 2)?, "Bo comes back");
/// let second = second_purchase_rate(&log, january, 30, february.last(), Occasion::Order);
/// assert_eq!(second.rate, Ratio::new(1, 2)?, "Ann within 30 days, Bo after 31");
///
/// let by_channel = repurchase_rates_by(&log, &months, &options, |customer| &customer[..3]);
/// assert_eq!((by_channel["app"][0].users, by_channel["web"][0].users), (Ratio::new(1, 1)?, Ratio::new(0, 1)?));
/// assert_eq!(by_channel["web"][1].returning, Ratio::new(1, 1)?, "Bo's second order ever");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn repurchase_rates<Id: CustomerId>(
    log: &PurchaseLog<Id>,
    windows: &Windows,
    options: &RateOptions,
) -> Vec<RepurchaseRates> {
    let Some(last) = windows.iter().last() else {
        return Vec::new();
    };
    let differences = match log.days() {
        None => vec![Counts::default(); windows.len()],
        Some((first_day, last_day)) => {
            let days = (first_day, last_day.min(last.last()));
            let of_day = WindowsOfDay::new(windows, days);
            let fold = || WindowFold {
                of_day: &of_day,
                by_day: options.occasion == Occasion::Day,
                differences: vec![Counts::default(); windows.len() + 1],
            };
            log.fold_joined(days.1, fold, WindowFold::join).differences
        }
    };
    fold::rates(windows, &differences, options.scope)
}

/// The repurchase rates of any number of windows for each group of purchases, ascending by group, in one pass.
///
/// `key` says to which group a purchase belongs, by its customer's id: a channel, a province, the campaign that won the
/// customer. Of ids that carry a [key of the order](crate::record::Keyed) it may be the order's own: its channel, store
/// or country. It is asked for each purchase, in no particular order, so it should be cheap.
///
/// **Population** of each window and group: the customers with a purchase in both, and their occasions in both. Users and,
/// in [`Scope::Window`], orders are counted as though the group was a shop of its own. In [`Scope::Lifetime`] and among
/// those who return, an occasion is a repeat when its customer has had one before it in any group; of several orders on a
/// customer's first day that of the smallest key is the first. Groups without a purchase in any window do not appear.
/// Where each customer belongs to one group, groups are disjoint, and their ratios [merge](Ratio::merge) into those
/// of the whole shop.
///
/// [`repurchase_rates`] has an example. Takes time `log n` in groups for each customer, too, and memory for each group
/// and window.
pub fn repurchase_rates_by<Id: CustomerId, K: Ord + Clone + Send>(
    log: &PurchaseLog<Id>,
    windows: &Windows,
    options: &RateOptions,
    key: impl Fn(&Id) -> K + Sync,
) -> BTreeMap<K, Vec<RepurchaseRates>> {
    let (Some(last), Some((first_day, last_day))) = (windows.iter().last(), log.days()) else {
        return BTreeMap::new();
    };
    let days = (first_day, last_day.min(last.last()));
    let of_day = WindowsOfDay::new(windows, days);
    let new = || GroupFold::new(&of_day, options.occasion == Occasion::Day, windows.len() + 1, &key);
    let groups = log.fold_joined(days.1, new, GroupFold::join).into_groups();
    let rates = groups.map(|(group, differences)| (group, fold::rates(windows, &differences, options.scope)));
    rates.filter(|(_, rates)| rates.iter().any(|rates| rates.users.of() > 0)).collect()
}
