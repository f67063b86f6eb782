//! Orders and credits in parts by customer, in a temporary file.

use std::cmp::Reverse;
use std::mem::take;

use hashbrown::HashMap;

use crate::assemble::{OneOrder, Sink};
use crate::error::Error;
use crate::ids::NOBODY;
use crate::layout::StatusMeaning;
use crate::orders::Columns;
use crate::scratch::{Block, Scratch, damaged};
use crate::stored::one;

/// Orders and credits in parts.
#[derive(Debug)]
pub(crate) struct Filed {
    scratch: Scratch,
    blocks: Vec<Vec<Block>>,
    pub(crate) has_credits: bool,
    /// Whether credits are tied to the orders that they give back whole.
    pub(crate) ties_credits: bool,
}

impl Filed {
    /// The number of parts.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The orders and credits of a part, and how many credits were tied to orders, and how many were not.
    pub(crate) fn columns(
        &mut self,
        part: usize,
        customers: usize,
        scale: u32,
    ) -> Result<(Columns, (u64, u64)), Error> {
        let mut columns = Columns::default();
        let mut bytes = Vec::new();
        for block in self.blocks.get(part).into_iter().flatten() {
            bytes.clear();
            self.scratch.read(*block, &mut bytes)?;
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                take_fact(&mut rest, &mut columns).ok_or_else(damaged)?;
            }
        }
        // Ids of orders are not kept.
        columns.name(None);
        let matches = if self.ties_credits && !columns.credits.is_empty() {
            columns.match_credits(customers, scale)?
        } else {
            (0, 0)
        };
        Ok((columns, matches))
    }
}

/// What is known of a customer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// Whether there is an order or a credit.
    pub(crate) is_there: bool,
    pub(crate) has_bought: bool,
}

/// Sorts orders and credits into parts.
pub(crate) struct Sorter<'a> {
    /// Of a customer's number the place of the id.
    places: &'a [u32],
    scratch: Scratch,
    waiting: Vec<Vec<u8>>,
    /// Bytes that wait before they are written.
    room: usize,
    blocks: Vec<Vec<Block>>,
    /// By place.
    pub(crate) known: Vec<Known>,
    pub(crate) has_credits: bool,
    pub(crate) has_refunded: bool,
    /// The first and the last moment of each day of UTC on which there is a purchase or credit.
    pub(crate) times: HashMap<i64, [(i64, u32); 2]>,
    /// Why not all was written.
    pub(crate) fault: Option<Error>,
}

impl<'a> Sorter<'a> {
    pub(crate) fn new(places: &'a [u32], customers: usize, parts: usize, memory: u64) -> Result<Self, Error> {
        Ok(Self {
            places,
            scratch: Scratch::new()?,
            waiting: vec![Vec::new(); parts],
            room: usize::try_from(memory / 4).unwrap_or(usize::MAX) / parts,
            blocks: vec![Vec::new(); parts],
            known: vec![Known::default(); customers],
            has_credits: false,
            has_refunded: false,
            times: HashMap::new(),
            fault: None,
        })
    }

    /// The place of a customer.
    fn place(&self, customer: u32) -> u32 {
        self.places.get(customer as usize).copied().unwrap_or(NOBODY)
    }

    fn saw(&mut self, place: u32, is_purchase: bool) {
        if let Some(known) = self.known.get_mut(place as usize) {
            *known = Known { is_there: true, has_bought: known.has_bought || is_purchase };
        }
    }

    fn happened(&mut self, seconds: i64, row: u32) {
        // Of one moment the first row, which need not come first.
        let [first, last] = self.times.entry(seconds.div_euclid(86_400)).or_insert([(seconds, row); 2]);
        *first = (*first).min((seconds, row));
        if (seconds, Reverse(row)) > (last.0, Reverse(last.1)) {
            *last = (seconds, row);
        }
    }

