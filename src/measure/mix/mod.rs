//! The buyer mix: how many of a period's customers are new, how many come back, and what each group brings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::days::PeriodOfDay;
use crate::measure::net::{Net, NetSum};
use crate::number::{money, quotient};
use crate::record::calendar::Day;
use crate::record::{CustomerId, Period, Window};
use crate::scale::Ratio;

mod rows;

pub use rows::{MixRow, mix_table};

/// The purchases of one group of customers in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BuyerSums {
    /// Customers with a purchase in the period.
    pub customers: u64,
    /// The purchases of the group in the period.
    pub purchases: u64,
    /// The purchases of the group net of refunds, less the credits that it got in the period. Below 0 when these were
    /// more.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
}

impl BuyerSums {
    /// The revenue per customer, rounded to 28 digits where it does not end; `None` without a customer.
    pub fn revenue_per_customer(&self) -> Option<Decimal> {
        self.revenue.checked_div(self.customers.into())
    }
}

/// The new and the returning buyers of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PeriodMix {
    /// The days of the period. Of the last one only those up to the as-of day were counted.
    pub window: Window,
    /// The customers whose first purchase ever lies in the period, with all that they bought in it.
    pub new: BuyerSums,
    /// The customers who buy in the period and bought in an earlier one.
    pub returning: BuyerSums,
    /// Credits that were issued in the period to customers who do not buy in it: 0 or more.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub other_credits: Decimal,
    /// The net revenue of the period: that of new and of returning customers, less `other_credits`.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub net_revenue: Decimal,
}

impl PeriodMix {
    /// The returning customers of all who buy in the period; 0 of 0 when nobody does.
    ///
    /// By [`Period::Year`] this is the share of old customers among a year's customers.
    pub fn returning_share(&self) -> Ratio {
        let customers = self.new.customers.saturating_add(self.returning.customers);
        Ratio::new(self.returning.customers, customers).unwrap_or_default()
    }

    /// The customers who buy in the period.
    pub const fn customers(&self) -> u64 {
        self.new.customers.saturating_add(self.returning.customers)
    }

    /// The purchases of the group in the period.
    pub const fn purchases(&self) -> u64 {
        self.new.purchases.saturating_add(self.returning.purchases)
    }

    /// The net revenue per purchase, rounded to 28 digits where it does not end; `None` without a purchase.
    #[doc(alias("AOV", "average order value", "笔单价"))]
    pub fn revenue_per_purchase(&self) -> Option<Decimal> {
        self.net_revenue.checked_div(self.purchases().into())
    }

    /// The net revenue per customer who buys, rounded to 28 digits where it does not end; `None` without one.
    #[doc(alias("ARPPU", "客单价"))]
    pub fn revenue_per_customer(&self) -> Option<Decimal> {
        self.net_revenue.checked_div(self.customers().into())
    }
}

/// The change from one amount or count to the next: `(now - before) / before`, correctly rounded. 0.1 is 10% more, -1 is
/// nothing left.
///
/// `None` where `before` is 0 or less, since no share of that is a change, and where the two differ in size by more than
/// 127 bits at one scale.
///
/// # Examples
///
/// ```
/// use repurchase::measure::relative_change;
///
/// assert_eq!(relative_change(115.into(), 100.into()), Some(0.15));
/// assert_eq!(relative_change(3.into(), 0.into()), None);
/// ```
#[doc(alias("period over period", "year over year", "环比", "同比"))]
pub fn relative_change(now: Decimal, before: Decimal) -> Option<f64> {
    let scale = now.scale().max(before.scale());
    let [now, before] = [now, before].map(|amount| money::minor(amount, scale));
    let (now, before) = (now?, before.filter(|&before| before > 0)?);
    quotient(now.checked_sub(before)?, before)
}

