//! What takes all orders to make is made once, and kept while nothing has changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use repurchase::PurchaseLog;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::models::Version;
use crate::problem::Problem;

/// While orders come in, it is kept for this many times the time that it took to make.
const SHOWN_FOR: u32 = 10;

/// By a key, such as a language: the last that was made, and of what.
pub(crate) struct Kept<T> {
    all: Arc<Mutex<BTreeMap<&'static str, Made<T>>>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { all: Arc::default() }
    }
}

struct Made<T> {
    of: Shown,
    at: Instant,
    took: Duration,
    it: T,
}

/// Of the same state, the same is made: the version of the models, what was written, the day.
type Shown = (Option<i64>, u64, NaiveDate);

impl<T> Made<T> {
    /// Orders may come in at any time; a new model or a new day is shown at once.
    fn is_good_for(&self, now: &Shown) -> bool {
        let is_of_orders_before = (self.of.0, self.of.2) == (now.0, now.2);
        self.of == *now || (is_of_orders_before && self.at.elapsed() < SHOWN_FOR * self.took)
    }
}

/// The shop of a moment.
pub(crate) struct Moment {
    pub(crate) log: PurchaseLog<String>,
    pub(crate) version: Option<Arc<Version>>,
    pub(crate) today: NaiveDate,
}

impl<T: Clone + Send + 'static> Kept<T> {
    /// What is kept, or what is made of the shop of the moment, off the threads of requests.
    pub(crate) async fn get<E>(
        &self,
        app: &App,
        key: &'static str,
        make: impl FnOnce(Moment) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        E: std::error::Error + From<repurchase::Error> + Send + 'static,
    {
        let today = app.config.clock.today();
        let version = app.models.current();
        let now = (version.as_ref().map(|version| version.number), app.store.changes(), today);
        // Whoever comes while it is being made waits for that one.
        let mut all = Arc::clone(&self.all).lock_owned().await;
        if let Some(made) = all.get(key).filter(|made| made.is_good_for(&now)) {
            return Ok(made.it.clone());
        }
        let records = app.store.records(None, Some(today)).await?;
        let calendar = app.store.calendar().clone();
        // It holds the lock to its end, also when its caller has gone: there is never more than one at work.
        let making = spawn_blocking(move || {
            let start = Instant::now();
            let log = PurchaseLog::from_records(records, &calendar)?;
            let it = make(Moment { log, version, today })?;
            all.insert(key, Made { of: now, at: Instant::now(), took: start.elapsed(), it: it.clone() });
            Ok::<_, E>(it)
        });
        let outcome = making.await.map_err(|error| Problem::internal(&error))?;
        outcome.map_err(|error| Problem::internal(&crate::chain(&error)))
    }
}
