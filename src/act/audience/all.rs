//! A rule asked of many customers at once.
//!
//! `benches/act.rs`, `act/audience/matches_all`, must not get slower.

use core::ops::Range;
use std::borrow::Cow;

use rust_decimal::Decimal;

use super::check::{AmountTest, Check, NumberTest, Truth};
use super::compiled::{IN, Step};
use crate::parallel;
use crate::shop::{ABSENT, Amounts, Bits, Codes, Numbers, Profiles, Slot, UNKNOWN, WHOLE};

/// Customers worked on at a time, which fit the nearest cache, and their words of 64.
const BLOCK: usize = 4096;
const WORDS: usize = BLOCK / 64;

/// The customers given to one core at a time.
const PART: usize = 16 * BLOCK;

/// The comparisons of a rule, each with its column.
pub(super) struct Columns<'a> {
    each: Vec<Column<'a>>,
    /// Whether none of them can be unknown of anybody.
    pub(super) complete: bool,
    len: usize,
}

impl<'a> Columns<'a> {
    pub(super) fn of(steps: &'a [Step], profiles: &'a Profiles) -> Self {
        let (mut each, mut complete) = (Vec::with_capacity(steps.len()), true);
        for step in steps {
            let (column, is_complete) = Column::of(&step.check, profiles);
            each.push(column);
            complete &= is_complete;
        }
        Self { each, complete, len: profiles.len() }
    }

    /// Returns the customers whom the steps lead in: one way through the comparisons that these columns are of.
    ///
    /// A comparison is made for many customers at a time, and no longer for those about whom the answer is settled.
    pub(super) fn find(&self, steps: &[Step], entry: u32) -> Bits {
        parallel::map_ranges(self.len, PART, |part| self.part(steps, entry, part)).concat()
    }

    fn part(&self, steps: &[Step], entry: u32, part: Range<usize>) -> Bits {
        let mut matching = Bits::with_capacity(part.len().div_ceil(64));
        // Of each comparison, who comes to it.
        let mut arriving = vec![[0; WORDS]; self.each.len()];
        let mut days = Vec::new();
        for start in part.clone().step_by(BLOCK) {
            let rows = start..part.end.min(start + BLOCK);
            let mut all = [0; WORDS];
            for (word, first) in all.iter_mut().zip(rows.clone().step_by(64)) {
                *word = u64::MAX >> 64_usize.saturating_sub(rows.end - first);
            }
            arriving.fill([0; WORDS]);
            let mut inside = [0; WORDS];
            match arriving.get_mut(entry as usize) {
                Some(first) => *first = all,
                None if entry == IN => inside = all,
                None => {}
            }
            for (at, (step, column)) in steps.iter().zip(&self.each).enumerate() {
                let (before, after) = arriving.split_at_mut(at + 1);
                let Some(here) = before.last().filter(|here| here.iter().any(|&word| word != 0)) else { continue };
                let mut wanted = [0; WORDS];
                column.find(rows.clone(), step.wanted, &mut days, &mut wanted);
                for (next, is_wanted) in [(step.then, true), (step.otherwise, false)] {
                    let next = match after.get_mut((next as usize).wrapping_sub(at + 1)) {
                        Some(next) => next,
                        None if next == IN => &mut inside,
                        None => continue,
                    };
                    for ((next, &here), &wanted) in next.iter_mut().zip(here).zip(&wanted) {
                        *next |= here & if is_wanted { wanted } else { !wanted };
                    }
                }
            }
            matching.extend(inside.iter().take(rows.len().div_ceil(64)));
        }
        matching
    }
}

