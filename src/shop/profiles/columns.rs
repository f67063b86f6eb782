//! The columns of many customers' values, each as narrow as its values allow.
//!
//! `benches/act.rs`, `act/audience/matches_all`, must not get slower: it compares these columns block by block.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::super::profile::{ABSENT as ABSENT_NUMBER, Slot};
use super::codes::{ABSENT, Codes, UNKNOWN, WHOLE};
use crate::number::money;
use crate::scale::Label;

/// NaN is unknown, infinity absent; what is missing at the end is unknown.
#[derive(Debug, Clone)]
pub(crate) enum Numbers {
    Wide(Vec<f64>),
    /// Numbers that are all 32-bit numbers, too.
    Narrow(Vec<f32>),
    /// Numbers that are all whole, not below 0, and [few enough](most_codes), as counts and days mostly are: the code
    /// of each is the number itself and [`WHOLE`]. All codes are below `end`.
    Whole {
        codes: Codes,
        end: u32,
    },
}

#[derive(Debug, Clone)]
pub(crate) enum Amounts {
    Exact(Vec<Slot<Decimal>>),
    /// Amounts in units of the scale: whole numbers that binary64 holds exactly.
    Minor {
        units: Numbers,
        scale: u32,
    },
}

/// A code for each label: [`UNKNOWN`], [`ABSENT`], or its position and [`WHOLE`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels {
    pub(crate) known: Vec<Label>,
    pub(crate) codes: Codes,
}

/// A code for each text: [`UNKNOWN`], [`ABSENT`], or one from [`WHOLE`] on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    numbers: HashMap<Box<str>, u32, FixedState>,
    pub(crate) codes: Codes,
}

/// A list of customers for each name.
#[derive(Debug, Clone)]
pub(super) struct Lists<T>(HashMap<String, Vec<T>, FixedState>);

/// One for each customer, from the lowest bit of the first word on.
pub(crate) type Bits = Vec<u64>;

/// A condition is answered once for each code; of a small shop there are not many more codes than customers.
const fn most_codes(customers: usize) -> usize {
    if customers > 4096 { customers } else { 4096 }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Wide(Vec::new())
    }
}

/// The code of a whole number, of NaN and of infinity. A column with a number that has none is kept as numbers:
/// the answers are the same, in more memory.
#[inline]
pub(super) fn code_of(number: f64) -> Option<u32> {
    let whole = number as u32;
    match number {
        _ if number.is_nan() => Some(UNKNOWN),
        ABSENT_NUMBER => Some(ABSENT),
        _ if whole < u32::MAX - WHOLE && f64::from(whole).to_bits() == number.to_bits() => Some(whole + WHOLE),
        _ => None,
    }
}

/// The number of a [code](code_of).
#[inline]
pub(super) fn number_of(code: u32) -> f64 {
    match code {
        UNKNOWN => f64::NAN,
        ABSENT => ABSENT_NUMBER,
        _ => f64::from(code - WHOLE),
    }
}

impl Numbers {
    /// NaN is not stored until something follows it.
    pub(super) fn set(&mut self, row: usize, number: f64) {
        if let (Self::Wide(numbers), false) = (self, number.is_nan()) {
            numbers.resize(row, f64::NAN);
            numbers.push(number);
        }
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> f64 {
        match self {
            Self::Wide(numbers) => numbers.get(row).copied().unwrap_or(f64::NAN),
            Self::Narrow(numbers) => numbers.get(row).map_or(f64::NAN, |&number| number.into()),
            Self::Whole { codes, .. } => number_of(codes.get(row)),
        }
    }

    pub(super) fn narrow(&mut self) {
        let Self::Wide(numbers) = self else { return };
        if let Some(codes) = numbers.iter().map(|&number| code_of(number)).collect::<Option<Vec<u32>>>() {
            let end = end_of(&codes);
            if end as usize <= most_codes(codes.len()) {
                *self = Self::Whole { codes: Codes::narrowed(codes), end };
                return;
            }
        }
        let narrow = |&number: &f64| {
            let narrow = number as f32;
            (number.is_nan() || f64::from(narrow).to_bits() == number.to_bits()).then_some(narrow)
        };
        match numbers.iter().map(narrow).collect::<Option<Vec<f32>>>() {
            Some(narrow) => *self = Self::Narrow(narrow),
            None => numbers.shrink_to_fit(),
        }
    }

    /// The numbers of codes.
    pub(super) fn of_codes(codes: Vec<u32>) -> Self {
        let end = end_of(&codes);
        if end as usize <= most_codes(codes.len()) {
            return Self::Whole { codes: Codes::narrowed(codes), end };
        }
        let mut numbers = Self::Wide(codes.into_iter().map(number_of).collect());
        numbers.narrow();
        numbers
    }

    /// Whether no customer is unknown.
    pub(super) fn is_complete(&self, customers: usize) -> bool {
        match self {
            Self::Wide(numbers) => numbers.len() == customers && !numbers.iter().any(|number| number.is_nan()),
            Self::Narrow(numbers) => numbers.len() == customers && !numbers.iter().any(|number| number.is_nan()),
            Self::Whole { codes, .. } => codes.is_complete(customers),
        }
    }
}

fn end_of(codes: &[u32]) -> u32 {
    codes.iter().max().map_or(0, |&largest| largest + 1)
}

impl Default for Amounts {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

/// Whole numbers up to here are exact in binary64, and no larger one is rounded to any of them.
pub(crate) const LARGEST: i128 = (1 << 53) - 1;

impl Amounts {
    pub(super) fn set(&mut self, row: usize, slot: Slot<Decimal>) {
        if let (Self::Exact(amounts), false) = (self, slot == Slot::Unknown) {
            amounts.resize(row, Slot::Unknown);
            amounts.push(slot);
        }
    }

