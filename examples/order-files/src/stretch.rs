//! Stretches of rows: columns that wait in a temporary file until it is known which forms they have.

use std::mem::take;

use crate::amounts::Number;
use crate::cells::{MoneyCells, Words};
use crate::error::Error;
use crate::money::Money;
use crate::resolve::Rows;
use crate::scratch::{Block, Scratch, damaged};
use crate::stored;
use crate::table::Table;

/// The columns of successive rows; those that a file does not have are empty.
#[derive(Debug, Default)]
struct Stretch {
    first: u32,
    customers: Vec<u32>,
    seconds: Vec<i64>,
    amounts: Money,
    quantities: Option<Money>,
    refunded: Option<Money>,
    /// Numbers of words: of statuses, kinds, currencies.
    words: [Vec<u8>; 3],
    /// Whether rows were paid, cancelled, returned.
    flags: [Vec<u8>; 3],
}

impl Stretch {
    /// Takes out all rows that are there.
    fn of(table: &mut Table) -> Result<Self, Error> {
        table.customers.number_waiting()?;
        let money = |cells: &mut Option<MoneyCells>| cells.as_mut().map(MoneyCells::take);
        let words =
            |words: &mut Option<Words>| words.as_mut().map(|words| take(&mut words.numbers)).unwrap_or_default();
        let flags = |column: &mut Option<Vec<bool>>| {
            column.as_mut().map(|column| take(column).into_iter().map(u8::from).collect()).unwrap_or_default()
        };
        let stretch = Self {
            first: table.first,
            customers: take(&mut table.customers.numbers),
            seconds: table.times.take(),
            amounts: table.amounts.take(),
            quantities: money(&mut table.quantities),
            refunded: money(&mut table.refunded),
            words: [words(&mut table.statuses), words(&mut table.kinds), take(&mut table.currencies.numbers)],
            flags: [flags(&mut table.paid), flags(&mut table.cancelled), flags(&mut table.returned)],
        };
        table.first = table.rows;
        Ok(stretch)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.first.to_le_bytes());
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
        bytes
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        let first = u32::from_le_bytes(stored::one(bytes)?);
        let (customers, seconds) = (stored::take(bytes, u32::from_le_bytes)?, stored::take(bytes, i64::from_le_bytes)?);
        let amounts = Money::read(bytes)?;
        let mut money = || if stored::one(bytes)? == [0] { Some(None) } else { Money::read(bytes).map(Some) };
        let (quantities, refunded) = (money()?, money()?);
        let mut column = || stored::take(bytes, u8::from_le_bytes);
        let words = [column()?, column()?, column()?];
        let flags = [column()?, column()?, column()?];
        Some(Self { first, customers, seconds, amounts, quantities, refunded, words, flags })
    }
}

/// All rows of a file, in stretches.
pub(crate) struct Stretches {
    scratch: Scratch,
    blocks: Vec<Block>,
    has_currencies: bool,
}

impl Stretches {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self { scratch: Scratch::new()?, blocks: Vec::new(), has_currencies: false })
    }

    /// Takes the rows out of a table.
    pub(crate) fn add(&mut self, table: &mut Table) -> Result<(), Error> {
        let stretch = Stretch::of(table)?;
        self.has_currencies |= !stretch.words[2].is_empty();
        self.blocks.push(self.scratch.append(&stretch.bytes())?);
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Puts a stretch in the place of the rows that are there.
    pub(crate) fn load(&mut self, at: usize, rows: &mut Rows) -> Result<(), Error> {
        // What is there is dropped first.
        rows.put(Stretch::default());
        let mut bytes = Vec::new();
        self.scratch.read(*self.blocks.get(at).ok_or_else(damaged)?, &mut bytes)?;
        let stretch = Stretch::read(&bytes).ok_or_else(damaged)?;
        drop(bytes);
        rows.put(stretch);
        Ok(())
    }

    pub(crate) const fn has_currencies(&self) -> bool {
        self.has_currencies
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
    pub(crate) dropped: Vec<u32>,
}

/// Those of some rows.
fn of_rows<T: Copy>(all: &[(u32, T)], rows: &std::ops::Range<u32>) -> impl Iterator<Item = (usize, T)> {
    let start = all.partition_point(|(row, _)| *row < rows.start);
    let end = all.partition_point(|(row, _)| *row < rows.end);
    let first = rows.start;
    all.get(start..end).unwrap_or_default().iter().map(move |&(row, value)| ((row - first) as usize, value))
}

impl Rows {
    /// Takes over the columns of a stretch, in the form that was found.
    fn put(&mut self, stretch: Stretch) {
        self.first = stretch.first;
        self.count = stretch.customers.len() as u32;
        let rows = self.first..self.first + self.count;
        self.customers = stretch.customers;
        self.seconds = stretch.seconds;
        for (at, seconds) in of_rows(&self.decisions.seconds, &rows) {
            self.seconds.iter_mut().skip(at).take(1).for_each(|slot| *slot = seconds);
        }
        let finished = |money: Money, column: &Money, changes: &[(u32, Number)]| {
            let mut money = money.at_scale_of(column);
            for (at, number) in of_rows(changes, &rows) {
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
        let dropped = &self.decisions.dropped;
        let from = dropped.partition_point(|row| *row < rows.start);
        let to = dropped.partition_point(|row| *row < rows.end);
        self.dropped = dropped.get(from..to).unwrap_or_default().to_vec();
        self.currencies.numbers = currencies;
    }
}
