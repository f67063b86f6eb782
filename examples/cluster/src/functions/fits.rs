//! Aggregates of histories whose final value is a fitted model.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};
use repurchase::CustomerHistory;
use repurchase::predict::{Sample, Samples, SpendSample, SpendSamples};
use repurchase::scale::{MoneyTally, Tally};
use repurchase::segment::{FrequencyMeasure, RfmMeasures, RfmModel, RfmOptions, RfmTally, TierModel, TierScheme};
use repurchase_segment::forecast::{self, Estimate};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{bad, coerced, date, number, question, refused, text};
use crate::history::histories;

/// What a fit needs of some of the customers, in integers: of two groups, the merged one is that of both.
pub(super) trait Part: Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    const NAME: &'static str;
    /// The types of the literals behind the history.
    const LITERALS: &'static [DataType];

    fn new(literals: &[ScalarValue]) -> Result<Self>;
    fn add(&mut self, history: &CustomerHistory) -> Result<()>;
    fn merge(&mut self, other: Self) -> Result<()>;
    fn fit(self) -> Result<String>;
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(refused)
}

/// `rfm_fit(history, as_of, bins, occasion)`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Rfm {
    as_of: NaiveDate,
    bins: u8,
    tally: RfmTally,
}

impl Part for Rfm {
    const NAME: &'static str = "rfm_fit";
    const LITERALS: &'static [DataType] = &[DataType::Date32, DataType::Int64, DataType::Utf8];

    fn new(literals: &[ScalarValue]) -> Result<Self> {
        let bins = u8::try_from(number(literals.get(1))?).ok().filter(|bins| (2..=10).contains(bins));
        let bins = bins.ok_or_else(|| bad(literals.get(1).unwrap_or(&ScalarValue::Null), "2 to 10 bins"))?;
        let frequency = match text(literals.get(2))? {
            "order" => FrequencyMeasure::Purchases,
            "day" => FrequencyMeasure::PurchaseDays,
            other => return exec_err!("rfm_fit: found the occasion {other:?}, expected order or day"),
        };
        let tally = RfmTally::new(RfmMeasures::default().with_frequency(frequency));
        Ok(Self { as_of: date(literals.first())?, bins, tally })
    }

    fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        let measures = self.tally.measures();
        measures.of(history).map_or(Ok(()), |values| self.tally.add(&values).map_err(refused))
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        self.tally.merge(&other.tally).map_err(refused)
    }

    fn fit(self) -> Result<String> {
        json(&RfmModel::fit_tally(&self.tally, self.as_of, &RfmOptions::quantiles(self.bins)).map_err(refused)?)
    }
}

/// `tier_fit(history)`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Tiers(MoneyTally);

impl Part for Tiers {
    const NAME: &'static str = "tier_fit";
    const LITERALS: &'static [DataType] = &[];

    fn new(_: &[ScalarValue]) -> Result<Self> {
        Ok(Self(MoneyTally::new()))
    }

    fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        if history.purchases() == 0 {
            return Ok(());
        }
        self.0.add(history.revenue(), 1).map_err(refused)
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        self.0.merge(&other.0).map_err(refused)
    }

    fn fit(self) -> Result<String> {
        json(&TierModel::fit_tally(&self.0, TierScheme::default()).map_err(refused)?)
    }
}

/// `purchase_fit(history, as_of, model)`: x, `t_x` and T, in days.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Purchases {
    as_of: NaiveDate,
    model: String,
    rows: Tally<(u32, u32, u32)>,
}

impl Part for Purchases {
    const NAME: &'static str = "purchase_fit";
    const LITERALS: &'static [DataType] = &[DataType::Date32, DataType::Utf8];

    fn new(literals: &[ScalarValue]) -> Result<Self> {
        let model = text(literals.get(1))?;
        question(model, None)?;
        Ok(Self { as_of: date(literals.first())?, model: model.to_owned(), rows: Tally::new() })
    }

    fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        if let Some(summary) = history.repeat_summary(self.as_of) {
            let row = (summary.repeats(), summary.recency_days(), summary.age_days());
            self.rows.add(row, 1).map_err(refused)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        self.rows.merge(&other.rows).map_err(refused)
    }

