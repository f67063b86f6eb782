//! What one part of the orders says of one customer, in integers.

use datafusion::error::{DataFusionError, Result};
use repurchase::CustomerHistory;
use repurchase::history::gap_logarithm;
use rust_decimal::Decimal;

use super::row::HistoryRow;

/// Purchases of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DayTotal {
    /// Days since 1970-01-01.
    day: i32,
    purchases: u32,
    /// In units of `10^-scale`.
    amount: i128,
}

/// Purchases by day, and credits: as a set, so that neither the order of rows nor the parts they came in matter.
///
/// Gaps between purchase days are known only when all days are, so the days are kept until then. Sums are of integers:
/// a sum of floats would depend on the order of the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    scale: u32,
    days: Vec<DayTotal>,
    /// The number of totals, some of which may be of one day.
    full: usize,
    credits: u32,
    credited: i128,
}

/// Totals that one customer may have before days are brought together.
const FEW: usize = 64;

impl Facts {
    /// Adds a purchase of a net amount of 0 or more.
    pub(crate) fn purchase(&mut self, day: i32, mantissa: i128, scale: u32) -> Result<()> {
        let amount = self.at_scale(mantissa, scale)?;
        match self.days.last_mut() {
            Some(last) if last.day == day => {
                last.purchases = last.purchases.checked_add(1).ok_or_else(too_many)?;
                last.amount = last.amount.checked_add(amount).ok_or_else(too_large)?;
            }
            _ => self.days.push(DayTotal { day, purchases: 1, amount }),
        }
        self.limit()
    }

    /// One customer with very many orders takes the space of the days.
    fn limit(&mut self) -> Result<()> {
        if self.days.len() > self.full.max(FEW) {
            self.compact()?;
            self.full = 2 * self.days.len();
        }
        Ok(())
    }

    /// Adds a credit of an amount above 0.
    pub(crate) fn credit(&mut self, mantissa: i128, scale: u32) -> Result<()> {
        let amount = self.at_scale(mantissa, scale)?;
        self.credits = self.credits.checked_add(1).ok_or_else(too_many)?;
        self.credited = self.credited.checked_add(amount).ok_or_else(too_large)?;
        Ok(())
    }

    /// Adds what another part knows of the customer.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.refine(other.scale)?;
        for total in &other.days {
            self.days.push(DayTotal { amount: rescaled(total.amount, other.scale, self.scale)?, ..*total });
        }
        self.credits = self.credits.checked_add(other.credits).ok_or_else(too_many)?;
        let credited = rescaled(other.credited, other.scale, self.scale)?;
        self.credited = self.credited.checked_add(credited).ok_or_else(too_large)?;
        self.limit()
    }

    fn at_scale(&mut self, mantissa: i128, scale: u32) -> Result<i128> {
        self.refine(scale)?;
        rescaled(mantissa, scale, self.scale)
    }

    /// Makes all amounts of at least this scale.
    fn refine(&mut self, scale: u32) -> Result<()> {
        if scale > self.scale {
            for total in &mut self.days {
                total.amount = rescaled(total.amount, self.scale, scale)?;
            }
            self.credited = rescaled(self.credited, self.scale, scale)?;
            self.scale = scale;
        }
        Ok(())
    }

    /// One total for each day, in the order of days.
    fn compact(&mut self) -> Result<()> {
        self.days.sort_unstable_by_key(|total| total.day);
        let mut compact: Vec<DayTotal> = Vec::with_capacity(self.days.len());
        for total in self.days.drain(..) {
            match compact.last_mut() {
                Some(last) if last.day == total.day => {
                    last.purchases = last.purchases.checked_add(total.purchases).ok_or_else(too_many)?;
                    last.amount = last.amount.checked_add(total.amount).ok_or_else(too_large)?;
                }
                _ => compact.push(total),
            }
        }
        self.days = compact;
        Ok(())
    }

    /// Bytes for the way to another machine: numbers of seven bits a byte, days as differences.
    pub(crate) fn encode(mut self, bytes: &mut Vec<u8>) -> Result<()> {
        self.compact()?;
        put(bytes, u128::from(self.scale));
        put(bytes, u128::from(self.credits));
        put(bytes, zigzag(self.credited));
        let mut last = 0;
        for DayTotal { day, purchases, amount } in self.days {
            put(bytes, zigzag(i128::from(day) - last));
            put(bytes, u128::from(purchases));
            put(bytes, zigzag(amount));
            last = i128::from(day);
        }
        Ok(())
    }

    pub(crate) fn decode(mut bytes: &[u8]) -> Result<Self> {
        let mut facts = Self::default();
        if bytes.is_empty() {
            return Ok(facts);
        }
        facts.scale = fit(take(&mut bytes)?)?;
        facts.credits = fit(take(&mut bytes)?)?;
        facts.credited = unzigzag(take(&mut bytes)?);
        let mut last = 0;
        while !bytes.is_empty() {
            last += unzigzag(take(&mut bytes)?);
            let day = i32::try_from(last).map_err(|_| damaged())?;
            facts.days.push(DayTotal { day, purchases: fit(take(&mut bytes)?)?, amount: unzigzag(take(&mut bytes)?) });
        }
        Ok(facts)
    }

    /// The history, now that all parts are there.
    pub(crate) fn finish(mut self) -> Result<HistoryRow> {
        self.compact()?;
        let mut row = HistoryRow {
            first_day_spend: self.money(self.days.first().map_or(0, |total| total.amount))?,
            credits: self.credits.into(),
            credited: self.money(self.credited)?,
            ..HistoryRow::default()
        };
        let mut spend: i128 = 0;
        for total in &self.days {
            row.purchases += i64::from(total.purchases);
            spend = spend.checked_add(total.amount).ok_or_else(too_large)?;
        }
        row.spend = self.money(spend)?;
        // Days are of 32 bits, so differences and counts of them fit.
        row.purchase_days = self.days.len() as i64;
        row.days = self.days.first().zip(self.days.last()).map(|(first, last)| (first.day, last.day));
        for pair in self.days.windows(2) {
            let [earlier, later] = pair else { continue };
            let gap = i64::from(later.day) - i64::from(earlier.day);
            row.shortest_gap_days = if row.shortest_gap_days == 0 { gap } else { row.shortest_gap_days.min(gap) };
            row.longest_gap_days = row.longest_gap_days.max(gap);
            row.gap_squares = row.gap_squares.checked_add(gap * gap).ok_or_else(too_large)?;
            let logarithm = u32::try_from(gap).map(gap_logarithm).ok().and_then(|units| i64::try_from(units).ok());
            let logarithms = logarithm.and_then(|units| row.gap_logarithms.checked_add(units));
            row.gap_logarithms = logarithms.ok_or_else(too_large)?;
        }
        Ok(row)
    }

    fn money(&self, mantissa: i128) -> Result<Decimal> {
        Decimal::try_from_i128_with_scale(mantissa, self.scale).map_err(|_| too_large())
    }

    /// The bytes that it holds beyond itself.
    pub(crate) fn size(&self) -> usize {
        self.days.capacity() * size_of::<DayTotal>()
    }
}

