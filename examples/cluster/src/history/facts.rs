//! What one part of the orders says of one customer, in integers.

use datafusion::error::{DataFusionError, Result};
use repurchase::history::gap_logarithm;
use rust_decimal::Decimal;

use super::row::HistoryRow;

/// What a row of orders is. Only purchases and credits have a day and an amount; the others are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    #[default]
    Purchase,
    Credit,
    /// An order of which some was given back, beside what it is otherwise.
    Refunded,
    Unpaid,
    Cancelled,
    /// An order that was given back whole.
    FullyRefunded,
    /// An order of nobody.
    Guest,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] =
        [Self::Purchase, Self::Credit, Self::Refunded, Self::Unpaid, Self::Cancelled, Self::FullyRefunded, Self::Guest];

    pub(crate) const fn is_counted_only(self) -> bool {
        !matches!(self, Self::Purchase | Self::Credit)
    }
}

impl TryFrom<u8> for Kind {
    type Error = DataFusionError;

    fn try_from(number: u8) -> Result<Self> {
        Self::ALL.get(usize::from(number)).copied().ok_or_else(damaged)
    }
}

/// Rows of one day, kind and amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fact {
    /// Days since 1970-01-01.
    pub(crate) day: i32,
    pub(crate) kind: Kind,
    /// Whether they are at midnight UTC.
    pub(crate) at_midnight: bool,
    /// In units of `10^-scale`.
    pub(crate) amount: u128,
    pub(crate) count: u32,
}

impl Fact {
    /// A row that is counted only.
    pub(crate) fn counted(kind: Kind) -> Self {
        Self { kind, count: 1, ..Self::default() }
    }
}

/// A customer's rows by day, kind and amount: as a set, so that neither the order of rows nor the parts they came in matter.
///
/// Gaps between purchase days, and which amounts are equal, are known only when all facts are, so they are kept until then.
/// Sums are of integers: a sum of floats would depend on the order of the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    scale: u32,
    all: Vec<Fact>,
}

impl Facts {
    /// Adds rows whose amount has these decimals.
    pub(crate) fn add(&mut self, fact: Fact, scale: u32) -> Result<()> {
        if scale > self.scale {
            for fact in &mut self.all {
                fact.amount = rescaled(fact.amount, self.scale, scale)?;
            }
            self.scale = scale;
        }
        self.all.push(Fact { amount: rescaled(fact.amount, scale, self.scale)?, ..fact });
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.scale = 0;
    }

    /// One fact for each day, kind and amount, in this order.
    fn compact(&mut self) -> Result<()> {
        self.all.sort_unstable();
        join_equal(&mut self.all, |fact| Fact { count: 0, ..*fact }, |fact| &mut fact.count)
    }

    /// Bytes for the way to another machine: numbers of seven bits a byte, days as differences.
    pub(crate) fn encode(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        self.compact()?;
        put(bytes, self.scale.into());
        let mut last = 0;
        for Fact { day, kind, at_midnight, amount, count } in &self.all {
            put(bytes, zigzag(i64::from(*day) - last));
            put(bytes, u128::from(*count) << 4 | u128::from(*at_midnight) << 3 | *kind as u128);
            put(bytes, *amount);
            last = i64::from(*day);
        }
        Ok(())
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut facts = Self::default();
        let mut all = Vec::new();
        facts.scale = decode(bytes, |fact, _| {
            all.push(fact);
            Ok(())
        })?;
        facts.all = all;
        Ok(facts)
    }

    /// The decimals of the finest amount.
    pub(crate) const fn scale(&self) -> u32 {
        self.scale
    }

