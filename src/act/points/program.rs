//! Rules by which points are earned and expire.

use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::Decimal;

use crate::error::{Error, Result};
#[cfg(feature = "serde")]
use crate::number::money::Text;

/// The rule by which points expire. On the day on which they expire, they can no longer be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Expiry {
    /// Points never expire.
    Never,
    /// Points last `n` days, the day on which they were earned included: points of day `d` expire on day `d + n`.
    Days(u32),
    /// Points last to the end of the month that lies this many months after the month in which they were earned: with
    /// 12, points of any day of March 2026 can be used on 31 March 2027 and expire on 1 April.
    MonthEnd(u32),
}

impl Expiry {
    /// The day on which points that were earned on a day expire; `None` for never.
    ///
    /// # Errors
    ///
    /// [`Error::DayOverflow`] beyond chrono's limits.
    pub fn expires(self, earned: NaiveDate) -> Result<Option<NaiveDate>> {
        let (day, days) = match self {
            Self::Never => return Ok(None),
            Self::Days(days) => (earned.checked_add_days(Days::new(days.into())), days.into()),
            Self::MonthEnd(months) => {
                let next = months.checked_add(1).map(Months::new);
                let day = next.and_then(|months| earned.with_day(1)?.checked_add_months(months));
                (day, (i64::from(months) + 1) * 31)
            }
        };
        day.map(Some).ok_or(Error::DayOverflow { from: earned, days })
    }
}

/// The rules of a points program: points per unit of money for each tier, and how long points last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PointsProgram {
    rates: Vec<Decimal>,
    expiry: Expiry,
}

impl PointsProgram {
    /// Points per unit of money for each tier, the lowest first, as
    /// [`TierModel::position`](crate::segment::TierModel::position) counts them.
    ///
    /// # Errors
    ///
    /// [`Error::Amount`] for a rate below 0; [`Error::OutOfRange`] for points that expire on the day on which they are
    /// earned.
    pub fn new(rates: Vec<Decimal>, expiry: Expiry) -> Result<Self> {
        rates.iter().try_for_each(|&rate| Error::not_negative("points per unit of money", rate).map(|_| ()))?;
        if let Expiry::Days(days) = expiry {
            Error::within("days until points expire", days, 1..=u32::MAX.into())?;
        }
        Ok(Self { rates, expiry })
    }

    /// Points per unit of money for a tier; `None` for a tier that the program does not have.
    pub fn rate(&self, tier: usize) -> Option<Decimal> {
        self.rates.get(tier).copied()
    }

    /// Points per unit of money for each tier, the lowest first.
    pub fn rates(&self) -> &[Decimal] {
        &self.rates
    }

    /// The rule by which points expire.
    pub const fn expiry(&self) -> Expiry {
        self.expiry
    }
}

crate::stored::stored! {
    PointsProgram(program) { rates: Vec<Text> = Text::all(&program.rates), expiry: Expiry = program.expiry }
    <=> Self::new(Text::decimals(rates), expiry)
}