/// The buyer mix of one window of any length, such as the last 30 days.
///
/// **Population**: the customers with a purchase in the window; new are those whose first purchase in the log lies in it.
/// Otherwise as [`buyer_mix`], whose periods are windows like this: the window of a calendar month has that month's mix.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when the revenue or the credits of a group do not fit a `Decimal` at the finest scale of all
/// amounts.
///
/// # Examples
///
/// ```
/// use repurchase::measure::buyer_mix_in;
/// use repurchase::{Order, PurchaseLog, ShopCalendar, Window};
/// use rust_decimal::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let order = |who, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(who, day.parse()?, Decimal::TEN)?);
/// let orders = [order("ann", "2026-03-01")?, order("ann", "2026-04-02")?, order("bo", "2026-04-09")?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let mix = buyer_mix_in(&log, Window::last_days("2026-04-30".parse()?, 30)?)?;
/// assert_eq!((mix.new.customers, mix.returning.customers), (1, 1));
/// assert_eq!(mix.revenue_per_customer(), Some(Decimal::TEN));
/// # Ok(())
/// # }
/// ```
#[doc(alias("new and returning customers", "新老客占比"))]
pub fn buyer_mix_in<Id: CustomerId>(log: &PurchaseLog<Id>, window: Window) -> Result<PeriodMix> {
    let start = Day::from(window.start());
    let fold = log.fold_joined(
        window.last(),
        || WindowFold { start, sums: PeriodSums::default() },
        |fold, other| {
            fold.sums = fold.sums.plus(other.sums);
        },
    );
    mix_of(log, window, &fold.sums)
}

/// Makes a mix from the sums of a window.
fn mix_of<Id: CustomerId>(log: &PurchaseLog<Id>, window: Window, sums: &PeriodSums) -> Result<PeriodMix> {
    let net = [sums.new.money, sums.returning.money, sums.other].into_iter().fold(Net::default(), Net::plus);
    Ok(PeriodMix {
        window,
        new: sums.new.of(log)?,
        returning: sums.returning.of(log)?,
        other_credits: log.decimal(sums.other.credited)?,
        net_revenue: log.decimal(net.net())?,
    })
}

/// The buyer mix of every calendar period from the first to the last purchase or credit up to a day.
///
/// **Population** of each period: the customers with a purchase in it. One is new in the period of the first purchase
/// in the log and returning in every later one; a customer who buys twice in the first period is new in it with both
/// purchases. Periods in which nothing happened stand between the others with zeros. `net_revenue` of all periods adds
/// up to all purchases less all credits. The order of purchases and credits within a period does not matter. A log
/// without a record up to `as_of` has no periods. Takes memory for every period from the first to the last.
///
/// # Errors
///
/// [`Error::AmountOverflow`] when the revenue or the credits of a group in a period do not fit a `Decimal` at the
/// finest scale of all amounts; [`Error::DayOverflow`] when a period reaches beyond chrono's limits;
/// [`Error::OutOfRange`] for more than 1,048,576 periods, some 2,800 years of days.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::measure::buyer_mix;
/// use repurchase::record::Period;
/// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let order = |who, y| Order::new(who, Utc.with_ymd_and_hms(y, 3, 1, 12, 0, 0).unwrap(), Decimal::TEN);
/// let orders = [order("ann", 2025)?, order("ann", 2026)?, order("bo", 2026)?, order("bo", 2026)?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let years = buyer_mix(&log, Period::Year, NaiveDate::from_ymd_opt(2026, 12, 31).unwrap())?;
/// assert_eq!(years[0].returning_share(), Ratio::new(0, 1)?);
/// assert_eq!(years[1].returning_share(), Ratio::new(1, 2)?);
/// assert_eq!((years[1].new.purchases, years[1].new.revenue), (2, Decimal::from(20)));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("new and returning customers", "新老客占比"))]
pub fn buyer_mix<Id: CustomerId>(log: &PurchaseLog<Id>, period: Period, as_of: NaiveDate) -> Result<Vec<PeriodMix>> {
    let Some((first, last)) = log.days() else {
        return Ok(Vec::new());
    };
    let of_day = PeriodOfDay::new(period, (first, last.min(as_of)));
    let (periods, _) = of_day.begun_and_complete(last.min(as_of));
    Error::within("periods", periods, 0..=MAX_PERIODS.into())?;
    let fold = log.fold_joined(as_of, || MixFold { of_day: &of_day, periods: Vec::new() }, MixFold::join);
    let mix = |(position, sums): (u32, &PeriodSums)| mix_of(log, of_day.window(position)?.up_to(as_of), sums);
    (0..).zip(&fold.periods).map(mix).collect()
}

