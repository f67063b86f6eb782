//! Models, options and tallies as they are stored: dates, counts and decimals as text, checked when they are read.

use chrono::NaiveDate;

use super::integers::{DayBins, MoneyBins};
use super::measure::Measures;
use super::{BinRule, RfmModel, RfmTally};
use crate::error::Error;
use crate::number::money::Text;
use crate::scale::{Bins, MoneyTally, Tally};
use crate::stored::stored;

stored! {
    RfmModel {
        measures: Measures,
        #[serde(default)]
        in_window: bool,
        as_of: NaiveDate,
        customers: u64,
        recency: DayBins,
        frequency: Bins<u64>,
        monetary: MoneyBins,
    } <=> Self::of_bins((measures, in_window), (as_of, customers), recency, frequency, monetary)
}

stored! {
    RfmTally {
        measures: Measures,
        in_window: bool,
        last_purchase: Tally<NaiveDate>,
        frequency: Tally<u64>,
        monetary: MoneyTally,
    } <=> {
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

/// A rule of amounts as texts, for `#[serde(with = "...")]`.
pub(super) mod amounts {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{BinRule, Text};

    pub(in super::super) fn serialize<S: Serializer>(rule: &BinRule<Decimal>, to: S) -> Result<S::Ok, S::Error> {
        rule.clone().map(Text).serialize(to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BinRule<Decimal>, D::Error> {
        Ok(BinRule::<Text>::deserialize(from)?.map(|Text(edge)| edge))
    }
}

impl<T> BinRule<T> {
    /// The same thresholds in another unit of the same order.
    fn map<U>(self, unit: impl FnMut(T) -> U) -> BinRule<U> {
        match self {
            Self::Quantiles(bins) => BinRule::Quantiles(bins),
            Self::Bands(bands) => BinRule::Bands(bands.map(unit)),
        }
    }
}
