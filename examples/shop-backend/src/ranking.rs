//! A list of customers in one of all orders: those of the database, and by what the models expect of each, which depends on
//! the day and on the models, so that no column of the database can hold it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use repurchase::segment::LabelKind;
use repurchase::shop::Figure;
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::everybody::{Everybody, Rank};
use crate::models::Version;
use crate::problem::{Fault, Problem};
use crate::store::{CustomerRow, Page, Position, Sort, Store};

/// Customers whose rows are read in one go.
const READ_AT_A_TIME: usize = 500;

/// A list of customers in one of all orders.
#[derive(Clone)]
pub(crate) struct List {
    sort: Sort,
    version: Option<Arc<Version>>,
    /// For an order that the database does not have.
    ranked: Option<(Everybody, Rank)>,
}

impl List {
    /// Of these labels. By a figure that the models know of nobody, it is refused.
    pub(crate) async fn of(app: &App, sort: Sort, segment: Option<&str>, tier: Option<&str>) -> Result<Self, Problem> {
        let (figure, name) = match sort {
            Sort::Value => (Figure::ExpectedValue, "value"),
            Sort::Risk => (Figure::ExpectedLoss, "risk"),
            Sort::CustomerId | Sort::Revenue | Sort::LastPurchase => {
                return Ok(Self { sort, version: app.models.current(), ranked: None });
            }
        };
        let everybody = app.models.everybody().await?;
        let version = everybody.by.version.clone();
        if version.is_none() || !everybody.knows(figure) {
            let expected =
                "customer_id, revenue or last_purchase, as there is no model that says so: GET /models says why";
            return Err(Problem::invalid(vec![Fault::new("sort", name, expected)]));
        }
        let labels = [(LabelKind::Segment, segment), (LabelKind::Tier, tier)];
        let labels = labels.into_iter().filter_map(|(kind, key)| Some((kind, key?.to_owned()))).collect();
        let rank = Rank { figure, currency: app.store.currency(), labels };
        Ok(Self { sort, version, ranked: Some((everybody, rank)) })
    }

    /// By which the customers stand where they do, and are to be shown.
    pub(crate) const fn version(&self) -> Option<&Arc<Version>> {
        self.version.as_ref()
    }

    /// What a place in the list is good for: expectations are of a day, by a version of the models.
    pub(crate) fn question(&self) -> String {
        let version = self.version.as_ref().map(|version| version.number);
        let of = self.ranked.as_ref().map(|(everybody, _)| (version, everybody.by.today));
        format!("{:?} {of:?}", self.sort)
    }

    /// The next customers, each as of now, and with the place behind each.
    pub(crate) async fn page(&self, store: &Store, page: Page<'_>) -> Result<Vec<(CustomerRow, Position)>, Problem> {
        let page = Page { sort: self.sort, ..page };
        if let Some((everybody, rank)) = &self.ranked {
            return ranked(everybody, rank, store, page).await;
        }
        let rows = store.page(page).await?.into_iter();
        Ok(rows.map(|row| (Position::of(&row, self.sort), row)).map(|(place, row)| (row, place)).collect())
    }
}

/// Until the page is full: who has left the label, or has another name, since everybody was looked at is not on it.
async fn ranked(
    everybody: &Everybody,
    rank: &Rank,
    store: &Store,
    page: Page<'_>,
) -> Result<Vec<(CustomerRow, Position)>, Problem> {
    let limit = usize::try_from(page.limit).unwrap_or(0);
    let (mut behind, mut found) = (page.behind.clone(), Vec::new());
    while found.len() < limit {
        let (everybody, rank, from) = (everybody.clone(), rank.clone(), behind.take());
        let missing = limit - found.len();
        let ranking = spawn_blocking(move || {
            let from = match &from {
                Some(Position::Ranked { rank, customer_id }) => Some((Reverse(*rank), customer_id.as_str())),
                _ => None,
            };
            let places = everybody.ranked(&rank, from, missing)?.into_iter();
            Ok::<_, repurchase::Error>(places.map(|(Reverse(rank), id)| (rank, id.to_owned())).collect::<Vec<_>>())
        });
        let places = ranking.await.map_err(|error| Problem::internal(&error))?;
        let places = places.map_err(|error| Problem::internal(&error))?;
        let Some((rank, customer_id)) = places.last().cloned() else { break };
        behind = Some(Position::Ranked { rank, customer_id });
        for places in places.chunks(READ_AT_A_TIME) {
            let ids: Vec<&str> = places.iter().map(|(_, id)| id.as_str()).collect();
            let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            let rows = Page { ids: Some(&ids), behind: None, sort: Sort::CustomerId, limit, ..page.clone() };
            let rows = store.page(rows).await?.into_iter();
            let mut rows: HashMap<_, _> = rows.map(|row| (row.customer_id.clone(), row)).collect();
            found.extend(places.iter().filter_map(|(rank, id)| {
                let place = Position::Ranked { rank: *rank, customer_id: id.clone() };
                Some((rows.remove(id)?, place))
            }));
        }
    }
    Ok(found)
}
