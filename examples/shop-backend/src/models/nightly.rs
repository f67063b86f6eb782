//! Once a night the models are fitted anew; once a minute a version that another process has stored is taken over.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, Utc};

use super::{FitError, Models};
use crate::config::Clock;

/// Runs until it is dropped.
pub(crate) async fn run(models: Arc<Models>, clock: Clock, fit_at: NaiveTime) {
    // What has been fitted by a restart at noon need not be fitted again until the night.
    let mut done = night(&clock, fit_at);
    let mut minutes = tokio::time::interval(Duration::from_mins(1));
    loop {
        minutes.tick().await;
        let tonight = night(&clock, fit_at);
        let result = if tonight == done { models.refresh().await } else { models.fit().await.map(|_| ()) };
        done = tonight;
        match result {
            Ok(()) => {}
            Err(FitError::UnderWay) => tracing::info!("somebody else fits the models tonight"),
            Err(error) => tracing::error!(%error, "the models stay as they are"),
        }
    }
}

/// The day whose fit is the last that was due.
fn night(clock: &Clock, fit_at: NaiveTime) -> NaiveDate {
    let now = Utc::now().with_timezone(clock.calendar.zone()).naive_local();
    if now.time() >= fit_at { now.date() } else { now.date().pred_opt().unwrap_or(now.date()) }
}
