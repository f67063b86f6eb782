//! The scalar `order_fact(customer_id, placed_at, amount, status, refunded, offset, bad_rows)`.

use chrono::FixedOffset;
use datafusion::arrow::array::{Array, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use repurchase::ShopCalendar;

use crate::fields;
use crate::history::{RowFacts, RowFactsBuilder};

/// What a row of the segment program's orders says: whose it is, the day in the shop's time and the net amount, which are
/// those of a purchase or credit; other orders are counted only, and a guest's has no customer.
///
/// Marked are purchases and credits at midnight UTC, and orders of which some was given back: notes ask for them. A row that
/// is no order is an error that says which column has what in place of what; where the last argument is `skip`, that is
/// its fault, and all else is null but for the field of the customer.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct OrderFact {
    signature: Signature,
}

impl Default for OrderFact {
    fn default() -> Self {
        Self { signature: Signature::string(7, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for OrderFact {
    fn name(&self) -> &'static str {
        "order_fact"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(RowFacts::data_type())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [columns @ .., offset, bad_rows] = arguments.args.as_slice() else {
            return exec_err!("order_fact has no argument");
        };
        let skips = matches!(bad_rows, ColumnarValue::Scalar(value) if value.try_as_str().flatten() == Some("skip"));
        let ColumnarValue::Scalar(ScalarValue::Utf8(Some(offset)) | ScalarValue::Utf8View(Some(offset))) = offset
        else {
            return exec_err!(
                "order_fact: the argument before the last is the shop's offset from UTC, such as '+08:00'"
            );
        };
        let Ok(offset) = offset.parse::<FixedOffset>() else {
            return exec_err!("order_fact: found the offset {offset:?}, expected one such as +08:00");
        };
        let calendar = ShopCalendar::new(offset);
        let texts = columns.iter().map(Text::of).collect::<Result<Vec<_>>>()?;
        let mut facts = RowFactsBuilder::new(arguments.number_rows);
        for index in 0..arguments.number_rows {
            let field = |column: usize| texts.get(column).map_or("", |text| text.get(index));
            match fields::row([field(0), field(1), field(2), field(3), field(4)], &calendar) {
                Ok((customer, fact)) => facts.push(customer.as_deref(), fact),
                Err(fault) if skips => facts.push_null(Some(field(0)), Some(&fault)),
                Err(fault) => return Err(DataFusionError::Execution(fault)),
            }
        }
        Ok(ColumnarValue::Array(facts.finish()?))
    }
}

/// A column of text, or one text for all rows; null is an empty field.
enum Text {
    Column(StringArray),
    Same(String),
}

impl Text {
    fn of(value: &ColumnarValue) -> Result<Self> {
        match value {
            ColumnarValue::Array(column) => Ok(Self::Column(cast(column, &DataType::Utf8)?.as_string().clone())),
            ColumnarValue::Scalar(value) => Ok(Self::Same(value.try_as_str().flatten().unwrap_or_default().to_owned())),
        }
    }

    fn get(&self, index: usize) -> &str {
        match self {
            Self::Column(column) if column.is_null(index) => "",
            Self::Column(column) => column.value(index),
            Self::Same(text) => text,
        }
    }
}
