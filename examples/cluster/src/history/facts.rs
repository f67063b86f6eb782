//! What one part of the orders says of one customer, in integers.

use datafusion::error::{DataFusionError, Result};
use repurchase::history::gap_logarithm;
use rust_decimal::Decimal;

use super::row::HistoryRow;

/// Purchases, or credits, of one day and amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fact {
    /// Days since 1970-01-01.
    pub(crate) day: i32,
    pub(crate) is_credit: bool,
    /// In units of `10^-scale`, 0 or more.
    amount: i128,
    pub(crate) count: u32,
}

/// Purchases and credits by day and amount: as a set, so that neither the order of rows nor the parts they came in matter.
///
/// Gaps between purchase days, and which amounts are equal, are known only when all facts are, so they are kept until then.
/// Sums are of integers: a sum of floats would depend on the order of the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    scale: u32,
    all: Vec<Fact>,
    /// The number of facts, some of which may be of one day and amount.
    full: usize,
}

/// Facts that one customer may have before equal ones are brought together.
const FEW: usize = 64;

impl Facts {
    /// Adds a purchase of a net amount of 0 or more.
    pub(crate) fn purchase(&mut self, day: i32, mantissa: i128, scale: u32) -> Result<()> {
        self.add(day, false, mantissa, scale)
    }

    /// Adds a credit of an amount above 0.
    pub(crate) fn credit(&mut self, day: i32, mantissa: i128, scale: u32) -> Result<()> {
        self.add(day, true, mantissa, scale)
    }

    fn add(&mut self, day: i32, is_credit: bool, mantissa: i128, scale: u32) -> Result<()> {
        self.refine(scale)?;
        let fact = Fact { day, is_credit, amount: rescaled(mantissa, scale, self.scale)?, count: 1 };
        join(&mut self.all, fact)?;
        self.limit()
    }

    /// One customer with very many orders takes the space of those that differ.
    fn limit(&mut self) -> Result<()> {
        if self.all.len() > self.full.max(FEW) {
            self.compact()?;
            self.full = 2 * self.all.len();
        }
        Ok(())
    }

    /// Adds what another part knows of the customer.
    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.refine(other.scale)?;
        for fact in &other.all {
            self.all.push(Fact { amount: rescaled(fact.amount, other.scale, self.scale)?, ..*fact });
        }
        self.limit()
    }

    /// Makes all amounts of at least this scale.
    fn refine(&mut self, scale: u32) -> Result<()> {
        if scale > self.scale {
            for fact in &mut self.all {
                fact.amount = rescaled(fact.amount, self.scale, scale)?;
            }
            self.scale = scale;
        }
        Ok(())
    }

    /// One fact for each day, kind and amount, in this order.
    fn compact(&mut self) -> Result<()> {
        self.all.sort_unstable();
        let mut compact = Vec::with_capacity(self.all.len());
        self.all.drain(..).try_for_each(|fact| join(&mut compact, fact))?;
        self.all = compact;
        Ok(())
    }

    /// Bytes for the way to another machine: numbers of seven bits a byte, days as differences.
    pub(crate) fn encode(mut self, bytes: &mut Vec<u8>) -> Result<()> {
        self.compact()?;
        put(bytes, u128::from(self.scale));
        let mut last = 0;
        for Fact { day, is_credit, amount, count } in self.all {
            put(bytes, zigzag(i128::from(day) - last));
            put(bytes, u128::from(count) << 1 | u128::from(is_credit));
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
        let mut last = 0;
        while !bytes.is_empty() {
            last += unzigzag(take(&mut bytes)?);
            let day = i32::try_from(last).map_err(|_| damaged())?;
            let count = take(&mut bytes)?;
            let (is_credit, count) = (count & 1 > 0, fit(count >> 1)?);
            facts.all.push(Fact { day, is_credit, amount: unzigzag(take(&mut bytes)?), count });
        }
        Ok(facts)
    }

    /// All facts by day, purchases before credits, with their amounts, now that all parts are there.
    pub(crate) fn by_day(&mut self) -> Result<impl Iterator<Item = Result<(Fact, Decimal)>> + '_> {
        self.compact()?;
        Ok(self.all.iter().map(|fact| Ok((*fact, self.money(fact.amount)?))))
    }

    /// The history up to and including a day, or of all days.
    pub(crate) fn finish(&mut self, as_of: Option<i32>) -> Result<HistoryRow> {
        self.compact()?;
        let mut row = HistoryRow::default();
        let (mut spend, mut first_day_spend, mut credited) = (0_i128, 0_i128, 0_i128);
        let add = |sum: &mut i128, more: i128| {
            *sum = sum.checked_add(more).ok_or_else(too_large)?;
            Ok::<_, DataFusionError>(())
        };
        for fact in self.all.iter().take_while(|fact| as_of.is_none_or(|as_of| fact.day <= as_of)) {
            let amount = fact.amount.checked_mul(fact.count.into()).ok_or_else(too_large)?;
            if fact.is_credit {
                row.credits += i64::from(fact.count);
                add(&mut credited, amount)?;
                continue;
            }
            row.purchases += i64::from(fact.count);
            add(&mut spend, amount)?;
            let (first, last) = row.days.unwrap_or((fact.day, fact.day));
            if fact.day == first {
                add(&mut first_day_spend, amount)?;
            }
            // Days are of 32 bits, so differences and counts of them fit.
            let gap = i64::from(fact.day) - i64::from(last);
            row.purchase_days += i64::from(row.days.is_none() || gap > 0);
            row.days = Some((first, fact.day));
            if gap > 0 {
                add_gap(&mut row, gap)?;
            }
        }
        (row.spend, row.first_day_spend, row.credited) =
            (self.money(spend)?, self.money(first_day_spend)?, self.money(credited)?);
        Ok(row)
    }

    fn money(&self, mantissa: i128) -> Result<Decimal> {
        Decimal::try_from_i128_with_scale(mantissa, self.scale).map_err(|_| too_large())
    }

    /// The bytes that it holds beyond itself.
    pub(crate) fn size(&self) -> usize {
        self.all.capacity() * size_of::<Fact>()
    }
}

