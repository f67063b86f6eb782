//! Orders whose rows are being read: only those with several rows are kept until the last of them.

use crate::layout::StatusMeaning;
use crate::order_ids::NO_ORDER;
use crate::resolve::Rows;

/// A row, with its amounts in the finest unit.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    /// Its place among the rows that are there.
    pub(crate) row: u32,
    pub(crate) customer: u32,
    pub(crate) seconds: i64,
    pub(crate) amount: Option<i128>,
    pub(crate) refunded: Option<i128>,
    pub(crate) status: StatusMeaning,
    /// Whether a column of status words has none for the row, and no other column says where it stands.
    pub(crate) says_no_status: bool,
    pub(crate) is_refund: bool,
}

/// An order whose rows are being read.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    pub(crate) first: Option<Line>,
    pub(crate) paid: i128,
    pub(crate) called_off: i128,
    pub(crate) is_paid: bool,
    /// Lines that are not paid or were called off.
    pub(crate) called_off_lines: u32,
    /// What lines come to that do not say where they stand: they stand where the others do.
    pub(crate) unsaid: i128,
    /// What refund rows give back, how many they are, and the first.
    pub(crate) given_back: i128,
    pub(crate) refund_rows: u32,
    pub(crate) refund: Option<Line>,
    /// The refund row of the earliest time.
    pub(crate) earliest: Option<Line>,
    /// What the first line has as refunded, and whether another has the same and is not given back whole.
    pub(crate) refund_each: Option<i128>,
    pub(crate) repeats_refund: bool,
}

pub(crate) const EMPTY: Draft = Draft {
    first: None,
    paid: 0,
    called_off: 0,
    is_paid: false,
    called_off_lines: 0,
    unsaid: 0,
    given_back: 0,
    refund_rows: 0,
    refund: None,
    earliest: None,
    refund_each: None,
    repeats_refund: false,
};

/// The drafts of a file's orders.
pub(crate) struct Drafts {
    /// By order: where its draft is, or one of the two below.
    places: Vec<u32>,
    /// In the order in which their second rows come, with these.
    drafts: Vec<(u32, u32, Draft)>,
}

const NO_ROW: u32 = u32::MAX;
const ONE_ROW: u32 = u32::MAX - 1;

impl Drafts {
    pub(crate) fn of(rows: &Rows) -> Self {
        let Some(orders) = &rows.orders else { return Self { places: Vec::new(), drafts: Vec::new() } };
        let mut drafts = Self { places: vec![NO_ROW; orders.ids.len()], drafts: Vec::new() };
        let mut dropped = rows.dropped.iter().peekable();
        for (row, &order) in (0..).zip(&orders.numbers) {
            if dropped.next_if_eq(&&row).is_some() || order == NO_ORDER {
                continue;
            }
            if let Some(place) = drafts.places.get_mut(order as usize) {
                match *place {
                    NO_ROW => *place = ONE_ROW,
                    ONE_ROW => {
                        *place = drafts.drafts.len() as u32;
                        drafts.drafts.push((order, row, EMPTY));
                    }
                    _ => {}
                }
            }
        }
        drafts
    }

    /// The draft of an order; `None` where it has one row.
    pub(crate) fn get_mut(&mut self, order: u32) -> Option<&mut Draft> {
        let place = self.places.get(order as usize)?;
        self.drafts.get_mut(*place as usize).map(|draft| &mut draft.2)
    }

    /// All that have several rows, with the second of these.
    pub(crate) fn into_several(self) -> Vec<(u32, u32, Draft)> {
        self.drafts
    }
}
