//! Numbers the different times of customers, which are few.
//!
//! Fast on purpose: `samples`, `probability_alive_all` and `expected_purchases_all` of `benches/predict.rs` must not get
//! slower.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Numbers different times in the order of first sight, from 0.
#[derive(Default)]
pub(in crate::predict) struct Numbering {
    times: Vec<f64>,
    /// The numbers of whole days, or [`UNSEEN`].
    whole: Vec<u32>,
    /// The numbers of all other times, by their bits.
    others: HashMap<u64, u32, FixedState>,
}

const UNSEEN: u32 = u32::MAX;

/// Whole days up to 179 years are indexed directly.
const MOST_WHOLE: usize = 1 << 16;

impl Numbering {
    /// The number of a time, of fewer than `2^32 - 1` different ones.
    #[inline]
    #[allow(clippy::float_cmp, reason = "whole or not")]
    pub(in crate::predict) fn of(&mut self, time: f64) -> u32 {
        let day = time as u32;
        match self.whole.get(day as usize) {
            Some(&number) if number != UNSEEN && f64::from(day) == time => number,
            _ => self.look_up(time),
        }
    }

    #[cold]
    #[allow(clippy::float_cmp, reason = "whole or not")]
    fn look_up(&mut self, time: f64) -> u32 {
        let (next, day) = (self.times.len() as u32, time as usize);
        let number = if day < MOST_WHOLE && f64::from(day as u32) == time {
            if self.whole.len() <= day {
                self.whole.resize((day + 1).next_power_of_two(), UNSEEN);
            }
            let number = &mut self.whole[day];
            *number = (*number).min(next);
            *number
        } else {
            *self.others.entry(time.to_bits()).or_insert(next)
        };
        if number == next {
            self.times.push(time);
        }
        number
    }

    /// The times in the order of their numbers.
    pub(in crate::predict) fn times(&self) -> &[f64] {
        &self.times
    }
}
