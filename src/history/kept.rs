//! A ledger as bytes, column by column: what is kept over night.
//!
//! ```text
//! "repurchase ledger", form │ as-of day, scale, left out, customers, others │ columns │ others │ checksum
//! ```
//!
//! All numbers are little-endian. A column of money begins with the bytes of each amount, 8 or 16.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::batches::StoredId;
use super::columns::{Columns, MoneyColumn};
use super::gaps::GapSums;
use super::statistics::Statistics;
use super::{CustomerHistory, Ledger};
use crate::error::{Error, Result};
use crate::number::money;
use crate::record::calendar::Day;

const MARK: &[u8; 17] = b"repurchase ledger";

/// The version of the form, another one for each change of the bytes.
const FORM: u32 = 1;

impl<Id: StoredId> Ledger<Id> {
    /// Writes the ledger as bytes, in columns: 68 a customer and an id, up to 24 more where money does not fit 64 bits.
    ///
    /// Give it a buffered writer. [`read_from`](Ledger::read_from) reads it back; [`LedgerFold::resume`](super::LedgerFold::resume)
    /// then goes on with the orders of a new day.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::{Ledger, Order, ShopCalendar};
    /// use rust_decimal::Decimal;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let order = |id: u64, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id, day.parse()?, Decimal::TEN)?);
    /// let orders = [order(7, "2026-03-09")?, order(3, "2026-03-20")?];
    /// let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), "2026-03-31".parse()?)?;
    ///
    /// let mut file = Vec::new();
    /// ledger.write_to(&mut file)?;
    /// assert_eq!(Ledger::<u64>::read_from(file.as_slice())?, ledger);
    ///
    /// file[100] ^= 1;
    /// let error = Ledger::<u64>::read_from(file.as_slice()).unwrap_err();
    /// assert_eq!(error.to_string(), "the stored ledger was changed: its bytes do not have its checksum");
    /// # Ok(())
    /// # }
    /// ```
    pub fn write_to(&self, writer: impl Write) -> io::Result<()> {
        let mut out = Out { writer, sum: Checksum::default() };
        out.put(MARK)?;
        out.put(&FORM.to_le_bytes())?;
        out.put(&Day::from(self.as_of).number().to_le_bytes())?;
        out.put(&self.scale.to_le_bytes())?;
        for count in [self.left_out, self.ids.len() as u64, self.without_purchase.len() as u64] {
            out.put(&count.to_le_bytes())?;
        }
        out.ids(self.ids.iter())?;
        let columns = &*self.columns;
        out.column(&columns.first, |day| day.number().to_le_bytes())?;
        out.column(&columns.last, |day| day.number().to_le_bytes())?;
        for counts in [&columns.purchases, &columns.purchase_days, &columns.credits] {
            out.column(counts, |count| count.to_le_bytes())?;
        }
        out.column(&columns.gaps, |gaps| gaps.shortest.to_le_bytes())?;
        out.column(&columns.gaps, |gaps| gaps.longest.to_le_bytes())?;
        out.column(&columns.gaps, |gaps| gaps.squares.to_le_bytes())?;
        out.column(&columns.gaps, |gaps| gaps.logarithms.to_le_bytes())?;
        for sums in [&columns.revenue, &columns.first_day_spend, &columns.credited] {
            match sums {
                MoneyColumn::Narrow(sums) => {
                    out.put(&[8])?;
                    out.column(sums, |sum| sum.to_le_bytes())?;
                }
                MoneyColumn::Wide(sums) => {
                    out.put(&[16])?;
                    out.column(sums, |sum| sum.to_le_bytes())?;
                }
            }
        }
        out.ids(self.without_purchase.keys())?;
        for history in self.without_purchase.values() {
            out.put(&history.known.credits.to_le_bytes())?;
            let credited = money::minor(history.credited(), self.scale);
            out.put(&credited.ok_or_else(|| io::Error::other("credits do not fit the ledger's scale"))?.to_le_bytes())?;
        }
        let sum = out.sum.0;
        out.writer.write_all(&sum.to_le_bytes())?;
        out.writer.flush()
    }

    /// Reads a ledger that [`write_to`](Ledger::write_to) wrote, for ids of the same type. Takes time linear in
    /// customers.
    ///
    /// # Errors
    ///
    /// [`Error::Bytes`] for bytes that cannot be read, are no ledger, of another form, too few, or changed; and where
    /// somebody made the checksum fit, [`Error::Customer`] for a customer whom no orders make.
    pub fn read_from(reader: impl Read) -> Result<Self> {
        let mut bytes = In { reader, sum: Checksum::default() };
        let (ledger, others) = Self::read(&mut bytes)?;
        let sum = bytes.sum.0;
        if u64::from_le_bytes(bytes.array()?) != sum {
            return Err(problem(CHANGED));
        }
        ledger.check(&others).map(|()| ledger)
    }

