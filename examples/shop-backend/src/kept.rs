//! What takes all orders or all customers to make is made once, and kept while nothing has changed.

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

/// Another process may have written what this one does not know of.
const LONGEST: Duration = Duration::from_mins(1);

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
        let (is_of_orders_before, age) = ((self.of.0, self.of.2) == (now.0, now.2), self.at.elapsed());
        (self.of == *now && age < LONGEST) || (is_of_orders_before && age < SHOWN_FOR * self.took)
    }
}

impl<T: Clone + Send + 'static> Kept<T> {
    /// What is kept, or what is made by the models of the moment as of today.
    pub(crate) async fn get<F>(
        &self,
        app: &App,
        key: &'static str,
        make: impl FnOnce(Option<Arc<Version>>, NaiveDate) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let today = app.config.clock.today();
        let version = app.models.current();
        let now = (version.as_ref().map(|version| version.number), app.store.changes(), today);
        // Whoever comes while it is being made waits for that one.
        let mut all = Arc::clone(&self.all).lock_owned().await;
        if let Some(made) = all.get(key).filter(|made| made.is_good_for(&now)) {
            return Ok(made.it.clone());
        }
        let (start, making) = (Instant::now(), make(version, today));
        // It holds the lock to its end, also when its caller has gone: there is never more than one at work.
        let making = tokio::spawn(async move {
            let it = making.await?;
            all.insert(key, Made { of: now, at: Instant::now(), took: start.elapsed(), it: it.clone() });
            Ok(it)
        });
        making.await.map_err(|error| Problem::internal(&error))?
    }
}

/// All orders up to a day.
pub(crate) async fn log(app: &App, today: NaiveDate) -> Result<PurchaseLog<String>, Problem> {
    let (records, calendar) = (app.store.records(None, Some(today)).await?, app.store.calendar().clone());
    made(move || PurchaseLog::from_records(records, &calendar)).await
}

/// What takes long to make is made off the threads of requests.
pub(crate) async fn made<T, E>(make: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: std::error::Error + Send + 'static,
{
    let outcome = spawn_blocking(make).await.map_err(|error| Problem::internal(&error))?;
    outcome.map_err(|error| Problem::internal(&crate::chain(&error)))
}
