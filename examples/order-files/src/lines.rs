//! On which lines of the file rows stand, and which of them were left out.

use crate::error::BadRow;

/// Rows that are no orders.
#[derive(Debug, Default)]
pub(crate) struct Skipped {
    pub(crate) count: u64,
    pub(crate) first: Vec<BadRow>,
}

impl Skipped {
    /// Bad rows that are shown.
    pub(crate) const SHOWN: usize = 10;

    pub(crate) fn add(&mut self, row: BadRow) {
        self.count += 1;
        if self.first.len() < Self::SHOWN {
            self.first.push(row);
        }
    }
}

/// The lines of rows: each is one behind the row before it, but where it says otherwise.
#[derive(Debug)]
pub(crate) struct Lines {
    breaks: Vec<(u32, u64)>,
    next: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self { breaks: Vec::new(), next: 2 }
    }
}

impl Lines {
    #[inline]
    pub(crate) fn push(&mut self, row: u32, line: u64) {
        if line != self.next {
            self.breaks.push((row, line));
        }
        self.next = line + 1;
    }

    pub(crate) fn line(&self, row: u32) -> u64 {
        let after = self.breaks.partition_point(|(first, _)| *first <= row);
        let (first, line) = after.checked_sub(1).and_then(|at| self.breaks.get(at)).copied().unwrap_or((0, 2));
        line + u64::from(row - first)
    }
}
