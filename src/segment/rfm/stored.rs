//! Models, options and tallies as they are stored: dates, counts and decimals as text, checked when they are read.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::model::check_bins;
use super::money::MoneyBinning;
use super::{BinRule, RfmMeasures, RfmModel, RfmOptions, RfmTally};
use crate::error::{Error, Result};
use crate::number::money::Text;
use crate::scale::{Bands, Bins, CutPoints, MoneyTally, Tally};

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct StoredModel {
    measures: RfmMeasures,
    #[serde(default)]
    in_window: bool,
    recency: Bins<NaiveDate>,
    frequency: Bins<u64>,
    monetary: Bins<Text>,
}

impl From<RfmModel> for StoredModel {
    fn from(model: RfmModel) -> Self {
        let texts = |marks: &[Decimal]| marks.iter().copied().map(Text).collect();
        let monetary = match model.monetary.marks() {
            Bins::Quantiles(cuts) => Bins::Quantiles(CutPoints::ascending(texts(cuts.cuts()))),
            Bins::Bands(bands) => Bins::Bands(Bands::ascending(texts(bands.edges()))),
        };
        let RfmModel { measures, in_window, recency, frequency, .. } = model;
        Self { measures, in_window, recency, frequency, monetary }
    }
}

impl TryFrom<StoredModel> for RfmModel {
    type Error = Error;

    fn try_from(stored: StoredModel) -> Result<Self> {
        let StoredModel { measures, in_window, recency, frequency, monetary } = stored;
        for bins in [recency.bins(), frequency.bins(), monetary.bins()] {
            check_bins(bins)?;
        }
        let monetary = MoneyBinning::new(match monetary {
            Bins::Quantiles(cuts) => Bins::Quantiles(cuts.map(|Text(cut)| cut)),
            Bins::Bands(bands) => Bins::Bands(decimals(bands)),
        })?;
        Ok(Self { measures, in_window, recency, frequency, monetary })
    }
}

fn decimals(bands: Bands<Text>) -> Bands<Decimal> {
    Bands::ascending(Vec::from(bands).into_iter().map(|Text(edge)| edge).collect())
}

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct StoredOptions {
    recency: BinRule<u32>,
    frequency: BinRule<u64>,
    monetary: BinRule<Text>,
}

impl From<RfmOptions> for StoredOptions {
    fn from(options: RfmOptions) -> Self {
        let monetary = match options.monetary {
            BinRule::Quantiles(bins) => BinRule::Quantiles(bins),
            BinRule::Bands(bands) => BinRule::Bands(Bands::ascending(Vec::from(bands).into_iter().map(Text).collect())),
        };
        Self { recency: options.recency, frequency: options.frequency, monetary }
    }
}

impl From<StoredOptions> for RfmOptions {
    fn from(stored: StoredOptions) -> Self {
        let monetary = match stored.monetary {
            BinRule::Quantiles(bins) => BinRule::Quantiles(bins),
            BinRule::Bands(bands) => BinRule::Bands(decimals(bands)),
        };
        Self { recency: stored.recency, frequency: stored.frequency, monetary }
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct StoredTally {
    measures: RfmMeasures,
    in_window: bool,
    last_purchase: Tally<NaiveDate>,
    frequency: Tally<u64>,
    monetary: MoneyTally,
}

impl From<RfmTally> for StoredTally {
    fn from(tally: RfmTally) -> Self {
        let RfmTally { measures, in_window, last_purchase, frequency, monetary } = tally;
        Self { measures, in_window, last_purchase, frequency, monetary }
    }
}

impl TryFrom<StoredTally> for RfmTally {
    type Error = Error;

    fn try_from(stored: StoredTally) -> Result<Self> {
        let StoredTally { measures, in_window, last_purchase, frequency, monetary } = stored;
        let customers = last_purchase.customers();
        for (column, found) in [("frequency", frequency.customers()), ("monetary", monetary.customers())] {
            if found != customers {
                // A column of numbers beyond memory is as wrong as one of other numbers.
                let [found, expected] = [found, customers].map(|count| usize::try_from(count).unwrap_or(usize::MAX));
                return Err(Error::ColumnLength { column, found, expected });
            }
        }
        Ok(Self { measures, in_window, last_purchase, frequency, monetary })
    }
}
