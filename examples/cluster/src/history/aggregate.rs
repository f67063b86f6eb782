//! The aggregates `purchase_history(day, amount[, kind])` and `purchase_facts(day, amount[, kind])`.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, Date32Array, Decimal128Array, Int64Array,
    StringArray,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{ScalarValue, exec_err, plan_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};
use rust_decimal::Decimal;

use super::facts::Facts;
use super::row;

/// One customer's purchases and credits, in any order of rows and any number of parts, as a history; or as they are, by day
/// and amount, in bytes that only this build reads.
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

/// The facts of every customer, by the number of the group; of one customer where there are no groups.
#[derive(Debug)]
struct Customers {
    gives: Gives,
    facts: Vec<Facts>,
    /// The bytes that the facts hold, kept up to date since it is asked for after every batch.
    bytes: usize,
}

impl Customers {
    const fn new(gives: Gives) -> Self {
        Self { gives, facts: Vec::new(), bytes: 0 }
    }

    fn grow(&mut self, groups: usize) {
        if self.facts.len() < groups {
            self.facts.resize_with(groups, Facts::default);
        }
    }

    fn change(&mut self, group: usize, change: impl FnOnce(&mut Facts) -> Result<()>) -> Result<()> {
        let Some(facts) = self.facts.get_mut(group) else {
            return exec_err!("purchase_history: there is no group {group}");
        };
        let before = facts.size();
        change(facts)?;
        self.bytes = (self.bytes + facts.size()).saturating_sub(before);
        Ok(())
    }

    fn emit(&mut self, emit_to: EmitTo) -> Vec<Facts> {
        let emitted = emit_to.take_needed(&mut self.facts);
        self.bytes = self.bytes.saturating_sub(emitted.iter().map(Facts::size).sum());
        emitted
    }
}

