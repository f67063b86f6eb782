//! Customers in the order of what the models expect of them: whom it is worth to call first.
//!
//! What is expected depends on the day and on the models, so that no column of the database can hold it. The order is made
//! in one pass over all customers and kept in memory, about 60 bytes for each.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::{ControlFlow, RangeBounds};
use std::sync::Arc;

use chrono::NaiveDate;
use repurchase::predict::rounded_to_money;
use repurchase::shop::Figure;
use repurchase::{CustomerHistory, Error};

use crate::app::App;
use crate::models::Version;
use crate::money::Currency;
use crate::problem::{Fault, Problem};
use crate::store::{Asked, CustomerRow, Page, Position, Scanned, Sort, Store, StoreError};

/// Customers whose rows are read in one go.
const READ_AT_A_TIME: usize = 500;

/// Of whom the models say nothing: they stand last.
const NOTHING: i64 = i64::MIN;

/// A list of customers in one of all orders.
#[derive(Clone)]
pub(crate) struct List {
    sort: Sort,
    version: Option<Arc<Version>>,
    /// For an order that the database does not have.
    ranking: Option<Arc<Ranking>>,
}

impl List {
    /// By a figure that the models know of nobody, it is refused.
    pub(crate) async fn of(app: &Arc<App>, sort: Sort) -> Result<Self, Problem> {
        let Some(at) = order(sort) else {
            return Ok(Self { sort, version: app.models.current(), ranking: None });
        };
        let shop = Arc::clone(app);
        let make = async move |version: Option<Arc<Version>>, today| {
            let version = version.ok_or_else(|| unknown(at))?;
            Ranking::of(&shop, version, today).await.map(Arc::new)
        };
        let ranking = app.ranking.get(app, "", make).await?;
        if ranking.orders[at].first().is_none_or(|first| ranking.rank(at, *first) == NOTHING) {
            return Err(unknown(at));
        }
        Ok(Self { sort, version: Some(Arc::clone(&ranking.version)), ranking: Some(ranking) })
    }

    /// By which the customers stand where they do, and are to be shown.
    pub(crate) const fn version(&self) -> Option<&Arc<Version>> {
        self.version.as_ref()
    }

    /// What a place in the list is good for: expectations are of a day, by a version of the models.
    pub(crate) fn question(&self) -> String {
        let of = self.ranking.as_ref().map(|ranking| (ranking.version.number, ranking.today));
        format!("{:?} {of:?}", self.sort)
    }

    /// The next customers, each as of now, and with the place behind each.
    pub(crate) async fn page(&self, store: &Store, page: Page<'_>) -> Result<Vec<(CustomerRow, Position)>, StoreError> {
        let page = Page { sort: self.sort, ..page };
        if let Some(ranking) = &self.ranking {
            return ranking.page(store, page).await;
        }
        let rows = store.page(page).await?.into_iter();
        Ok(rows.map(|row| (Position::of(&row, self.sort), row)).map(|(place, row)| (row, place)).collect())
    }
}

const FIGURES: [Figure; 2] = [Figure::ExpectedValue, Figure::ExpectedLoss];
const NAMES: [&str; 2] = ["value", "risk"];

/// Which of [`FIGURES`] it is.
const fn order(sort: Sort) -> Option<usize> {
    match sort {
        Sort::Value => Some(0),
        Sort::Risk => Some(1),
        Sort::CustomerId | Sort::Revenue | Sort::LastPurchase => None,
    }
}

fn unknown(at: usize) -> Problem {
    let name = NAMES[at];
    let expected = "customer_id, revenue or last_purchase, as there is no model that says so: GET /models says why";
    Problem::invalid(vec![Fault::new("sort", name, expected)])
}

/// All customers with a purchase, in the orders that the database does not have.
pub(crate) struct Ranking {
    version: Arc<Version>,
    today: NaiveDate,
    ids: Ids,
    customers: Vec<Ranked>,
    /// Places among the customers, by each of [`FIGURES`].
    orders: [Vec<u32>; 2],
}

/// Side by side in one text.
#[derive(Default)]
struct Ids {
    text: String,
    ends: Vec<usize>,
}

/// What a label is ranges of, and what is expected in minor units.
struct Ranked {
    last_purchase: NaiveDate,
    purchases: u32,
    revenue: i64,
    figures: [i64; 2],
}

impl Ids {
    fn push(&mut self, id: &str) {
        self.text += id;
        self.ends.push(self.text.len());
    }

    fn get(&self, place: u32) -> &str {
        let place = place as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(place).and_then(|end| self.text.get(start..*end)).unwrap_or_default()
    }
}

