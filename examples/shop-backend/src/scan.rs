//! Everybody of an audience, whatever their number.

use std::sync::Arc;

use chrono::NaiveDate;
use repurchase::Error;
use repurchase::predict::rounded_to_money;
use repurchase::rust_decimal::Decimal;
use repurchase::shop::{Figure, ShopModels};
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::judge::Judge;
use crate::models::Version;
use crate::problem::Problem;
use crate::store::{CustomerRow, Page, Position, Sort};

/// Customers that are looked at in one go.
const READ_AT_A_TIME: i64 = 2_000;

/// Whom a rule selects.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// Ascending by id, each with the value that is expected of the customer, 0 where none is.
    pub(crate) customers: Vec<(String, Decimal)>,
    pub(crate) not_judged: usize,
}

/// Of all customers with a purchase.
pub(crate) async fn everybody(app: &App, judge: Judge, version: &Arc<Version>) -> Result<Selected, Problem> {
    let (today, decimals) = (app.config.clock.today(), app.store.currency().decimals());
    let (judge, mut selected, mut behind) = (Arc::new(judge), Selected::default(), None);
    loop {
        let beside = judge.beside;
        let page = Page { behind, limit: READ_AT_A_TIME, beside, ..Page::default() };
        let rows = app.store.page(page).await?;
        let Some(last) = rows.last() else { return Ok(selected) };
        behind = Some(Position::of(last, Sort::CustomerId));
        let (judge, version) = (Arc::clone(&judge), Arc::clone(version));
        let looking = spawn_blocking(move || {
            look(&judge, &version.models, rows, today, decimals, &mut selected)?;
            Ok::<_, Error>(selected)
        });
        selected =
            looking.await.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    }
}

fn look(
    judge: &Judge,
    models: &ShopModels,
    rows: Vec<CustomerRow>,
    today: NaiveDate,
    decimals: u32,
    selected: &mut Selected,
) -> repurchase::Result<()> {
    for row in rows {
        let profile = match models.profile(&row.history, today) {
            Ok(profile) => profile,
            // A purchase after today is one of a clock that went back: nothing is said of that customer.
            Err(Error::AfterAsOf { .. }) => {
                selected.not_judged += 1;
                continue;
            }
            Err(error) => return Err(error),
        };
        match judge.verdict(&profile, &row, today) {
            Some(true) => {
                let value = profile.figure(Figure::ExpectedValue).map(|value| rounded_to_money(value, decimals));
                selected.customers.push((row.customer_id, value.transpose()?.unwrap_or_default()));
            }
            Some(false) => {}
            None => selected.not_judged += 1,
        }
    }
    Ok(())
}
