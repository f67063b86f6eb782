//! Which orders the rows of a stretch belong to, with the text of each id once.

use crate::error::Error;
use crate::order_ids::{Marks, NO_ORDER, OrderIds};
use crate::stored;

/// The orders of some rows.
#[derive(Debug, Default)]
pub(crate) struct StretchOrders {
    /// Where each id ends in `bytes`, in the order in which they came.
    ends: Vec<u64>,
    bytes: Vec<u8>,
    /// By id: [`CREDIT_NOTE`], [`OTHER_CURRENCY`].
    kinds: Vec<u8>,
    /// Of each row the place of its order's id.
    numbers: Vec<u32>,
    pub(crate) marks: Marks,
}

const CREDIT_NOTE: u8 = 1;
/// An order with a row in another currency.
const OTHER_CURRENCY: u8 = 2;

impl StretchOrders {
    pub(crate) fn of(orders: OrderIds) -> Self {
        let mut all = Self { numbers: orders.numbers, marks: orders.marks.unwrap_or_default(), ..Self::default() };
        for (number, text) in (0..).zip(orders.ids.by_number()) {
            let is_note = orders.credit_notes.get(number as usize) == Some(&true);
            let is_other = orders.in_other_currency.contains(&number);
            all.push(text.bytes(), u8::from(is_note) * CREDIT_NOTE + u8::from(is_other) * OTHER_CURRENCY);
        }
        if all.marks.parts.iter().all(|part| *part == 0) {
            all.marks.parts = Vec::new();
        }
        all
    }

    fn push(&mut self, id: &[u8], kind: u8) {
        self.bytes.extend_from_slice(id);
        self.ends.push(self.bytes.len() as u64);
        self.kinds.push(kind);
    }

    fn id(&self, place: usize) -> &[u8] {
        let end = |place: usize| self.ends.get(place).map_or(0, |end| *end as usize);
        self.bytes.get(place.checked_sub(1).map_or(0, end)..end(place)).unwrap_or_default()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|place| self.id(place))
    }

    /// The place of the id of a row's order.
    pub(crate) fn order(&self, row: usize) -> Option<usize> {
        self.numbers.get(row).filter(|order| **order != NO_ORDER).map(|order| *order as usize)
    }

    /// Some rows, and the ids at some places: of each id the place that it has among these.
    pub(crate) fn select(&self, rows: &[u32], ids: &[u32], places: &[u32]) -> Self {
        let mut some = Self::default();
        for id in ids.iter().map(|id| *id as usize) {
            some.push(self.id(id), self.kinds.get(id).copied().unwrap_or(0));
        }
        let place = |row: &u32| self.order(*row as usize).and_then(|order| places.get(order)).copied();
        some.numbers = rows.iter().map(|row| place(row).unwrap_or(NO_ORDER)).collect();
        some.marks = self.marks.select(rows);
        some
    }

    /// Without some rows.
    pub(crate) fn keep(&mut self, rows: &[u32]) {
        self.numbers = stored::select(&self.numbers, rows);
        self.marks = self.marks.select(rows);
    }

    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        stored::put(bytes, &self.ends, u64::to_le_bytes);
        stored::put(bytes, &self.bytes, u8::to_le_bytes);
        stored::put(bytes, &self.kinds, u8::to_le_bytes);
        stored::put(bytes, &self.numbers, u32::to_le_bytes);
        stored::put(bytes, &self.marks.rows, u64::to_le_bytes);
        stored::put(bytes, &self.marks.parts, u64::to_le_bytes);
        stored::put(bytes, &self.marks.counted, u8::to_le_bytes);
    }

    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let ends = stored::take(bytes, u64::from_le_bytes)?;
        let (ids, kinds) = (stored::take(bytes, u8::from_le_bytes)?, stored::take(bytes, u8::from_le_bytes)?);
        let numbers = stored::take(bytes, u32::from_le_bytes)?;
        let (rows, parts) = (stored::take(bytes, u64::from_le_bytes)?, stored::take(bytes, u64::from_le_bytes)?);
        let marks = Marks { rows, parts, counted: stored::take(bytes, u8::from_le_bytes)? };
        Some(Self { ends, bytes: ids, kinds, numbers, marks })
    }
}

impl Marks {
    fn select(&self, rows: &[u32]) -> Self {
        Self {
            rows: stored::select(&self.rows, rows),
            parts: stored::select(&self.parts, rows),
            counted: stored::select(&self.counted, rows),
        }
    }
}

impl OrderIds {
    /// Puts the rows of a stretch behind those that are there.
    pub(crate) fn append(&mut self, mut other: StretchOrders) -> Result<(), Error> {
        let mut numbers = Vec::with_capacity(other.ends.len());
        for (id, kind) in other.ids().zip(&other.kinds) {
            let number = self.ids.number(id)?;
            numbers.push(number);
            if number as usize == self.credit_notes.len() {
                self.credit_notes.push(kind & CREDIT_NOTE != 0);
            }
            if kind & OTHER_CURRENCY != 0 {
                self.in_other_currency.insert(number);
            }
        }
        let number = |order: &u32| numbers.get(*order as usize).copied().unwrap_or(NO_ORDER);
        let before = self.numbers.len();
        self.numbers.extend(other.numbers.iter().map(number));
        let marks = self.marks.get_or_insert_default();
        marks.rows.append(&mut other.marks.rows);
        marks.counted.append(&mut other.marks.counted);
        // A stretch whose rows have none keeps none.
        if !other.marks.parts.is_empty() {
            marks.parts.resize(before, 0);
            marks.parts.append(&mut other.marks.parts);
        }
        Ok(())
    }
}
