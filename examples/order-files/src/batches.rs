//! All rows of a file in batches, each of which fits memory: stretches of successive rows or, where orders have ids, all rows
//! of some orders.

use std::hash::BuildHasher;
use std::mem::{replace, take};

use hashbrown::DefaultHashBuilder;

use crate::error::Error;
use crate::order_ids::OrderIds;
use crate::repeats::Bits;
use crate::resolve::Rows;
use crate::scratch::{Block, Scratch, damaged};
use crate::stretch::Stretch;
use crate::suspects::Zeros;
use crate::table::Table;

/// All rows of a file.
pub(crate) struct Batches {
    scratch: Scratch,
    /// Of each batch, in the order of the file.
    blocks: Vec<Vec<Block>>,
    /// By whose hashes orders are shared out.
    hasher: Option<DefaultHashBuilder>,
    has_currencies: bool,
    /// Rows that are in a batch and are none.
    pub(crate) repeated: Bits,
    /// Of the ids of orders in the order in which they came, with those that come in several stretches as often.
    pub(crate) zeros: Zeros,
}

/// Batches of orders before it is known how many are needed: a power of two, as are all numbers of them.
const FEW: usize = 1 << 6;

impl Batches {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            scratch: Scratch::new()?,
            blocks: Vec::new(),
            hasher: None,
            has_currencies: false,
            repeated: Bits::default(),
            zeros: Zeros::default(),
        })
    }

    /// Takes the rows out of a table.
    pub(crate) fn add(&mut self, table: &mut Table) -> Result<(), Error> {
        if let Some(orders) = &table.orders {
            orders.ids.long().for_each(|id| self.zeros.see(id));
        }
        let stretch = Stretch::of(table)?;
        self.has_currencies |= !stretch.words[2].is_empty();
        if stretch.orders.is_some() {
            self.blocks.resize(self.blocks.len().max(FEW), Vec::new());
            return self.share_out(&stretch);
        }
        let block = self.scratch.append(&stretch.bytes())?;
        self.blocks.push(vec![block]);
        Ok(())
    }

    /// Files the rows of a stretch by their orders.
    fn share_out(&mut self, stretch: &Stretch) -> Result<(), Error> {
        let Some(orders) = &stretch.orders else { return Ok(()) };
        let (hasher, mask) = (self.hasher.get_or_insert_default(), self.blocks.len() - 1);
        let of_ids: Vec<usize> = orders.ids().map(|id| hasher.hash_one(id) as usize & mask).collect();
        let mut ids = vec![Vec::new(); mask + 1];
        let mut places = Vec::with_capacity(of_ids.len());
        for (id, &batch) in (0..).zip(&of_ids) {
            places.push(ids[batch].len() as u32);
            ids[batch].push(id);
        }
        let mut rows = vec![Vec::new(); mask + 1];
        for at in 0..stretch.len() {
            let batch = orders.order(at).and_then(|order| of_ids.get(order));
            rows[batch.copied().unwrap_or(stretch.number(at) as usize & mask)].push(at as u32);
        }
        for ((rows, ids), blocks) in rows.iter().zip(&ids).zip(&mut self.blocks) {
            if !rows.is_empty() || !ids.is_empty() {
                let some = stretch.select(rows, Some(orders.select(rows, ids, &places)));
                blocks.push(self.scratch.append(&some.bytes())?);
            }
        }
        Ok(())
    }

    /// Shares orders out anew where there are to be more batches of them, so that memory has room for each.
    pub(crate) fn widen(&mut self, batches: u64) -> Result<(), Error> {
        let batches = batches.next_power_of_two() as usize;
        if self.hasher.is_none() || batches <= self.blocks.len() {
            return Ok(());
        }
        let mut old = replace(&mut self.scratch, Scratch::new()?);
        let blocks = replace(&mut self.blocks, vec![Vec::new(); batches]);
        for block in blocks.into_iter().flatten() {
            self.share_out(&read(&mut old, block)?)?;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The batch that has a row, if it has no order.
    pub(crate) fn batch_of(&self, row: u32) -> usize {
        let last = self.len().saturating_sub(1);
        // Without orders only the last row is asked for.
        if self.hasher.is_some() { row as usize & last } else { last }
    }

    /// The rows of a batch, and their orders.
    pub(crate) fn batch(&mut self, at: usize) -> Result<(Stretch, Option<OrderIds>), Error> {
        let mut all = Stretch::default();
        let mut orders = self.hasher.is_some().then(OrderIds::default);
        for block in self.blocks.get(at).ok_or_else(damaged)? {
            let mut stretch = read(&mut self.scratch, *block)?;
            self.repeated.leave_out(&mut stretch);
            if let (Some(orders), Some(more)) = (&mut orders, take(&mut stretch.orders)) {
                orders.append(more)?;
            }
            all.append(stretch);
        }
        Ok((all, orders))
    }

    /// Puts a batch in the place of the rows that are there.
    pub(crate) fn load(&mut self, at: usize, rows: &mut Rows) -> Result<(), Error> {
        // What is there is dropped first.
        rows.put(Stretch::default(), None);
        let (stretch, orders) = self.batch(at)?;
        rows.put(stretch, orders);
        Ok(())
    }

    pub(crate) const fn has_currencies(&self) -> bool {
        self.has_currencies
    }
}

fn read(scratch: &mut Scratch, block: Block) -> Result<Stretch, Error> {
    let mut bytes = Vec::new();
    scratch.read(block, &mut bytes)?;
    Stretch::read(&bytes).ok_or_else(damaged)
}
