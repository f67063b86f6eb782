//! Scalars of one history, with what was fitted as literals.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray, StructArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use repurchase::CustomerHistory;
use repurchase::predict::{AnyModel, PurchaseModel, Sample, Samples};
use repurchase::segment::{Grid, Lifecycle, RfmModel, TierModel};
use repurchase_segment::{forecast, shop};
use serde::de::DeserializeOwned;

use super::{coerced, date, number, question, refused, text};
use crate::history::histories;

type Histories = [Option<CustomerHistory>];

/// A function of a history and literals; null of a history without a purchase.
#[derive(Debug)]
pub(super) struct Score {
    name: &'static str,
    signature: Signature,
    literals: &'static [DataType],
    result: DataType,
    of: fn(&Histories, &[ScalarValue]) -> Result<ArrayRef>,
}

static RFM: LazyLock<Fields> =
    LazyLock::new(|| ["r", "f", "m"].into_iter().map(|name| Field::new(name, DataType::Int64, true)).collect());

const MODEL: &[DataType] = &[DataType::Date32, DataType::Utf8, DataType::Utf8];
const MODEL_AND_DAYS: &[DataType] = &[DataType::Date32, DataType::Utf8, DataType::Utf8, DataType::Int64];

pub(super) fn all() -> [Score; 7] {
    let score = |name, literals, result, of| {
        let signature = Signature::user_defined(Volatility::Immutable);
        Score { name, signature, literals, result, of }
    };
    [
        score("rfm_score", &[DataType::Utf8], DataType::Struct(RFM.clone()), rfm_score),
        score("rf_segment", &[DataType::Utf8], DataType::Utf8, rf_segment),
        score("frequency_band", &[], DataType::Utf8, frequency_band),
        score("membership_tier", &[DataType::Utf8], DataType::Utf8, membership_tier),
        score("cycles_missed", &[DataType::Date32], DataType::Int64, cycles_missed),
        score("probability_alive", MODEL, DataType::Float64, probability_alive),
        score("expected_purchases", MODEL_AND_DAYS, DataType::Float64, expected_purchases),
    ]
}

/// By name, as they travel.
impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Score {}

impl Hash for Score {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Score {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        coerced(self.name, arguments, self.literals)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.result.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((column, literals)) = arguments.args.split_first() else {
            return exec_err!("{} has no argument", self.name);
        };
        let literal = |value: &ColumnarValue| match value {
            ColumnarValue::Scalar(literal) => Ok(literal.clone()),
            ColumnarValue::Array(_) => {
                exec_err!("{}: expected literals behind the history: what was fitted is one value", self.name)
            }
        };
        let literals = literals.iter().map(literal).collect::<Result<Vec<_>>>()?;
        let column = column.to_array(arguments.number_rows)?;
        let histories = histories(column.as_ref())?;
        let buyers = histories.into_iter().map(|history| history.filter(|history| history.purchases() > 0));
        Ok(ColumnarValue::Array((self.of)(&buyers.collect::<Vec<_>>(), &literals)?))
    }
}

fn fitted<M: DeserializeOwned>(name: &str, literal: Option<&ScalarValue>) -> Result<M> {
    serde_json::from_str(text(literal)?).map_err(|error| refused(format!("expected what {name} gives: {error}")))
}

fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn rfm_score(histories: &Histories, literals: &[ScalarValue]) -> Result<ArrayRef> {
    let model: RfmModel = fitted("rfm_fit", literals.first())?;
    let scores: Vec<_> =
        histories.iter().map(|history| history.as_ref().and_then(|history| model.score_history(history))).collect();
    let column = |part: usize| -> ArrayRef {
        let part = |score: [u8; 3]| score.get(part).copied().map(i64::from);
        Arc::new(scores.iter().map(|score| score.and_then(|score| part(score.to_array()))).collect::<Int64Array>())
    };
    let nulls: NullBuffer = scores.iter().map(Option::is_some).collect();
    Ok(Arc::new(StructArray::try_new(RFM.clone(), vec![column(0), column(1), column(2)], Some(nulls))?))
}

fn rf_segment(histories: &Histories, literals: &[ScalarValue]) -> Result<ArrayRef> {
    let (model, grid): (RfmModel, _) = (fitted("rfm_fit", literals.first())?, Grid::rf());
    grid.check(&model).map_err(refused)?;
    let segment = |history: &CustomerHistory| Some(grid.segment(model.score_history(history)?)?.key().to_owned());
    Ok(texts(histories.iter().map(|history| history.as_ref().and_then(segment))))
}

#[allow(clippy::unnecessary_wraps, reason = "as the others")]
fn frequency_band(histories: &Histories, _: &[ScalarValue]) -> Result<ArrayRef> {
    let bands = Lifecycle::default().bands;
    let band = |history: &CustomerHistory| Some(bands.band(history)?.label().key().to_owned());
    Ok(texts(histories.iter().map(|history| history.as_ref().and_then(band))))
}

fn membership_tier(histories: &Histories, literals: &[ScalarValue]) -> Result<ArrayRef> {
    let model: TierModel = fitted("tier_fit", literals.first())?;
    let tier = |history: &CustomerHistory| model.tier(history.revenue()).key().to_owned();
    Ok(texts(histories.iter().map(|history| history.as_ref().map(tier))))
}

fn cycles_missed(histories: &Histories, literals: &[ScalarValue]) -> Result<ArrayRef> {
    let as_of = date(literals.first())?;
    let rule = shop::churn_rule(&Lifecycle::default()).map_err(refused)?;
    let missed = |history: &CustomerHistory| rule.standing(history, as_of)?.cycles_missed().map(i64::from);
    Ok(Arc::new(histories.iter().map(|history| history.as_ref().and_then(missed)).collect::<Int64Array>()))
}

fn probability_alive(histories: &Histories, literals: &[ScalarValue]) -> Result<ArrayRef> {
    let of_all = |model: &AnyModel, samples: &[Sample]| Ok(model.probabilities_alive(samples));
    expected(histories, literals, of_all)
}

fn expected_purchases(histories: &Histories, literals: &[ScalarValue]) -> Result<ArrayRef> {
    let weeks = f64::from(number(literals.get(3))?) / 7.0;
    expected(histories, literals, |model, samples| model.expected_purchases_of_all(samples, weeks).map_err(refused))
}

fn expected(
    histories: &Histories,
    literals: &[ScalarValue],
    of_all: impl Fn(&AnyModel, &[Sample]) -> Result<Vec<f64>>,
) -> Result<ArrayRef> {
    let (as_of, params) = (date(literals.first())?, Some(text(literals.get(2))?));
    let question = question(text(literals.get(1))?, params)?;
    let model = forecast::churn(&Samples::default(), &question).map_err(refused)?.model;
    let Some(model) = model else { return exec_err!("these parameters make no model") };
    let sample = |history: &Option<CustomerHistory>| Some(Sample::in_weeks(&history.as_ref()?.repeat_summary(as_of)?));
    let samples: Vec<_> = histories.iter().map(sample).collect();
    let mut values = of_all(&model, &samples.iter().copied().flatten().collect::<Vec<_>>())?.into_iter();
    let values = samples.iter().map(|sample| sample.and_then(|_| values.next()));
    Ok(Arc::new(values.collect::<Float64Array>()))
}