    fn fit(self) -> Result<String> {
        let sample = |(&(repeats, recency, age), customers): (&(u32, u32, u32), u64)| {
            let sample = Sample::new(repeats, f64::from(recency) / 7.0, f64::from(age) / 7.0);
            Ok((sample.map_err(refused)?, customers))
        };
        let samples = Samples::from(self.rows.iter().map(sample).collect::<Result<Vec<_>>>()?);
        params(&forecast::churn(&samples, &question(&self.model, None)?).map_err(refused)?)
    }
}

/// `spend_fit(history, as_of)`: x, and the mean spend by its bits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Spend {
    as_of: NaiveDate,
    rows: Tally<(u32, u64)>,
}

impl Part for Spend {
    const NAME: &'static str = "spend_fit";
    const LITERALS: &'static [DataType] = &[DataType::Date32];

    fn new(literals: &[ScalarValue]) -> Result<Self> {
        Ok(Self { as_of: date(literals.first())?, rows: Tally::new() })
    }

    fn add(&mut self, history: &CustomerHistory) -> Result<()> {
        if let Some(summary) = history.repeat_summary(self.as_of) {
            let sample = SpendSample::of(&summary);
            self.rows.add((sample.repeats(), sample.mean().to_bits()), 1).map_err(refused)?;
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<()> {
        self.rows.merge(&other.rows).map_err(refused)
    }

    fn fit(self) -> Result<String> {
        let sample = |(&(repeats, mean), customers): (&(u32, u64), u64)| {
            Ok((SpendSample::new(repeats, f64::from_bits(mean)).map_err(refused)?, customers))
        };
        let samples = SpendSamples::from(self.rows.iter().map(sample).collect::<Result<Vec<_>>>()?);
        params(&forecast::spend(&samples, &question("mbg-nbd", None)?).map_err(refused)?)
    }
}

/// As the programs take them.
fn params<M>(estimate: &Estimate<M>) -> Result<String> {
    if estimate.model.is_none() {
        return exec_err!("{}: {}", estimate.name, estimate.status);
    }
    let params = estimate.params.iter().map(|(name, value)| format!("{name}={value}"));
    Ok(params.collect::<Vec<_>>().join(","))
}

/// The aggregate of a kind of part; null where there is no history.
#[derive(Debug)]
pub(super) struct Fit<P> {
    signature: Signature,
    part: PhantomData<fn() -> P>,
}

impl<P> Fit<P> {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable), part: PhantomData }
    }
}

/// By name, as they travel.
impl<P: Part> PartialEq for Fit<P> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<P: Part> Eq for Fit<P> {}

impl<P: Part> Hash for Fit<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        P::NAME.hash(state);
    }
}

impl<P: Part> AggregateUDFImpl for Fit<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        coerced(P::NAME, arguments, P::LITERALS)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(arguments.name, "part"), DataType::Utf8, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Fold::<P> { part: None, customers: 0 }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug)]
struct Fold<P> {
    part: Option<P>,
    customers: usize,
}

impl<P: Part> Accumulator for Fold<P> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some((column, literals)) = values.split_first() else { return Ok(()) };
        if column.is_empty() {
            return Ok(());
        }
        let part = match &mut self.part {
            Some(part) => part,
            none => {
                let literals = literals.iter().map(|literal| ScalarValue::try_from_array(literal, 0));
                none.insert(P::new(&literals.collect::<Result<Vec<_>>>()?)?)
            }
        };
        for history in histories(column.as_ref())?.iter().flatten() {
            part.add(history)?;
            self.customers += 1;
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = states.first().and_then(|column| column.as_string_opt::<i32>());
        let states = states.ok_or_else(|| refused(format!("{}: a partial state is of another build", P::NAME)))?;
        for state in states.iter().flatten() {
            let other: P = serde_json::from_str(state).map_err(refused)?;
            match &mut self.part {
                Some(part) => part.merge(other)?,
                none => *none = Some(other),
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Utf8(self.part.as_ref().map(json).transpose()?)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Utf8(self.part.take().map(P::fit).transpose()?))
    }

    fn size(&self) -> usize {
        // A customer makes three entries at most, of a value and a count each.
        size_of::<Self>() + self.customers * 3 * 32
    }
}
