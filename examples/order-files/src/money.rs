//! A column of exact numbers.

use crate::amounts::Number;
use crate::stored;

/// Numbers in units of one `10^-scale`, in 64 bits where all fit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Money {
    scale: u8,
    narrow: Vec<i64>,
    /// In place of `narrow` once a number does not fit it.
    wide: Option<Vec<i128>>,
    /// The largest of the numbers that were taken out, in units of the scale.
    taken: u128,
}

/// Stands for an empty field.
const NONE: i64 = i64::MIN;
const WIDE_NONE: i128 = i128::MIN;

impl Money {
    /// In hundredths, until a number has more decimals.
    pub(crate) fn new() -> Self {
        Self { scale: 2, ..Self::default() }
    }

    pub(crate) const fn scale(&self) -> u8 {
        self.scale
    }

    /// Appends hundredths.
    #[inline]
    pub(crate) fn push_hundredths(&mut self, hundredths: i64) {
        if self.scale == 2 && self.wide.is_none() {
            self.narrow.push(hundredths);
        } else {
            // No column has a number that leaves no room for two decimals.
            self.push(Some(Number { units: hundredths.into(), scale: 2 }));
        }
    }

    /// Appends a number or nothing; false, and nothing appended, where no exact column can hold it beside the others.
    pub(crate) fn push(&mut self, number: Option<Number>) -> bool {
        let Some(number) = number else {
            match &mut self.wide {
                Some(wide) => wide.push(WIDE_NONE),
                None => self.narrow.push(NONE),
            }
            return true;
        };
        let Some(units) = self.fitting(number) else { return false };
        self.store(units);
        true
    }

    /// Replaces a number by one of another form.
    pub(crate) fn set(&mut self, at: usize, number: Number) -> bool {
        let Some(units) = self.fitting(number) else { return false };
        if self.wide.is_none() && !fits(units) {
            self.widen();
        }
        match &mut self.wide {
            Some(wide) => wide.get_mut(at).map(|slot| *slot = units),
            None => self.narrow.get_mut(at).map(|slot| *slot = units as i64),
        }
        .is_some()
    }

    fn store(&mut self, units: i128) {
        if self.wide.is_none() && !fits(units) {
            self.widen();
        }
        match &mut self.wide {
            Some(wide) => wide.push(units),
            None => self.narrow.push(units as i64),
        }
    }

    /// The number in units of the column, which gets finer ones if need be.
    fn fitting(&mut self, number: Number) -> Option<i128> {
        if number.scale > self.scale && !self.refine(number.scale) {
            return None;
        }
        let units = number.units.checked_mul(10_i128.checked_pow((self.scale - number.scale).into())?)?;
        (units.unsigned_abs() < LIMIT).then_some(units)
    }

    fn refine(&mut self, scale: u8) -> bool {
        let Some(factor) = 10_i128.checked_pow((scale - self.scale).into()) else { return false };
        let all_fit = |limit: u128| {
            self.iter()
                .flatten()
                .all(|units| units.checked_mul(factor).is_some_and(|units| units.unsigned_abs() < limit))
        };
        let taken = self.taken.checked_mul(factor.unsigned_abs()).filter(|taken| *taken < LIMIT);
        let Some(taken) = taken.filter(|_| all_fit(LIMIT)) else { return false };
        if self.wide.is_none() && !all_fit(i64::MAX as u128) {
            self.widen();
        }
        match &mut self.wide {
            Some(wide) => wide.iter_mut().filter(|units| **units != WIDE_NONE).for_each(|units| *units *= factor),
            None => self.narrow.iter_mut().filter(|units| **units != NONE).for_each(|units| *units *= factor as i64),
        }
        (self.scale, self.taken) = (scale, taken);
        true
    }

    /// Takes all numbers out; those that follow still have units that these can have, too.
    pub(crate) fn take(&mut self) -> Self {
        let largest = self.iter().flatten().map(i128::unsigned_abs).max().unwrap_or(0);
        let rest = Self { scale: self.scale, taken: self.taken.max(largest), ..Self::default() };
        std::mem::replace(self, rest)
    }

