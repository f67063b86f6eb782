//! The n-day second-purchase rate: how many first-time buyers come back soon.

use chrono::NaiveDate;

use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::rates::Occasion;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Window};
use crate::scale::Ratio;

/// The share of a window's first-time buyers who bought a second time within a number of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SecondPurchaseRate {
    /// The days in which the first purchase lies.
    pub cohort: Window,
    /// The days within which the second purchase counts, from the day of the first.
    pub within_days: u32,
    /// The day up to and including which purchases count.
    pub as_of: NaiveDate,
    /// Customers who bought again within these days, of the cohort's customers who were observed for that long.
    pub rate: Ratio,
    /// The cohort's other customers: too new as of the day to be judged, whether they have bought again or not.
    pub unobserved: u64,
}

/// The n-day second-purchase rate of the customers whose first purchase ever lies in `cohort`.
///
/// A second purchase counts when it lies at most `within_days` days after the day of the first. With
/// [`Occasion::Order`] a second order on the first day counts, after 0 days, so that `within_days` of 0 asks for it;
/// with [`Occasion::Day`] the second purchase is that of the second purchase day. Which order of a day came first does
/// not matter.
///
/// **Population**: the customers whose first purchase in the log lies in `cohort` and at least `within_days` days
/// before `as_of`. Younger ones stand in [`unobserved`](SecondPurchaseRate::unobserved): to count those of them who
/// have returned would make the rate of a young cohort too high, to count all of them too low. 0 of 0 when nobody is
/// observed for long enough; those whose first purchase lies after `as_of` are in neither count.
#[doc(alias = "repeat purchase rate")]
pub fn second_purchase_rate<Id: CustomerId>(
    log: &PurchaseLog<Id>,
    cohort: Window,
    within_days: u32,
    as_of: NaiveDate,
    occasion: Occasion,
) -> SecondPurchaseRate {
    let fold = || SecondFold {
        cohort: (cohort.start().into(), cohort.end().into()),
        within_days,
        as_of: as_of.into(),
        by_day: occasion == Occasion::Day,
        returned: 0,
        observed: 0,
        unobserved: 0,
    };
    let SecondFold { returned, observed, unobserved, .. } = log.fold_joined(as_of, fold, SecondFold::join);
    SecondPurchaseRate { cohort, within_days, as_of, rate: Ratio::counted(returned, observed), unobserved }
}

struct SecondFold {
    cohort: (Day, Day),
    within_days: u32,
    as_of: Day,
    by_day: bool,
    returned: u64,
    observed: u64,
    unobserved: u64,
}

#[derive(Default)]
struct FirstTwo {
    first: Option<Day>,
    second: Option<Day>,
}

impl SecondFold {
    fn join(&mut self, other: &Self) {
        self.returned += other.returned;
        self.observed += other.observed;
        self.unobserved += other.unobserved;
    }
}

impl<Id> CustomerFold<Id> for SecondFold {
    type State = FirstTwo;

    fn step(&mut self, _: &Id, days: &mut FirstTwo, fact: Fact) {
        if !fact.is_purchase() || days.second.is_some() {
            return;
        }
        if days.first.is_none() {
            days.first = Some(fact.day);
        } else if !self.by_day || days.first != Some(fact.day) {
            days.second = Some(fact.day);
        }
    }

    fn finish(&mut self, _: Id, days: FirstTwo) {
        let Some(first) = days.first.filter(|first| (self.cohort.0..self.cohort.1).contains(first)) else {
            return;
        };
        if self.as_of.since(first) < self.within_days {
            self.unobserved += 1;
            return;
        }
        self.observed += 1;
        self.returned += u64::from(days.second.is_some_and(|second| second.since(first) <= self.within_days));
    }
}
