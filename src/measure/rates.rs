//! Repurchase rates: what share of customers, and of orders, comes back.

use std::collections::BTreeMap;

use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::days::WindowsOfDay;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Window, Windows};
use crate::scale::Ratio;

/// What counts as one purchase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Occasion {
    /// Each order: two on one day are two.
    #[default]
    Order,
    /// Each day with an order: a basket that was split into three orders is one.
    Day,
}

/// Where an occasion counts as the customer's second or later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Scope {
    /// Inside the window: each customer's first occasion in it is no repeat, even of one who bought before it.
    #[default]
    Window,
    /// Over the customer's lifetime: only the very first occasion in the log is no repeat.
    Lifetime,
}

/// How purchases are counted; every combination is allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RateOptions {
    /// What counts as one purchase; each order by default.
    pub occasion: Occasion,
    /// Where an order counts as a repeat; inside the window by default.
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

/// The user and the order repurchase rate of one window.
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
}

/// Plain counts of one window or group. In a sequence of differences they wrap; their running sums are right.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    users: u64,
    repeaters: u64,
    occasions: u64,
    /// Occasions that are their customer's first ever.
    firsts: u64,
}

impl Counts {
    fn rates(self, window: Window, scope: Scope) -> RepurchaseRates {
        // Inside the window, each customer has exactly one occasion that is no repeat.
        let no_repeats = match scope {
            Scope::Window => self.users,
            Scope::Lifetime => self.firsts,
        };
        RepurchaseRates {
            window,
            users: Ratio::counted(self.repeaters, self.users),
            orders: Ratio::counted(self.occasions - no_repeats, self.occasions),
        }
    }

    fn wrapping_add(self, other: Self) -> Self {
        Self {
            users: self.users.wrapping_add(other.users),
            repeaters: self.repeaters.wrapping_add(other.repeaters),
            occasions: self.occasions.wrapping_add(other.occasions),
            firsts: self.firsts.wrapping_add(other.firsts),
        }
    }
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
/// let by_channel = repurchase_rates_by(&log, january, &options, |customer| &customer[..3]);
/// assert_eq!((by_channel["app"].users, by_channel["web"].users), (Ratio::new(1, 1)?, Ratio::new(0, 1)?));
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
    let sums = differences.into_iter().scan(Counts::default(), |sum, difference| {
        *sum = sum.wrapping_add(difference);
        Some(*sum)
    });
    windows.iter().zip(sums).map(|(window, counts)| counts.rates(window, options.scope)).collect()
}

/// Counts what each occasion adds to a whole range of windows, as differences between neighbours.
///
/// An occasion lies in the windows `low..high`, and neither bound goes back as days go on. Of these windows, the ones
/// from the previous occasion's `high` on do not hold that one, so this is their customer's first in them; those below
/// it, but not below the `high` of the occasion before that, hold exactly these two, so this is the second.
struct WindowFold<'a> {
    of_day: &'a WindowsOfDay,
    by_day: bool,
    differences: Vec<Counts>,
}

/// The customer's last two occasions: small, since all customers' states compete for the cache.
#[derive(Default)]
struct LastTwo {
    /// The place of the last one's day, plus 1; 0 when there is none.
    place: u32,
    /// The window after those that hold the last one.
    high: u32,
    /// The same of the one before it.
    older_high: u32,
}

impl WindowFold<'_> {
    fn join(&mut self, other: &Self) {
        for (sum, &counts) in self.differences.iter_mut().zip(&other.differences) {
            *sum = sum.wrapping_add(counts);
        }
    }

    fn add(&mut self, low: u32, high: u32, field: impl Fn(&mut Counts) -> &mut u64) {
        // Added as 0 or 1, since a branch on the customers' habits is often mispredicted. No bound is beyond the last
        // window.
        let any = u64::from(low < high);
        let start = field(&mut self.differences[low as usize]);
        *start = start.wrapping_add(any);
        let end = field(&mut self.differences[high as usize]);
        *end = end.wrapping_sub(any);
    }
}

impl<Id> CustomerFold<Id> for WindowFold<'_> {
    type State = LastTwo;

    fn step(&mut self, _: &Id, last: &mut LastTwo, fact: Fact) {
        if !fact.is_purchase() {
            return;
        }
        let place = self.of_day.place(fact.day);
        if self.by_day && last.place == place + 1 {
            return;
        }
        let (low, high) = self.of_day.at(place);
        self.add(low, high, |counts| &mut counts.occasions);
        self.add(low.max(last.high), high, |counts| &mut counts.users);
        self.add(low.max(last.older_high), last.high, |counts| &mut counts.repeaters);
        if last.place == 0 {
            self.add(low, high, |counts| &mut counts.firsts);
        }
        *last = LastTwo { place: place + 1, high, older_high: last.high };
    }

    fn finish(&mut self, _: Id, _: LastTwo) {}
}

/// The repurchase rates of one window for each group of customers, ascending by group.
///
/// `key` says to which group a customer belongs: a channel, a province, the campaign that won them. It is asked once
/// for each customer with a purchase in the window, in no particular order.
///
/// **Population** of each group: its customers with a purchase in the window, and their occasions in it. Groups without
/// one do not appear; nobody in the window gives an empty map. Groups are disjoint, so their ratios
/// [merge](Ratio::merge) into those of the whole shop. [`repurchase_rates`] has an example. Takes time `log n` in groups for each customer, too.
pub fn repurchase_rates_by<Id: CustomerId, K: Ord>(
    log: &PurchaseLog<Id>,
    window: Window,
    options: &RateOptions,
    key: impl FnMut(&Id) -> K,
) -> BTreeMap<K, RepurchaseRates> {
    let fold = GroupFold {
        start: window.start().into(),
        by_day: options.occasion == Occasion::Day,
        key,
        groups: BTreeMap::new(),
    };
    let groups = log.fold(window.last(), fold).groups;
    groups.into_iter().map(|(group, counts)| (group, counts.rates(window, options.scope))).collect()
}

struct GroupFold<K, F> {
    start: Day,
    by_day: bool,
    key: F,
    groups: BTreeMap<K, Counts>,
}

#[derive(Default)]
struct InWindow {
    last: Option<Day>,
    occasions: u32,
    holds_first: bool,
}

impl<Id, K: Ord, F: FnMut(&Id) -> K> CustomerFold<Id> for GroupFold<K, F> {
    type State = InWindow;

    fn step(&mut self, _: &Id, inside: &mut InWindow, fact: Fact) {
        if !fact.is_purchase() || (self.by_day && inside.last == Some(fact.day)) {
            return;
        }
        if self.start <= fact.day {
            inside.occasions += 1;
            inside.holds_first |= inside.last.is_none();
        }
        inside.last = Some(fact.day);
    }

    fn finish(&mut self, customer: Id, inside: InWindow) {
        if inside.occasions > 0 {
            let counts = self.groups.entry((self.key)(&customer)).or_default();
            counts.users += 1;
            counts.repeaters += u64::from(inside.occasions > 1);
            counts.occasions += u64::from(inside.occasions);
            counts.firsts += u64::from(inside.holds_first);
        }
    }
}