    /// The same numbers at the scale of a column that they were taken out of.
    pub(crate) fn at_scale_of(mut self, column: &Self) -> Self {
        if column.scale > self.scale {
            self.refine(column.scale);
        }
        self
    }

    /// The numbers at some places.
    pub(crate) fn select(&self, at: &[u32]) -> Self {
        let wide = self.wide.as_ref().map(|wide| stored::select(wide, at));
        Self { scale: self.scale, narrow: stored::select(&self.narrow, at), wide, taken: 0 }
    }

    /// Puts the numbers of a part of the same column behind those that are there.
    pub(crate) fn append(&mut self, mut other: Self) {
        other = other.at_scale_of(self);
        if other.scale > self.scale {
            self.refine(other.scale);
        }
        if other.wide.is_some() && self.wide.is_none() {
            self.widen();
        } else if self.wide.is_some() && other.wide.is_none() {
            other.widen();
        }
        match (&mut self.wide, &mut other.wide) {
            (Some(wide), Some(others)) => wide.append(others),
            _ => self.narrow.append(&mut other.narrow),
        }
    }

    fn widen(&mut self) {
        let wide = |units: i64| if units == NONE { WIDE_NONE } else { units.into() };
        self.wide = Some(std::mem::take(&mut self.narrow).into_iter().map(wide).collect());
    }

    /// The number of a row, in units of `10^-scale`.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i128> {
        match &self.wide {
            Some(wide) => wide.get(row).copied().filter(|units| *units != WIDE_NONE),
            None => self.narrow.get(row).copied().filter(|units| *units != NONE).map(i128::from),
        }
    }

    /// The number of a row, as a message has it.
    pub(crate) fn text(&self, row: usize) -> String {
        let number = self.get(row).map(|units| crate::orders::decimal(units, self.scale.into()).normalize());
        number.map_or_else(|| "nothing".to_owned(), |number| number.to_string())
    }

    fn iter(&self) -> impl Iterator<Item = Option<i128>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Appends the column as bytes.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[self.scale, u8::from(self.wide.is_some())]);
        match &self.wide {
            Some(wide) => stored::put(bytes, wide, |units| units.to_le_bytes()),
            None => stored::put(bytes, &self.narrow, |units| units.to_le_bytes()),
        }
    }

    /// Takes a column from the front of bytes.
    pub(crate) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let ([scale, is_wide], rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        let mut money = Self { scale: *scale, ..Self::default() };
        match is_wide {
            0 => money.narrow = stored::take(bytes, i64::from_le_bytes)?,
            _ => money.wide = Some(stored::take(bytes, i128::from_le_bytes)?),
        }
        Some(money)
    }

    pub(crate) fn len(&self) -> usize {
        self.wide.as_ref().map_or(self.narrow.len(), Vec::len)
    }

    /// The column as it stands where all numbers fit 64 bits and none is missing or below 0.
    pub(crate) fn into_narrow(self) -> Result<Vec<i64>, Self> {
        if self.wide.is_none() && self.narrow.iter().all(|units| *units >= 0) { Ok(self.narrow) } else { Err(self) }
    }
}

/// Beyond the 96 bits of a `Decimal`.
const LIMIT: u128 = 1 << 96;

fn fits(units: i128) -> bool {
    i64::try_from(units).is_ok_and(|units| units != NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_gets_finer_and_wider_and_stays_exact() {
        let mut money = Money::new();
        money.push_hundredths(1_990);
        assert!(money.push(None) && money.push(Some(Number { units: 12_345, scale: 4 })));
        money.push_hundredths(5);
        assert_eq!(
            (money.scale(), money.iter().collect::<Vec<_>>()),
            (4, vec![Some(199_000), None, Some(12_345), Some(500)])
        );
        assert!(money.push(Some(Number { units: 1, scale: 20 })));
        assert_eq!(money.get(0), Some(1_990 * 10_i128.pow(18)));
        assert!(!money.push(Some(Number { units: 10_i128.pow(20), scale: 0 })));
        assert_eq!(money.len(), 5);
    }
}