/// A record of the wrong millennium must not ask for a period for each day in between.
const MAX_PERIODS: u32 = 1 << 20;

/// [`BuyerSums`] while they add up.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::measure) struct Sums {
    pub(in crate::measure) customers: u64,
    pub(in crate::measure) purchases: u64,
    pub(in crate::measure) money: Net,
}

impl Sums {
    pub(in crate::measure) fn plus(self, other: Self) -> Self {
        Self {
            customers: self.customers + other.customers,
            purchases: self.purchases + other.purchases,
            money: self.money.plus(other.money),
        }
    }

    /// Converts the sums to amounts of the log.
    pub(in crate::measure) fn of<Id>(self, log: &PurchaseLog<Id>) -> Result<BuyerSums> {
        let Self { customers, purchases, money } = self;
        Ok(BuyerSums { customers, purchases, revenue: log.decimal(money.net())? })
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct PeriodSums {
    new: Sums,
    returning: Sums,
    other: Net,
}

impl PeriodSums {
    fn plus(self, more: Self) -> Self {
        Self {
            new: self.new.plus(more.new),
            returning: self.returning.plus(more.returning),
            other: self.other.plus(more.other),
        }
    }

    /// Adds what one customer did.
    fn add(&mut self, purchases: u32, money: Net, bought_before: bool) {
        if purchases == 0 {
            self.other = self.other.plus(money);
            return;
        }
        let group = if bought_before { &mut self.returning } else { &mut self.new };
        *group = group.plus(Sums { customers: 1, purchases: purchases.into(), money });
    }
}

struct WindowFold {
    start: Day,
    sums: PeriodSums,
}

impl<Id> CustomerFold<Id> for WindowFold {
    type State = Running;

    fn step(&mut self, _: &Id, running: &mut Running, fact: Fact) {
        if fact.day < self.start {
            running.bought_before |= fact.is_purchase();
            return;
        }
        running.purchases += u32::from(fact.is_purchase());
        running.money = running.money.plus(Net::of(fact));
    }

    fn finish(&mut self, _: Id, running: Running) {
        self.sums.add(running.purchases, running.money, running.bought_before);
    }
}

struct MixFold<'a> {
    of_day: &'a PeriodOfDay,
    /// The sums from the period of the log's first day on.
    periods: Vec<PeriodSums>,
}

/// One customer's facts of one period, the latest that is known.
#[derive(Default)]
struct Running {
    period: u32,
    purchases: u32,
    money: Net,
    bought_before: bool,
}

impl MixFold<'_> {
    fn join(&mut self, other: &Self) {
        if self.periods.len() < other.periods.len() {
            self.periods.resize(other.periods.len(), PeriodSums::default());
        }
        for (sums, more) in self.periods.iter_mut().zip(&other.periods) {
            *sums = sums.plus(*more);
        }
    }

    /// Adds the customer's period to the shop's.
    fn close(&mut self, running: &Running) {
        let position = running.period as usize;
        if self.periods.len() <= position {
            self.periods.resize(position + 1, PeriodSums::default());
        }
        self.periods[position].add(running.purchases, running.money, running.bought_before);
    }
}

impl<Id> CustomerFold<Id> for MixFold<'_> {
    type State = Option<Running>;

    fn step(&mut self, _: &Id, running: &mut Option<Running>, fact: Fact) {
        let period = self.of_day.at(fact.day);
        let now = running.get_or_insert_with(|| Running { period, ..Running::default() });
        if now.period != period {
            self.close(now);
            let bought_before = now.bought_before || now.purchases > 0;
            *now = Running { period, bought_before, ..Running::default() };
        }
        now.purchases += u32::from(fact.is_purchase());
        now.money = now.money.plus(Net::of(fact));
    }

    fn finish(&mut self, _: Id, running: Option<Running>) {
        if let Some(running) = running {
            self.close(&running);
        }
    }
}