    /// All facts, in the order in which they were encoded.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.all.iter()
    }

    /// The history up to and including a day, or of all days.
    pub(crate) fn finish(&mut self, as_of: Option<i32>) -> Result<HistoryRow> {
        self.compact()?;
        let mut row = HistoryRow::default();
        let (mut spend, mut first_day_spend, mut credited) = (0_u128, 0_u128, 0_u128);
        let add = |sum: &mut u128, more: u128| {
            *sum = sum.checked_add(more).ok_or_else(too_large)?;
            Ok::<_, DataFusionError>(())
        };
        let facts = self.all.iter().filter(|fact| !fact.kind.is_counted_only());
        for fact in facts.take_while(|fact| as_of.is_none_or(|as_of| fact.day <= as_of)) {
            let amount = fact.amount.checked_mul(fact.count.into()).ok_or_else(too_large)?;
            if fact.kind == Kind::Credit {
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

    /// An amount as money.
    pub(crate) fn money(&self, mantissa: u128) -> Result<Decimal> {
        let mantissa = i128::try_from(mantissa).map_err(|_| too_large())?;
        Decimal::try_from_i128_with_scale(mantissa, self.scale).map_err(|_| too_large())
    }
}

/// Adds up the counts of neighbours that are equal without them.
pub(super) fn join_equal<T: Copy + PartialEq>(
    sorted: &mut Vec<T>,
    without_count: impl Fn(&T) -> T,
    count: impl Fn(&mut T) -> &mut u32,
) -> Result<()> {
    let mut is_too_many = false;
    sorted.dedup_by(|next, kept| {
        let is_equal = without_count(next) == without_count(kept);
        if is_equal {
            let sum = count(kept).checked_add(*count(next));
            is_too_many |= sum.is_none();
            *count(kept) = sum.unwrap_or(u32::MAX);
        }
        is_equal
    });
    if is_too_many { Err(too_many()) } else { Ok(()) }
}

/// Takes every fact out of bytes, with the decimals of its amount; answers with these.
pub(super) fn decode(mut bytes: &[u8], mut take_fact: impl FnMut(Fact, u32) -> Result<()>) -> Result<u32> {
    if bytes.is_empty() {
        return Ok(0);
    }
    let scale = fit(take(&mut bytes)?)?;
    let mut last = 0_i64;
    while !bytes.is_empty() {
        last = last.checked_add(unzigzag(fit(take(&mut bytes)?)?)).ok_or_else(damaged)?;
        let day = i32::try_from(last).map_err(|_| damaged())?;
        let marks = take(&mut bytes)?;
        let (kind, at_midnight) = (Kind::try_from((marks & 7) as u8)?, marks & 8 > 0);
        take_fact(Fact { day, kind, at_midnight, amount: take(&mut bytes)?, count: fit(marks >> 4)? }, scale)?;
    }
    Ok(scale)
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

fn rescaled(mantissa: u128, from: u32, to: u32) -> Result<u128> {
    if from == to || mantissa == 0 {
        return Ok(mantissa);
    }
    let factor = 10_u128.checked_pow(to.saturating_sub(from)).ok_or_else(too_large)?;
    mantissa.checked_mul(factor).ok_or_else(too_large)
}

/// Small numbers of either sign become small numbers.
const fn zigzag(number: i64) -> u128 {
    ((number << 1) ^ (number >> 63)) as u64 as u128
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
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

fn fit<T: TryFrom<u128>>(number: u128) -> Result<T> {
    T::try_from(number).map_err(|_| damaged())
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

    const RECORDS: [(i32, u128, u32); 7] =
        [(9_862, 2_933, 2), (-4, 5, 0), (9_862, 1, 3), (10_000, 0, 2), (9_900, 99_999_999, 2), (-4, 25, 1), (12, 7, 7)];

    fn add(facts: &mut Facts, kind: Kind, day: i32, amount: u128, scale: u32) {
        facts.add(Fact { day, kind, amount, count: 1, at_midnight: false }, scale).unwrap();
    }

    fn facts(records: &[(i32, u128, u32)]) -> Facts {
        let mut facts = Facts::default();
        for &(day, amount, scale) in records {
            add(&mut facts, Kind::Purchase, day, amount, scale);
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
            let (mut left, mut right, mut whole) = (facts(left), facts(right), facts(&RECORDS));
            add(&mut right, Kind::Credit, 9_900, 150, 2);
            add(&mut whole, Kind::Credit, 9_900, 150, 2);
            let mut bytes = Vec::new();
            right.encode(&mut bytes).unwrap();
            decode(&bytes, |fact, scale| left.add(fact, scale)).unwrap();
            assert_eq!(finished(left), finished(whole));
        }
    }

    #[test]
    fn the_library_folds_the_same() {
        let mut records = RECORDS;
        records.sort_by_key(|&(day, ..)| day);
        let mut history = CustomerHistory::new();
        let epoch = chrono::NaiveDate::default();
        for (day, amount, scale) in records {
            let day = epoch + chrono::TimeDelta::days(day.into());
            history.record_purchase(day, Decimal::from_i128_with_scale(amount as i128, scale)).unwrap();
        }
        history.record_credit(Decimal::new(1, 0)).unwrap();
        let mut facts = facts(&RECORDS);
        add(&mut facts, Kind::Credit, 13, 10, 1);
        // What is counted only has no day.
        add(&mut facts, Kind::Unpaid, 0, 0, 0);
        assert_eq!(finished(facts).to_history().unwrap(), history);
    }

    #[test]
    fn days_after_the_last_are_left_out() {
        let mut all = facts(&RECORDS);
        add(&mut all, Kind::Credit, 12, 5, 0);
        add(&mut all, Kind::Credit, 9_901, 7, 0);
        for last in [-5, -4, 11, 12, 9_861, 9_862, 9_900, 9_901, 10_000, i32::MAX] {
            let mut few: Vec<_> = RECORDS.to_vec();
            few.retain(|&(day, ..)| day <= last);
            let mut few = facts(&few);
            [(12, 5), (9_901, 7)].into_iter().filter(|&(day, _)| day <= last).for_each(|(day, amount)| {
                add(&mut few, Kind::Credit, day, amount, 0);
            });
            assert_eq!(all.finish(Some(last)).unwrap(), finished(few), "{last}");
        }
    }

    #[test]
    fn every_kind_and_size_survives_the_way() {
        let amounts = [0, 1, 127, 128, u128::from(u64::MAX), Decimal::MAX.mantissa() as u128, u128::MAX];
        for (at, amount) in amounts.into_iter().enumerate() {
            for kind in Kind::ALL {
                let (mut facts, mut bytes) = (Facts::default(), Vec::new());
                for (day, at_midnight, count) in
                    [(i32::MIN, true, 1), (at as i32, false, u32::MAX), (i32::MAX, true, 8)]
                {
                    facts.add(Fact { day, kind, at_midnight, amount, count }, 3).unwrap();
                }
                facts.encode(&mut bytes).unwrap();
                assert_eq!(Facts::decode(&bytes).unwrap(), facts);
            }
        }
        assert_eq!(Facts::decode(&[]).unwrap(), Facts::default());
    }

    #[test]
    fn equal_facts_are_one() {
        let mut many = Facts::default();
        for at in 0..10_000 {
            add(&mut many, Kind::Purchase, at % 7, (at % 3) as u128, 0);
        }
        many.compact().unwrap();
        assert_eq!((many.all.len(), many.iter().map(|fact| fact.count).sum::<u32>()), (21, 10_000));
        for count in [u32::MAX, 1] {
            many.add(Fact { count, ..Fact::default() }, 0).unwrap();
        }
        assert!(many.encode(&mut Vec::new()).unwrap_err().to_string().contains("4,294,967,295"));
    }

    #[test]
    fn a_cut_state_is_refused() {
        let mut bytes = Vec::new();
        facts(&RECORDS).encode(&mut bytes).unwrap();
        assert!(Facts::decode(&bytes[..bytes.len() - 1]).is_err());
        // A kind that no build writes.
        assert!(Facts::decode(&[0, 0, 0x17, 0]).is_err());
    }

    #[test]
    fn a_sum_beyond_96_bits_is_refused() {
        let mut facts = facts(&[(1, Decimal::MAX.mantissa() as u128, 0), (2, 1, 0)]);
        assert!(facts.finish(None).unwrap_err().to_string().contains("96 bits"));
        let mut facts = Facts::default();
        facts.add(Fact { amount: u128::MAX, count: 1, ..Fact::default() }, 0).unwrap();
        assert!(facts.add(Fact::default(), 1).unwrap_err().to_string().contains("96 bits"));
    }
}