/// Puts a fact behind others, or adds it to the last where both are of one day, kind and amount.
fn join(all: &mut Vec<Fact>, fact: Fact) -> Result<()> {
    match all.last_mut() {
        Some(last) if *last == (Fact { count: last.count, ..fact }) => {
            last.count = last.count.checked_add(fact.count).ok_or_else(too_many)?;
        }
        _ => all.push(fact),
    }
    Ok(())
}

fn add_gap(row: &mut HistoryRow, gap: i64) -> Result<()> {
    row.shortest_gap_days = if row.shortest_gap_days == 0 { gap } else { row.shortest_gap_days.min(gap) };
    row.longest_gap_days = row.longest_gap_days.max(gap);
    row.gap_squares = row.gap_squares.checked_add(gap * gap).ok_or_else(too_large)?;
    let logarithm = u32::try_from(gap).map(gap_logarithm).ok().and_then(|units| i64::try_from(units).ok());
    let logarithms = logarithm.and_then(|units| row.gap_logarithms.checked_add(units));
    row.gap_logarithms = logarithms.ok_or_else(too_large)?;
    Ok(())
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
    use repurchase::CustomerHistory;

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

    fn finished(mut facts: Facts) -> HistoryRow {
        facts.finish(None).unwrap()
    }

    #[test]
    fn parts_merge_into_the_whole() {
        for split in 0..=RECORDS.len() {
            let (left, right) = RECORDS.split_at(split);
            let (mut left, mut right) = (facts(left), facts(right));
            right.credit(9_900, 150, 2).unwrap();
            let mut whole = facts(&RECORDS);
            whole.credit(9_900, 150, 2).unwrap();
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
        facts.credit(13, 10, 1).unwrap();
        assert_eq!(finished(facts).to_history().unwrap(), history);
    }

    #[test]
    fn days_after_the_last_are_left_out() {
        let mut all = facts(&RECORDS);
        all.credit(12, 5, 0).unwrap();
        all.credit(9_901, 7, 0).unwrap();
        for last in [-5, -4, 11, 12, 9_861, 9_862, 9_900, 9_901, 10_000, i32::MAX] {
            let mut few: Vec<_> = RECORDS.to_vec();
            few.retain(|&(day, ..)| day <= last);
            let mut few = facts(&few);
            [(12, 5), (9_901, 7)].into_iter().filter(|&(day, _)| day <= last).for_each(|(day, amount)| {
                few.credit(day, amount, 0).unwrap();
            });
            assert_eq!(all.finish(Some(last)).unwrap(), finished(few), "{last}");
        }
    }

    #[test]
    fn equal_facts_are_counted_and_take_no_space() {
        let mut many = Facts::default();
        for at in 0..10_000 {
            many.purchase(at % 7, i128::from(at % 3), 0).unwrap();
        }
        assert!(many.all.len() <= 2 * FEW && many.size() <= 8 * FEW * size_of::<Fact>(), "{}", many.all.len());
        let counts: Vec<_> = many.by_day().unwrap().map(|fact| fact.unwrap().0.count).collect();
        assert_eq!((counts.len(), counts.iter().sum::<u32>()), (21, 10_000));
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
        let mut facts = facts(&[(1, Decimal::MAX.mantissa(), 0), (2, 1, 0)]);
        assert!(facts.finish(None).unwrap_err().to_string().contains("96 bits"));
    }
}
