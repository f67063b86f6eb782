//! The points that a shop owes its customers.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use crate::act::points::PointsAccount;
use crate::error::{Error, Result};
use crate::number::money;

/// The points that expire in one month, unless they are spent before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LiabilityMonth {
    /// The first day of the month in which the points can be used for the last time; `None` for points that never
    /// expire.
    pub month: Option<NaiveDate>,
    /// The points.
    pub points: u64,
    /// The value of the points.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub value: Decimal,
}

/// All points outstanding as of a day, and what they are worth.
///
/// **Population**: the accounts given. Every point of a balance counts in full; the share that will never be spent
/// (breakage) is for the shop to deduct.
#[doc(alias("breakage", "points outstanding"))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Liability {
    /// The months, the first to expire first; points that never expire last. Months without a point are left out.
    pub months: Vec<LiabilityMonth>,
    /// All points outstanding.
    pub points: u64,
    /// The value of the points.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub value: Decimal,
    /// The points that customers owe, not deducted from the above.
    pub owed: u64,
    /// The fractions of points that customers carry, not contained in the above.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub carried: Decimal,
}

impl Liability {
    /// The liability from accounts as of one day, at a value of one point, such as 0.01;
    /// [`PointsAccount`] has an example. Takes time `l log m` in `l`
    /// lots of `m` months.
    ///
    /// # Errors
    ///
    /// [`Error::AsOfMismatch`] for accounts as of different days; [`Error::Amount`] for a value below 0;
    /// [`Error::CountOverflow`] and [`Error::AmountOverflow`] for sums beyond their limits.
    pub fn of<'a, K: 'a>(
        accounts: impl IntoIterator<Item = &'a PointsAccount<K>>,
        value_of_point: Decimal,
    ) -> Result<Self> {
        Error::not_negative("value of a point", value_of_point)?;
        let too_many = Error::CountOverflow { field: "points outstanding" };
        let mut by_month: BTreeMap<(bool, Option<NaiveDate>), u64> = BTreeMap::new();
        let (mut as_of, mut points, mut owed, mut carried) = (None, 0u64, 0u64, Decimal::ZERO);
        for account in accounts {
            let left = *as_of.get_or_insert(account.as_of());
            if left != account.as_of() {
                return Err(Error::AsOfMismatch { left, right: account.as_of() });
            }
            for lot in account.lots() {
                points = points.checked_add(lot.points).ok_or(too_many.clone())?;
                // No month holds more points than all together.
                let month = lot.expires.and_then(|expires| expires.pred_opt()?.with_day(1));
                *by_month.entry((month.is_none(), month)).or_default() += lot.points;
            }
            owed = owed.checked_add(account.owed()).ok_or(too_many.clone())?;
            let sum = money::exact_sum(carried, account.carried());
            carried = sum.ok_or(Error::AmountOverflow { field: "carried fractions of points" })?;
        }
        let worth = |points: u64| {
            let minor = value_of_point.mantissa().checked_mul(points.into());
            let value = minor.and_then(|minor| money::decimal(minor, value_of_point.scale()));
            value.ok_or(Error::AmountOverflow { field: "value of the points outstanding" })
        };
        let month = |((_, month), points)| Ok(LiabilityMonth { month, points, value: worth(points)? });
        let months = by_month.into_iter().map(month).collect::<Result<_>>()?;
        Ok(Self { months, points, value: worth(points)?, owed, carried: carried.normalize() })
    }
}
