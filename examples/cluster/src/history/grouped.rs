//! The rows of many customers, until all parts of them are there.

use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::EmitTo;

use super::facts::{Fact, Facts, Kind, join_equal};

/// Rows, each with the number of its customer's group; 0 where there are no groups.
#[derive(Debug)]
pub(super) struct Grouped {
    groups: usize,
    rows: Vec<Row>,
    /// The rows from which on equal ones are brought together.
    full: usize,
}

/// A fact, in no more bytes than it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    group: u32,
    day: i32,
    kind: Kind,
    at_midnight: bool,
    scale: u8,
    /// The high and the low half.
    amount: [u64; 2],
    count: u32,
}

impl Row {
    fn of(group: usize, fact: Fact, scale: u32) -> Result<Self> {
        let Fact { day, kind, at_midnight, amount, count } = fact;
        let (Ok(group), Ok(scale)) = (u32::try_from(group), u8::try_from(scale)) else {
            return exec_err!(
                "purchase_history: more than 4,294,967,295 customers in a part, or an amount of 256 decimals"
            );
        };
        Ok(Self { group, day, kind, at_midnight, scale, count, amount: [(amount >> 64) as u64, amount as u64] })
    }

    fn fact(&self) -> Fact {
        let Self { day, kind, at_midnight, count, amount: [high, low], .. } = *self;
        Fact { day, kind, at_midnight, amount: u128::from(high) << 64 | u128::from(low), count }
    }
}

/// Rows from which on it is asked whether equal ones are many, and rows a customer from which on they may be.
const MANY: usize = 1 << 12;
const MANY_A_CUSTOMER: usize = 32;

impl Default for Grouped {
    fn default() -> Self {
        Self { groups: 0, rows: Vec::new(), full: MANY }
    }
}

impl Grouped {
    pub(super) fn add(&mut self, group: usize, fact: Fact, scale: u32) -> Result<()> {
        self.rows.push(Row::of(group, fact, scale)?);
        Ok(())
    }

    /// Knows of so many groups; very many rows of few customers take the space of those that differ.
    pub(super) fn grow(&mut self, groups: usize) -> Result<()> {
        self.groups = self.groups.max(groups);
        if self.rows.len() <= self.full.max(MANY_A_CUSTOMER * self.groups) {
            return Ok(());
        }
        self.rows.sort_unstable();
        let without_count = |row: &Row| Row { count: 0, ..*row };
        join_equal(&mut self.rows, without_count, |row| &mut row.count)?;
        self.full = 2 * self.rows.len();
        Ok(())
    }

    /// Takes out the facts of all groups, or of the first, one group after the other.
    pub(super) fn emit(&mut self, emit_to: EmitTo, mut each: impl FnMut(&mut Facts) -> Result<()>) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let (groups, rows) = match emit_to {
            EmitTo::All => (self.groups, rows),
            EmitTo::First(first) => {
                let (rows, mut later): (Vec<Row>, _) = rows.into_iter().partition(|row| (row.group as usize) < first);
                for row in &mut later {
                    row.group -= first as u32;
                }
                self.rows = later;
                (first, rows)
            }
        };
        self.groups -= groups;
        // Where the rows of each group start; when all rows have their places, where they end.
        let mut ends = vec![0; groups + 1];
        for row in &rows {
            ends[row.group as usize + 1] += 1;
        }
        for group in 0..groups {
            ends[group + 1] += ends[group];
        }
        let mut places = vec![0; rows.len()];
        for (at, row) in rows.iter().enumerate() {
            let end = &mut ends[row.group as usize];
            places[*end] = at;
            *end += 1;
        }
        let (mut facts, mut start) = (Facts::default(), 0);
        for &end in &ends[..groups] {
            facts.clear();
            places[start..end].iter().try_for_each(|&at| facts.add(rows[at].fact(), rows[at].scale.into()))?;
            each(&mut facts)?;
            start = end;
        }
        Ok(())
    }

    /// The bytes that it holds beyond itself.
    pub(super) fn size(&self) -> usize {
        self.rows.capacity() * size_of::<Row>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purchase(day: i32, amount: u128) -> Fact {
        Fact { day, amount, count: 1, ..Fact::default() }
    }

    /// Day and amount of all facts, group by group, once each is one.
    fn emitted(rows: &mut Grouped, emit_to: EmitTo) -> Vec<Vec<(i32, u128, u32)>> {
        let mut all = Vec::new();
        let each = |facts: &mut Facts| {
            facts.encode(&mut Vec::new())?;
            all.push(facts.iter().map(|fact| (fact.day, fact.amount, fact.count)).collect());
            Ok(())
        };
        rows.emit(emit_to, each).unwrap();
        all
    }

    #[test]
    fn groups_come_out_in_turn_with_the_decimals_of_their_own() {
        let mut rows = Grouped::default();
        let all = [(2, 5, 7, 0), (0, 3, 190, 1), (2, 4, 1, 2), (0, 3, 19, 0), (3, 1, 1, 0), (2, 5, 7, 0)];
        for (group, day, amount, scale) in all {
            rows.add(group, purchase(day, amount), scale).unwrap();
        }
        rows.grow(5).unwrap();
        assert_eq!(emitted(&mut rows, EmitTo::First(2)), [vec![(3, 190, 2)], vec![]]);
        // What stays moves up, and takes in more.
        rows.add(1, purchase(9, u128::from(u64::MAX) + 1), 0).unwrap();
        rows.grow(3).unwrap();
        let expected = [vec![(4, 1, 1), (5, 700, 2)], vec![(1, 1, 1), (9, 1 << 64, 1)], vec![]];
        assert_eq!(emitted(&mut rows, EmitTo::All), expected);
        assert_eq!(emitted(&mut rows, EmitTo::All), Vec::<Vec<_>>::new());
    }

    #[test]
    fn very_many_rows_of_one_group_take_the_space_of_those_that_differ() {
        let mut rows = Grouped::default();
        for at in 0..100_000 {
            rows.add(0, purchase(at % 7, (at % 3) as u128), 0).unwrap();
            rows.grow(1).unwrap();
        }
        assert!(rows.size() <= 4 * MANY * size_of::<Row>(), "{}", rows.size());
        let [facts] = &emitted(&mut rows, EmitTo::All)[..] else { panic!("one group") };
        assert_eq!((facts.len(), facts.iter().map(|fact| fact.2).sum::<u32>()), (21, 100_000));
    }
}
