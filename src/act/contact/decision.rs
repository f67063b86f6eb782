//! Contacts made, contacts wished for, and decisions.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::act::contact::{Cap, Channel, QuietHours};
use crate::scale::Language;
use crate::scale::words::{count, phrase};

/// A contact with a customer that was made or is already due. Two equal touches count twice.
#[doc(alias("contact", "触达"))]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Touch<Id> {
    /// The customer.
    pub customer: Id,
    /// The channel.
    pub channel: Channel,
    /// The time; it may lie in the future.
    pub at: DateTime<Utc>,
}

impl<Id> Touch<Id> {
    /// The touch of a customer by a channel at an instant.
    pub const fn new(customer: Id, channel: Channel, at: DateTime<Utc>) -> Self {
        Self { customer, channel, at }
    }
}

/// A message that somebody would like to send.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Wish<Id> {
    /// The customer who is contacted.
    pub customer: Id,
    /// The channel.
    pub channel: Channel,
    /// The time.
    pub at: DateTime<Utc>,
    /// The value for the shop, in any unit that all wishes share, such as the customer's expected value. On one
    /// day, the wish of the higher value comes first.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub value: Decimal,
    /// The purpose: a key such as `receipt`, or the name of a campaign.
    pub purpose: Cow<'static, str>,
}

impl<Id> Wish<Id> {
    /// The wish to send a customer a message of this value and purpose.
    pub fn new(
        customer: Id,
        channel: Channel,
        at: DateTime<Utc>,
        value: Decimal,
        purpose: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { customer, channel, at, value, purpose: purpose.into() }
    }
}

/// The reason why a wish is not allowed at its time: the first reason in the order of this list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Suppression {
    /// An equal wish: the same customer, channel, time and purpose.
    Duplicate,
    /// The shop's clock shows quiet hours.
    QuietHours {
        /// The channel.
        channel: Channel,
        /// The quiet hours.
        hours: QuietHours,
    },
    /// A cap is reached in some run of its days that contains the day.
    Cap {
        /// The first cap that is reached, in the order of the rules: those on all channels, then those on the channel.
        cap: Cap,
        /// The channel that it is on; `None` for all together.
        channel: Option<Channel>,
    },
    /// Touches made and wishes of a higher value have used up the channel's budget of the day.
    DailyBudget {
        /// The channel.
        channel: Channel,
        /// The channel's budget of one day.
        touches: u64,
    },
}

impl Suppression {
    /// The reason in words.
    pub fn describe(&self, language: Language) -> String {
        let name = |channel: &Channel| channel.name(language).to_owned();
        match self {
            Self::Duplicate => language.pick("wished for twice", "重复的触达请求").to_owned(),
            Self::QuietHours { channel, hours } => {
                let channel = name(channel);
                phrase!(language, "quiet hours of {channel}: {hours}", "{channel}免打扰时段：{hours}")
            }
            Self::Cap { cap, channel } => {
                let all = || language.pick("all channels", "全部渠道").to_owned();
                let (channel, touches, number) = (channel.as_ref().map_or_else(all, name), cap.touches(), cap.days());
                let days = count(&number.to_string(), "day");
                phrase!(
                    language,
                    "cap of {channel}: {touches} in {days}",
                    "{channel}触达上限：{number} 天内 {touches} 次"
                )
            }
            Self::DailyBudget { channel, touches } => {
                let channel = name(channel);
                phrase!(language, "daily budget of {channel}: {touches}", "{channel}每日额度：{touches} 次")
            }
        }
    }
}

/// A wish and what the plan decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Decision<Id> {
    /// The wish may be sent at its time.
    Allowed(Wish<Id>),
    /// The wish may not be sent at its time.
    Suppressed {
        /// The wish.
        wish: Wish<Id>,
        /// The reason.
        reason: Suppression,
        /// The first time after the wished one at which this wish alone could be added to the finished plan. `None`
        /// when no time can: a cap or budget of 0, a duplicate.
        next: Option<DateTime<Utc>>,
    },
}

impl<Id> Decision<Id> {
    /// The wish that was decided about.
    pub const fn wish(&self) -> &Wish<Id> {
        match self {
            Self::Allowed(wish) | Self::Suppressed { wish, .. } => wish,
        }
    }

    /// Whether the wish may be sent at its time.
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// The touch that an allowed wish becomes; `None` for a suppressed one.
    pub fn touch(&self) -> Option<Touch<Id>>
    where
        Id: Clone,
    {
        let Self::Allowed(Wish { customer, channel, at, .. }) = self else { return None };
        Some(Touch::new(customer.clone(), channel.clone(), *at))
    }

    /// A suppressed wish again, at its next allowed time; `None` for a wish that is allowed or never can be.
    pub fn postponed(&self) -> Option<Wish<Id>>
    where
        Id: Clone,
    {
        let Self::Suppressed { wish, next: Some(at), .. } = self else { return None };
        Some(Wish { at: *at, ..wish.clone() })
    }
}
