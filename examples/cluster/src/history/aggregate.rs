//! The aggregates `purchase_history(day, amount[, kind])` and `purchase_facts(row)`.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};

use super::columns::Records;
use super::facts::{Facts, decode};
use super::grouped::Grouped;
use super::row;
use super::row_facts::RowFacts;

/// One customer's purchases and credits, in any order of rows and any number of parts, as a history; or, of rows of
/// `order_fact`, as they are by day, kind and amount, in bytes that only this build reads.
///
/// `amount` is text, a decimal or an integer. Without `kind`, an amount below 0 is a credit; with it, `purchase` and
/// `credit` say what a row is, and no amount may be below 0. Rows without a day or an amount are passed over.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct PurchaseHistory {
    signature: Signature,
    gives: Gives,
}

/// What becomes of a customer's facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
enum Gives {
    #[default]
    History,
    Facts,
}

impl Default for PurchaseHistory {
    fn default() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable), gives: Gives::History }
    }
}

impl PurchaseHistory {
    /// `purchase_facts`.
    pub(crate) fn facts() -> Self {
        Self { gives: Gives::Facts, ..Self::default() }
    }
}

impl AggregateUDFImpl for PurchaseHistory {
    fn name(&self) -> &'static str {
        match self.gives {
            Gives::History => "purchase_history",
            Gives::Facts => "purchase_facts",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        if self.gives == Gives::Facts {
            return match arguments {
                [row] if *row == RowFacts::data_type() => Ok(arguments.to_vec()),
                _ => plan_err!("purchase_facts(row) takes a row of order_fact"),
            };
        }
        let [_, amount, kind @ ..] = arguments else {
            return plan_err!("purchase_history(day, amount[, kind]) takes 2 or 3 arguments, not {}", arguments.len());
        };
        if kind.len() > 1 {
            return plan_err!("purchase_history(day, amount[, kind]) takes 2 or 3 arguments, not {}", arguments.len());
        }
        let amount = match amount {
            DataType::Decimal128(..) => amount.clone(),
            integer if integer.is_signed_integer() => DataType::Int64,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => DataType::Utf8,
            other => {
                return plan_err!(
                    "purchase_history: found an amount of type {other}, expected a decimal, text or whole numbers, \
                     which are exact; cast it, for example CAST(amount AS DECIMAL(18, 2))"
                );
            }
        };
        Ok([DataType::Date32, amount].into_iter().chain(kind.iter().map(|_| DataType::Utf8)).collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.gives {
            Gives::History => row::history_type(),
            Gives::Facts => DataType::Binary,
        })
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let name = format_state_name(arguments.name, "facts");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Customers::new(self.gives)))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Customers::new(self.gives)))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

/// What is known of all customers.
#[derive(Debug)]
struct Customers {
    gives: Gives,
    rows: Grouped,
}

impl Customers {
    fn new(gives: Gives) -> Self {
        Self { gives, rows: Grouped::default() }
    }

    fn encoded(&mut self, emit_to: EmitTo) -> Result<BinaryArray> {
        let (mut builder, mut bytes) = (BinaryBuilder::new(), Vec::new());
        self.rows.emit(emit_to, |facts| append(&mut builder, &mut bytes, facts))?;
        Ok(builder.finish())
    }
}

fn append(builder: &mut BinaryBuilder, bytes: &mut Vec<u8>, facts: &mut Facts) -> Result<()> {
    bytes.clear();
    facts.encode(bytes)?;
    builder.append_value(&bytes);
    Ok(())
}

fn states(values: &[ArrayRef]) -> Result<&BinaryArray> {
    values
        .first()
        .and_then(|column| column.as_binary_opt::<i32>())
        .ok_or_else(|| DataFusionError::Execution("purchase_history: a partial state is of another build".to_owned()))
}

impl GroupsAccumulator for Customers {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let records = Records::of(values)?;
        for (index, &group) in groups.iter().enumerate() {
            if passes(filter, index) {
                records.each(index, |fact, scale| self.rows.add(group, fact, scale))?;
            }
        }
        self.rows.grow(total)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        for (state, &group) in states(values)?.iter().zip(groups) {
            decode(state.unwrap_or_default(), |fact, scale| self.rows.add(group, fact, scale))?;
        }
        self.rows.grow(total)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        if self.gives == Gives::Facts {
            return Ok(Arc::new(self.encoded(emit_to)?));
        }
        let mut rows = Vec::new();
        self.rows.emit(emit_to, |facts| {
            rows.push(facts.finish(None)?);
            Ok(())
        })?;
        Ok(Arc::new(row::array(&rows)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(self.encoded(emit_to)?)])
    }

    /// Used when there are too many customers for folding them in part to pay.
    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let records = Records::of(values)?;
        let (mut builder, mut bytes, mut facts) = (BinaryBuilder::new(), Vec::new(), Facts::default());
        for index in 0..records.len() {
            facts.clear();
            if passes(filter, index) {
                records.each(index, |fact, scale| facts.add(fact, scale))?;
            }
            append(&mut builder, &mut bytes, &mut facts)?;
        }
        Ok(vec![Arc::new(builder.finish())])
    }

    fn size(&self) -> usize {
        self.rows.size()
    }
}

impl Accumulator for Customers {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let groups = vec![0; values.first().map_or(0, |column| column.len())];
        GroupsAccumulator::update_batch(self, values, &groups, None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let groups = vec![0; states.first().map_or(0, |column| column.len())];
        GroupsAccumulator::merge_batch(self, states, &groups, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.rows.grow(1)?;
        ScalarValue::try_from_array(&GroupsAccumulator::evaluate(self, EmitTo::All)?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.rows.grow(1)?;
        let states = GroupsAccumulator::state(self, EmitTo::All)?;
        states.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + GroupsAccumulator::size(self)
    }
}

fn passes(filter: Option<&BooleanArray>, index: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(index) && filter.value(index))
}
