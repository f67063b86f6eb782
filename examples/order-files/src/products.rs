//! What was bought: the products of the lines of purchases, for whoever asks for them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::cells::{bare, is_void};
use crate::error::Error;
use crate::ids::{Ids, NOBODY, SortedIds};
use crate::order_ids::NO_ORDER;
use crate::orders::{Columns, Orders, instant};
use crate::resolve::Rows;
use crate::rows::Row;

/// The products of rows.
pub(crate) struct Products {
    place: usize,
    names: Ids,
    /// [`NOBODY`] where a row names none.
    numbers: Vec<u32>,
}

impl Products {
    pub(crate) fn new(place: usize) -> Self {
        Self { place, names: Ids::default(), numbers: Vec::new() }
    }

    pub(crate) fn store(&mut self, row: Row<'_>) -> Result<(), Error> {
        let name = bare(row.field(self.place));
        let number =
            if is_void(name) { NOBODY } else { self.names.number(String::from_utf8_lossy(name).as_bytes())? };
        self.numbers.push(number);
        Ok(())
    }
}

/// Lines of orders: the places of the order and of the product.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    names: SortedIds,
    lines: Vec<(u32, u32)>,
}

/// Ties the rows that are lines to the orders that were made of them, whose rows are still those of the file.
pub(crate) fn lines(rows: &mut Rows, columns: &mut Columns) -> Lines {
    let Some(Products { names, numbers, .. }) = rows.products.take() else { return Lines::default() };
    let (names, places) = names.sorted();
    let order_of = |row: u32| {
        let numbers = rows.orders.as_ref().and_then(|orders| orders.numbers.get(row as usize));
        numbers.copied().filter(|order| *order != NO_ORDER)
    };
    // An order is known by its number, or by its only row; without either, each row is one.
    let key = |row: u32| order_of(row).map_or((true, row), |order| (false, order));
    let made: HashMap<(bool, u32), u32> = columns.rows.iter().zip(0..).map(|(&row, at)| (key(row), at)).collect();
    let of_row = |row: u32| if columns.rows.is_empty() { Some(row) } else { made.get(&key(row)).copied() };
    let line = |row: u32| {
        let product = places.get(*numbers.get(row as usize)? as usize)?;
        Some((of_row(row)?, *product))
    };
    let lines = match columns.lines.take() {
        Some(lines) => lines.into_iter().filter_map(line).collect(),
        None => (0..numbers.len() as u32).filter_map(line).collect(),
    };
    Lines { names, lines }
}

/// A product of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ProductLine<'a> {
    /// The place of the customer's id.
    pub customer: u32,
    /// When the order was placed.
    pub placed_at: DateTime<Utc>,
    /// What was bought, as the file calls it.
    pub product: &'a str,
}

impl Orders {
    /// What was bought: the lines of all purchases that name a product, where
    /// [`with_products`](crate::ReadOptions::with_products) asked for them.
    ///
    /// Lines that were called off, rows that give something back and the lines of orders that are no purchases are none. A
    /// line of an order stands at the time of the order.
    ///
    /// # Examples
    ///
    /// ```
    /// use order_files::{ReadOptions, read};
    ///
    /// let file = "order_id,customer_id,placed_at,product,amount,status\n\
    ///     1,ann,2026-03-01,tea,5,paid\n1,ann,2026-03-01,pot,20,paid\n2,bo,2026-03-02,tea,5,cancelled\n";
    /// let orders = read(file.as_bytes(), &ReadOptions::default().with_products())?;
    /// let lines: Vec<_> = orders.lines().map(|line| (line.customer, line.product)).collect();
    /// assert_eq!((lines, orders.ids().get(0)), (vec![(0, "tea"), (0, "pot")], Some("ann")));
    /// # Ok::<(), order_files::Error>(())
    /// ```
    pub fn lines(&self) -> impl Iterator<Item = ProductLine<'_>> {
        let Lines { names, lines } = &self.lines;
        lines.iter().filter_map(|&(order, product)| {
            let at = order as usize;
            let (&customer, &seconds) = self.columns.customers.get(at).zip(self.columns.seconds.get(at))?;
            let is_purchase = self.columns.is_purchase(at);
            let line = || Some(ProductLine { customer, placed_at: instant(seconds), product: names.get(product)? });
            is_purchase.then(line).flatten()
        })
    }
}
