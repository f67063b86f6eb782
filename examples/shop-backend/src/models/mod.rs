//! The models in use: fitted on stored histories, stored as a version, swapped at once.

mod nightly;
mod visitors;

pub(crate) use nightly::run as run_nightly;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, NaiveDate, Utc};
use repurchase::predict::PastTally;
use repurchase::record::Record;
use repurchase::segment::LabelKind;
use repurchase::shop::{ShopChecks, ShopModels, ShopOptions};
use repurchase::{Ledger, PurchaseLog};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::config::Clock;
use crate::everybody::{Columns, Everybody, LookError};
use crate::metrics;
use crate::region::{self, Cell, Range};
use crate::store::{Store, StoreError, StoredModel};

/// Orders of whose customers the past is counted at a time: what is in memory of them.
const COUNTED_AT_A_TIME: usize = 1 << 18;

/// A version in use.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) fitted_at: DateTime<Utc>,
    pub(crate) models: ShopModels,
    /// What each segment and each tier is in the database, by its key.
    pub(crate) segments: Vec<(String, Vec<Cell>)>,
    pub(crate) tiers: Vec<(String, Range<i64>)>,
}

/// Why there is no new version.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FitError {
    #[error("a fit is under way")]
    UnderWay,
    #[error("nobody has bought up to {0}: there is nothing to fit")]
    NobodyHasBought(NaiveDate),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Look(#[from] LookError),
    #[error("the library refuses the fit")]
    Library(#[from] repurchase::Error),
    #[error("the models cannot be stored")]
    Json(#[from] serde_json::Error),
    #[error("the thread of the fit is gone")]
    Thread(#[from] tokio::task::JoinError),
}

impl FitError {
    /// Whether something is wrong, which it is not where there is nothing to fit, or somebody is at it.
    const fn is_failure(&self) -> bool {
        !matches!(self, Self::UnderWay | Self::NobodyHasBought(_))
    }
}

#[derive(Debug)]
pub(crate) struct Models {
    store: Store,
    clock: Clock,
    options: ShopOptions,
    horizon_days: u32,
    current: ArcSwapOption<Version>,
    columns: Columns,
    fitting: Mutex<()>,
    swapping: Mutex<()>,
    /// When the last fit failed, if it did.
    failed_at: ArcSwapOption<DateTime<Utc>>,
}

impl Models {
    /// With the newest version that is stored, if there is one.
    pub(crate) async fn open(store: Store, clock: Clock, horizon_days: u32) -> Result<Self, FitError> {
        let options = ShopOptions::default().with_horizon_days(horizon_days);
        let (current, failed_at) = (ArcSwapOption::empty(), ArcSwapOption::empty());
        let (columns, fitting, swapping) = (Columns::default(), Mutex::default(), Mutex::default());
        let models = Self { store, clock, options, horizon_days, current, columns, fitting, swapping, failed_at };
        models.refresh().await?;
        Ok(models)
    }

    /// The version in use; `None` while nobody has bought.
    pub(crate) fn current(&self) -> Option<Arc<Version>> {
        self.current.load_full()
    }

    /// All customers as of now, by the version in use.
    pub(crate) async fn everybody(&self) -> Result<Everybody, LookError> {
        self.columns.now(&self.store, || self.current(), self.clock.today()).await
    }

    /// Takes over a version that another process has stored. One that cannot be read, such as that of an earlier form,
    /// is left where it is: the next fit stores one that can.
    pub(crate) async fn refresh(&self) -> Result<(), FitError> {
        let newest = self.store.newest_version().await?;
        if newest == self.current().map(|version| version.number) {
            return Ok(());
        }
        if let Some(stored) = self.store.models(1).await?.into_iter().next() {
            match serde_json::from_str(&stored.model) {
                Ok(models) => self.swap(stored.version, stored.fitted_at, models).await?,
                Err(error) => tracing::warn!(version = stored.version, %error, "the stored models cannot be read"),
            }
        }
        Ok(())
    }

    /// When the last fit failed; `None` when it did not.
    pub(crate) fn failed_at(&self) -> Option<DateTime<Utc>> {
        self.failed_at.load_full().map(|at| *at)
    }

    /// Fits on all stored histories, and checks the models on all stored orders. Requests go on meanwhile, by the version before.
    pub(crate) async fn fit(&self) -> Result<StoredModel, FitError> {
        let result = self.try_fit().await;
        match &result {
            Ok(_) => self.failed_at.store(None),
            Err(error) if error.is_failure() => {
                self.failed_at.store(Some(Arc::new(Utc::now())));
                metrics::count_fit_failure();
            }
            Err(_) => {}
        }
        result
    }

    async fn try_fit(&self) -> Result<StoredModel, FitError> {
        let _one_at_a_time = self.fitting.try_lock().map_err(|_| FitError::UnderWay)?;
        let everybody = self.everybody().await?;
        let as_of = everybody.by.today;
        let past = self.past(as_of).await?;
        let (before, options) = (self.current(), self.options.clone());
        let fitting = spawn_blocking(move || {
            let ledger: Ledger<u32> = Ledger::from_histories((0..).zip(everybody.histories()), as_of)?;
            drop(everybody);
            if ledger.is_empty() {
                return Err(FitError::NobodyHasBought(as_of));
            }
            let checks = ShopChecks::of_tally(&past, &options)?;
            let models = ShopModels::fit(&ledger, &options.with_checks(checks))?;
            let changes = before.map(|before| changes(&models, &before.models, &ledger)).transpose()?;
            Ok((models, changes, ledger.len()))
        });
        let (models, changes, customers) = fitting.await??;
        self.fit_visitors(as_of).await?;
        let stored = StoredModel {
            version: self.store.newest_version().await?.unwrap_or(0) + 1,
            fitted_at: Utc::now(),
            as_of,
            customers: i64::try_from(customers).unwrap_or(i64::MAX),
            segment_changes: changes.map(|[segments, _]| segments),
            tier_changes: changes.map(|[_, tiers]| tiers),
            model: serde_json::to_string(&models)?,
        };
        self.store.add_model(&stored).await?;
        // So that who was changed meanwhile is not left to the first who asks by the new models.
        self.everybody().await?;
        self.swap(stored.version, stored.fitted_at, models).await?;
        tracing::info!(version = stored.version, customers, "models fitted");
        Ok(stored)
    }

    /// Once all customers are known by it, too; in place of a newer one, it is not taken.
    async fn swap(&self, number: i64, fitted_at: DateTime<Utc>, models: ShopModels) -> Result<(), FitError> {
        let _one_at_a_time = self.swapping.lock().await;
        if self.current().is_some_and(|version| version.number >= number) {
            return Ok(());
        }
        let segments = region::segments(&models)?;
        let tiers = region::tiers(models.tiers(), self.store.currency());
        let version = Arc::new(Version { number, fitted_at, models, segments, tiers });
        self.columns.prepare(Arc::clone(&version), self.clock.today()).await?;
        self.current.store(Some(version));
        Ok(())
    }

    /// What the past says of all orders, read customer by customer.
    async fn past(&self, as_of: NaiveDate) -> Result<PastTally, FitError> {
        let (mut past, mut orders) = (PastTally::new(as_of, self.horizon_days)?, Vec::new());
        let mut behind = String::new();
        while let Some((records, last)) = self.store.records_behind(&behind).await? {
            orders.extend(records);
            if orders.len() >= COUNTED_AT_A_TIME {
                past = self.counted(past, std::mem::take(&mut orders)).await?;
            }
            behind = last;
        }
        self.counted(past, orders).await
    }

    /// The past with the orders of further customers.
    async fn counted(&self, mut past: PastTally, orders: Vec<Record<String>>) -> Result<PastTally, FitError> {
        let calendar = self.clock.calendar.clone();
        let counting = spawn_blocking(move || {
            let log = PurchaseLog::from_records(orders, &calendar)?;
            past.merge(&PastTally::of(&log, past.as_of(), past.horizon_days())?)?;
            Ok(past)
        });
        counting.await?
    }
}

/// How many of the same customers have another segment, and how many another tier, than by the models before.
fn changes(now: &ShopModels, before: &ShopModels, ledger: &Ledger<u32>) -> repurchase::Result<[i64; 2]> {
    let migrations = now.changes(ledger, before, ledger)?;
    Ok([LabelKind::Segment, LabelKind::Tier].map(|kind| {
        let pairs = migrations.get(&kind).into_iter().flat_map(|migration| migration.iter());
        let moved: u64 = pairs.filter(|(from, to, _)| from != to).map(|(_, _, customers)| customers).sum();
        i64::try_from(moved).unwrap_or(i64::MAX)
    }))
}