/// The history that the library folds from the same facts, one record after the other.
impl TryFrom<Facts> for CustomerHistory {
    type Error = DataFusionError;

    fn try_from(facts: Facts) -> Result<Self> {
        facts.finish()?.to_history()
    }
}

fn rescaled(mantissa: i128, from: u32, to: u32) -> Result<i128> {
    if from == to {
        return Ok(mantissa);
    }
    let factor = 10_i128.checked_pow(to.saturating_sub(from)).ok_or_else(too_large)?;
    mantissa.checked_mul(factor).ok_or_else(too_large)
}

/// Small numbers of either sign become small numbers.
const fn zigzag(number: i128) -> u128 {
    ((number << 1) ^ (number >> 127)) as u128
}

const fn unzigzag(number: u128) -> i128 {
    (number >> 1) as i128 ^ -((number & 1) as i128)
}

fn put(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Result<u128> {
    let mut number = 0;
    for shift in (0..u128::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or_else(damaged)?;
        *bytes = rest;
        number |= u128::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(damaged())
}

fn fit(number: u128) -> Result<u32> {
    u32::try_from(number).map_err(|_| damaged())
}

fn damaged() -> DataFusionError {
    DataFusionError::Execution("purchase_history: a partial state is damaged; run the same build everywhere".to_owned())
}

fn too_many() -> DataFusionError {
    DataFusionError::Execution("purchase_history: more than 4,294,967,295 records of one customer".to_owned())
}

fn too_large() -> DataFusionError {
    DataFusionError::Execution("purchase_history: a sum of one customer's amounts does not fit 96 bits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: [(i32, i128, u32); 7] =
        [(9_862, 2_933, 2), (-4, 5, 0), (9_862, 1, 3), (10_000, 0, 2), (9_900, 99_999_999, 2), (-4, 25, 1), (12, 7, 7)];

    fn facts(records: &[(i32, i128, u32)]) -> Facts {
        let mut facts = Facts::default();
        for &(day, mantissa, scale) in records {
            facts.purchase(day, mantissa, scale).unwrap();
        }
        facts
    }

    fn finished(facts: Facts) -> HistoryRow {
        facts.finish().unwrap()
    }

    #[test]
    fn parts_merge_into_the_whole() {
        for split in 0..=RECORDS.len() {
            let (left, right) = RECORDS.split_at(split);
            let (mut left, mut right) = (facts(left), facts(right));
            right.credit(150, 2).unwrap();
            let mut whole = facts(&RECORDS);
            whole.credit(150, 2).unwrap();
            let mut bytes = Vec::new();
            right.encode(&mut bytes).unwrap();
            left.merge(&Facts::decode(&bytes).unwrap()).unwrap();
            assert_eq!(finished(left), finished(whole));
        }
    }

    #[test]
    fn the_library_folds_the_same() {
        let mut records = RECORDS;
        records.sort_by_key(|&(day, ..)| day);
        let mut history = CustomerHistory::new();
        let epoch = chrono::NaiveDate::default();
        for (day, mantissa, scale) in records {
            let day = epoch + chrono::TimeDelta::days(day.into());
            history.record_purchase(day, Decimal::from_i128_with_scale(mantissa, scale)).unwrap();
        }
        history.record_credit(Decimal::new(1, 0)).unwrap();
        let mut facts = facts(&RECORDS);
        facts.credit(10, 1).unwrap();
        assert_eq!(CustomerHistory::try_from(facts).unwrap(), history);
    }

    #[test]
    fn numbers_of_all_sizes_survive() {
        for number in [0, 1, -1, 63, -64, 64, i128::from(i64::MAX), i128::MAX, i128::MIN] {
            let mut bytes = Vec::new();
            put(&mut bytes, zigzag(number));
            assert_eq!(unzigzag(take(&mut &bytes[..]).unwrap()), number);
        }
    }

    #[test]
    fn a_cut_state_is_refused() {
        let mut bytes = Vec::new();
        facts(&RECORDS).encode(&mut bytes).unwrap();
        assert!(Facts::decode(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn a_sum_beyond_96_bits_is_refused() {
        let facts = facts(&[(1, Decimal::MAX.mantissa(), 0), (2, 1, 0)]);
        assert!(facts.finish().unwrap_err().to_string().contains("96 bits"));
    }
}
