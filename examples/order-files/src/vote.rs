//! Which of several forms a column has, found from all its values.

use crate::repeats::Bits;

/// A row that only some forms read; bit `i` of the mask stands for form `i`.
#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u64,
    line: u64,
}

/// The forms that fit all values so far, of at most `N` forms.
#[derive(Debug)]
pub(crate) struct Vote<const N: usize, T> {
    possible: u8,
    /// By mask: how many values, and the line of the first.
    seen: [Seen; 8],
    /// What a row says in a form other than the first that reads it.
    others: Vec<(u32, u8, T)>,
    /// By form, the first row that says something else in it, and what was stored for that.
    first: [Option<(u32, T)>; N],
    /// Where rows may be left out: those that not every form reads.
    selective: Option<Vec<(u32, u8)>>,
}

/// No form reads both a line and an earlier one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clash {
    pub(crate) earlier: u64,
    /// The mask of the earlier line.
    pub(crate) mask: u8,
}

/// The form of a column.
#[derive(Debug)]
pub(crate) struct Decided<T> {
    pub(crate) form: usize,
    /// Rows whose value in this form is another than the one that was stored.
    pub(crate) changes: Vec<(u32, T)>,
    /// Rows that this form does not read, and the mask of the forms that do.
    pub(crate) dropped: Vec<(u32, u8)>,
    /// Where two forms or more are possible and say different things: the row of the first such value, and what it says
    /// in each of the forms, the one that was found first.
    pub(crate) open: Option<(u32, Vec<(usize, T)>)>,
}

impl<const N: usize, T: Copy + PartialEq> Vote<N, T> {
    pub(crate) fn new(only: Option<usize>, rows_may_go: bool) -> Self {
        let possible = only.map_or((1 << N) - 1, |form| 1 << form);
        let seen = [Seen { count: 0, line: 0 }; 8];
        Self { possible, seen, others: Vec::new(), first: [None; N], selective: rows_may_go.then(Vec::new) }
    }

    /// Whether only this form is left.
    #[inline]
    pub(crate) const fn is_decided_for(&self, form: usize) -> bool {
        self.possible == 1 << form && self.selective.is_none()
    }

    /// Notes what a row says in each form; gives what is to be stored for it.
    pub(crate) fn add(&mut self, row: u32, line: u64, values: [Option<T>; N]) -> Result<Option<T>, Clash> {
        let read = |form: usize| u8::from(values[form].is_some()) << form;
        let mask = (0..N).fold(0, |mask, form| mask | read(form));
        let seen = &mut self.seen[usize::from(mask)];
        if seen.count == 0 {
            seen.line = line;
        }
        if let Some(selective) = &mut self.selective {
            if mask != (1 << N) - 1 {
                selective.push((row, mask));
            }
        } else if self.possible & mask == 0 {
            let all_before = |bits: &usize| self.seen[*bits].count > 0 && (*bits as u8) & mask == 0;
            let earlier = (1..8).find(all_before).or((1..8).find(|bits| self.seen[*bits].count > 0)).unwrap_or(0);
            return Err(Clash { earlier: self.seen[earlier].line, mask: earlier as u8 });
        } else {
            self.possible &= mask;
        }
        self.seen[usize::from(mask)].count += 1;
        let mut first = None;
        for (form, value) in values.into_iter().enumerate().filter(|(form, _)| self.possible & (1 << form) != 0) {
            match (first, value) {
                (None, _) => first = value,
                (Some(stored), Some(value)) if stored != value => {
                    self.others.push((row, form as u8, value));
                    self.first[form].get_or_insert((row, stored));
                }
                _ => {}
            }
        }
        // A row that may go needs a value until then.
        Ok(first.or_else(|| values.into_iter().flatten().next()))
    }

    /// Takes back what rows said that are equal to earlier ones. Where no row may be left out, they change nothing.
    pub(crate) fn forget(&mut self, rows: &Bits) {
        let seen = &mut self.seen;
        self.selective.iter_mut().for_each(|selective| {
            selective.retain(|(row, mask)| {
                let stays = !rows.has(*row);
                seen[usize::from(*mask)].count -= u64::from(!stays);
                stays
            });
        });
    }

    pub(crate) fn finish(self) -> Decided<T> {
        let votes = |form: usize| -> u64 {
            (1..8).filter(|mask| mask & (1 << form) != 0).map(|mask| self.seen[mask].count).sum()
        };
        let candidates: Vec<usize> = (0..N).filter(|form| self.possible & (1 << form) != 0).collect();
        let most = candidates.iter().map(|&form| votes(form)).max().unwrap_or(0);
        let best: Vec<usize> = candidates.into_iter().filter(|&form| votes(form) == most).collect();
        let form = best.first().copied().unwrap_or(0);
        let differs = |other: &&(u32, u8, T)| best.contains(&usize::from(other.1));
        let row = if best.len() > 1 { self.others.iter().find(differs).map(|other| other.0) } else { None };
        let open = row.map(|row| {
            let of_row = || self.others.iter().filter(|other| other.0 == row);
            let stored = self.first.iter().flatten().find(|first| first.0 == row).map(|first| first.1);
            let found = of_row().find(|other| usize::from(other.1) == form).map(|other| other.2).or(stored);
            let others = of_row().filter(differs).filter(|other| usize::from(other.1) != form);
            let others = others.map(|other| (usize::from(other.1), other.2));
            (row, found.map(|value| (form, value)).into_iter().chain(others).collect())
        });
        let bit = 1_u8 << form;
        let dropped = self.selective.iter().flatten().filter(|(_, mask)| mask & bit == 0).copied().collect();
        let changes =
            self.others.iter().filter(|other| usize::from(other.1) == form).map(|other| (other.0, other.2)).collect();
        Decided { form, changes, dropped, open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_decides_for_all() {
        let mut vote = Vote::<2, i64>::new(None, false);
        assert_eq!(vote.add(0, 2, [Some(1234), Some(1)]), Ok(Some(1234)));
        assert_eq!(vote.add(1, 3, [None, Some(5)]), Ok(Some(5)));
        assert_eq!(vote.add(2, 4, [Some(7), None]), Err(Clash { earlier: 3, mask: 2 }));
        let decided = vote.finish();
        assert_eq!((decided.form, decided.changes, decided.open), (1, vec![(0, 1)], None));
    }

    #[test]
    fn two_forms_that_say_different_things_are_open() {
        let mut vote = Vote::<2, i64>::new(None, false);
        let _ = vote.add(0, 2, [Some(1234), Some(1)]);
        assert_eq!(vote.finish().open, Some((0, vec![(0, 1234), (1, 1)])));
        let mut same = Vote::<2, i64>::new(None, false);
        let _ = same.add(0, 2, [Some(5), Some(5)]);
        assert_eq!(same.finish().open, None);
    }

    #[test]
    fn where_rows_may_go_most_of_them_decide() {
        let mut vote = Vote::<2, i64>::new(None, true);
        let _ = (vote.add(0, 2, [None, Some(1)]), vote.add(1, 3, [Some(2), None]), vote.add(2, 4, [Some(3), None]));
        let decided = vote.finish();
        assert_eq!((decided.form, decided.dropped), (0, vec![(0, 2)]));
    }
}
