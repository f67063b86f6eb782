//! What a target makes of its bytes: choices, small numbers, and now and then an extreme one.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

/// Bytes that are used up one by one; zeros from their end on.
#[derive(Debug)]
pub struct Bytes<'a> {
    left: &'a [u8],
}

impl<'a> Bytes<'a> {
    /// All of the input.
    #[must_use]
    pub const fn new(left: &'a [u8]) -> Self {
        Self { left }
    }

    /// Whether none is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The bytes that are left.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.left
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((&first, left)) = self.left.split_first() else { return 0 };
        self.left = left;
        first
    }

    /// One of two.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let number =
            if end > 256 { usize::from(self.byte()) << 8 | usize::from(self.byte()) } else { self.byte().into() };
        number % end
    }

    /// Eight bytes.
    pub fn word(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | u64::from(self.byte()))
    }

    /// A count: mostly small, at times any.
    pub fn count(&mut self) -> u64 {
        match self.byte() {
            0..=199 => self.byte().into(),
            200..=229 => u64::from(self.byte()) << 8 | u64::from(self.byte()),
            230..=247 => 1 << (self.byte() % 64),
            248..=251 => u64::MAX - u64::from(self.byte()),
            _ => self.word(),
        }
    }

    /// Any number, NaN and infinities included.
    pub fn number(&mut self) -> f64 {
        match self.byte() {
            0..=99 => f64::from(self.byte()) / 16.0,
            100..=149 => f64::from(self.byte()),
            150..=219 => 10_f64.powi(i32::from(self.byte() as i8) / 3) * (1.0 + f64::from(self.byte()) / 256.0),
            220..=239 => [0.0, -0.0, 1.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::NAN, f64::INFINITY, -1.0, 0.5]
                [self.below(10)],
            _ => f64::from_bits(self.word()),
        }
    }

    /// A number above 0 that is likely to be accepted.
    pub fn positive(&mut self) -> f64 {
        match self.byte() {
            0..=199 => (1.0 + f64::from(self.byte())) / 32.0,
            200..=239 => 10_f64.powi(i32::from(self.byte() as i8) / 6),
            _ => 10_f64.powi(i32::from(self.byte() as i8) / 4),
        }
    }

    /// An amount of 0 or more, mostly of cents.
    pub fn amount(&mut self) -> Decimal {
        match self.byte() {
            0..=219 => Decimal::new(i64::from(self.byte()) << 4 | i64::from(self.byte() & 15), 2),
            220..=239 => Decimal::new(self.byte().into(), u32::from(self.byte()) % 7),
            240..=249 => Decimal::from_i128_with_scale(1_i128 << (self.byte() % 96), u32::from(self.byte()) % 5),
            250..=253 => Decimal::MAX - Decimal::from(self.byte()),
            _ => Decimal::new(i64::from(self.byte()) + 1, 28),
        }
    }

    /// A day: mostly of two years, at times at the ends of the calendar.
    pub fn day(&mut self) -> NaiveDate {
        match self.byte() {
            254 => NaiveDate::MIN + Days::new(self.byte().into()),
            255 => NaiveDate::MAX - Days::new(self.byte().into()),
            high => first_day() + Days::new((u64::from(high) << 8 | u64::from(self.byte())) % 730),
        }
    }

    /// A time of a day of two years.
    pub fn time(&mut self) -> DateTime<Utc> {
        let day = first_day() + Days::new((self.below(730)) as u64);
        day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::minutes(i64::from(self.byte()) * 6)
    }
}

/// The first of the days that are chosen mostly.
///
/// # Panics
///
/// Never: the day exists.
#[must_use]
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day")
}
