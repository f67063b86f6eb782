//! How often, at what hours, how many a day.

use core::fmt;
use std::collections::BTreeMap;

use chrono::{NaiveTime, Timelike};

use crate::act::contact::Channel;
use crate::act::contact::clock::SECONDS_A_DAY;
use crate::error::{Error, Result};

/// At most so many touches in so many days in a row.
///
/// Days are the shop's. A touch on day `d` counts against a cap of `n` days on the half-open days `[d, d + n)`: with
/// 7 days, a touch on a Monday is forgotten on the next Monday. The cap holds for **every** stretch of so many days,
/// those with touches in the future included. A cap of 0 forbids all touches.
///
/// # Examples
///
/// ```
/// use repurchase::act::contact::Cap;
///
/// assert_eq!(Cap::new(2, 7)?.days(), 7);
/// assert_eq!(Cap::new(2, 0).unwrap_err().to_string(), "days of a cap must lie between 1 and 4294967295, found 0");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawCap"))]
pub struct Cap {
    touches: u32,
    days: u32,
}

impl Cap {
    /// At most `touches` in any `days` days in a row.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for 0 days.
    pub const fn new(touches: u32, days: u32) -> Result<Self> {
        if days == 0 {
            return Err(Error::OutOfRange { field: "days of a cap", found: 0, min: 1, max: u32::MAX as u64 });
        }
        Ok(Self { touches, days })
    }

    /// The most touches.
    pub const fn touches(self) -> u32 {
        self.touches
    }

    /// The days in a row.
    pub const fn days(self) -> u32 {
        self.days
    }

    /// The first day from `day` on that can take one more touch; `None` when none ever can. `taken` ascend.
    pub(super) fn free_from(self, taken: &[i64], day: i64) -> Option<i64> {
        let (room, length) = (usize::try_from(self.touches).unwrap_or(usize::MAX), i64::from(self.days));
        let last_of_full = room.checked_sub(1)?;
        let mut free = day;
        // What was forgotten before `day` blocks nothing.
        let near = taken.get(taken.partition_point(|&touch| touch + length <= day)..).unwrap_or_default();
        // So many touches within one length block all days that share a length with all of them. Both ends of the
        // blocked days ascend from one such group to the next.
        for (&first, &last) in near.iter().zip(near.iter().skip(last_of_full)) {
            if last - length >= free {
                break;
            }
            if last - first < length {
                free = free.max(first + length);
            }
        }
        Some(free)
    }
}

/// Hours of the shop's clock in which nobody is disturbed: from `from`, included, until `until`, not included.
///
/// Hours that pass midnight begin on one day and end on the next: 21:00 until 09:00. On a day on which clocks change,
/// it is the clock on the wall that counts: an hour shown twice is quiet, or not, both times, and hours that end in a
/// skipped hour end with it.
///
/// # Examples
///
/// ```
/// use chrono::NaiveTime;
/// use repurchase::act::contact::QuietHours;
///
/// let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
/// let night = QuietHours::new(time(21), time(9))?;
/// assert!(night.contains(time(21)) && night.contains(time(0)));
/// assert!(!night.contains(time(9)));
/// assert_eq!(night.to_string(), "21:00-09:00");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawQuietHours"))]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

impl QuietHours {
    /// Quiet from `from`, included, until `until`, not included.
    ///
    /// # Errors
    ///
    /// [`Error::QuietHours`] for two equal times, of which nobody can say whether they mean always or never (a channel
    /// that is never to be used has a [cap](Cap) of 0), and for times that are not whole seconds.
    pub fn new(from: NaiveTime, until: NaiveTime) -> Result<Self> {
        if from == until || from.nanosecond() != 0 || until.nanosecond() != 0 {
            return Err(Error::QuietHours { from, until });
        }
        Ok(Self { from, until })
    }

    /// When they begin.
    pub const fn from(self) -> NaiveTime {
        self.from
    }

    /// When they are over.
    pub const fn until(self) -> NaiveTime {
        self.until
    }

    /// Whether a time of the shop's clock is quiet.
    pub fn contains(self, time: NaiveTime) -> bool {
        self.holds(time.num_seconds_from_midnight().into())
    }

    pub(super) fn holds(self, second_of_day: i64) -> bool {
        let (from, until) = self.seconds();
        if from < until {
            from <= second_of_day && second_of_day < until
        } else {
            from <= second_of_day || second_of_day < until
        }
    }

    /// The first wall, in seconds, from one on that is not quiet.
    pub(super) fn open_from(self, wall: i64) -> i64 {
        let second = wall.rem_euclid(SECONDS_A_DAY);
        if self.holds(second) { wall + (self.seconds().1 - second).rem_euclid(SECONDS_A_DAY) } else { wall }
    }

    fn seconds(self) -> (i64, i64) {
        (self.from.num_seconds_from_midnight().into(), self.until.num_seconds_from_midnight().into())
    }
}

/// `21:00-09:00`; with seconds where there are any.
impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.from.second() == 0 && self.until.second() == 0;
        if whole {
            let [from, until] = [self.from, self.until].map(|time| (time.hour(), time.minute()));
            write!(f, "{:02}:{:02}-{:02}:{:02}", from.0, from.1, until.0, until.1)
        } else {
            write!(f, "{}-{}", self.from, self.until)
        }
    }
}