    /// The number of customers up to the last one who is known.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Exact(amounts) => amounts.len(),
            Self::Minor { units: Numbers::Wide(units), .. } => units.len(),
            Self::Minor { units: Numbers::Narrow(units), .. } => units.len(),
            Self::Minor { units: Numbers::Whole { codes, .. }, .. } => codes.len(),
        }
    }

    pub(super) fn get(&self, row: usize) -> Slot<Decimal> {
        match self {
            Self::Exact(amounts) => amounts.get(row).copied().unwrap_or(Slot::Unknown),
            Self::Minor { units, scale } => match units.get(row) {
                unit if unit.is_nan() => Slot::Unknown,
                ABSENT_NUMBER => Slot::Absent,
                // A whole number of 53 bits.
                unit => money::decimal(unit as i128, *scale).map_or(Slot::Unknown, Slot::Known),
            },
        }
    }

    /// Keeps amounts in whole units of the finest scale, where all fit.
    pub(super) fn narrow(&mut self) {
        let Self::Exact(amounts) = self else { return };
        let known = amounts.iter().filter_map(|slot| if let Slot::Known(amount) = slot { Some(amount) } else { None });
        let scale = known.map(|amount| amount.normalize().scale()).max().unwrap_or(0);
        let normal = |slot: &Slot<Decimal>| match slot {
            Slot::Known(amount) => Slot::Known(amount.normalize()),
            other => *other,
        };
        if let Some(units) = amounts.iter().map(|slot| unit_of(normal(slot), scale)).collect() {
            let mut units = Numbers::Wide(units);
            units.narrow();
            *self = Self::Minor { units, scale };
        }
    }

    pub(super) fn is_complete(&self, customers: usize) -> bool {
        match self {
            Self::Exact(amounts) => amounts.len() == customers && !amounts.contains(&Slot::Unknown),
            Self::Minor { units, .. } => units.is_complete(customers),
        }
    }
}

/// An amount in units of a scale, as a number; `None` where binary64 does not hold it exactly.
#[inline]
pub(super) fn unit_of(slot: Slot<Decimal>, scale: u32) -> Option<f64> {
    let amount = match slot {
        Slot::Unknown => return Some(f64::NAN),
        Slot::Absent => return Some(ABSENT_NUMBER),
        Slot::Known(amount) => amount,
    };
    let minor = money::minor(amount, scale).filter(|minor| minor.unsigned_abs() <= LARGEST.unsigned_abs())?;
    // Exact, as it is no larger.
    #[allow(clippy::cast_precision_loss)]
    Some(minor as f64)
}

impl Labels {
    pub(super) fn get(&self, row: usize) -> Slot<&Label> {
        match self.codes.get(row) {
            UNKNOWN => Slot::Unknown,
            ABSENT => Slot::Absent,
            code => self.known.get((code - WHOLE) as usize).map_or(Slot::Unknown, Slot::Known),
        }
    }

    /// The position among the labels of the label of the customer in a row.
    pub(in crate::shop) fn position_at(&self, row: usize) -> Option<usize> {
        self.codes.get(row).checked_sub(WHOLE).map(|position| position as usize)
    }

    pub(in crate::shop) fn key_at(&self, row: usize) -> Option<&str> {
        self.known.get(self.position_at(row)?).map(Label::key)
    }

    /// Each code and its label's key; `None` is unknown, the empty text absent.
    pub(crate) fn dictionary(&self) -> impl Iterator<Item = (u32, Option<&str>)> {
        let known = (WHOLE..).zip(&self.known).map(|(code, label)| (code, Some(label.key())));
        [(UNKNOWN, None), (ABSENT, Some(""))].into_iter().chain(known)
    }
}

impl Texts {
    pub(super) fn set(&mut self, row: usize, text: Option<&str>) {
        let code = match text {
            None => return,
            Some("") => ABSENT,
            Some(text) => self.code(text),
        };
        self.codes.set(row, code);
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.numbers.get(text) {
            return code;
        }
        // There are at most as many texts as customers.
        let code = self.numbers.len() as u32 + WHOLE;
        self.numbers.insert(text.into(), code);
        code
    }

    /// Each code and its text, in no order; `None` is unknown, the empty text absent.
    pub(crate) fn dictionary(&self) -> impl Iterator<Item = (u32, Option<&str>)> {
        let own = self.numbers.iter().map(|(text, &code)| (code, Some(&**text)));
        [(UNKNOWN, None), (ABSENT, Some(""))].into_iter().chain(own)
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<T> Lists<T> {
    /// A name is copied once only.
    pub(super) fn of(&mut self, name: &str) -> &mut Vec<T> {
        self.0.entry_ref(name).or_default()
    }

    pub(super) fn get(&self, name: &str) -> Option<&[T]> {
        self.0.get(name).map(Vec::as_slice)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &[T]> {
        self.0.values().map(Vec::as_slice)
    }
}

pub(super) fn set_bit(bits: &mut Bits, row: usize) {
    bits.resize(row / 64 + 1, 0);
    if let Some(word) = bits.last_mut() {
        *word |= 1 << (row % 64);
    }
}