    /// The ledger, and the ids of those without a purchase as they were written.
    fn read<R: Read>(bytes: &mut In<R>) -> Result<(Self, Vec<Id>)> {
        if bytes.array::<17>()? != *MARK {
            return Err(problem("is none: it does not begin as one"));
        }
        let form = u32::from_le_bytes(bytes.array()?);
        if form != FORM {
            return Err(problem(&format!("has form {form}, but form {FORM} is read: fold it from the orders again")));
        }
        let as_of = Day::new(i32::from_le_bytes(bytes.array()?).into()).ok_or_else(|| problem(CHANGED))?;
        let scale = u32::from_le_bytes(bytes.array()?);
        if scale > Decimal::MAX_SCALE {
            return Err(problem(CHANGED));
        }
        let [left_out, customers, others] = [bytes.count()?, bytes.count()?, bytes.count()?];
        let ids: Vec<Id> = bytes.ids(customers)?;
        let days = |bytes: &mut In<R>| -> Result<Vec<Day>> {
            let numbers = bytes.column(customers, i32::from_le_bytes)?;
            numbers.into_iter().map(|number| Day::new(number.into()).ok_or_else(|| problem(CHANGED))).collect()
        };
        let (first, last) = (days(bytes)?, days(bytes)?);
        let [purchases, purchase_days, credits, shortest, longest] = bytes.columns(customers)?;
        let [squares, logarithms] =
            [bytes.column(customers, u64::from_le_bytes)?, bytes.column(customers, u64::from_le_bytes)?];
        let [revenue, first_day_spend, credited] =
            [bytes.money(customers)?, bytes.money(customers)?, bytes.money(customers)?];
        let gaps = shortest.into_iter().zip(longest).zip(squares.into_iter().zip(logarithms));
        let gaps =
            gaps.map(|((shortest, longest), (squares, logarithms))| GapSums { shortest, longest, squares, logarithms });
        let columns = Columns {
            gaps: gaps.collect(),
            first,
            last,
            purchases,
            purchase_days,
            credits,
            revenue,
            first_day_spend,
            credited,
        };
        let other_ids: Vec<Id> = bytes.ids(others)?;
        let mut without_purchase = BTreeMap::new();
        for id in &other_ids {
            let (credits, credited) = (u32::from_le_bytes(bytes.array()?), i128::from_le_bytes(bytes.array()?));
            let credited = money::decimal(credited, scale).ok_or_else(|| problem(CHANGED))?;
            without_purchase.insert(
                id.clone(),
                CustomerHistory { known: Statistics { credits, credited, ..Statistics::default() } },
            );
        }
        let (as_of, columns) = (as_of.date(), Arc::new(columns));
        Ok((Self { as_of, scale, ids, columns, without_purchase, left_out }, other_ids))
    }

    /// Refuses what no ledger is, though its checksum fits.
    fn check(&self, others: &[Id]) -> Result<()> {
        let ascend = |ids: &[Id]| ids.is_sorted_by(|one, next| one < next);
        if !ascend(&self.ids) || !ascend(others) || others.iter().any(|id| self.ids.binary_search(id).is_ok()) {
            return Err(problem("names a customer twice, or not in the order of ids"));
        }
        for (index, id) in self.ids.iter().enumerate() {
            let sums = [&self.columns.revenue, &self.columns.first_day_spend, &self.columns.credited];
            let fit = sums.iter().all(|sums| sums.get(index).is_some_and(money::fits));
            let row = fit.then(|| self.columns.row(index)).flatten().ok_or_else(|| problem(CHANGED))?;
            let known = match row.too_large() {
                Some((field, _)) => Err(Error::AmountOverflow { field }),
                None if row.purchases == 0 => Err(Error::InconsistentHistory { field: "purchases" }),
                None if row.last > Day::from(self.as_of) => {
                    Err(Error::AfterAsOf { last: row.last.date(), as_of: self.as_of })
                }
                None => row.decimal(self.scale).check(),
            };
            known.map_err(|error| error.of_customer(id))?;
        }
        let without = self.without_purchase.iter();
        for (id, history) in without {
            history.known.check().map_err(|error| error.of_customer(id))?;
        }
        Ok(())
    }
}

const CHANGED: &str = "was changed: its bytes do not have its checksum";

fn problem(problem: &str) -> Error {
    Error::bytes("the stored ledger", problem)
}

