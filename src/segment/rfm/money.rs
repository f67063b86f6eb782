//! Marks of M: compared as integers of one scale, since comparing decimals costs ten times as much.

use rust_decimal::Decimal;

use crate::error::Result;
use crate::number::money;
use crate::scale::{Bands, Bins, CutPoints};

/// Cuts or edges, and where they fit 63 bits at the finest of their scales, the same as integers.
#[derive(Debug, Clone, Eq)]
pub(super) struct MoneyBinning {
    marks: Bins<Decimal>,
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
    /// None of them is an end of the range.
    pub(super) marks: Bins<i64>,
    pub(super) scale: u32,
}

impl MoneyBinning {
    pub(super) fn new(marks: Bins<Decimal>) -> Result<Self> {
        let scale = marks.thresholds().iter().map(Decimal::scale).max().unwrap_or(0);
        let is_inside = |&mark: &i64| i64::MIN < mark && mark < i64::MAX;
        let minor = marks.thresholds().iter().map(|&mark| money::minor(mark, scale).map(narrow).filter(is_inside));
        let minor = match (minor.collect::<Option<Vec<_>>>(), &marks) {
            (None, _) => None,
            (Some(cuts), Bins::Quantiles(_)) => Some(Bins::Quantiles(CutPoints::new(cuts)?)),
            (Some(edges), Bins::Bands(_)) => Some(Bins::Bands(Bands::new(edges)?)),
        };
        Ok(Self { marks, minor: minor.map(|marks| MinorMarks { marks, scale }) })
    }

    #[inline]
    pub(super) fn position(&self, amount: Decimal) -> usize {
        let Some(minor) = &self.minor else { return self.marks.position(&amount) };
        // A cut below the amount is below the next integer, too; an edge not above it, not above the one before.
        let (floor, ceiling) = money::bracket(amount, minor.scale);
        match &minor.marks {
            Bins::Quantiles(cuts) => cuts.position(&narrow(ceiling)),
            Bins::Bands(bands) => bands.position(&narrow(floor)),
        }
    }

    pub(super) const fn marks(&self) -> &Bins<Decimal> {
        &self.marks
    }

    pub(super) const fn minor(&self) -> Option<&MinorMarks> {
        self.minor.as_ref()
    }
}

/// The nearest integer of 64 bits, which compares like it with all but the ends of their range.
#[inline]
fn narrow(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_bin_as_decimals_do() {
        let end = Decimal::from(i64::MAX);
        let amounts = [
            Decimal::MIN,
            -end - Decimal::ONE,
            -end,
            Decimal::new(-1, 3),
            Decimal::ZERO,
            Decimal::new(1, 3),
            Decimal::new(125, 2),
            Decimal::new(1_250_001, 6),
            end - Decimal::ONE,
            end,
            end + Decimal::ONE,
            Decimal::MAX,
        ];
        let marks = [
            vec![Decimal::ZERO, Decimal::new(125, 2)],
            vec![Decimal::ONE, end - Decimal::ONE],
            vec![-end, Decimal::ZERO, end],
            vec![-end - Decimal::ONE, end + Decimal::ONE],
            vec![Decimal::MIN, Decimal::MAX],
        ];
        for marks in marks {
            let quantiles = Bins::Quantiles(CutPoints::new(marks.clone()).unwrap());
            let bands = Bins::Bands(Bands::new(marks).unwrap());
            for binning in [quantiles, bands] {
                let fast = MoneyBinning::new(binning.clone()).unwrap();
                for amount in amounts {
                    assert_eq!(fast.position(amount), binning.position(&amount), "{amount} in {binning:?}");
                }
            }
        }
    }
}
