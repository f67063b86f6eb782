//! Which of the three numbers of a date is which.

use std::str::FromStr;

use serde::Deserialize;

use crate::error::Error;

/// The order of day and month in a date of three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DateOrder {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

impl DateOrder {
    pub(crate) const ALL: [Self; 3] = [Self::Ymd, Self::Dmy, Self::Mdy];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ymd => "ymd",
            Self::Dmy => "dmy",
            Self::Mdy => "mdy",
        }
    }

    /// As a message has it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Ymd => "year/month/day",
            Self::Dmy => "day/month/year",
            Self::Mdy => "month/day/year",
        }
    }
}

impl FromStr for DateOrder {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|order| order.name() == text).ok_or_else(|| Error::Option {
            option: "--dates",
            found: text.to_owned(),
            expected: "ymd, dmy or mdy".to_owned(),
        })
    }
}