impl Ranking {
    async fn of(app: &App, version: Arc<Version>, today: NaiveDate) -> Result<Self, Problem> {
        let (currency, models) = (app.store.currency(), Arc::clone(&version));
        let look = move |(ids, customers): &mut (Ids, Vec<Ranked>), row: &Scanned<'_>| {
            let ranked = Ranked::of(&row.history()?, &models, today, currency);
            if let Some(ranked) = ranked.map_err(|error| Problem::internal(&error))? {
                customers.push(ranked);
                ids.push(row.customer_id);
            }
            Ok::<_, Problem>(ControlFlow::Continue(()))
        };
        let nobody = (Ids::default(), Vec::new());
        let (ids, customers) = app.store.scan(None, &Asked::default(), nobody, look).await?;
        let sorting = tokio::task::spawn_blocking(move || {
            let mut ranking = Self { version, today, ids, customers, orders: [Vec::new(), Vec::new()] };
            ranking.orders = [0, 1].map(|at| ranking.sorted(at));
            ranking
        });
        sorting.await.map_err(|error| Problem::internal(&error))
    }

    fn sorted(&self, at: usize) -> Vec<u32> {
        let mut places: Vec<u32> = (0..u32::try_from(self.customers.len()).unwrap_or(u32::MAX)).collect();
        places.sort_unstable_by_key(|place| self.key(at, *place));
        places
    }

    fn customer(&self, place: u32) -> Option<&Ranked> {
        self.customers.get(place as usize)
    }

    fn rank(&self, at: usize, place: u32) -> i64 {
        self.customer(place).map_or(NOTHING, |customer| customer.figures[at])
    }

    /// The highest first, of equal ones by id.
    fn key(&self, at: usize, place: u32) -> (Reverse<i64>, &str) {
        (Reverse(self.rank(at, place)), self.ids.get(place))
    }

    async fn page(&self, store: &Store, page: Page<'_>) -> Result<Vec<(CustomerRow, Position)>, StoreError> {
        let Some(at) = order(page.sort) else { return Ok(Vec::new()) };
        let order = &self.orders[at];
        let start = match &page.behind {
            Some(Position::Ranked { rank, customer_id }) => {
                let behind = (Reverse(*rank), customer_id.as_str());
                order.partition_point(|place| self.key(at, *place) <= behind)
            }
            _ => 0,
        };
        let limit = usize::try_from(page.limit).unwrap_or(0);
        let is_asked_for = |place: &u32| self.customer(*place).is_some_and(|customer| customer.is_in(&page));
        let mut places = order.iter().skip(start).copied().filter(is_asked_for);
        let mut found = Vec::new();
        while found.len() < limit {
            let next: Vec<u32> = places.by_ref().take(READ_AT_A_TIME.min(limit - found.len())).collect();
            if next.is_empty() {
                break;
            }
            let ids: Vec<&str> = next.iter().map(|place| self.ids.get(*place)).collect();
            let rows = Page { ids: Some(&ids), behind: None, sort: Sort::CustomerId, ..page.clone() };
            // Who has left the label, or has another name, since the order was made is not among them.
            let rows = store.page(rows).await?.into_iter();
            let mut rows: HashMap<_, _> = rows.map(|row| (row.customer_id.clone(), row)).collect();
            found.extend(next.iter().filter_map(|place| {
                let row = rows.remove(self.ids.get(*place))?;
                let place = Position::Ranked { rank: self.rank(at, *place), customer_id: row.customer_id.clone() };
                Some((row, place))
            }));
        }
        Ok(found)
    }
}

impl Ranked {
    fn of(
        history: &CustomerHistory,
        version: &Version,
        today: NaiveDate,
        currency: Currency,
    ) -> repurchase::Result<Option<Self>> {
        let Some(last_purchase) = history.last_purchase() else { return Ok(None) };
        let minor = |value| currency.minor(value).unwrap_or(i64::MAX);
        let figures = match version.models.profile(history, today) {
            Ok(profile) => {
                let expected = FIGURES.map(|figure| profile.figure(figure));
                let mut figures = [NOTHING; 2];
                for (slot, value) in figures.iter_mut().zip(expected) {
                    if let Some(value) = value {
                        *slot = minor(rounded_to_money(value, currency.decimals())?);
                    }
                }
                figures
            }
            // A purchase after today is one of a clock that went back: nothing is said of that customer.
            Err(Error::AfterAsOf { .. }) => [NOTHING; 2],
            Err(error) => return Err(error),
        };
        let purchases = u32::try_from(history.purchases()).unwrap_or(u32::MAX);
        Ok(Some(Self { last_purchase, purchases, revenue: minor(history.revenue()), figures }))
    }

    /// Of the label that a page is of.
    fn is_in(&self, page: &Page<'_>) -> bool {
        let in_cells = page.cells.is_none_or(|cells| {
            let is_in = |(days, purchases): &crate::region::Cell| {
                days.contains(&self.last_purchase) && purchases.contains(&i64::from(self.purchases))
            };
            cells.iter().any(is_in)
        });
        in_cells && page.revenue.is_none_or(|range| range.contains(&self.revenue))
    }
}