fn encoded(facts: impl IntoIterator<Item = Facts>) -> Result<BinaryArray> {
    let (mut builder, mut bytes) = (BinaryBuilder::new(), Vec::new());
    for facts in facts {
        bytes.clear();
        facts.encode(&mut bytes)?;
        builder.append_value(&bytes);
    }
    Ok(builder.finish())
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
        self.grow(total);
        let records = Records::of(values)?;
        for (index, &group) in groups.iter().enumerate() {
            if passes(filter, index) {
                self.change(group, |facts| records.add_to(facts, index))?;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        for (state, &group) in states(values)?.iter().zip(groups) {
            let part = Facts::decode(state.unwrap_or_default())?;
            self.change(group, |facts| facts.merge(&part))?;
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let facts = self.emit(emit_to);
        if self.gives == Gives::Facts {
            return Ok(Arc::new(encoded(facts)?));
        }
        let rows = facts.into_iter().map(|mut facts| facts.finish(None)).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(row::array(&rows)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(encoded(self.emit(emit_to))?)])
    }

    /// Used when there are too many customers for folding them in part to pay.
    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let records = Records::of(values)?;
        let fact = |index| {
            let mut facts = Facts::default();
            if passes(filter, index) {
                records.add_to(&mut facts, index)?;
            }
            Ok(facts)
        };
        let facts = (0..records.days.len()).map(fact).collect::<Result<Vec<_>>>()?;
        Ok(vec![Arc::new(encoded(facts)?)])
    }

    fn size(&self) -> usize {
        self.facts.capacity() * size_of::<Facts>() + self.bytes
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
        self.grow(1);
        ScalarValue::try_from_array(&GroupsAccumulator::evaluate(self, EmitTo::All)?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.grow(1);
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

/// The arguments of a batch.
struct Records<'a> {
    days: &'a Date32Array,
    amounts: Amounts<'a>,
    kinds: Option<&'a StringArray>,
}

enum Amounts<'a> {
    Text(&'a StringArray),
    Decimal(&'a Decimal128Array, u32),
    Integer(&'a Int64Array),
}

impl<'a> Records<'a> {
    fn of(values: &'a [ArrayRef]) -> Result<Self> {
        let [days, amounts, kinds @ ..] = values else {
            return exec_err!("purchase_history(day, amount[, kind]) got {} columns", values.len());
        };
        let other = |column: &ArrayRef| {
            DataFusionError::Execution(format!("purchase_history: found a column of type {}", column.data_type()))
        };
        let days = days.as_primitive_opt::<Date32Type>().ok_or_else(|| other(days))?;
        let amounts = match amounts.data_type() {
            DataType::Utf8 => Amounts::Text(amounts.as_string()),
            DataType::Int64 => Amounts::Integer(amounts.as_primitive::<Int64Type>()),
            DataType::Decimal128(_, scale) => {
                let scale = u32::try_from(*scale).map_err(|_| other(amounts))?;
                Amounts::Decimal(amounts.as_primitive::<Decimal128Type>(), scale)
            }
            _ => return Err(other(amounts)),
        };
        let kinds = kinds.first().map(|kinds| kinds.as_string_opt::<i32>().ok_or_else(|| other(kinds))).transpose()?;
        Ok(Self { days, amounts, kinds })
    }

    fn add_to(&self, facts: &mut Facts, index: usize) -> Result<()> {
        if self.days.is_null(index) {
            return Ok(());
        }
        let Some((mantissa, scale)) = self.amount(index)? else { return Ok(()) };
        let is_credit = match self.kinds {
            None => mantissa < 0,
            Some(kinds) if kinds.is_null(index) => mantissa < 0,
            Some(kinds) => {
                if mantissa < 0 {
                    return exec_err!("purchase_history: a row with a kind has an amount below 0");
                }
                match kinds.value(index) {
                    "purchase" => false,
                    "credit" => true,
                    other => {
                        return exec_err!("purchase_history: found the kind {other:?}, expected purchase or credit");
                    }
                }
            }
        };
        if !is_credit {
            return facts.purchase(self.days.value(index), mantissa, scale);
        }
        if mantissa == 0 {
            return exec_err!("purchase_history: found a credit of 0, expected an amount above 0");
        }
        // No decimal of 128 bits is so low that its opposite does not fit.
        facts.credit(self.days.value(index), mantissa.saturating_abs(), scale)
    }

    fn amount(&self, index: usize) -> Result<Option<(i128, u32)>> {
        match self.amounts {
            Amounts::Text(column) if column.is_valid(index) => {
                let text = column.value(index);
                if let Some(amount) = short(text) {
                    return Ok(Some(amount));
                }
                if let Ok(amount) = Decimal::from_str_exact(text) {
                    Ok(Some((amount.mantissa(), amount.scale())))
                } else {
                    exec_err!("purchase_history: found the amount {text:?}, expected a number such as 19.90")
                }
            }
            Amounts::Decimal(column, scale) if column.is_valid(index) => Ok(Some((column.value(index), scale))),
            Amounts::Integer(column) if column.is_valid(index) => Ok(Some((column.value(index).into(), 0))),
            _ => Ok(None),
        }
    }
}

/// The mantissa and the decimals of a number such as `-19.90`, of so few digits that no sum of them can overflow.
///
/// Twice as fast as a parser of all numbers, which reads the others.
fn short(text: &str) -> Option<(i128, u32)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() > 18 {
        return None;
    }
    let (mut mantissa, mut point) = (0_i64, None);
    for (place, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && place > 0 => point = Some(place),
            _ => return None,
        }
    }
    // Nothing before or behind the point is for the parser to judge.
    let scale = point.map_or(0, |point| digits.len() - point - 1);
    if digits.is_empty() || (point.is_some() && scale == 0) {
        return None;
    }
    let mantissa = i128::from(mantissa);
    // There are fewer than 18 decimals.
    Some((if digits.len() < text.len() { -mantissa } else { mantissa }, scale as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_read_as_all_are() {
        for text in ["0", "-0", "0.00", "19.90", "-19.90", "007", "1.5", "999999999999999.99", "-1.0000000000000"] {
            let whole = Decimal::from_str_exact(text).unwrap();
            assert_eq!(short(text), Some((whole.mantissa(), whole.scale())), "{text}");
        }
        for text in ["", "-", ".", "1.", ".5", "1.2.3", "1e5", "+1", "--1", "1234567890123456789", "1,5", " 1"] {
            assert_eq!(short(text), None, "{text}");
        }
    }
}
