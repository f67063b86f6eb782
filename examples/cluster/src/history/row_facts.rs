//! What `order_fact` says of rows, as a column.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Date32Builder, Decimal128Array, Decimal128Builder, StringBuilder,
    StructArray, UInt8Array, UInt8Builder,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Fields, UInt8Type};
use datafusion::error::Result;

use super::facts::{Fact, Kind};

/// Half of the digits that a column of decimals has are more than any amount has.
const DIGITS: u8 = 38;

/// Of a bad row all is null but its fault and the customer's field, and of a guest's row the customer.
static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let fields = [
        ("customer_id", DataType::Utf8),
        ("day", DataType::Date32),
        ("amount", DataType::Decimal128(DIGITS, 0)),
        ("scale", DataType::UInt8),
        ("marks", DataType::UInt8),
        ("fault", DataType::Utf8),
    ];
    fields.into_iter().map(|(name, kind)| Field::new(name, kind, true)).collect()
});

/// In `marks`, beside the number of the kind.
const AT_MIDNIGHT: u8 = 1 << 6;
const REFUNDED: u8 = 1 << 7;

/// A row of orders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowFact {
    pub(crate) fact: Fact,
    /// The decimals of its amount.
    pub(crate) scale: u32,
    /// Whether some of it was given back.
    pub(crate) is_refunded: bool,
}

/// A column of them, as it is made.
pub(crate) struct RowFactsBuilder {
    customers: StringBuilder,
    days: Date32Builder,
    amounts: Decimal128Builder,
    scales: UInt8Builder,
    marks: UInt8Builder,
    faults: StringBuilder,
}

impl RowFactsBuilder {
    pub(crate) fn new(rows: usize) -> Self {
        Self {
            customers: StringBuilder::with_capacity(rows, 12 * rows),
            days: Date32Builder::with_capacity(rows),
            amounts: Decimal128Builder::with_capacity(rows).with_data_type(DataType::Decimal128(DIGITS, 0)),
            scales: UInt8Builder::with_capacity(rows),
            marks: UInt8Builder::with_capacity(rows),
            faults: StringBuilder::new(),
        }
    }

    /// A row of a customer, or of nobody.
    pub(crate) fn push(&mut self, customer: Option<&str>, row: Option<RowFact>) {
        let Some(RowFact { fact, scale, is_refunded }) = row else { return self.push_null(customer, None) };
        self.customers.append_option(customer);
        self.days.append_value(fact.day);
        // What is read has 96 bits, and 28 decimals at most.
        self.amounts.append_value(fact.amount as i128);
        self.scales.append_value(scale as u8);
        let at_midnight = if fact.at_midnight { AT_MIDNIGHT } else { 0 };
        let refunded = if is_refunded { REFUNDED } else { 0 };
        self.marks.append_value(fact.kind as u8 | at_midnight | refunded);
        self.faults.append_null();
    }

    /// A row that is no order, and why where that is known. It goes with a customer, so that not all such rows come together.
    pub(crate) fn push_null(&mut self, customer: Option<&str>, fault: Option<&str>) {
        self.customers.append_option(customer);
        self.days.append_null();
        self.amounts.append_null();
        self.scales.append_null();
        self.marks.append_null();
        self.faults.append_option(fault);
    }

    pub(crate) fn finish(mut self) -> Result<ArrayRef> {
        let columns: [ArrayRef; 6] = [
            Arc::new(self.customers.finish()),
            Arc::new(self.days.finish()),
            Arc::new(self.amounts.finish()),
            Arc::new(self.scales.finish()),
            Arc::new(self.marks.finish()),
            Arc::new(self.faults.finish()),
        ];
        Ok(Arc::new(StructArray::try_new(FIELDS.clone(), columns.to_vec(), None)?))
    }
}

/// A column of them, as it is read.
pub(crate) struct RowFacts<'a> {
    days: &'a Date32Array,
    amounts: &'a Decimal128Array,
    scales: &'a UInt8Array,
    marks: &'a UInt8Array,
}

impl<'a> RowFacts<'a> {
    pub(crate) fn data_type() -> DataType {
        DataType::Struct(FIELDS.clone())
    }

    /// `None` of a column of another type.
    pub(super) fn of(column: &'a ArrayRef) -> Option<Self> {
        let [_, days, amounts, scales, marks, _] = column.as_struct_opt()?.columns() else { return None };
        Some(Self {
            days: days.as_primitive_opt::<Date32Type>()?,
            amounts: amounts.as_primitive_opt::<Decimal128Type>()?,
            scales: scales.as_primitive_opt::<UInt8Type>()?,
            marks: marks.as_primitive_opt::<UInt8Type>()?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// The fact of a row, and that some of it was given back, each with the decimals of its amount.
    pub(super) fn each(&self, index: usize, mut add: impl FnMut(Fact, u32) -> Result<()>) -> Result<()> {
        if self.marks.is_null(index) {
            return Ok(());
        }
        let (marks, scale) = (self.marks.value(index), self.scales.value(index));
        let (kind, at_midnight) = (Kind::try_from(marks & !(AT_MIDNIGHT | REFUNDED))?, marks & AT_MIDNIGHT > 0);
        let amount = self.amounts.value(index).unsigned_abs();
        add(Fact { day: self.days.value(index), kind, at_midnight, amount, count: 1 }, scale.into())?;
        if marks & REFUNDED > 0 {
            add(Fact::counted(Kind::Refunded), 0)?;
        }
        Ok(())
    }
}
