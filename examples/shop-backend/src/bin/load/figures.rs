//! Rates and quantiles.

use std::time::Duration;

#[derive(Default)]
pub(crate) struct Figures {
    latencies: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

impl Figures {
    pub(crate) fn add(&mut self, latencies: Vec<Duration>) {
        self.latencies.extend(latencies);
    }

    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// Of all pieces of work together.
    pub(crate) fn total(&self) -> Duration {
        self.latencies.iter().sum()
    }

    pub(crate) fn mean(&self) -> Duration {
        self.total() / u32::try_from(self.count()).unwrap_or(u32::MAX).max(1)
    }

    /// A second.
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53")]
    pub(crate) fn rate(&self) -> f64 {
        self.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// Sorted by [`summary`](Figures::summary).
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let place = ((self.count() as f64 * share) as usize).min(self.count().saturating_sub(1));
        self.latencies.get(place).copied().unwrap_or_default()
    }

    pub(crate) fn summary(&mut self) -> String {
        self.latencies.sort_unstable();
        let [half, most, worst] = [0.5, 0.99, 0.999].map(|share| self.quantile(share).as_secs_f64() * 1e3);
        format!("{:>8.0}/s   p50 {half:>7.3} ms   p99 {most:>7.3} ms   p99.9 {worst:>7.3} ms", self.rate())
    }
}
