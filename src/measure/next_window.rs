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
/// [`repurchase_rates`](crate::measure::repurchase_rates) has an example.
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

    fn step(&mut self, _: &Id, bought: &mut (bool, bool), fact: Fact) {
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
