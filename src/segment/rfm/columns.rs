//! The values of all customers, column by column.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::measure::Measures;
use super::model::Population;
use super::{FrequencyMeasure, MonetaryMeasure};
use crate::error::{Error, Result};
use crate::history::{Ledger, MoneyColumn};
use crate::number::money;
use crate::number::select::Key;
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::scale::CutPoints;
use crate::scale::cuts::cuts_of_keys;
use crate::scale::ranks::{bin_ranks, bin_ranks_from_top};

/// The columns of a ledger's customers that are scored, in its order.
pub(super) struct Columns<'a> {
    pub(super) last_purchase: &'a [Day],
    pub(super) frequency: Cow<'a, [u32]>,
    pub(super) monetary: Monetary<'a>,
}

/// A column of M.
pub(super) enum Monetary<'a> {
    /// Amounts in units of `10^-scale`.
    Minor(&'a MoneyColumn, u32),
    /// Quotients, which have no common scale.
    Decimal(Vec<Decimal>),
}

impl<'a> Columns<'a> {
    pub(super) fn of<Id>(ledger: &'a Ledger<Id>, measures: Measures) -> Self {
        Self {
            last_purchase: ledger.last_days(),
            frequency: Cow::Borrowed(match measures.frequency {
                FrequencyMeasure::Purchases => ledger.purchases(),
                FrequencyMeasure::PurchaseDays => ledger.purchase_days(),
            }),
            monetary: match measures.monetary {
                MonetaryMeasure::Revenue => Monetary::Minor(ledger.revenue(), ledger.scale()),
                MonetaryMeasure::MeanOrderAmount => Monetary::Decimal(ledger.mean_order_amounts()),
            },
        }
    }

    /// Takes F and M of the ledger of a window of the same log.
    pub(super) fn in_window<Id: CustomerId>(
        ledger: &'a Ledger<Id>,
        recent: &Ledger<Id>,
        measures: Measures,
    ) -> Result<Self> {
        if ledger.as_of() != recent.as_of() {
            return Err(Error::AsOfMismatch { left: ledger.as_of(), right: recent.as_of() });
        }
        let mut frequency = vec![0; ledger.len()];
        let mut monetary = vec![Decimal::ZERO; ledger.len()];
        let place = |id: &Id| ledger.ids().binary_search(id).ok();
        for (id, history) in recent.iter() {
            let place = place(id).ok_or_else(|| Error::unknown(id))?;
            // A history counts in 32 bits.
            frequency[place] = u32::try_from(measures.frequency.of(&history)).unwrap_or(u32::MAX);
            monetary[place] = measures.monetary.of(&history);
        }
        // Those who bought nothing in the window, but maybe before it.
        for (id, history) in recent.without_purchase() {
            if let Some(place) = place(id) {
                monetary[place] = measures.monetary.of(history);
            }
        }
        let (frequency, monetary) = (Cow::Owned(frequency), Monetary::Decimal(monetary));
        Ok(Self { last_purchase: ledger.last_days(), frequency, monetary })
    }

    pub(super) fn len(&self) -> usize {
        self.last_purchase.len()
    }
}

impl Population for Columns<'_> {
    fn customers(&self) -> u64 {
        self.len() as u64
    }

    fn recency(&self, bins: u8) -> Result<CutPoints<NaiveDate>> {
        let ranks = bin_ranks_from_top(self.customers(), bins)?;
        Ok(cuts_of_keys(self.last_purchase, &ranks).map(Day::date))
    }

    fn frequency(&self, bins: u8) -> Result<CutPoints<u64>> {
        Ok(quantiles(&self.frequency, bins)?.map(u64::from))
    }

    fn monetary(&self, bins: u8) -> Result<CutPoints<Decimal>> {
        match &self.monetary {
            Monetary::Minor(MoneyColumn::Narrow(amounts), scale) => Ok(decimals(quantiles(amounts, bins)?, *scale)),
            Monetary::Minor(MoneyColumn::Wide(amounts), scale) => {
                Ok(decimals(CutPoints::fit(amounts.iter().copied(), bins)?, *scale))
            }
            Monetary::Decimal(amounts) => CutPoints::fit(amounts.iter().copied(), bins),
        }
    }
}

fn quantiles<K: Key>(values: &[K], bins: u8) -> Result<CutPoints<K>> {
    Ok(cuts_of_keys(values, &bin_ranks(values.len() as u64, bins)?))
}

/// Amounts of a ledger, which fit a decimal.
fn decimals(cuts: CutPoints<impl Into<i128>>, scale: u32) -> CutPoints<Decimal> {
    cuts.map(|cut| money::decimal(cut.into(), scale).unwrap_or_default())
}
