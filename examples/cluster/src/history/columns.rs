//! What the rows of a batch say.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type};
use datafusion::common::{exec_datafusion_err, exec_err};
use datafusion::error::{DataFusionError, Result};
use rust_decimal::Decimal;

use super::facts::{Fact, Kind};
use super::row_facts::RowFacts;

/// The arguments of a batch.
pub(super) enum Records<'a> {
    /// Rows of [`order_fact`](crate::functions).
    Facts(RowFacts<'a>),
    Columns(Columns<'a>),
}

pub(super) struct Columns<'a> {
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
    pub(super) fn of(values: &'a [ArrayRef]) -> Result<Self> {
        let [days, amounts, kinds @ ..] = values else {
            let facts = values.first().and_then(RowFacts::of);
            let facts = facts.ok_or_else(|| exec_datafusion_err!("purchase_facts: found no row of order_fact"))?;
            return Ok(Self::Facts(facts));
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
        Ok(Self::Columns(Columns { days, amounts, kinds }))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Facts(facts) => facts.len(),
            Self::Columns(columns) => columns.days.len(),
        }
    }

    /// What a row says, with the decimals of its amount.
    pub(super) fn each(&self, index: usize, mut add: impl FnMut(Fact, u32) -> Result<()>) -> Result<()> {
        match self {
            Self::Facts(facts) => facts.each(index, add),
            Self::Columns(columns) => columns.fact(index)?.map_or(Ok(()), |(fact, scale)| add(fact, scale)),
        }
    }
}

impl Columns<'_> {
    fn fact(&self, index: usize) -> Result<Option<(Fact, u32)>> {
        if self.days.is_null(index) {
            return Ok(None);
        }
        let Some((mantissa, scale)) = self.amount(index)? else { return Ok(None) };
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
        if is_credit && mantissa == 0 {
            return exec_err!("purchase_history: found a credit of 0, expected an amount above 0");
        }
        let kind = if is_credit { Kind::Credit } else { Kind::Purchase };
        let amount = mantissa.unsigned_abs();
        Ok(Some((Fact { day: self.days.value(index), kind, at_midnight: false, amount, count: 1 }, scale)))
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
