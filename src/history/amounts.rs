//! A dated amount in eight bytes, exact.
//!
//! Written for speed before plainness: `benches/history.rs`, ids `history/log_from_columns` and `history/ledger`, must
//! not get slower.

use crate::error::{Error, Result};
use crate::number::money;
use crate::record::calendar::Day;

/// One purchase (amount 0 or more) or credit (below 0) of a customer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact {
    pub(crate) day: Day,
    /// The amount, in units of `10^-scale` of the log.
    pub(crate) amount: i128,
}

impl Fact {
    pub(crate) const fn is_purchase(self) -> bool {
        self.amount >= 0
    }
}

/// Amounts as integers at one scale, the finest seen.
///
/// Millions of facts stream through memory for every question, so they are packed: 28 bits of day and 36 bits of
/// amount. An amount that does not fit (at two decimals, 170 million and more) is kept aside and represented by its
/// place there, so that no amount is ever rounded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Amounts {
    scale: u32,
    aside: Vec<i128>,
    /// The sum of all amounts without their signs; what passes 64 bits stays there.
    gross: u64,
}

/// A [`Fact`] of [`Amounts`]. In halves, so that it stands beside a number of 32 bits without a gap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packed {
    high: u32,
    low: u32,
}

const AMOUNT_BITS: u32 = 36;
/// Amounts below this stand for themselves, numbers from here on for a place.
const PLACES: i64 = 1 << (AMOUNT_BITS - 2);

impl Packed {
    #[inline]
    fn new(day: Day, code: i64) -> Self {
        Self::from_bits(u64::from(day.since(Day::MIN)) << AMOUNT_BITS | code as u64 & ((1 << AMOUNT_BITS) - 1))
    }

    #[inline]
    const fn from_bits(bits: u64) -> Self {
        Self { high: (bits >> 32) as u32, low: bits as u32 }
    }

    #[inline]
    const fn bits(self) -> u64 {
        (self.high as u64) << 32 | self.low as u64
    }

    /// Days since chrono's first.
    #[inline]
    pub(crate) const fn day_number(self) -> u32 {
        self.high >> (AMOUNT_BITS - 32)
    }

    /// The same fact with amounts at a scale that is `places` finer.
    pub(crate) fn moved(self, places: i64) -> Self {
        let code = self.code();
        let moved = if code.unsigned_abs() < PLACES.unsigned_abs() { code } else { code + code.signum() * places };
        Self::from_bits(self.bits() & !((1 << AMOUNT_BITS) - 1) | moved as u64 & ((1 << AMOUNT_BITS) - 1))
    }

    #[inline]
    fn day(self) -> Day {
        Day::nth(self.day_number())
    }

    /// The fact of an amount that stands for itself.
    #[inline]
    pub(crate) fn direct(self) -> Fact {
        Fact { day: self.day(), amount: self.code().into() }
    }

    #[inline]
    const fn code(self) -> i64 {
        const DAY_BITS: u32 = u64::BITS - AMOUNT_BITS;
        (self.bits() << DAY_BITS) as i64 >> DAY_BITS
    }
}

impl Amounts {
    pub(crate) const fn with_scale(scale: u32) -> Self {
        Self { scale, aside: Vec::new(), gross: 0 }
    }

    /// The decimals of every amount.
    pub(crate) const fn scale(&self) -> u32 {
        self.scale
    }

    /// Whether every sum of these amounts fits 64 bits.
    pub(crate) const fn sums_to_64_bits(&self) -> bool {
        self.gross <= i64::MAX as u64
    }

    #[inline]
    pub(crate) fn pack(&mut self, fact: Fact) -> Packed {
        let code = match i64::try_from(fact.amount) {
            Ok(direct) if direct.unsigned_abs() < PLACES.unsigned_abs() => {
                self.gross = self.gross.saturating_add(direct.unsigned_abs());
                direct
            }
            _ => self.put_aside(fact.amount),
        };
        Packed::new(fact.day, code)
    }

    /// The facts of these days and amounts, fewer than 2^28.
    pub(crate) fn pack_all(&mut self, days: &[Day], amounts: &[i64], packed: &mut Vec<Packed>) {
        let sums = |(bits, gross): (u64, u64), &amount: &i64| {
            let size = amount.unsigned_abs();
            (bits | size, gross.wrapping_add(size))
        };
        let (bits, gross) = amounts.iter().fold((0, 0), sums);
        packed.clear();
        let rows = days.iter().zip(amounts);
        if bits < PLACES.unsigned_abs() {
            // All stand for themselves, and their sum fits 64 bits.
            self.gross = self.gross.saturating_add(gross);
            packed.extend(rows.map(|(&day, &amount)| Packed::new(day, amount)));
        } else {
            packed.extend(rows.map(|(&day, &amount)| self.pack(Fact { day, amount: amount.into() })));
        }
    }

    #[cold]
    fn put_aside(&mut self, amount: i128) -> i64 {
        self.gross = self.gross.saturating_add(u64::try_from(amount.unsigned_abs()).unwrap_or(u64::MAX));
        self.aside.push(amount);
        // A log holds fewer than 2^32 facts.
        let place = PLACES + (self.aside.len() as i64 - 1);
        if amount < 0 { -place } else { place }
    }

    /// Takes over the amounts of other facts at the same scale, which has none then; these facts are to be
    /// [moved](Packed::moved) by as many places as are returned.
    pub(crate) fn join(&mut self, other: &mut Self) -> i64 {
        // A log holds fewer than 2^32 facts.
        let places = self.aside.len() as i64;
        self.gross = self.gross.saturating_add(core::mem::take(&mut other.gross));
        self.aside.append(&mut other.aside);
        places
    }

    #[inline]
    pub(crate) fn unpack(&self, packed: Packed) -> Fact {
        let code = packed.code();
        match code.unsigned_abs().checked_sub(PLACES.unsigned_abs()) {
            None => packed.direct(),
            Some(place) => {
                Fact { day: packed.day(), amount: self.aside.get(place as usize).copied().unwrap_or_default() }
            }
        }
    }

    /// Whether every fact is [`direct`](Packed::direct).
    pub(crate) fn are_direct(&self) -> bool {
        self.aside.is_empty()
    }

    /// The same amounts at a finer scale; `facts` are all that were ever packed.
    pub(crate) fn refine<'a>(&mut self, scale: u32, facts: impl Iterator<Item = &'a mut Packed>) -> Result<()> {
        let overflow = Error::AmountOverflow { field: "amount" };
        let factor = money::power(scale - self.scale).ok_or_else(|| overflow.clone())?;
        let mut refined = Self::with_scale(scale);
        for packed in facts {
            let Fact { day, amount } = self.unpack(*packed);
            let amount = amount.checked_mul(factor).ok_or_else(|| overflow.clone())?;
            *packed = refined.pack(Fact { day, amount });
        }
        *self = refined;
        Ok(())
    }
}
