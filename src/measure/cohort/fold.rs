//! Cohorts counted in one pass: each customer's first day is held back until it is over, then a cell is one look-up.
//!
//! Written for speed before plainness: `benches/measure.rs`, id `measure/cohort_table`, must not get slower.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::{Cohort, CohortTable, Life};
use crate::error::Result;
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::BuyerSums;
use crate::measure::days::PeriodOfDay;
use crate::measure::groups::Groups;
use crate::measure::net::NetSum;
use crate::record::CustomerId;
use crate::record::calendar::Day;

/// Offsets that a cohort has in a row; later ones lie scattered, so that one record of the wrong century costs nothing.
const NEAR: u32 = 512;

pub(super) struct CohortFold<'a, K, F, S> {
    of_day: &'a PeriodOfDay,
    life: &'a Life,
    key: &'a F,
    groups: Groups<K>,
    /// The credits of each group's customers who had not bought yet.
    outside: Vec<S>,
    places: HashMap<(u32, u32), u32, FixedState>,
    rows: Vec<Row<S>>,
    /// Cells from [`NEAR`] on, by the place of their row and their offset.
    far: HashMap<(u32, u32), Cell<S>, FixedState>,
}

/// One group's cohort.
struct Row<S> {
    group: u32,
    cohort: u32,
    oldest: Day,
    youngest: Day,
    near: Vec<Cell<S>>,
}

/// Counts of fewer than 2^32 facts.
#[derive(Clone, Copy, Default)]
struct Cell<S> {
    customers: u32,
    last: u32,
    purchases: u32,
    money: S,
}

impl<S: NetSum> Cell<S> {
    fn merge(&mut self, other: &Self) {
        self.customers += other.customers;
        self.last += other.last;
        self.purchases += other.purchases;
        self.money.merge(other.money);
    }
}

/// The state of a customer.
#[derive(Default)]
pub(super) enum Known<S> {
    #[default]
    Nothing,
    /// The facts of the first day so far on which something happened.
    FirstDay { day: Day, group: u32, purchases: u32, money: S },
    /// A member of a cohort: the first day, the place of the row, and the offset of the last purchase.
    Member { first: Day, row: u32, last: u32 },
}

impl<'a, K: Ord + Clone, F, S: NetSum> CohortFold<'a, K, F, S> {
    pub(super) fn new(of_day: &'a PeriodOfDay, life: &'a Life, key: &'a F) -> Self {
        Self {
            of_day,
            life,
            key,
            groups: Groups::default(),
            outside: Vec::new(),
            places: HashMap::default(),
            rows: Vec::new(),
            far: HashMap::default(),
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        let groups = self.groups.join(&other.groups);
        for (&group, &money) in groups.iter().zip(&other.outside) {
            self.put_outside(group, money);
        }
        let rows: Vec<_> = other
            .rows
            .iter()
            .map(|row| {
                let place = self.place(groups[row.group as usize], row.cohort, row.oldest);
                self.widen(place, row.youngest);
                for (offset, cell) in (0..).zip(&row.near) {
                    self.cell(place, offset).merge(cell);
                }
                place
            })
            .collect();
        for (&(row, offset), cell) in &other.far {
            self.cell(rows[row as usize], offset).merge(cell);
        }
    }

    fn put_outside(&mut self, group: u32, money: S) {
        let group = group as usize;
        if self.outside.len() <= group {
            self.outside.resize(group + 1, S::default());
        }
        self.outside[group].merge(money);
    }

    /// The place of a group's cohort, in which somebody bought for the first time on a day.
    fn place(&mut self, group: u32, cohort: u32, first: Day) -> u32 {
        let rows = &mut self.rows;
        let place = *self.places.entry((group, cohort)).or_insert_with(|| {
            rows.push(Row { group, cohort, oldest: first, youngest: first, near: Vec::new() });
            // Each row has a purchase.
            rows.len() as u32 - 1
        });
        self.widen(place, first);
        place
    }

    fn widen(&mut self, place: u32, first: Day) {
        let row = &mut self.rows[place as usize];
        row.oldest = row.oldest.min(first);
        row.youngest = row.youngest.max(first);
    }

    #[inline]
    fn cell(&mut self, row: u32, offset: u32) -> &mut Cell<S> {
        if offset >= NEAR {
            return self.far.entry((row, offset)).or_default();
        }
        let (near, offset) = (&mut self.rows[row as usize].near, offset as usize);
        if near.len() <= offset {
            near.resize(offset + 1, Cell::default());
        }
        &mut near[offset]
    }

    #[inline]
    fn offset(&self, row: u32, first: Day, day: Day) -> u32 {
        match self.life {
            Life::Calendar => self.of_day.at(day) - self.rows[row as usize].cohort,
            Life::Days(days) => day.since(first) / days,
            // There are no more edges than somebody has written down.
            Life::Brackets(bands) => bands.position(&day.since(first)) as u32,
        }
    }

    /// A customer's first day is over: with a purchase on it, it is a member's first.
    fn end_first_day(&mut self, day: Day, group: u32, purchases: u32, money: S) -> Known<S> {
        if purchases == 0 {
            self.put_outside(group, money);
            return Known::Nothing;
        }
        let row = self.place(group, self.of_day.at(day), day);
        let last = self.offset(row, day, day);
        let cell = self.cell(row, last);
        cell.customers += 1;
        cell.purchases += purchases;
        cell.money.merge(money);
        Known::Member { first: day, row, last }
    }
}

impl<Id, K: Ord + Clone, F: Fn(&Id) -> K, S: NetSum> CustomerFold<Id> for CohortFold<'_, K, F, S> {
    type State = Known<S>;

