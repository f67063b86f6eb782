//! Stretches of rows: columns that wait in a temporary file until it is known which forms they have.

use std::mem::take;

use crate::amounts::Number;
use crate::cells::{MoneyCells, Words};
use crate::error::Error;
use crate::money::Money;
use crate::order_ids::OrderIds;
use crate::resolve::Rows;
use crate::stored;
use crate::stretch_orders::StretchOrders;
use crate::table::Table;

/// The columns of some rows, in the order of the file; those that a file does not have are empty.
#[derive(Debug, Default)]
pub(crate) struct Stretch {
    first: u32,
    /// The numbers of the rows, where these do not follow each other from the first on.
    numbers: Vec<u32>,
    customers: Vec<u32>,
    seconds: Vec<i64>,
    amounts: Money,
    quantities: Option<Money>,
    refunded: Option<Money>,
    /// Numbers of words: of statuses, kinds, currencies.
    pub(crate) words: [Vec<u8>; 3],
    /// Whether rows were paid, cancelled, returned.
    flags: [Vec<u8>; 3],
    pub(crate) orders: Option<StretchOrders>,
}

/// Stands for no word at all.
const NO_WORD: u8 = u8::MAX;

impl Stretch {
    /// Takes out all rows that are there.
    pub(crate) fn of(table: &mut Table) -> Result<Self, Error> {
        table.customers.number_waiting()?;
        let money = |cells: &mut Option<MoneyCells>| cells.as_mut().map(MoneyCells::take);
        let words =
            |words: &mut Option<Words>| words.as_mut().map(|words| take(&mut words.numbers)).unwrap_or_default();
        let flags = |column: &mut Option<Vec<bool>>| {
            column.as_mut().map(|column| take(column).into_iter().map(u8::from).collect()).unwrap_or_default()
        };
        let stretch = Self {
            first: table.first,
            numbers: Vec::new(),
            customers: take(&mut table.customers.numbers),
            seconds: table.times.take(),
            amounts: table.amounts.take(),
            quantities: money(&mut table.quantities),
            refunded: money(&mut table.refunded),
            words: [words(&mut table.statuses), words(&mut table.kinds), take(&mut table.currencies.numbers)],
            flags: [flags(&mut table.paid), flags(&mut table.cancelled), flags(&mut table.returned)],
            orders: table.orders.as_mut().map(|orders| StretchOrders::of(orders.take())),
        };
        table.first = table.rows;
        Ok(stretch)
    }

    pub(crate) fn len(&self) -> usize {
        self.customers.len()
    }

    /// The number of a row in the file.
    pub(crate) fn number(&self, at: usize) -> u32 {
        self.numbers.get(at).copied().unwrap_or(self.first + at as u32)
    }

    /// Some of the rows, of these orders.
    pub(crate) fn select(&self, at: &[u32], orders: Option<StretchOrders>) -> Self {
        let columns = |columns: &[Vec<u8>; 3]| [0, 1, 2].map(|column| stored::select(&columns[column], at));
        Self {
            first: self.first,
            numbers: at.iter().map(|at| self.number(*at as usize)).collect(),
            customers: stored::select(&self.customers, at),
            seconds: stored::select(&self.seconds, at),
            amounts: self.amounts.select(at),
            quantities: self.quantities.as_ref().map(|one| one.select(at)),
            refunded: self.refunded.as_ref().map(|one| one.select(at)),
            words: columns(&self.words),
            flags: columns(&self.flags),
            orders,
        }
    }

    /// Puts rows of a later stretch, but for their orders, behind those that are there.
    pub(crate) fn append(&mut self, mut other: Self) {
        let (before, all) = (self.len(), self.len() + other.len());
        if before == 0 {
            *self = other;
            return;
        }
        self.numbers.append(&mut other.numbers);
        self.customers.append(&mut other.customers);
        self.seconds.append(&mut other.seconds);
        self.amounts.append(other.amounts);
        for (column, more) in [(&mut self.quantities, other.quantities), (&mut self.refunded, other.refunded)] {
            if let (Some(column), Some(more)) = (column, more) {
                column.append(more);
            }
        }
        // A stretch before the first word of a currency has none.
        if !self.words[2].is_empty() || !other.words[2].is_empty() {
            self.words[2].resize(before, NO_WORD);
            other.words[2].resize(all - before, NO_WORD);
        }
        let columns = self.words.iter_mut().chain(&mut self.flags);
        columns.zip(other.words.iter_mut().chain(&mut other.flags)).for_each(|(column, more)| column.append(more));
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.first.to_le_bytes());
        stored::put(&mut bytes, &self.numbers, u32::to_le_bytes);
        stored::put(&mut bytes, &self.customers, u32::to_le_bytes);
        stored::put(&mut bytes, &self.seconds, i64::to_le_bytes);
        self.amounts.write(&mut bytes);
        for money in [&self.quantities, &self.refunded] {
            bytes.push(u8::from(money.is_some()));
            if let Some(money) = money {
                money.write(&mut bytes);
            }
        }
        self.words.iter().chain(&self.flags).for_each(|column| stored::put(&mut bytes, column, u8::to_le_bytes));
        bytes.push(u8::from(self.orders.is_some()));
        if let Some(orders) = &self.orders {
            orders.write(&mut bytes);
        }
        bytes
    }

    pub(crate) fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let first = u32::from_le_bytes(stored::one(bytes)?);
        let numbers = stored::take(bytes, u32::from_le_bytes)?;
        let (customers, seconds) = (stored::take(bytes, u32::from_le_bytes)?, stored::take(bytes, i64::from_le_bytes)?);
        let amounts = Money::read(bytes)?;
        let mut money = || if stored::one(bytes)? == [0] { Some(None) } else { Money::read(bytes).map(Some) };
        let (quantities, refunded) = (money()?, money()?);
        let mut column = || stored::take(bytes, u8::from_le_bytes);
        let words = [column()?, column()?, column()?];
        let flags = [column()?, column()?, column()?];
        let orders = if stored::one(bytes)? == [0] { None } else { Some(StretchOrders::read(bytes)?) };
        Some(Self { first, numbers, customers, seconds, amounts, quantities, refunded, words, flags, orders })
    }
}

