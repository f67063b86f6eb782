//! Marks of M: compared as integers of one scale, since comparing decimals costs ten times as much.

use rust_decimal::Decimal;

use crate::error::Result;
use crate::scale::{Bands, Binning, CutPoints, money};

/// Cuts or edges, and where they fit 127 bits at the finest of their scales, the same as integers.
#[derive(Debug, Clone, Eq)]
pub(super) struct MoneyBinning {
    marks: Binning<Decimal>,
    minor: Option<MinorMarks>,
}

/// The same marks, with however many trailing zeros, are equal.
impl PartialEq for MoneyBinning {
    fn eq(&self, other: &Self) -> bool {
        self.marks == other.marks
    }
}

/// Marks in units of `10^-scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MinorMarks {
    pub(super) marks: Binning<i128>,
    pub(super) scale: u32,
}

impl MoneyBinning {
    pub(super) fn new(marks: Binning<Decimal>) -> Result<Self> {
        let scale = marks.marks().iter().map(Decimal::scale).max().unwrap_or(0);
        let minor: Option<Vec<i128>> = marks.marks().iter().map(|&mark| money::minor(mark, scale)).collect();
        let minor = match (minor, &marks) {
            (None, _) => None,
            (Some(cuts), Binning::Quantiles(_)) => Some(Binning::Quantiles(CutPoints::new(cuts)?)),
            (Some(edges), Binning::Bands(_)) => Some(Binning::Bands(Bands::new(edges)?)),
        };
        Ok(Self { marks, minor: minor.map(|marks| MinorMarks { marks, scale }) })
    }

    #[inline]
    pub(super) fn position(&self, amount: Decimal) -> usize {
        let Some(minor) = &self.minor else { return self.marks.position(&amount) };
        // A cut below the amount is below the next integer, too; an edge not above it, not above the one before.
        let (floor, ceiling) = money::bracket(amount, minor.scale);
        match &minor.marks {
            Binning::Quantiles(cuts) => cuts.position(&ceiling),
            Binning::Bands(bands) => bands.position(&floor),
        }
    }

    pub(super) const fn marks(&self) -> &Binning<Decimal> {
        &self.marks
    }

    pub(super) const fn minor(&self) -> Option<&MinorMarks> {
        self.minor.as_ref()
    }
}