    fn step(&mut self, customer: &Id, known: &mut Known<S>, fact: Fact) {
        if let Known::FirstDay { day, group, purchases, money } = known {
            if *day == fact.day {
                if fact.is_purchase() || *purchases == 0 {
                    let number = self.groups.number_near(*group, (self.key)(customer));
                    // A credit's group gives way to that of a purchase.
                    let is_first = fact.is_purchase() && *purchases == 0;
                    *group = if is_first { number } else { self.groups.smaller(*group, number) };
                    *purchases += u32::from(fact.is_purchase());
                }
                return money.add(fact);
            }
            *known = self.end_first_day(*day, *group, *purchases, *money);
        }
        let Known::Member { first, row, last } = known else {
            let group = self.groups.number((self.key)(customer));
            let mut money = S::default();
            money.add(fact);
            *known = Known::FirstDay { day: fact.day, group, purchases: u32::from(fact.is_purchase()), money };
            return;
        };
        let offset = self.offset(*row, *first, fact.day);
        let cell = self.cell(*row, offset);
        cell.money.add(fact);
        if fact.is_purchase() {
            cell.purchases += 1;
            cell.customers += u32::from(*last < offset);
            *last = offset;
        }
    }

    fn finish(&mut self, _: Id, mut known: Known<S>) {
        if let Known::FirstDay { day, group, purchases, money } = known {
            known = self.end_first_day(day, group, purchases, money);
        }
        if let Known::Member { row, last, .. } = known {
            self.cell(row, last).last += 1;
        }
    }
}

/// The tables of all groups.
pub(super) fn tables<Id, K, F, S>(
    fold: CohortFold<'_, K, F, S>,
    log: &PurchaseLog<Id>,
    empty: &CohortTable,
) -> Result<BTreeMap<K, CohortTable>>
where
    Id: CustomerId,
    K: Ord + Clone,
    S: NetSum,
{
    let CohortFold { of_day, life, groups, outside, rows, far, .. } = fold;
    let amount = |sum: S| log.decimal(sum.net());
    let mut scattered: Vec<BTreeMap<u32, Cell<S>>> = vec![BTreeMap::new(); rows.len()];
    for ((row, offset), cell) in far {
        scattered[row as usize].insert(offset, cell);
    }
    let mut tables: Vec<_> = vec![empty.clone(); groups.len()];
    for (table, credits) in tables.iter_mut().zip(outside) {
        table.other_credits = amount(credits)?.abs();
    }
    for (row, far) in rows.into_iter().zip(scattered) {
        let near = (0..).zip(row.near);
        let cells = near.chain(far).filter(|(_, cell)| !is_empty(cell));
        let (mut sums, mut last) = (BTreeMap::new(), BTreeMap::new());
        let mut whole = S::default();
        for (offset, cell) in cells {
            whole.merge(cell.money);
            // The sums of the cells up to each of them are asked for, too.
            amount(whole)?;
            let revenue = amount(cell.money)?;
            sums.insert(
                offset,
                BuyerSums { customers: cell.customers.into(), purchases: cell.purchases.into(), revenue },
            );
            if cell.last > 0 {
                last.insert(offset, cell.last.into());
            }
        }
        let (offsets, complete_offsets) = life.lived(of_day, empty.as_of, row.cohort, (row.oldest, row.youngest));
        tables[row.group as usize].cohorts.push(Cohort {
            window: of_day.window(row.cohort)?,
            customers: last.values().sum(),
            cells: sums,
            last,
            offsets,
            complete_offsets,
        });
    }
    for table in &mut tables {
        table.cohorts.sort_unstable_by_key(|cohort| cohort.window);
    }
    Ok(groups.into_keys().into_iter().zip(tables).collect())
}

fn is_empty<S: NetSum>(cell: &Cell<S>) -> bool {
    cell.purchases == 0 && cell.money.net() == Some(0)
}

impl Life {
    /// Counts the offsets of a cohort that have begun for somebody by a day, and those that are over with it for
    /// everybody, who bought first within `firsts`.
    fn lived(&self, of_day: &PeriodOfDay, as_of: NaiveDate, cohort: u32, firsts: (Day, Day)) -> (u32, u32) {
        let (oldest, youngest) = (Day::from(as_of).since(firsts.0), Day::from(as_of).since(firsts.1));
        match self {
            // A purchase in the cohort's period lies on or before the as-of day, so the period has begun.
            Self::Calendar => {
                let (begun, complete) = of_day.begun_and_complete(as_of);
                (begun - cohort, complete - cohort)
            }
            Self::Days(days) => (oldest / days + 1, (youngest + 1) / days),
            Self::Brackets(bands) => {
                let ended = bands.edges().iter().take_while(|&&edge| edge <= youngest + 1).count();
                (bands.position(&oldest) as u32 + 1, ended as u32)
            }
        }
    }
}
