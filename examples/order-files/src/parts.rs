//! Orders of more rows than memory has room for, part by part of the customers.
//!
//! ```text
//! rows ─► batches in a file ─► repeats, forms known ─► batches assembled ─► parts in a file ─► a part's columns ─► its log
//! ```
//!
//! A batch is a stretch of rows or, where orders have ids, all rows of some orders. A part has all orders of some customers, who
//! follow those of the part before it in the order of their ids.

use std::io::Read;
use std::mem::take;

use repurchase::{PurchaseLog, ShopCalendar};

use crate::assemble::{Assembly, Units};
use crate::batches::Batches;
use crate::counts::Counts;
use crate::error::Error;
use crate::filed::{Filed, Sorter};
use crate::findings::Findings;
use crate::options::ReadOptions;
use crate::order_texts::OrderTexts;
use crate::orders::{Columns, Orders};
use crate::table::Table;
use crate::zone::Zone;
use crate::{Form, Found, Seen, repeats};

/// What a row of a file, then of a part, takes while it is worked on.
const BYTES_A_ROW: u64 = 64;
/// What a row takes where it may be one of several of an order: in the first pass, and while orders are put together.
const BYTES_A_LINE: [u64; 2] = [160, 320];
/// Rows and orders that are read back are fewer than those that wait to be written.
const BYTES_AN_ORDER: u64 = 96;
const MOST_PARTS: u64 = 1 << 10;

/// Orders of a file, in memory or, where they do not fit it, in parts by customer in a temporary file.
#[derive(Debug)]
pub struct OrderParts {
    /// Without columns.
    orders: Orders,
    rows: PartRows,
}

#[derive(Debug)]
enum PartRows {
    Whole(Box<Columns>),
    Filed(Filed),
}

/// Reads a file of orders as [`read`](crate::read) does, whatever its size: rows take about `memory` bytes, and what has no
/// room there waits in a temporary file, which is gone when the program ends. The answers are the same.
///
/// What is kept of customers, some 100 bytes and an id each, comes on top, as do values that two forms read, until one of them is
/// found out. Where orders have ids, so do a bit a row, all rows of the largest order and, where ids are written in such ways that
/// two may be [alike](repurchase::measure::ids_alike), 8 bytes an order. Products and the ids of orders are not handed over.
///
/// # Errors
///
/// As [`read`](crate::read); [`Error::Scratch`] where the temporary file fails.
///
/// # Examples
///
/// ```
/// use order_files::{ReadOptions, read, read_parts};
///
/// let mut file = "customer_id,placed_at,amount\n".to_owned();
/// for row in 0..1000 {
///     file += &format!("{},2024-01-{:02},9.90\n", row % 70, row % 31 + 1);
/// }
/// let whole = read(file.as_bytes(), &ReadOptions::default())?;
/// let parts = read_parts(file.as_bytes(), &ReadOptions::default(), 20_000)?;
/// assert_eq!(parts.orders().ids(), whole.ids());
/// assert!(parts.len() > 1);
/// let mut ledger = whole.log()?.of_customers(|_| false).ledger(whole.as_of())?;
/// parts.into_logs()?.1.each(|log| Ok::<_, order_files::Error>(ledger.merge(&log.ledger(whole.as_of())?)?))?;
/// assert_eq!(ledger, whole.log()?.ledger(whole.as_of())?);
/// # Ok::<(), order_files::Error>(())
/// ```
pub fn read_parts(input: impl Read, options: &ReadOptions, memory: u64) -> Result<OrderParts, Error> {
    let options = &ReadOptions { products: false, order_ids: false, ..options.clone() };
    let mut batches: Option<Batches> = None;
    let (mut table, form) = crate::table_of(input, options, true, |table| {
        if has_room(table, memory) {
            return Ok(());
        }
        if batches.is_none() {
            batches = Some(Batches::new()?);
        }
        batches.as_mut().map_or(Ok(()), |batches| batches.add(table))
    })?;
    let Some(mut batches) = batches else {
        table.orders.iter_mut().for_each(|orders| orders.marks = None);
        return crate::whole(table, options, form).map(OrderParts::of);
    };
    if table.rows > table.first || table.orders.as_ref().is_some_and(|orders| orders.ids.len() > 0) {
        batches.add(&mut table)?;
    }
    filed(table, batches, options, memory, form)
}

/// Whether memory has room for more rows than those that wait.
fn has_room(table: &Table, memory: u64) -> bool {
    let most = |bytes: u64| u32::try_from(memory / bytes).unwrap_or(u32::MAX).max(1);
    let rows = table.rows - table.first;
    match &table.orders {
        None => rows < most(BYTES_A_ROW),
        Some(orders) => {
            let most = most(BYTES_A_LINE[0]);
            rows < most && orders.ids.len() < most as usize && orders.ids.long_bytes() as u64 <= memory / 4
        }
    }
}

