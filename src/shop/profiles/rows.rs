//! Columns as they grow, part by part.

use rust_decimal::Decimal;

use super::super::figure::{Amount, Figure};
use super::super::profile::{Profile, Slot};
use super::Profiles;
use super::codes::Codes;
use super::columns::{Amounts, Labels, Numbers, code_of, number_of, unit_of};
use crate::parallel;
use crate::scale::Label;
use crate::segment::LabelKind;

/// Some of the customers of a table, in their order.
pub(crate) struct Rows {
    figures: [Figures; Figure::ALL.len()],
    amounts: [Sums; Amount::ALL.len()],
    /// The labels as the codes of [`Labels`].
    labels: [Codes; LabelKind::ALL.len()],
    /// The decimals of amounts.
    scale: u32,
}

/// Codes of whole numbers, until one is none.
enum Figures {
    Codes(Vec<u32>),
    Numbers(Vec<f64>),
}

/// Amounts in units, until one needs more decimals.
enum Sums {
    Units(Vec<f64>),
    Exact(Vec<Slot<Decimal>>),
}

impl Rows {
    /// Room for this number of customers, with these numbers of labels of each kind.
    pub(crate) fn new(customers: usize, scale: u32, labels: &[usize; LabelKind::ALL.len()]) -> Self {
        Self {
            figures: core::array::from_fn(|_| Figures::Codes(Vec::with_capacity(customers))),
            amounts: core::array::from_fn(|_| Sums::Units(Vec::with_capacity(customers))),
            labels: labels.map(|count| Codes::with_capacity(customers, count)),
            scale,
        }
    }

    /// The figures and amounts of a profile, with the codes of its labels.
    pub(crate) fn push(&mut self, profile: &Profile<'_>, labels: [u32; LabelKind::ALL.len()]) {
        for (column, figure) in self.figures.iter_mut().zip(Figure::ALL) {
            column.push(profile.figures[figure as usize]);
        }
        for (column, amount) in self.amounts.iter_mut().zip(Amount::ALL) {
            column.push(profile.amounts[amount as usize], self.scale);
        }
        for (column, code) in self.labels.iter_mut().zip(labels) {
            column.push(code);
        }
    }

    /// The parts one after the other, with the labels of each kind in the order of their codes.
    pub(crate) fn joined(parts: &[Self], known: [Vec<Label>; LabelKind::ALL.len()]) -> Profiles {
        let customers = parts.iter().map(|part| part.labels.first().map_or(0, Codes::len)).sum();
        let mut figures = parallel::map(Figure::ALL.len(), |at| Figures::joined(parts, at)).into_iter();
        let mut amounts = parallel::map(Amount::ALL.len(), |at| Sums::joined(parts, at)).into_iter();
        let codes = |at: usize| Codes::joined(parts.iter().filter_map(|part| part.labels.get(at)), customers);
        let mut codes = parallel::map(LabelKind::ALL.len(), codes).into_iter();
        Profiles::of_columns(
            customers,
            core::array::from_fn(|_| figures.next().unwrap_or_default()),
            core::array::from_fn(|_| amounts.next().unwrap_or_default()),
            known.map(|known| Labels { known, codes: codes.next().unwrap_or_default() }),
        )
    }
}

impl Figures {
    #[inline]
    fn push(&mut self, number: f64) {
        match self {
            Self::Codes(codes) => match code_of(number) {
                Some(code) => codes.push(code),
                None => self.push_number(number),
            },
            Self::Numbers(numbers) => numbers.push(number),
        }
    }

    #[cold]
    fn push_number(&mut self, number: f64) {
        if let Self::Codes(codes) = self {
            let mut numbers = Vec::with_capacity(codes.capacity());
            numbers.extend(codes.iter().map(|&code| number_of(code)));
            *self = Self::Numbers(numbers);
        }
        self.push(number);
    }

    fn joined(parts: &[Rows], at: usize) -> Numbers {
        let columns = || parts.iter().filter_map(|part| part.figures.get(at));
        let codes = columns().map(|column| match column {
            Self::Codes(codes) => Some(codes.as_slice()),
            Self::Numbers(_) => None,
        });
        if let Some(codes) = codes.collect::<Option<Vec<_>>>() {
            return Numbers::of_codes(codes.concat());
        }
        let mut all = Vec::new();
        for column in columns() {
            match column {
                Self::Codes(codes) => all.extend(codes.iter().map(|&code| number_of(code))),
                Self::Numbers(numbers) => all.extend_from_slice(numbers),
            }
        }
        let mut numbers = Numbers::Wide(all);
        numbers.narrow();
        numbers
    }
}

impl Sums {
    #[inline]
    fn push(&mut self, slot: Slot<Decimal>, scale: u32) {
        match self {
            Self::Units(units) => match unit_of(slot, scale) {
                Some(unit) => units.push(unit),
                None => self.push_exact(slot, scale),
            },
            Self::Exact(amounts) => amounts.push(slot),
        }
    }

    #[cold]
    fn push_exact(&mut self, slot: Slot<Decimal>, scale: u32) {
        if let Self::Units(units) = self {
            let mut amounts = Vec::with_capacity(units.capacity());
            let column = Amounts::Minor { units: Numbers::Wide(core::mem::take(units)), scale };
            amounts.extend((0..column.len()).map(|row| column.get(row)));
            *self = Self::Exact(amounts);
        }
        self.push(slot, scale);
    }

    fn joined(parts: &[Rows], at: usize) -> Amounts {
        let scale = parts.iter().map(|part| part.scale).max().unwrap_or(0);
        let columns = || parts.iter().filter_map(|part| part.amounts.get(at));
        let units = columns().map(|column| match column {
            Self::Units(units) => Some(units.as_slice()),
            Self::Exact(_) => None,
        });
        if let Some(units) = units.collect::<Option<Vec<_>>>() {
            return Amounts::Minor { units: Numbers::Wide(units.concat()), scale };
        }
        let mut all = Vec::new();
        for column in columns() {
            match column {
                Self::Exact(amounts) => all.extend_from_slice(amounts),
                Self::Units(units) => {
                    let column = Amounts::Minor { units: Numbers::Wide(units.clone()), scale };
                    all.extend((0..units.len()).map(|row| column.get(row)));
                }
            }
        }
        Amounts::Exact(all)
    }
}
