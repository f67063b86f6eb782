//! The model of visitors, which is fitted with the others.

use chrono::NaiveDate;
use repurchase::PurchaseLog;
use tokio::task::spawn_blocking;

use super::{FitError, Models};
use crate::visitors::{Outcome, first_kept_day};

impl Models {
    /// Fits on the visitors that are kept, and forgets what was done before.
    pub(super) async fn fit_visitors(&self, as_of: NaiveDate) -> Result<(), FitError> {
        self.store.delete_visits_before(first_kept_day(as_of)).await?;
        let (visits, records) = (self.store.visits(as_of).await?, self.store.records_of_visitors(as_of).await?);
        let calendar = self.clock.calendar.clone();
        let fitting = spawn_blocking(move || {
            let log = PurchaseLog::from_records(records, &calendar)?;
            Outcome::of(&log, &visits, &calendar, as_of)
        });
        self.store.set_visitor_fit(as_of, &fitting.await??).await?;
        Ok(())
    }
}
