//! The time from one order to the next, straight from a log.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::{Spell, SurvivalCurve, steps};
use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::Occasion;
use crate::record::CustomerId;
use crate::record::calendar::Day;

impl SurvivalCurve {
    /// Estimates the time from each customer's `nth` purchase to the next one: from the first to the second for 1, from
    /// the second to the third for 2.
    ///
    /// **Population**: the customers with `nth` purchases or more up to the as-of day, one spell each. Those without a
    /// next one wait, from the day of the `nth` to the as-of day. With [`Occasion::Order`] the next of two orders on
    /// one day comes after 0 days; with [`Occasion::Day`] purchases are purchase days. Credits are none. Which order of a
    /// day came first does not matter.
    ///
    /// The second-purchase rate at n days that uses everybody is 1 less [`survival_at`](SurvivalCurve::survival_at) n;
    /// [`second_purchase_rate`](crate::measure::second_purchase_rate) counts those who were observed for n days only.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] when `nth` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::measure::{Occasion, SurvivalCurve};
    /// use repurchase::{Order, PurchaseLog, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// let rows = [("ann", "2026-03-01"), ("ann", "2026-03-11"), ("bo", "2026-03-05"), ("bo", "2026-03-25")];
    /// let orders = rows.into_iter().chain([("cy", "2026-03-20")]).map(|(who, day)| Ok(Order::on(who, day.parse()?, Decimal::TEN)?));
    /// let orders = orders.collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
    /// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    ///
    /// let second = SurvivalCurve::of_nth_purchase(&log, 1, "2026-03-31".parse()?, Occasion::Day)?;
    /// assert_eq!((second.spells(), second.returned()), (3, 2));
    /// assert_eq!(second.median_days(), Some(20.0));
    /// let third = SurvivalCurve::of_nth_purchase(&log, 2, "2026-03-31".parse()?, Occasion::Day)?;
    /// assert_eq!((third.spells(), third.returned()), (2, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("time to second purchase", "time between orders"))]
    pub fn of_nth_purchase<Id: CustomerId>(
        log: &PurchaseLog<Id>,
        nth: u32,
        as_of: NaiveDate,
        occasion: Occasion,
    ) -> Result<Self> {
        Error::within("number of the purchase", nth, 1..=u32::MAX.into())?;
        let by_day = occasion == Occasion::Day;
        let new = || TimingFold { nth, by_day, as_of: as_of.into(), spells: HashMap::default() };
        let spells: BTreeMap<u32, (u64, u64)> =
            log.fold_joined(as_of, new, TimingFold::join).spells.into_iter().collect();
        let all = spells.values().map(|(returned, waiting)| returned + waiting).sum();
        let counts = spells.into_iter().map(|(gap_days, (returned, waiting))| {
            (Spell { gap_days, quantity: Decimal::ONE, returned: returned > 0 }, returned, waiting)
        });
        Ok(Self { usual_quantity: Decimal::ONE, steps: steps(counts, all, Decimal::ONE) })
    }
}

struct TimingFold {
    nth: u32,
    by_day: bool,
    as_of: Day,
    /// The number of spells of each length that have ended and that are open.
    spells: HashMap<u32, (u64, u64), FixedState>,
}

#[derive(Default)]
struct Counted {
    purchases: u32,
    last: Day,
}

impl TimingFold {
    fn join(&mut self, other: &Self) {
        for (&days, (returned, waiting)) in &other.spells {
            let counts = self.spells.entry(days).or_default();
            *counts = (counts.0 + returned, counts.1 + waiting);
        }
    }
}

impl<Id> CustomerFold<Id> for TimingFold {
    type State = Counted;

    fn step(&mut self, _: &Id, counted: &mut Counted, fact: Fact) {
        let is_same = self.by_day && counted.purchases > 0 && counted.last == fact.day;
        if !fact.is_purchase() || counted.purchases > self.nth || is_same {
            return;
        }
        if counted.purchases == self.nth {
            self.spells.entry(fact.day.since(counted.last)).or_default().0 += 1;
        }
        *counted = Counted { purchases: counted.purchases + 1, last: fact.day };
    }

    fn finish(&mut self, _: Id, counted: Counted) {
        if counted.purchases == self.nth {
            self.spells.entry(self.as_of.since(counted.last)).or_default().1 += 1;
        }
    }
}