    fn put(&mut self, place: u32, kind: u8, seconds: i64, amounts: &[i128]) {
        let parts = self.waiting.len();
        let part = (place as usize * parts).checked_div(self.known.len()).unwrap_or(0);
        let (Some(bytes), Some(blocks)) = (self.waiting.get_mut(part), self.blocks.get_mut(part)) else { return };
        bytes.push(kind);
        bytes.extend_from_slice(&place.to_le_bytes());
        bytes.extend_from_slice(&seconds.to_le_bytes());
        for amount in amounts {
            // Most fit 64 bits; what does not, stands behind a value that no amount has.
            match i64::try_from(*amount) {
                Ok(narrow) if narrow != i64::MIN => bytes.extend_from_slice(&narrow.to_le_bytes()),
                _ => {
                    bytes.extend_from_slice(&i64::MIN.to_le_bytes());
                    bytes.extend_from_slice(&amount.to_le_bytes());
                }
            }
        }
        if bytes.len() > self.room {
            match self.scratch.append(bytes) {
                Ok(block) => blocks.push(block),
                Err(error) => self.fault = self.fault.take().or(Some(error)),
            }
            bytes.clear();
        }
    }

    pub(crate) fn finish(mut self) -> Result<Filed, Error> {
        for (bytes, blocks) in self.waiting.iter_mut().zip(&mut self.blocks) {
            if !bytes.is_empty() {
                blocks.push(self.scratch.append(&take(bytes))?);
            }
        }
        Ok(Filed { scratch: self.scratch, blocks: self.blocks, has_credits: self.has_credits, ties_credits: false })
    }
}

/// A credit, among the kinds of facts; below it stand those of orders by their status, and [`WITH_REFUND`].
const CREDIT: u8 = 16;
const WITH_REFUND: u8 = 8;
const STATUSES: [StatusMeaning; 4] =
    [StatusMeaning::Paid, StatusMeaning::Unpaid, StatusMeaning::Cancelled, StatusMeaning::Refunded];

impl Sink for Sorter<'_> {
    fn order(&mut self, order: OneOrder) {
        let OneOrder { customer, seconds, amount, refunded, status, row } = order;
        let place = self.place(customer);
        let is_purchase = status == StatusMeaning::Paid && (refunded == 0 || refunded < amount);
        self.saw(place, is_purchase);
        if is_purchase {
            self.happened(seconds, row);
        }
        let kind = STATUSES.iter().position(|one| *one == status).unwrap_or(0) as u8;
        if refunded == 0 {
            self.put(place, kind, seconds, &[amount]);
        } else {
            self.has_refunded = true;
            self.put(place, kind | WITH_REFUND, seconds, &[amount, refunded]);
        }
    }

    fn line(&mut self, _: u32) {}

    fn credit(&mut self, customer: u32, seconds: i64, amount: i128, row: u32) {
        let place = self.place(customer);
        self.has_credits = true;
        self.saw(place, false);
        self.happened(seconds, row);
        self.put(place, CREDIT, seconds, &[amount]);
    }
}

/// Takes an order or a credit from the front of bytes.
fn take_fact(bytes: &mut &[u8], columns: &mut Columns) -> Option<()> {
    let [kind] = one(bytes)?;
    let (customer, seconds) = (u32::from_le_bytes(one(bytes)?), i64::from_le_bytes(one(bytes)?));
    let mut amount = || match i64::from_le_bytes(one(bytes)?) {
        i64::MIN => one(bytes).map(i128::from_le_bytes),
        narrow => Some(narrow.into()),
    };
    let (first, row) = (amount()?, 0);
    if kind == CREDIT {
        columns.credit(customer, seconds, first, row);
        return Some(());
    }
    let refunded = if kind & WITH_REFUND == 0 { 0 } else { amount()? };
    let status = *STATUSES.get(usize::from(kind & !WITH_REFUND))?;
    columns.order(OneOrder { customer, seconds, amount: first, refunded, status, row });
    Some(())
}