/// A comparison, and what it is made with in a table.
enum Column<'a> {
    /// A value that nobody has given.
    Unknown,
    Wide(&'a [f64], NumberTest),
    Narrow(&'a [f32], NumberTest),
    Exact(&'a [Slot<Decimal>], &'a AmountTest),
    /// Codes that mean that the comparison fails, and codes that mean that it holds.
    Codes(&'a Codes, [Meant; 2]),
    Days(Vec<Cow<'a, [(u32, u32)]>>, &'a [u64], &'a NumberTest),
    Tag(&'a [u32], &'a [u64]),
}

/// Lists that are looked through for every block of customers.
const FEW: usize = 16;

/// The same rows in few lists: a shop may have more categories than blocks of customers.
fn few(lists: Vec<&[(u32, u32)]>) -> Vec<Cow<'_, [(u32, u32)]>> {
    if lists.len() <= FEW {
        return lists.into_iter().map(Cow::Borrowed).collect();
    }
    let mut rows = lists.concat();
    rows.sort_unstable();
    // Of one customer's the latest.
    rows.dedup_by_key(|&mut (row, _)| row);
    vec![Cow::Owned(rows)]
}

/// The codes meant: those from one to another, or where such ranges are many, an answer for each.
enum Meant {
    Ranges(Vec<(u32, u32)>),
    Each(Vec<bool>),
}

impl<'a> Column<'a> {
    /// The column, and whether it is known of everybody.
    fn of(check: &'a Check, profiles: &'a Profiles) -> (Self, bool) {
        match check {
            Check::Figure(figure, test) => {
                let (numbers, complete) = profiles.figure(*figure);
                (Self::numbers(numbers, test.clone()), complete)
            }
            Check::Amount(amount, test) => {
                let (amounts, complete) = profiles.amount(*amount);
                let column = match amounts {
                    Amounts::Exact(amounts) => Self::Exact(amounts, test),
                    Amounts::Minor { units, scale } => Self::numbers(units, test.of_units(*scale)),
                };
                (column, complete)
            }
            Check::Label(kind, test) => {
                let (labels, complete) = profiles.label(*kind);
                let truths = labels.dictionary().map(|(code, key)| (code, test.truth(key)));
                (Self::codes(&labels.codes, &truths.collect::<Vec<_>>()), complete)
            }
            Check::DaysSince(days) => {
                let (lists, known, complete) = profiles.activities(days.activity, days.category.as_deref());
                (Self::Days(few(lists), known, &days.test), complete)
            }
            Check::NumberAttribute(position, test) => match profiles.attribute(*position) {
                Some(((numbers, _), [complete, _])) => (Self::numbers(numbers, test.clone()), complete),
                None => (Self::Unknown, false),
            },
            Check::TextAttribute(position, test) => match profiles.attribute(*position) {
                Some(((_, texts), [_, complete])) => {
                    let truths = texts.dictionary().map(|(code, text)| (code, test.truth(text)));
                    (Self::codes(&texts.codes, &truths.collect::<Vec<_>>()), complete)
                }
                None => (Self::Unknown, false),
            },
            Check::Tag(tag) => {
                let (rows, known, complete) = profiles.tag(tag);
                (Self::Tag(rows, known), complete)
            }
        }
    }

    fn numbers(numbers: &'a Numbers, test: NumberTest) -> Self {
        match numbers {
            Numbers::Whole { codes, end } => {
                let others = [(UNKNOWN, Truth::Unknown), (ABSENT, test.truth(f64::INFINITY))];
                let whole = (WHOLE..*end).map(|code| (code, test.truth(f64::from(code - WHOLE))));
                Self::codes(codes, &others.into_iter().chain(whole).collect::<Vec<_>>())
            }
            Numbers::Wide(numbers) => Self::Wide(numbers, test),
            Numbers::Narrow(numbers) => Self::Narrow(numbers, test),
        }
    }

    fn codes(codes: &'a Codes, truths: &[(u32, Truth)]) -> Self {
        Self::Codes(codes, [Truth::False, Truth::True].map(|wanted| Meant::of(truths, wanted)))
    }

    /// Finds which of the rows, one block at most, are known to be as wanted. `days` is room to work in.
    fn find(&self, rows: Range<usize>, wanted: Truth, days: &mut Vec<f64>, found: &mut [u64; WORDS]) {
        let holds = wanted == Truth::True;
        match self {
            Self::Unknown => {}
            Self::Wide(numbers, test) => test.find(cut(numbers, &rows), holds, found),
            Self::Narrow(numbers, test) => test.find(cut(numbers, &rows), holds, found),
            Self::Exact(amounts, test) => each(cut(amounts, &rows), found, |amount| test.truth(amount) == wanted),
            Self::Codes(codes, meant) => {
                let meant = &meant[usize::from(holds)];
                match codes {
                    Codes::One(codes) => meant.find(cut(codes, &rows), found),
                    Codes::Two(codes) => meant.find(cut(codes, &rows), found),
                    Codes::Four(codes) => meant.find(cut(codes, &rows), found),
                }
            }
            Self::Days(lists, known, test) => {
                days.clear();
                days.resize(rows.len(), f64::INFINITY);
                for list in lists {
                    for &(row, ago) in span(list, |&(row, _)| row, &rows) {
                        if let Some(least) = days.get_mut((row as usize).wrapping_sub(rows.start)) {
                            *least = least.min(f64::from(ago));
                        }
                    }
                }
                test.find(days, holds, found);
                keep(found, cut(known, &words(&rows)));
            }
            Self::Tag(list, known) => {
                for &row in span(list, |&row| row, &rows) {
                    let place = (row as usize).wrapping_sub(rows.start);
                    if let Some(word) = found.get_mut(place / 64) {
                        *word |= 1 << (place % 64);
                    }
                }
                if !holds {
                    *found = found.map(|word| !word);
                    keep(found, cut(known, &words(&rows)));
                }
            }
        }
    }
}

impl Meant {
    fn of(truths: &[(u32, Truth)], wanted: Truth) -> Self {
        let mut each = vec![false; truths.len()];
        for &(code, truth) in truths {
            if let Some(is_meant) = each.get_mut(code as usize) {
                *is_meant = truth == wanted;
            }
        }
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for (code, _) in (0..).zip(&each).filter(|&(_, &is_meant)| is_meant) {
            match ranges.last_mut() {
                Some((_, high)) if *high + 1 == code => *high = code,
                _ => ranges.push((code, code)),
            }
        }
        if ranges.len() <= 4 { Self::Ranges(ranges) } else { Self::Each(each) }
    }

    fn find<T: Copy + Ord + TryFrom<u32> + Into<u32>>(&self, codes: &[T], found: &mut [u64; WORDS]) {
        match self {
            Self::Ranges(ranges) => {
                for &(low, high) in ranges {
                    // Codes that are not there may need more bytes.
                    if let (Ok(low), Ok(high)) = (T::try_from(low), T::try_from(high)) {
                        each(codes, found, |code| low <= code && code <= high);
                    }
                }
            }
            Self::Each(meant) => each(codes, found, |code| meant.get(code.into() as usize).is_some_and(|&meant| meant)),
        }
    }
}

impl NumberTest {
    /// The values that are known to pass the test, or known not to.
    fn find<T: Copy + Into<f64>>(&self, values: &[T], holds: bool, found: &mut [u64; WORDS]) {
        match *self {
            // Said in comparisons alone, as several values are compared at once.
            Self::Range { low, high, inside } if holds => each(values, found, |value| {
                let value = value.into();
                (low <= value && value <= high) == inside && value < f64::INFINITY
            }),
            Self::Range { low, high, inside } => each(values, found, |value| {
                let value = value.into();
                ((low <= value && value <= high) != inside || value >= f64::INFINITY) && !value.is_nan()
            }),
            _ => each(values, found, |value| self.truth(value.into()) == Truth::of(holds)),
        }
    }
}

/// Sets the bits of the values that are meant.
#[inline]
fn each<T: Copy>(values: &[T], found: &mut [u64; WORDS], is_meant: impl Fn(T) -> bool) {
    for (word, values) in found.iter_mut().zip(values.chunks(64)) {
        let mut bytes = [[0; 8]; 8];
        for (byte, &value) in bytes.as_flattened_mut().iter_mut().zip(values) {
            *byte = u8::from(is_meant(value));
        }
        // The product has the eight lowest bits of the bytes side by side in its highest byte.
        let eight = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        *word |= bytes.iter().rev().fold(0, |word, bytes| word << 8 | eight(bytes));
    }
}

/// Returns the part of a list in a range.
fn cut<'a, T>(values: &'a [T], range: &Range<usize>) -> &'a [T] {
    values.get(range.start..range.end.min(values.len())).unwrap_or_default()
}

/// Returns the part of an ascending list that lies in a range of rows.
fn span<'a, T>(list: &'a [T], row: impl Fn(&T) -> u32, rows: &Range<usize>) -> &'a [T] {
    let before = |end: usize| list.partition_point(|one| (row(one) as usize) < end);
    list.get(before(rows.start)..before(rows.end)).unwrap_or_default()
}

fn words(rows: &Range<usize>) -> Range<usize> {
    rows.start / 64..rows.end.div_ceil(64)
}

/// Keeps only the customers who are known; beyond the end nobody is.
fn keep(found: &mut [u64; WORDS], known: &[u64]) {
    let known = known.iter().copied().chain(core::iter::repeat(0));
    found.iter_mut().zip(known).for_each(|(word, known)| *word &= known);
}
