//! A customer's history as it is stored: dates and exact decimals, checked when it is read.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::CustomerHistory;
use super::gaps::GapSums;
use super::statistics::Statistics;
use crate::error::{Error, Result};

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct StoredHistory {
    purchases: u32,
    purchase_days: u32,
    first_purchase: Option<NaiveDate>,
    last_purchase: Option<NaiveDate>,
    shortest_gap_days: u32,
    longest_gap_days: u32,
    gap_squares: u64,
    gap_logarithms: u64,
    #[serde(with = "crate::number::decimal")]
    spend: Decimal,
    #[serde(with = "crate::number::decimal")]
    first_day_spend: Decimal,
    credits: u32,
    #[serde(with = "crate::number::decimal")]
    credited: Decimal,
}

impl From<CustomerHistory> for StoredHistory {
    fn from(history: CustomerHistory) -> Self {
        Self {
            purchases: history.known.purchases,
            purchase_days: history.known.purchase_days,
            first_purchase: history.first_purchase(),
            last_purchase: history.last_purchase(),
            shortest_gap_days: history.known.gaps.shortest,
            longest_gap_days: history.known.gaps.longest,
            gap_squares: history.known.gaps.squares,
            gap_logarithms: history.known.gaps.logarithms,
            spend: history.known.spend,
            first_day_spend: history.known.first_day_spend,
            credits: history.known.credits,
            credited: history.known.credited,
        }
    }
}

impl TryFrom<StoredHistory> for CustomerHistory {
    type Error = Error;

    fn try_from(stored: StoredHistory) -> Result<Self> {
        let days = match stored.first_purchase.zip(stored.last_purchase) {
            Some((first, last)) if stored.purchases > 0 => (first.into(), last.into()),
            None if stored.purchases == 0 && stored.first_purchase == stored.last_purchase => Default::default(),
            _ => return Err(Error::InconsistentHistory { field: "first_purchase and last_purchase" }),
        };
        let known = Statistics {
            purchases: stored.purchases,
            purchase_days: stored.purchase_days,
            first: days.0,
            last: days.1,
            gaps: GapSums {
                shortest: stored.shortest_gap_days,
                longest: stored.longest_gap_days,
                squares: stored.gap_squares,
                logarithms: stored.gap_logarithms,
            },
            spend: stored.spend,
            first_day_spend: stored.first_day_spend,
            credits: stored.credits,
            credited: stored.credited,
        };
        known.check().map(|()| Self { known })
    }
}
