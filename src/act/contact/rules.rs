//! The rules by which a shop contacts its customers.

use std::collections::BTreeMap;

use crate::act::contact::{Cap, Channel, QuietHours};

/// The limits on how many contacts a shop makes, and when: caps, quiet hours and daily budgets. The default allows
/// everything.
///
/// # Examples
///
/// ```
/// use chrono::NaiveTime;
/// use repurchase::act::contact::{Cap, Channel, ContactRules, QuietHours};
///
/// let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
/// let rules = ContactRules::default()
///     .with_cap(Cap::new(3, 30)?)
///     .with_channel_cap(Channel::SMS, Cap::new(1, 7)?)
///     .with_quiet_hours(QuietHours::new(time(21), time(9))?)
///     .with_channel_quiet_hours(Channel::EMAIL, None)
///     .with_daily_budget(Channel::SMS, 10_000);
/// assert_eq!(rules.channel_caps(&Channel::SMS), [Cap::new(1, 7)?]);
/// assert_eq!(rules.quiet_hours(&Channel::EMAIL), None);
/// let night = rules.quiet_hours(&Channel::SMS).expect("those of all channels");
/// assert!(night.contains(time(21)) && night.contains(time(0)) && !night.contains(time(9)));
/// assert_eq!(night.to_string(), "21:00-09:00");
/// # Ok::<(), repurchase::Error>(())
/// ```
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ContactRules {
    caps: Vec<Cap>,
    quiet: Option<QuietHours>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "stored::channels"))]
    channels: BTreeMap<Channel, ChannelRules>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct ChannelRules {
    caps: Vec<Cap>,
    quiet: ChannelQuiet,
    per_day: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
enum ChannelQuiet {
    /// The caps of all channels.
    #[default]
    Common,
    None,
    Own(QuietHours),
}

impl ContactRules {
    /// Adds a cap on the touches of one customer by all channels together.
    pub fn with_cap(mut self, cap: Cap) -> Self {
        self.caps.push(cap);
        self
    }

    /// Adds a cap on the touches of one customer by one channel.
    pub fn with_channel_cap(mut self, channel: Channel, cap: Cap) -> Self {
        self.channels.entry(channel).or_default().caps.push(cap);
        self
    }

    /// Sets the quiet hours of all channels that have none of their own.
    pub fn with_quiet_hours(self, hours: QuietHours) -> Self {
        Self { quiet: Some(hours), ..self }
    }

    /// Sets a channel's own quiet hours instead of the common ones; `None` for a channel that may be used at any hour.
    pub fn with_channel_quiet_hours(mut self, channel: Channel, hours: Option<QuietHours>) -> Self {
        self.channels.entry(channel).or_default().quiet = hours.map_or(ChannelQuiet::None, ChannelQuiet::Own);
        self
    }

    /// Allows at most `touches` touches of all customers together by a channel on one day of the shop.
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
mod stored {
    use core::fmt;

    use serde::de::{Deserializer, Error, MapAccess, Visitor};

    use super::{BTreeMap, Channel, ChannelRules};

    /// Refuses a channel that occurs twice: the rules of one of the two would be ignored.
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
