//! Once a night the models are fitted anew, and a night that was missed is made up; once a minute a version that another
//! process has stored is taken over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeZone, Utc};

use super::{FitError, Models};
use crate::config::Clock;

/// Runs until it is dropped. A fit that failed is tried again after `retry`.
pub(crate) async fn run(models: Arc<Models>, clock: Clock, fit_at: NaiveTime, retry: Duration) {
    let started = Utc::now();
    let mut failed: Option<Instant> = None;
    loop {
        if let Err(error) = models.refresh().await {
            tracing::error!(%error, "the models stay as they are");
        }
        // So that whoever asks next does not wait for a new day, for other models, or for very many who were changed.
        if let Err(error) = models.everybody().await {
            tracing::error!(error = crate::chain(&error), "the customers are read when they are asked for");
        }
        // A shop without models has missed no night before it was opened.
        let fitted = models.current().map_or(started, |version| version.fitted_at);
        let is_time = failed.is_none_or(|at| at.elapsed() >= retry);
        if is_time && last_due(&clock, fit_at, Utc::now()).is_some_and(|due| fitted < due) {
            failed = match models.fit().await {
                Ok(_) => None,
                Err(FitError::UnderWay) => {
                    tracing::info!("somebody else fits the models tonight");
                    None
                }
                Err(error) => {
                    let error = crate::chain(&error);
                    tracing::error!(%error, "the models stay as they are; they are fitted again in {retry:?}");
                    Some(Instant::now())
                }
            };
        }
        tokio::time::sleep(retry.min(Duration::from_mins(1))).await;
    }
}

/// The last instant at which a fit was due.
fn last_due(clock: &Clock, fit_at: NaiveTime, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let zone = clock.calendar.zone();
    let local: NaiveDateTime = now.with_timezone(zone).naive_local();
    let days = u64::from(local.time() < fit_at);
    let due = local.date().checked_sub_days(Days::new(days))?.and_time(fit_at);
    // Where the clock leaps over the time, an hour later is the same night.
    let earliest = |due| zone.from_local_datetime(&due).earliest().map(|due| due.to_utc());
    earliest(due).or_else(|| earliest(due + chrono::Duration::hours(1)))
}