fn filed(
    mut table: Table,
    mut batches: Batches,
    options: &ReadOptions,
    memory: u64,
    form: Form,
) -> Result<OrderParts, Error> {
    let (all, rows_in_all) = (table.rows, u64::from(table.rows));
    let parts = |bytes: u64| (rows_in_all * bytes).div_ceil(memory.max(1)).clamp(1, MOST_PARTS);
    batches.widen(parts(BYTES_A_LINE[1]))?;
    let of_orders = repeats::leave_out(&mut table, &mut batches)?;
    let seen = Seen::of(&table);
    let (mut rows, mut customers) = table.resolve(options)?;
    rows.without_total_of(&mut batches, all, options.skip_bad_rows)?;
    let scale = Units::of(&rows).scale;
    let rounded = crate::rounded(&customers.ids, || Some(of_orders.rounded));
    let (ids, places) = take(&mut customers.ids).sorted();
    let id = |number: u32| ids.get(*places.get(number as usize)?);
    let people = |number: u32| id(number).unwrap_or_default().as_bytes().to_vec();
    let parts = parts(BYTES_AN_ORDER).min(ids.len().max(1) as u64);
    let mut sorter = Sorter::new(&places, ids.len(), parts as usize, memory)?;
    let (mut counts, mut findings) = (Counts::default(), Findings::default());
    for batch in 0..batches.len() {
        batches.load(batch, &mut rows)?;
        rows.sort_currencies(options, batches.has_currencies());
        let mut assembly = Assembly::new(&rows, &people, sorter, options.skip_bad_rows);
        assembly.counts = counts;
        let more;
        (sorter, counts, more) = assembly.run();
        findings.merge(more);
        sorter.fault.take().map_or(Ok(()), Err)?;
    }
    drop(batches);
    findings.settle(&mut rows)?;
    let counts = seen.with(counts, &rows);
    if !sorter.known.iter().any(|known| known.is_there) {
        return Err(crate::nothing(&rows, &counts, customers.guest));
    }
    let days = crate::far_day::as_of(|| sorter.times.values().flatten().copied(), &rows, options, &counts)?;
    let is_there = |place: &u32| sorter.known.get(*place as usize).is_some_and(|known| known.is_there);
    let found = Found {
        present: &|asked| asked.into_iter().filter(is_there).collect(),
        has_refunds: sorter.has_refunded || sorter.has_credits || counts.fully_refunded > 0,
        rounded,
        alike_orders: of_orders.texts.map(OrderTexts::alike).transpose()?.flatten(),
        customers: sorter.known.iter().filter(|known| known.has_bought).count(),
    };
    let orders = crate::known(found, &seen, (rows, customers, ids), counts, (scale, days, form), options);
    Ok(OrderParts { orders, rows: PartRows::Filed(sorter.finish()?) })
}

impl OrderParts {
    fn of(mut orders: Orders) -> Self {
        let columns = take(&mut orders.columns);
        Self { orders: orders.without_rows(), rows: PartRows::Whole(Box::new(columns)) }
    }

    /// What is known of the file beside the orders and credits themselves: as that of
    /// [`without_rows`](Orders::without_rows).
    pub fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The number of parts: 1 where all rows are in memory.
    pub fn len(&self) -> usize {
        match &self.rows {
            PartRows::Whole(_) => 1,
            PartRows::Filed(filed) => filed.len(),
        }
    }

    /// Always false.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Ties credits to the orders that they give back whole, as [`Orders::with_credits_matched`] does.
    ///
    /// # Errors
    ///
    /// As there, and [`Error::Scratch`].
    pub fn with_credits_matched(mut self) -> Result<Self, Error> {
        match self.rows {
            PartRows::Whole(columns) => {
                Orders { columns: *columns, ..self.orders }.with_credits_matched().map(Self::of)
            }
            PartRows::Filed(mut filed) => {
                if filed.has_credits {
                    filed.ties_credits = true;
                    let (mut tied, mut unmatched, mut customers) = (0, 0, 0);
                    let all = self.orders.ids.len();
                    for part in 0..filed.len() {
                        let (columns, more) = filed.columns(part, all, self.orders.scale)?;
                        tied += more.0;
                        unmatched += more.1;
                        customers += columns.count_customers(all);
                    }
                    self.orders.customers = customers;
                    self.orders.note_matches(tied, unmatched);
                }
                Ok(Self { orders: self.orders, rows: PartRows::Filed(filed) })
            }
        }
    }

    /// What is known of the file, and the library's logs of its parts.
    ///
    /// # Errors
    ///
    /// Those of [`Orders::log`].
    pub fn into_logs(self) -> Result<(Orders, OrderLogs), Error> {
        let Self { orders, rows } = self;
        let logs = match rows {
            PartRows::Whole(columns) => Logs::Whole(columns.log(orders.scale, &orders.calendar())?),
            PartRows::Filed(filed) => Logs::Filed(filed, orders.ids.len(), orders.scale, orders.calendar()),
        };
        Ok((orders, OrderLogs(logs)))
    }
}

/// The library's logs of the parts of a file, by the places of customers' ids. Those of a part follow those of the part before it.
#[derive(Debug)]
pub struct OrderLogs(Logs);

#[derive(Debug)]
enum Logs {
    Whole(PurchaseLog<u32>),
    Filed(Filed, usize, u32, ShopCalendar<Zone>),
}

impl OrderLogs {
    /// The log of all orders, where they are in memory.
    pub const fn whole(&self) -> Option<&PurchaseLog<u32>> {
        match &self.0 {
            Logs::Whole(log) => Some(log),
            Logs::Filed(..) => None,
        }
    }

    /// Hands over all logs, one after the other: each is read anew and dropped when it was looked at.
    ///
    /// # Errors
    ///
    /// The first of `each`, and [`Error::Scratch`].
    pub fn each<E: From<Error>>(&mut self, mut each: impl FnMut(&PurchaseLog<u32>) -> Result<(), E>) -> Result<(), E> {
        match &mut self.0 {
            Logs::Whole(log) => each(log),
            Logs::Filed(filed, customers, scale, calendar) => (0..filed.len()).try_for_each(|part| {
                let (columns, _) = filed.columns(part, *customers, *scale)?;
                let log = columns.log(*scale, calendar)?;
                drop(columns);
                each(&log)
            }),
        }
    }
}
