//! The time of a record: at an instant, or on a day of the shop.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};

use crate::error::Result;
use crate::record::ShopCalendar;

/// An instant, whose day the shop's calendar tells, or a day of the shop, which is that day in every time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum When {
    At(DateTime<Utc>),
    On(NaiveDate),
}

// A day costs no room.
const _: () = assert!(size_of::<When>() == size_of::<DateTime<Utc>>());

impl When {
    pub(crate) const fn instant(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(instant) => Some(instant),
            Self::On(_) => None,
        }
    }

    /// The instant, or the first one of the day in UTC.
    pub(crate) fn earliest(self) -> DateTime<Utc> {
        match self {
            Self::At(instant) => instant,
            Self::On(day) => day.and_time(NaiveTime::MIN).and_utc(),
        }
    }

    /// The instant, or the last one of the day in UTC.
    pub(crate) fn latest(self) -> DateTime<Utc> {
        let last = TimeDelta::days(1) - TimeDelta::nanoseconds(1);
        match self {
            Self::At(instant) => instant,
            Self::On(_) => self.earliest().checked_add_signed(last).unwrap_or(DateTime::<Utc>::MAX_UTC),
        }
    }

    pub(crate) fn day<Tz: TimeZone>(self, calendar: &ShopCalendar<Tz>) -> Result<NaiveDate> {
        match self {
            Self::At(instant) => calendar.day(instant),
            Self::On(day) => Ok(day),
        }
    }
}

/// The stored form, as text: `2026-03-01T12:00:00Z`, or `2026-03-01` for a day.
#[cfg(feature = "serde")]
mod stored {
    use core::fmt;

    use serde::de::{Deserialize, Deserializer, Error, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::When;

    impl Serialize for When {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Self::At(instant) => instant.serialize(serializer),
                Self::On(day) => day.serialize(serializer),
            }
        }
    }

    impl<'de> Deserialize<'de> for When {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Text;

            impl Visitor<'_> for Text {
                type Value = When;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an instant such as 2026-03-01T12:00:00Z, or a day such as 2026-03-01")
                }

                fn visit_str<E: Error>(self, text: &str) -> Result<When, E> {
                    let day = text.parse().map(When::On);
                    day.or_else(|_| text.parse().map(When::At))
                        .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
                }
            }
            deserializer.deserialize_str(Text)
        }
    }
}