/// FNV-1a by words of eight bytes, the last of each piece filled up with zeros.
#[derive(Debug, Clone, Copy)]
struct Checksum(u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Checksum {
    fn add(&mut self, piece: &[u8]) {
        for word in piece.chunks(8) {
            let mut bytes = [0; 8];
            bytes[..word.len()].copy_from_slice(word);
            self.0 = (self.0 ^ u64::from_le_bytes(bytes)).wrapping_mul(0x0100_0000_01b3);
            // The high bits, which multiplication reaches, come down.
            self.0 ^= self.0 >> 32;
        }
    }
}

/// Values that are written, or read, together.
const PIECE: usize = 1 << 13;

struct Out<W> {
    writer: W,
    sum: Checksum,
}

impl<W: Write> Out<W> {
    fn put(&mut self, piece: &[u8]) -> io::Result<()> {
        self.sum.add(piece);
        self.writer.write_all(piece)
    }

    fn column<T: Copy, const N: usize>(&mut self, values: &[T], bytes: impl Fn(T) -> [u8; N]) -> io::Result<()> {
        let mut piece = Vec::with_capacity(PIECE * N);
        for values in values.chunks(PIECE) {
            piece.clear();
            for &value in values {
                piece.extend_from_slice(&bytes(value));
            }
            self.put(&piece)?;
        }
        Ok(())
    }

    /// Ids in pieces, each after its length.
    fn ids<'a, Id: StoredId + 'a>(&mut self, mut ids: impl Iterator<Item = &'a Id>) -> io::Result<()> {
        let mut piece = Vec::new();
        loop {
            piece.clear();
            ids.by_ref().take(PIECE).for_each(|id| id.write(&mut piece));
            if piece.is_empty() {
                return Ok(());
            }
            self.put(&(piece.len() as u64).to_le_bytes())?;
            self.put(&piece)?;
        }
    }
}

struct In<R> {
    reader: R,
    sum: Checksum,
}

impl<R: Read> In<R> {
    fn fill(&mut self, piece: &mut [u8]) -> Result<()> {
        self.reader.read_exact(piece).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => problem("ends too early"),
            _ => problem(&format!("cannot be read: {error}")),
        })?;
        self.sum.add(piece);
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn count(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Reads a column, making room piece by piece: a wrong count ends with the bytes, not with the memory.
    fn column<T, const N: usize>(&mut self, count: u64, value: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
        let (mut values, mut piece) = (Vec::new(), Vec::new());
        let mut left = count;
        while left > 0 {
            let some = left.min(PIECE as u64);
            // At most a piece.
            piece.resize(some as usize * N, 0);
            self.fill(&mut piece)?;
            values.extend(piece.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok()).map(&value));
            left -= some;
        }
        Ok(values)
    }

    fn columns<const M: usize>(&mut self, count: u64) -> Result<[Vec<u32>; M]> {
        let mut columns = [const { Vec::new() }; M];
        for column in &mut columns {
            *column = self.column(count, u32::from_le_bytes)?;
        }
        Ok(columns)
    }

    fn money(&mut self, count: u64) -> Result<MoneyColumn> {
        match self.array()? {
            [8] => self.column(count, i64::from_le_bytes).map(MoneyColumn::Narrow),
            [16] => self.column(count, i128::from_le_bytes).map(MoneyColumn::Wide),
            _ => Err(problem(CHANGED)),
        }
    }

    fn ids<Id: StoredId>(&mut self, count: u64) -> Result<Vec<Id>> {
        let (mut ids, mut left) = (Vec::new(), count);
        while left > 0 {
            let length = self.count()?;
            let piece = self.column(length, |[byte]: [u8; 1]| byte)?;
            let mut rest = piece.as_slice();
            for _ in 0..left.min(PIECE as u64) {
                ids.push(Id::read(&mut rest).ok_or_else(|| problem("has ids of another type, or was changed"))?);
            }
            if !rest.is_empty() {
                return Err(problem("has ids of another type, or was changed"));
            }
            left -= left.min(PIECE as u64);
        }
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::record::{Credit, Record, ShopCalendar};

    fn ledger() -> Result<Ledger<String>> {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().map_err(|_| problem("has no such day"));
        let order = |id: &str, on, cents| Ok(Record::from(Order::on(id.to_owned(), day(on)?, Decimal::new(cents, 2))?));
        let credit =
            |id: &str, on, cents| Ok(Record::from(Credit::on(id.to_owned(), day(on)?, Decimal::new(cents, 2))?));
        let records: Vec<Record<String>> = [
            order("ann", "2026-03-02", 10_00),
            order("ann", "2026-03-09", 25_00),
            order("ann", "2026-03-30", 1),
            credit("ann", "2026-03-30", 5_00),
            order("bo", "2026-01-09", i64::MAX),
            credit("cy", "2026-01-09", 3_00),
        ]
        .into_iter()
        .collect::<Result<_>>()?;
        Ledger::from_records(records, &ShopCalendar::utc(), day("2026-03-31")?)
    }

    /// A changed byte whose checksum fits is an error, or another ledger.
    #[test]
    fn no_byte_makes_it_panic() -> Result<()> {
        let ledger = ledger()?;
        let mut bytes = Vec::new();
        ledger.write_to(&mut bytes).map_err(|error| problem(&error.to_string()))?;
        assert_eq!(Ledger::<String>::read_from(bytes.as_slice())?, ledger);
        let (mut refused, mut others) = (0, 0);
        for at in 0..bytes.len() - 8 {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert!(Ledger::<String>::read_from(changed.as_slice()).is_err(), "byte {at}, bit {bit}");
                let mut read = In { reader: changed.as_slice(), sum: Checksum::default() };
                if Ledger::<String>::read(&mut read).is_err() {
                    continue;
                }
                let (length, sum) = (changed.len(), read.sum.0);
                changed[length - 8..].copy_from_slice(&sum.to_le_bytes());
                match Ledger::<String>::read_from(changed.as_slice()) {
                    Ok(other) => others += usize::from(other != ledger || other.left_out != ledger.left_out),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > 500 && others > 50, "{refused} {others}");
        Ok(())
    }
}