/// What a shop allows itself: caps, quiet hours and daily budgets. The default allows everything.
///
/// # Examples
///
/// ```
/// use chrono::NaiveTime;
/// use repurchase::act::contact::{Cap, Channel, ContactRules, QuietHours};
///
/// let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
/// let rules = ContactRules::new()
///     .with_cap(Cap::new(3, 30)?)
///     .with_channel_cap(Channel::SMS, Cap::new(1, 7)?)
///     .with_quiet_hours(QuietHours::new(time(21), time(9))?)
///     .with_channel_quiet_hours(Channel::EMAIL, None)
///     .with_daily_budget(Channel::SMS, 10_000);
/// assert_eq!(rules.channel_caps(&Channel::SMS), [Cap::new(1, 7)?]);
/// assert_eq!(rules.quiet_hours(&Channel::EMAIL), None);
/// # Ok::<(), repurchase::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct ContactRules {
    caps: Vec<Cap>,
    quiet: Option<QuietHours>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "stored::channels"))]
    channels: BTreeMap<Channel, ChannelRules>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
struct ChannelRules {
    caps: Vec<Cap>,
    quiet: ChannelQuiet,
    per_day: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
enum ChannelQuiet {
    /// As all channels.
    #[default]
    Common,
    None,
    Own(QuietHours),
}

impl ContactRules {
    /// Rules that allow everything.
    pub const fn new() -> Self {
        Self { caps: Vec::new(), quiet: None, channels: BTreeMap::new() }
    }

    /// One more cap on the touches of one customer by all channels together.
    #[must_use]
    pub fn with_cap(mut self, cap: Cap) -> Self {
        self.caps.push(cap);
        self
    }

    /// One more cap on the touches of one customer by a channel.
    #[must_use]
    pub fn with_channel_cap(mut self, channel: Channel, cap: Cap) -> Self {
        self.channels.entry(channel).or_default().caps.push(cap);
        self
    }

    /// Quiet hours of all channels that have none of their own.
    #[must_use]
    pub const fn with_quiet_hours(mut self, hours: QuietHours) -> Self {
        self.quiet = Some(hours);
        self
    }

    /// A channel's own quiet hours instead of the common ones; `None` for a channel that disturbs nobody.
    #[must_use]
    pub fn with_channel_quiet_hours(mut self, channel: Channel, hours: Option<QuietHours>) -> Self {
        self.channels.entry(channel).or_default().quiet = hours.map_or(ChannelQuiet::None, ChannelQuiet::Own);
        self
    }

    /// At most so many touches of all customers together by a channel on one day of the shop.
    #[must_use]
    pub fn with_daily_budget(mut self, channel: Channel, touches: u64) -> Self {
        self.channels.entry(channel).or_default().per_day = Some(touches);
        self
    }

    /// The caps on all channels together, in the order in which they were given.
    pub fn caps(&self) -> &[Cap] {
        &self.caps
    }

    /// The caps on one channel, in the order in which they were given.
    pub fn channel_caps(&self, channel: &Channel) -> &[Cap] {
        self.channels.get(channel).map_or(&[], |rules| &rules.caps)
    }

    /// The quiet hours that hold for a channel.
    pub fn quiet_hours(&self, channel: &Channel) -> Option<QuietHours> {
        match self.channels.get(channel).map_or(ChannelQuiet::Common, |rules| rules.quiet) {
            ChannelQuiet::Common => self.quiet,
            ChannelQuiet::None => None,
            ChannelQuiet::Own(hours) => Some(hours),
        }
    }

    /// The daily budget of a channel.
    pub fn daily_budget(&self, channel: &Channel) -> Option<u64> {
        self.channels.get(channel)?.per_day
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct RawCap {
    touches: u32,
    days: u32,
}

#[cfg(feature = "serde")]
impl TryFrom<RawCap> for Cap {
    type Error = Error;

    fn try_from(raw: RawCap) -> Result<Self> {
        Self::new(raw.touches, raw.days)
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct RawQuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

#[cfg(feature = "serde")]
impl TryFrom<RawQuietHours> for QuietHours {
    type Error = Error;

    fn try_from(raw: RawQuietHours) -> Result<Self> {
        Self::new(raw.from, raw.until)
    }
}

#[cfg(feature = "serde")]
mod stored {
    use core::fmt;

    use serde::de::{Deserializer, Error, MapAccess, Visitor};

    use super::{BTreeMap, Channel, ChannelRules};

    /// A channel that stands there twice is refused: the rules of one of the two would go unheard.
    pub(super) fn channels<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Channel, ChannelRules>, D::Error> {
        struct Channels;

        impl<'de> Visitor<'de> for Channels {
            type Value = BTreeMap<Channel, ChannelRules>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the rules of each channel")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut channels = BTreeMap::new();
                while let Some((channel, rules)) = map.next_entry::<Channel, ChannelRules>()? {
                    if channels.contains_key(&channel) {
                        return Err(A::Error::custom(format_args!("channel {:?} stands there twice", channel.key())));
                    }
                    channels.insert(channel, rules);
                }
                Ok(channels)
            }
        }

        deserializer.deserialize_map(Channels)
    }
}
