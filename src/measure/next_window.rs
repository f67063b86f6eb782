//! The next-window rate (回购率): how many of one window's buyers buy in another.

use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::record::calendar::Day;
use crate::record::{CustomerId, Window};
use crate::scale::Ratio;

/// The next-window rate (回购率): the customers who buy in `first` and buy in `next`, of those who buy in `first`.
///
/// Usually the two are neighbours, such as two months. They need not be: any two windows are counted as they are. Where
/// they overlap, a purchase on a day of both counts in both. Orders of a customer beyond one in each window change
/// nothing.
///
/// **Population**: the customers with a purchase in `first`; 0 of 0 when there is none.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::measure::next_window_rate;
/// use repurchase::record::Period;
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |who, m| Order::new(who, Utc.with_ymd_and_hms(2026, m, 9, 12, 0, 0).unwrap(), Decimal::TEN);
/// let orders = [order("ann", 1)?, order("ann", 2)?, order("bo", 1)?, order("cy", 2)?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let month = |m| Period::Month.window(NaiveDate::from_ymd_opt(2026, m, 1).unwrap());
/// assert_eq!(next_window_rate(&log, month(1)?, month(2)?), Ratio::new(1, 2)?);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("retention", "回购率"))]
pub fn next_window_rate<Id: CustomerId>(log: &PurchaseLog<Id>, first: Window, next: Window) -> Ratio {
    let bounds = |window: Window| (Day::from(window.start()), Day::from(window.end()));
    let fold = || NextFold { first: bounds(first), next: bounds(next), buyers: 0, returned: 0 };
    let NextFold { buyers, returned, .. } = log.fold_joined(first.last().max(next.last()), fold, NextFold::join);
    Ratio::counted(returned, buyers)
}

struct NextFold {
    first: (Day, Day),
    next: (Day, Day),
    buyers: u64,
    returned: u64,
}

impl NextFold {
    fn join(&mut self, other: &Self) {
        self.buyers += other.buyers;
        self.returned += other.returned;
    }
}

impl<Id> CustomerFold<Id> for NextFold {
    /// Whether the customer bought in the first window, and in the next.
    type State = (bool, bool);

    fn step(&mut self, bought: &mut (bool, bool), fact: Fact) {
        if fact.is_purchase() {
            bought.0 |= (self.first.0..self.first.1).contains(&fact.day);
            bought.1 |= (self.next.0..self.next.1).contains(&fact.day);
        }
    }

    fn finish(&mut self, _: Id, bought: (bool, bool)) {
        self.buyers += u64::from(bought.0);
        self.returned += u64::from(bought.0 && bought.1);
    }
}
