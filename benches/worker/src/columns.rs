//! The orders of a directory, in the forms in which tasks take them.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use repurchase::predict::{BgNbd, FitOptions, Sample, Samples, TimeUnit};
use repurchase::record::RecordColumns;
use repurchase::rust_decimal::Decimal;
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar};
use serde::Deserialize;

use crate::Result;

/// The decimals of money in all files.
pub(crate) const SCALE: u32 = 2;

/// Equally long columns of orders.
pub(crate) struct Orders {
    customers: Vec<u64>,
    unix_seconds: Vec<i64>,
    cents: Vec<i64>,
}

/// A directory's orders. Other forms of them are made when a task first asks for them, before its clock starts.
pub(crate) struct Shop {
    directory: PathBuf,
    /// The last day of the data.
    pub(crate) as_of: NaiveDate,
    /// The first day of the data.
    pub(crate) first_day: NaiveDate,
    orders: Orders,
    shuffled: OnceCell<Orders>,
    records: OnceCell<Vec<Order<u64>>>,
    ledger: OnceCell<Ledger<u64>>,
    repeats: OnceCell<Repeats>,
    samples: OnceCell<Vec<Sample>>,
    model: OnceCell<BgNbd>,
}

/// Equally long columns of what models of repeat purchases take, times in days.
pub(crate) struct Repeats {
    count: Vec<u32>,
    recency: Vec<u32>,
    age: Vec<u32>,
}

#[derive(Deserialize)]
struct Meta {
    /// The first second, and the one after the last.
    start: i64,
    end: i64,
}

impl Orders {
    fn load(directory: &Path) -> Result<Self> {
        Ok(Self {
            customers: column(&directory.join("cust.u64"), u64::from_le_bytes)?,
            unix_seconds: column(&directory.join("ts.i64"), i64::from_le_bytes)?,
            cents: column(&directory.join("cents.i64"), i64::from_le_bytes)?,
        })
    }

    pub(crate) fn columns(&self) -> Result<RecordColumns<'_, u64>> {
        Ok(RecordColumns::new(&self.customers, &self.unix_seconds, &self.cents, SCALE)?)
    }

    /// The same rows in an order that says nothing, the same each time.
    fn shuffled(&self) -> Self {
        let mut rows: Vec<usize> = (0..self.customers.len()).collect();
        let mut state = 20_240_601_u64;
        for last in (1..rows.len()).rev() {
            rows.swap(last, below(&mut state, last + 1));
        }
        let pick = |column: &[i64]| rows.iter().map(|&row| column[row]).collect();
        Self {
            customers: rows.iter().map(|&row| self.customers[row]).collect(),
            unix_seconds: pick(&self.unix_seconds),
            cents: pick(&self.cents),
        }
    }

    fn records(&self) -> Result<Vec<Order<u64>>> {
        let rows = self.customers.iter().zip(&self.unix_seconds).zip(&self.cents);
        let order = |((&customer, &seconds), &cents): ((&u64, &i64), &i64)| {
            let placed_at = DateTime::from_timestamp(seconds, 0).ok_or("an instant beyond chrono's limits")?;
            Ok(Order::new(customer, placed_at, Decimal::new(cents, SCALE))?)
        };
        rows.map(order).collect()
    }
}

impl Shop {
    pub(crate) fn load(directory: PathBuf) -> Result<Self> {
        let meta: Meta = serde_json::from_slice(&fs::read(directory.join("meta.json"))?)?;
        let day = |seconds| -> Result<NaiveDate> {
            Ok(DateTime::from_timestamp(seconds, 0).ok_or("a day beyond chrono's limits")?.date_naive())
        };
        let orders = Orders::load(&directory)?;
        Ok(Self {
            as_of: day(meta.end - 1)?,
            first_day: day(meta.start)?,
            directory,
            orders,
            shuffled: OnceCell::new(),
            records: OnceCell::new(),
            ledger: OnceCell::new(),
            repeats: OnceCell::new(),
            samples: OnceCell::new(),
            model: OnceCell::new(),
        })
    }

    /// By time, as a shop's database gives them.
    pub(crate) const fn sorted(&self) -> &Orders {
        &self.orders
    }

    /// In no order.
    pub(crate) fn shuffled(&self) -> &Orders {
        self.shuffled.get_or_init(|| self.orders.shuffled())
    }

    /// As records with decimal amounts.
    pub(crate) fn records(&self) -> Result<&[Order<u64>]> {
        Ok(kept(&self.records, || self.orders.records())?)
    }

    /// As a ledger, for tasks that start from one.
    pub(crate) fn ledger(&self) -> Result<&Ledger<u64>> {
        kept(&self.ledger, || {
            let log = PurchaseLog::from_columns(self.orders.columns()?, &ShopCalendar::utc())?;
            Ok(log.ledger(self.as_of)?)
        })
    }

    /// As `x`, `t_x` and `T`, columns.
    pub(crate) fn repeats(&self) -> Result<&Repeats> {
        kept(&self.repeats, || {
            let column = |name| column(&self.directory.join(name), u32::from_le_bytes);
            Ok(Repeats { count: column("bg_x.u32")?, recency: column("bg_tx.u32")?, age: column("bg_t.u32")? })
        })
    }

    /// As `x`, `t_x` and `T`, rows.
    pub(crate) fn samples(&self) -> Result<&[Sample]> {
        Ok(kept(&self.samples, || self.repeats()?.samples().collect())?)
    }

    /// BG/NBD fitted to them.
    pub(crate) fn model(&self) -> Result<&BgNbd> {
        kept(&self.model, || {
            let samples: Samples = self.samples()?.iter().copied().collect();
            Ok(BgNbd::fit(&samples, &FitOptions::default().with_unit(TimeUnit::Day))?.interior()?.model)
        })
    }

    /// The same orders as a CSV file.
    pub(crate) fn csv(&self) -> PathBuf {
        self.directory.join("orders.csv")
    }
}

impl Repeats {
    pub(crate) fn samples(&self) -> impl Iterator<Item = Result<Sample>> + '_ {
        let rows = self.count.iter().zip(&self.recency).zip(&self.age);
        rows.map(|((&count, &recency), &age)| Ok(Sample::new(count, recency.into(), age.into())?))
    }
}

/// What a cell holds, made when it is first asked for.
fn kept<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if cell.get().is_none() {
        cell.set(make()?).ok();
    }
    Ok(cell.get().ok_or("the cell was just set")?)
}

/// A file of little-endian numbers.
fn column<const N: usize, T>(path: &Path, number: fn([u8; N]) -> T) -> Result<Vec<T>> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (numbers, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(format!("{}: not a multiple of {N} bytes", path.display()).into());
    }
    Ok(numbers.iter().map(|&bytes| number(bytes)).collect())
}

/// A number below `bound` (Steele, Lea and Flood's `SplitMix64`, multiplied into range).
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    #[allow(clippy::cast_possible_truncation, reason = "the high half of the product is below `bound`")]
    let below = ((u128::from(z) * bound as u128) >> 64) as usize;
    below
}
