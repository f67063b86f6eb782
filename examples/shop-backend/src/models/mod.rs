//! The models in use: fitted on stored histories, stored as a version, swapped at once.

mod fitted;
mod nightly;

pub(crate) use fitted::Fitted;
pub(crate) use nightly::run as run_nightly;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::Utc;
use repurchase::scale::Label;
use repurchase::{CustomerHistory, Ledger};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::config::Clock;
use crate::region::{self, Cell, Range};
use crate::store::{Page, Position, Sort, Store, StoreError, StoredModel};

/// Customers who are read at a time, so that no transaction is long and no lock is held.
const READ_AT_A_TIME: i64 = 2_000;

/// A version in use.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) fitted: Fitted,
    /// What each segment and each tier is in the database.
    pub(crate) segments: BTreeMap<String, Vec<Cell>>,
    pub(crate) tiers: Vec<(String, Range<i64>)>,
}

impl Version {
    /// The segment of a key, with its names.
    pub(crate) fn segment_names(&self) -> &[Label] {
        self.fitted.rules.grid.segments()
    }
}

/// Why there is no new version.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FitError {
    #[error("a fit is under way")]
    UnderWay,
    #[error("nobody has bought up to {0}: there is nothing to fit")]
    NobodyHasBought(chrono::NaiveDate),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the library refuses the fit")]
    Library(#[from] repurchase::Error),
    #[error("the models cannot be stored")]
    Json(#[from] serde_json::Error),
    #[error("the thread of the fit is gone")]
    Thread(#[from] tokio::task::JoinError),
}

#[derive(Debug)]
pub(crate) struct Models {
    store: Store,
    clock: Clock,
    horizon_days: u32,
    current: ArcSwapOption<Version>,
    fitting: Mutex<()>,
}

impl Models {
    /// With the newest version that is stored, if there is one.
    pub(crate) async fn open(store: Store, clock: Clock, horizon_days: u32) -> Result<Self, FitError> {
        let models = Self { store, clock, horizon_days, current: ArcSwapOption::empty(), fitting: Mutex::default() };
        models.refresh().await?;
        Ok(models)
    }

    /// The version in use; `None` while nobody has bought.
    pub(crate) fn current(&self) -> Option<Arc<Version>> {
        self.current.load_full()
    }

    /// Takes over a version that another process has stored.
    pub(crate) async fn refresh(&self) -> Result<(), FitError> {
        let newest = self.store.newest_version().await?;
        if newest == self.current().map(|version| version.number) {
            return Ok(());
        }
        if let Some(stored) = self.store.models(1).await?.into_iter().next() {
            let fitted = serde_json::from_str(&stored.model)?;
            self.swap(stored.version, fitted)?;
        }
        Ok(())
    }

    /// Fits on all stored histories. Requests go on meanwhile, by the version before.
    pub(crate) async fn fit(&self) -> Result<StoredModel, FitError> {
        let _one_at_a_time = self.fitting.try_lock().map_err(|_| FitError::UnderWay)?;
        let as_of = self.clock.today();
        let histories = self.histories().await?;
        let (before, horizon_days) = (self.current(), self.horizon_days);
        let fitting = spawn_blocking(move || {
            let known = histories.into_iter().filter(|(_, history)| history.days_since_last(as_of).is_some());
            let ledger = Ledger::from_histories(known, as_of)?;
            if ledger.is_empty() {
                return Err(FitError::NobodyHasBought(as_of));
            }
            let fitted = Fitted::fit(&ledger, horizon_days)?;
            let changes = before.map(|before| fitted.changes_since(&before.fitted, &ledger));
            Ok((fitted, changes, ledger.len()))
        });
        let (fitted, changes, customers) = fitting.await??;
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let stored = StoredModel {
            version: self.store.newest_version().await?.unwrap_or(0) + 1,
            fitted_at: Utc::now(),
            as_of,
            customers: i64::try_from(customers).unwrap_or(i64::MAX),
            segment_changes: changes.map(|(segments, _)| whole(segments)),
            tier_changes: changes.map(|(_, tiers)| whole(tiers)),
            model: serde_json::to_string(&fitted)?,
        };
        self.store.add_model(&stored).await?;
        self.swap(stored.version, fitted)?;
        tracing::info!(version = stored.version, customers, "models fitted");
        Ok(stored)
    }

    fn swap(&self, number: i64, fitted: Fitted) -> repurchase::Result<()> {
        let segments = region::segments(&fitted.rules.grid, &fitted.rfm)?;
        let tiers = region::tiers(&fitted.tiers, self.store.currency());
        self.current.store(Some(Arc::new(Version { number, fitted, segments, tiers })));
        Ok(())
    }

    /// Every customer with a purchase, read page by page.
    async fn histories(&self) -> Result<Vec<(String, CustomerHistory)>, StoreError> {
        let mut histories = Vec::new();
        let mut behind = None;
        loop {
            let page = Page { behind, limit: READ_AT_A_TIME, ..Page::default() };
            let rows = self.store.page(page).await?;
            let Some(last) = rows.last() else { return Ok(histories) };
            behind = Some(Position::of(last, Sort::CustomerId));
            histories.extend(rows.into_iter().map(|row| (row.customer_id, row.history)));
        }
    }
}
