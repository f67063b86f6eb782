//! The total of a part of a shop's customers.

use super::track::{NoInterval, TotalForecast};
use crate::scale::Interval;

impl TotalForecast {
    /// Makes the forecast of some of the customers, with the interval of their sum by chance, around the same sum,
    /// beside the shop's own errors: the distances of each end from the forecast, in logarithms, square and add. No
    /// counting rule knows them.
    pub(crate) fn of_part(self, chance: Option<Interval>) -> Self {
        let Some(chance) = chance else {
            let no_interval = self.no_interval.or(Some(NoInterval::Uneven));
            return Self { interval: None, no_interval, beaten_by: None, ..self };
        };
        let (forecast, expected) = (self.forecast, self.expected);
        let reach = |by_chance: f64, by_error: f64| {
            let [chance, error] = [by_chance / expected, by_error / forecast].map(libm::log);
            (chance * chance + error * error).sqrt()
        };
        let around = |interval: Interval| {
            if forecast <= 0.0 {
                return Some(interval);
            }
            let low = forecast * libm::exp(-reach(chance.low, interval.low));
            let high = forecast * libm::exp(reach(chance.high, interval.high));
            Interval::of(low, high.min(f64::MAX))
        };
        Self { interval: self.interval.and_then(around), beaten_by: None, ..self }
    }
}