/// What is decided of rows that are in no memory yet.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    /// Values of the form that was found, where another was stored.
    pub(crate) seconds: Vec<(u32, i64)>,
    pub(crate) amounts: Vec<(u32, Number)>,
    pub(crate) quantities: Vec<(u32, Number)>,
    pub(crate) refunded: Vec<(u32, Number)>,
    /// Rows that go, in order, but for those of other currencies.
    pub(crate) dropped: Vec<(u32, ())>,
}

/// What is decided of the rows of a stretch, each by its place there.
fn of_rows<T: Copy>(all: &[(u32, T)], first: u32, numbers: &[u32], count: u32) -> Vec<(usize, T)> {
    if numbers.is_empty() {
        let start = all.partition_point(|(row, _)| *row < first);
        let end = all.partition_point(|(row, _)| *row < first + count);
        let some = all.get(start..end).unwrap_or_default();
        return some.iter().map(|&(row, value)| ((row - first) as usize, value)).collect();
    }
    let mut rest = all;
    let mut found = Vec::new();
    for (at, row) in numbers.iter().enumerate() {
        rest = rest.get(rest.partition_point(|(other, _)| other < row)..).unwrap_or_default();
        match rest.first() {
            Some(&(other, value)) if other == *row => found.push((at, value)),
            Some(_) => {}
            None => break,
        }
    }
    found
}

impl Rows {
    /// The number of a row in the file, by its place here.
    pub(crate) fn number(&self, at: u32) -> u32 {
        self.numbers.get(at as usize).copied().unwrap_or(self.first + at)
    }

    /// The line of a row, by its place here.
    pub(crate) fn line(&self, at: u32) -> u64 {
        self.lines.line(self.number(at))
    }

    /// Takes over the columns of a stretch, in the form that was found.
    pub(crate) fn put(&mut self, stretch: Stretch, orders: Option<OrderIds>) {
        self.first = stretch.first;
        self.count = stretch.len() as u32;
        self.numbers = stretch.numbers;
        self.customers = stretch.customers;
        self.seconds = stretch.seconds;
        let (first, numbers, count) = (self.first, &self.numbers, self.count);
        for (at, seconds) in of_rows(&self.decisions.seconds, first, numbers, count) {
            self.seconds.iter_mut().skip(at).take(1).for_each(|slot| *slot = seconds);
        }
        let finished = |money: Money, column: &Money, changes: &[(u32, Number)]| {
            let mut money = money.at_scale_of(column);
            for (at, number) in of_rows(changes, first, numbers, count) {
                money.set(at, number);
            }
            money
        };
        self.amounts = finished(stretch.amounts, &self.amounts, &self.decisions.amounts);
        for (column, money, changes) in [
            (&mut self.quantities, stretch.quantities, &self.decisions.quantities),
            (&mut self.refunded, stretch.refunded, &self.decisions.refunded),
        ] {
            if let Some(column) = column {
                *column = finished(money.unwrap_or_default(), column, changes);
            }
        }
        let [statuses, kinds, currencies] = stretch.words;
        if let Some((_, words)) = &mut self.statuses {
            words.numbers = statuses;
        }
        if let Some((_, words)) = &mut self.refunds {
            words.numbers = kinds;
        }
        let flags = |flags: Vec<u8>| flags.into_iter().map(|flag| flag != 0).collect();
        let columns = [&mut self.paid, &mut self.cancelled, &mut self.returned];
        for (column, stored) in columns.into_iter().zip(stretch.flags) {
            if let Some(column) = column {
                *column = flags(stored);
            }
        }
        let dropped = of_rows(&self.decisions.dropped, first, numbers, count);
        self.dropped = dropped.into_iter().map(|(at, ())| at as u32).collect();
        self.currencies.numbers = currencies;
        self.orders = orders;
        if let (Some(orders), true) = (&mut self.orders, self.plan.rest.is_some()) {
            orders.compare_all();
        }
    }
}
