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
    pub(crate) const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Ymd => ["year/month/day", "年/月/日"],
            Self::Dmy => ["day/month/year", "日/月/年"],
            Self::Mdy => ["month/day/year", "月/日/年"],
        }
    }
}

impl FromStr for DateOrder {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|order| order.name() == text).ok_or_else(|| {
            let expected = ["ymd, dmy or mdy", "ymd（年月日）、dmy（日月年）或 mdy（月日年）"];
            Error::option("--dates", text, expected)
        })
    }
}
