//! Messages after a purchase.

use chrono::{NaiveDate, NaiveTime, TimeZone, Timelike};
use rust_decimal::Decimal;

use crate::act::contact::clock::{instant, number};
use crate::act::contact::{Channel, Wish};
use crate::error::{Error, Result};
use crate::record::{CustomerId, ShopCalendar};
use crate::scale::label::labels;

labels! {
    /// One of the three touches after a sale.
    pub enum AfterSaleTouch[3] {
        /// A message on the day on which the customer received the goods: thanks, and how to use them.
        Receipt: "receipt", "On receipt", "签收关怀";
        /// A message after some time of use: is all well? A survey.
        AfterUse: "after_use", "After some use", "使用回访";
        /// A message at the next launch of a product or campaign.
        Launch: "launch", "New product or campaign", "新品与活动通知";
    }
}

/// Three touches after a sale, as shops make them (售后关怀): on receipt, after some time of use, at the next launch.
///
/// # Examples
///
/// ```
/// use chrono::NaiveDate;
/// use repurchase::ShopCalendar;
/// use repurchase::act::contact::{AfterSalePlan, AfterSaleTouch, Channel};
/// use rust_decimal::Decimal;
///
/// let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
/// let plan = AfterSalePlan::new(Channel::WECHAT, 14)?.with_channel(AfterSaleTouch::Receipt, Channel::SMS);
/// let launches = [day(3, 10), day(6, 18), day(11, 11)];
/// let wishes = plan.wishes(&"ann", day(3, 5), &launches, Decimal::TEN, &ShopCalendar::utc())?;
///
/// let found: Vec<_> = wishes.iter().map(|wish| (&*wish.purpose, wish.channel.key(), wish.at.to_string())).collect();
/// assert_eq!(found[0], ("receipt", "sms", "2026-03-05 10:00:00 UTC".to_owned()));
/// assert_eq!(found[1], ("after_use", "wechat", "2026-03-19 10:00:00 UTC".to_owned()));
/// assert_eq!(found[2], ("launch", "wechat", "2026-06-18 10:00:00 UTC".to_owned()));
/// # Ok::<(), repurchase::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AfterSalePlan {
    use_days: u32,
    time: NaiveTime,
    /// The channel of each touch.
    channels: [Channel; 3],
}

impl AfterSalePlan {
    /// All three touches by one channel at 10:00 of the shop's clock, the second `use_days` after receipt.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a second touch on the day of the first.
    pub fn new(channel: Channel, use_days: u32) -> Result<Self> {
        let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
        Self::of(use_days, ten, [channel.clone(), channel.clone(), channel])
    }

    fn of(use_days: u32, time: NaiveTime, channels: [Channel; 3]) -> Result<Self> {
        Error::within("days of use", use_days, 1..=u32::MAX.into())?;
        Ok(Self { use_days, time, channels })
    }

    /// Sets the channel of one of the touches.
    pub fn with_channel(mut self, touch: AfterSaleTouch, channel: Channel) -> Self {
        self.channels[touch as usize] = channel;
        self
    }

    /// Sets the time of the shop's clock for all three; fractions of a second are cut off.
    pub fn with_time(self, time: NaiveTime) -> Self {
        Self { time, ..self }
    }

    /// Days from receipt to the second touch.
    pub const fn use_days(&self) -> u32 {
        self.use_days
    }

    /// The channel of a touch.
    pub const fn channel(&self, touch: AfterSaleTouch) -> &Channel {
        &self.channels[touch as usize]
    }

    /// The wishes that follow a delivery: two, or three when a launch follows.
    ///
    /// `received` is the shop's day of delivery, or of the purchase where goods change hands at once. The third touch
    /// is on the first of the launches (in any order) after the second touch's day. On a day on which the clock skips
    /// the plan's time, a touch comes when it goes on; where it shows the time twice, at the first.
    ///
    /// # Errors
    ///
    /// [`Error::DayOverflow`] for a second touch beyond chrono's limits; [`Error::NoDay`] when the shop's clock cannot
    /// show the plan's time there.
    pub fn wishes<Id: CustomerId, Tz: TimeZone>(
        &self,
        customer: &Id,
        received: NaiveDate,
        launches: &[NaiveDate],
        value: Decimal,
        calendar: &ShopCalendar<Tz>,
    ) -> Result<Vec<Wish<Id>>> {
        let days = self.use_days;
        let used = received.checked_add_days(chrono::Days::new(days.into()));
        let used = used.ok_or(Error::DayOverflow { from: received, days: days.into() })?;
        let launch = launches.iter().copied().filter(|&day| day > used).min();
        let second_of_day = i64::from(self.time.num_seconds_from_midnight());
        let touches = AfterSaleTouch::ALL.into_iter().zip([Some(received), Some(used), launch]);
        let dated = touches.filter_map(|(touch, day)| Some((touch, number(day?))));
        let wish = |(touch, day): (AfterSaleTouch, i64)| {
            let no_day = || Error::NoDay { unix_seconds: day * super::clock::SECONDS_A_DAY + second_of_day };
            let at = instant(calendar, day, second_of_day).ok_or_else(no_day)?;
            Ok(Wish::new(customer.clone(), self.channel(touch).clone(), at, value, touch.label().key()))
        };
        dated.map(wish).collect()
    }
}

crate::stored::stored! {
    AfterSalePlan { use_days: u32, time: NaiveTime, channels: [Channel; 3] } <=> Self::of(use_days, time, channels)
}
