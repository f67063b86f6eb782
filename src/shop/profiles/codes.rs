//! Small numbers that stand for labels, texts and whole numbers.

/// The code of what nobody has said.
pub(crate) const UNKNOWN: u32 = 0;
/// Absent.
pub(crate) const ABSENT: u32 = 1;
/// The first code of a value.
pub(crate) const WHOLE: u32 = 2;

/// A code for each customer, in as few bytes as all of them need.
#[derive(Debug, Clone)]
pub(crate) enum Codes {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Four(Vec::new())
    }
}

impl Codes {
    /// Sets the code of a row; a row without one is unknown.
    pub(super) fn set(&mut self, row: usize, code: u32) {
        if let Self::Four(codes) = self {
            codes.resize(row, UNKNOWN);
            codes.push(code);
        }
    }

    #[inline]
    pub(super) fn get(&self, row: usize) -> u32 {
        match self {
            Self::One(codes) => codes.get(row).map_or(UNKNOWN, |&code| code.into()),
            Self::Two(codes) => codes.get(row).map_or(UNKNOWN, |&code| code.into()),
            Self::Four(codes) => codes.get(row).copied().unwrap_or(UNKNOWN),
        }
    }

    /// Room for this number of customers, with this number of labels.
    pub(super) fn with_capacity(customers: usize, labels: usize) -> Self {
        let codes = labels + WHOLE as usize;
        if codes <= 0x100 {
            Self::One(Vec::with_capacity(customers))
        } else if codes <= 0x1_0000 {
            Self::Two(Vec::with_capacity(customers))
        } else {
            Self::Four(Vec::with_capacity(customers))
        }
    }

    /// Adds a code that there is room for.
    #[inline]
    pub(super) fn push(&mut self, code: u32) {
        match self {
            Self::One(codes) => codes.push(code as u8),
            Self::Two(codes) => codes.push(code as u16),
            Self::Four(codes) => codes.push(code),
        }
    }

    /// Codes of one width, one part after the other.
    pub(super) fn joined<'c>(parts: impl Iterator<Item = &'c Self>, customers: usize) -> Self {
        let mut all = Self::One(Vec::new());
        for (at, part) in parts.enumerate() {
            if at == 0 {
                all = match part {
                    Self::One(_) => Self::One(Vec::with_capacity(customers)),
                    Self::Two(_) => Self::Two(Vec::with_capacity(customers)),
                    Self::Four(_) => Self::Four(Vec::with_capacity(customers)),
                };
            }
            match (&mut all, part) {
                (Self::One(all), Self::One(part)) => all.extend_from_slice(part),
                (Self::Two(all), Self::Two(part)) => all.extend_from_slice(part),
                (all, part) => (0..part.len()).for_each(|row| all.push(part.get(row))),
            }
        }
        all
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::One(codes) => codes.len(),
            Self::Two(codes) => codes.len(),
            Self::Four(codes) => codes.len(),
        }
    }

    pub(super) fn narrowed(codes: Vec<u32>) -> Self {
        match codes.iter().max().copied().unwrap_or(0) {
            0..=0xff => Self::One(codes.into_iter().map(|code| code as u8).collect()),
            0x100..=0xffff => Self::Two(codes.into_iter().map(|code| code as u16).collect()),
            _ => Self::Four(codes),
        }
    }

    pub(super) fn narrow(&mut self) {
        if let Self::Four(codes) = self {
            *self = Self::narrowed(core::mem::take(codes));
        }
    }

    pub(super) fn is_complete(&self, customers: usize) -> bool {
        match self {
            Self::One(codes) => codes.len() == customers && !codes.contains(&0),
            Self::Two(codes) => codes.len() == customers && !codes.contains(&0),
            Self::Four(codes) => codes.len() == customers && !codes.contains(&UNKNOWN),
        }
    }
}
