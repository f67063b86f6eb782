//! What the executors do with the customers whom they hold: each step is an aggregate of all of them, whose parts are
//! made where the customers are, and of which the client gets one answer.
//!
//! | step | of | leaves at the place | gives |
//! |---|---|---|---|
//! | `keep_histories` | the facts of each customer | the histories, sorted by customer | their files, the last day, the finest decimals, the bad rows, the notes |
//! | `fit_shop` | the histories | | the models |
//! | `label_customers` | the histories | the customers' table | its files, and what the customers add up to |
//!
//! A file is of an attempt and has a name of its own. Those whose answers counted are in the answer of the step; what an
//! executor left that was lost, or was too slow, is in none.

mod fit;
mod keep;
mod label;
mod sums;

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{ScalarValue, exec_err, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::functions::{read, text};
use crate::history::refused;
use crate::place::{Place, Settings};

pub(crate) use fit::FitTask;
pub(crate) use keep::{KeepTask, Kept};
pub(crate) use label::{Format, LabelTask, Labelled};

/// The names of what the client asks, at the place of a run.
pub(crate) const KEEP_TASK: &str = "keep.json";
pub(crate) const FIT_TASK: &str = "fit.json";
pub(crate) const LABEL_TASK: &str = "label.json";

/// All steps.
pub(crate) fn aggregates() -> Vec<Arc<AggregateUDF>> {
    vec![
        Arc::new(StepFunction::<keep::KeepHistories>::default().into()),
        Arc::new(StepFunction::<fit::FitShop>::default().into()),
        Arc::new(StepFunction::<label::LabelCustomers>::default().into()),
    ]
}

/// One step on some of the customers.
trait Step: Debug + Default + Send + Sync + 'static {
    const NAME: &'static str;

    /// The types of its columns, before those of the place and of the settings of its store.
    fn columns() -> Vec<DataType>;

    fn add(&mut self, place: &Arc<Place>, columns: &[ArrayRef]) -> Result<()>;

    /// Adds what was done with other customers.
    fn merge(&mut self, state: &str) -> Result<()>;

    /// What was done; `None` without a customer.
    fn state(&mut self) -> Result<Option<String>>;

    /// Of all customers.
    fn answer(&mut self) -> Result<Option<String>> {
        self.state()
    }

    /// Bytes, roughly.
    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

struct StepFunction<S> {
    signature: Signature,
    step: PhantomData<fn() -> S>,
}

impl<S: Step> Debug for StepFunction<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(S::NAME)
    }
}

impl<S> Default for StepFunction<S> {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Volatile), step: PhantomData }
    }
}

impl<S> PartialEq for StepFunction<S> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<S> Eq for StepFunction<S> {}

impl<S: Step> Hash for StepFunction<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        S::NAME.hash(state);
    }
}

impl<S: Step> AggregateUDFImpl for StepFunction<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        let mut expected = S::columns();
        expected.extend([DataType::Utf8, DataType::Utf8]);
        if expected.len() == arguments.len() {
            Ok(expected)
        } else {
            plan_err!("{}: expected {} arguments, found {}", S::NAME, expected.len(), arguments.len())
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(arguments.name, "part"), DataType::Utf8, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Fold::<S> { step: S::default(), place: None }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug)]
struct Fold<S> {
    step: S,
    place: Option<Arc<Place>>,
}

impl<S: Step> Accumulator for Fold<S> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let [columns @ .., place, settings] = values else { return exec_err!("{} has no place", S::NAME) };
        if place.is_empty() {
            return Ok(());
        }
        if self.place.is_none() {
            let literal = |column| ScalarValue::try_from_array(column, 0);
            let settings: Settings = read("the settings of a store", text(Some(&literal(settings)?))?)?;
            self.place = Some(Arc::new(Place::open(text(Some(&literal(place)?))?, &settings)?));
        }
        let Some(place) = &self.place else { return Ok(()) };
        self.step.add(place, columns)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(states) = states.first().and_then(|column| column.as_string_opt::<i32>()) else {
            return exec_err!("{}: a partial state is of another build", S::NAME);
        };
        states.iter().flatten().try_for_each(|state| self.step.merge(state))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Utf8(self.step.state()?)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Utf8(self.step.answer()?))
    }

    fn size(&self) -> usize {
        self.step.size()
    }
}

fn task<T: DeserializeOwned>(place: &Place, name: &str) -> Result<T> {
    read("what the client asks", &String::from_utf8_lossy(&place.get(name)?))
}

pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(refused)
}

fn fault(step: &str) -> DataFusionError {
    DataFusionError::Execution(format!("{step}: found columns of another build"))
}

/// A name that no other attempt gives.
fn unique(prefix: &str, extension: &str) -> String {
    format!("{prefix}-{}.{extension}", uuid::Uuid::new_v4().simple())
}
