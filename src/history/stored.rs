//! A customer's history as it is stored: dates and exact decimals, checked when it is read.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::CustomerHistory;
use super::gaps::GapSums;
use super::logarithms::gap_logarithm;
use super::statistics::Statistics;
use crate::error::{Error, Result};
use crate::number::money;
use crate::record::calendar::Day;

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
        let inconsistent = |field| Err(Error::InconsistentHistory { field });
        let days = stored.first_purchase.zip(stored.last_purchase);
        let (first, last) = match days {
            Some((first, last)) if stored.purchases > 0 && first <= last => (first.into(), last.into()),
            None if stored.purchases == 0 && stored.first_purchase == stored.last_purchase => {
                (Day::default(), Day::default())
            }
            _ => return inconsistent("first_purchase and last_purchase"),
        };
        let gaps = GapSums {
            shortest: stored.shortest_gap_days,
            longest: stored.longest_gap_days,
            squares: stored.gap_squares,
            logarithms: stored.gap_logarithms,
        };
        if stored.purchase_days > stored.purchases || (stored.purchase_days == 0) != (stored.purchases == 0) {
            return inconsistent("purchase_days");
        }
        if !are_possible(gaps, stored.purchase_days.saturating_sub(1), last.since(first)) {
            return inconsistent("gaps");
        }
        let one_day = stored.purchase_days <= 1;
        if stored.spend < Decimal::ZERO || (stored.purchases == 0 && !stored.spend.is_zero()) {
            return inconsistent("spend");
        }
        if money::exact_sum(stored.spend, -stored.credited).is_none() {
            return Err(Error::AmountOverflow { field: "revenue" });
        }
        if !(Decimal::ZERO..=stored.spend).contains(&stored.first_day_spend)
            || (one_day && stored.first_day_spend != stored.spend)
            || money::exact_sum(stored.spend, -stored.first_day_spend).is_none()
        {
            return inconsistent("first_day_spend");
        }
        if stored.credited < Decimal::ZERO || (stored.credits == 0) != stored.credited.is_zero() {
            return inconsistent("credited");
        }
        Ok(Self {
            known: Statistics {
                purchases: stored.purchases,
                purchase_days: stored.purchase_days,
                first,
                last,
                gaps,
                spend: stored.spend,
                first_day_spend: stored.first_day_spend,
                credits: stored.credits,
                credited: stored.credited,
            },
        })
    }
}

/// Whether `count` gaps of `sum` days in all can have these statistics.
fn are_possible(gaps: GapSums, count: u32, sum: u32) -> bool {
    let (count, sum, shortest, longest) =
        (u64::from(count), u64::from(sum), u64::from(gaps.shortest), u64::from(gaps.longest));
    if count == 0 {
        return sum == 0 && gaps == GapSums::default();
    }
    let [least, most] = [gaps.shortest, gaps.longest].map(|gap| u128::from(gap_logarithm(gap)));
    let others = u128::from(count - 1);
    let logarithms = most + least * others..=least + most * others;
    shortest >= 1
        && shortest <= longest
        && shortest * count <= sum
        && sum <= longest * count
        && longest + shortest * (count - 1) <= sum
        && sum <= shortest + longest * (count - 1)
        && sum * sum <= gaps.squares.saturating_mul(count)
        && gaps.squares <= longest * sum
        && logarithms.contains(&gaps.logarithms.into())
}
