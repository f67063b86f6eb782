//! The scalar `order_fact(customer_id, placed_at, amount, status, refunded, offset, bad_rows)`.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Int32Builder, StringArray, StringBuilder, StructArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use repurchase::ShopCalendar;
use repurchase::record::Record;
use rust_decimal::Decimal;

use crate::fields;

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let fields = [
        ("day", DataType::Date32),
        ("amount", DataType::Utf8),
        ("scale", DataType::Int32),
        ("fault", DataType::Utf8),
        ("at_midnight", DataType::Boolean),
        ("has_refund", DataType::Boolean),
    ];
    fields.into_iter().map(|(name, kind)| Field::new(name, kind, true)).collect()
});

/// What a row of the segment program's orders says: the day in the shop's time and the net amount.
///
/// The amount, and its decimals, are null for an order that is no purchase; below 0 the amount is a credit. Marked are
/// purchases and credits at midnight UTC, and orders of which some was given back: notes ask for them. A row that
/// is no order is an error that says which column has what in place of what; where the last argument is `skip`, that is
/// its fault, and all else is null.
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
        Ok(DataType::Struct(FIELDS.clone()))
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
        let rows = arguments.number_rows;
        let mut days = Date32Builder::with_capacity(rows);
        let mut amounts = StringBuilder::with_capacity(rows, 8 * rows);
        let mut scales = Int32Builder::with_capacity(rows);
        let mut faults = StringBuilder::new();
        let (mut at_midnight, mut has_refund) = (BooleanBuilder::new(), BooleanBuilder::new());
        for index in 0..rows {
            let field = |column: usize| texts.get(column).map_or("", |text| text.get(index));
            let row @ [_, _, text, _, refunded] = [field(0), field(1), field(2), field(3), field(4)];
            let (record, day) = match fields::record::<&str>(row, &calendar) {
                Ok(read) => read,
                Err(fault) if skips => {
                    days.append_null();
                    amounts.append_null();
                    scales.append_null();
                    faults.append_value(fault);
                    at_midnight.append_null();
                    has_refund.append_null();
                    continue;
                }
                Err(fault) => return Err(DataFusionError::Execution(fault)),
            };
            faults.append_null();
            // chrono's days since 1970 fit 32 bits.
            days.append_value(day.signed_duration_since(NaiveDate::default()).num_days() as i32);
            if let Some(amount) = net_amount(&record) {
                // Without a refund the text is the net amount already.
                if refunded.is_empty() {
                    amounts.append_value(text);
                } else {
                    amounts.append_value(amount.to_string());
                }
                // No decimal has more than 28.
                scales.append_value(amount.scale() as i32);
                at_midnight.append_option(instant(&record).map(|instant| instant.time() == NaiveTime::MIN));
            } else {
                amounts.append_null();
                scales.append_null();
                at_midnight.append_null();
            }
            has_refund.append_value(matches!(&record, Record::Order(order) if !order.refunded().is_zero()));
        }
        let columns: [ArrayRef; 6] = [
            Arc::new(days.finish()),
            Arc::new(amounts.finish()),
            Arc::new(scales.finish()),
            Arc::new(faults.finish()),
            Arc::new(at_midnight.finish()),
            Arc::new(has_refund.finish()),
        ];
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(FIELDS.clone(), columns.to_vec(), None)?)))
    }
}

fn net_amount(record: &Record<&str>) -> Option<Decimal> {
    match record {
        Record::Order(order) => order.is_purchase().then(|| order.net_amount()),
        Record::Credit(credit) => Some(-credit.amount()),
    }
}

const fn instant(record: &Record<&str>) -> Option<DateTime<Utc>> {
    match record {
        Record::Order(order) => order.placed_at(),
        Record::Credit(credit) => credit.issued_at(),
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
