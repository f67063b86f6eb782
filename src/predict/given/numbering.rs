//! The few different times that customers share: days are few, however many customers there are.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Numbers different times in the order of first sight, from 0.
pub(in crate::predict) struct Numbering {
    times: Vec<f64>,
    numbers: HashMap<u64, u32, FixedState>,
    /// The bits and the numbers of the times that were asked last.
    recent: Vec<(u64, u32)>,
}

const RECENT_LOG_2: u32 = 13;

impl Default for Numbering {
    fn default() -> Self {
        // No time has the bits of all ones.
        Self { times: Vec::new(), numbers: HashMap::default(), recent: vec![(u64::MAX, 0); 1 << RECENT_LOG_2] }
    }
}

impl Numbering {
    /// Of fewer than 2^32 times.
    #[inline]
    pub(in crate::predict) fn of(&mut self, time: f64) -> u32 {
        let bits = time.to_bits();
        // Fibonacci hashing.
        let slot = bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - RECENT_LOG_2);
        match self.recent.get(slot as usize) {
            Some(&(key, number)) if key == bits => number,
            _ => self.look_up(slot as usize, time),
        }
    }

    #[cold]
    fn look_up(&mut self, slot: usize, time: f64) -> u32 {
        let number = *self.numbers.entry(time.to_bits()).or_insert_with(|| {
            self.times.push(time);
            self.times.len() as u32 - 1
        });
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = (time.to_bits(), number);
        }
        number
    }

    /// The times in the order of their numbers.
    pub(in crate::predict) fn times(&self) -> &[f64] {
        &self.times
    }
}
