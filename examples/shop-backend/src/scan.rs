//! Whom a rule selects, of all customers.

use std::ops::ControlFlow;
use std::sync::Arc;

use repurchase::predict::rounded_to_money;
use repurchase::rust_decimal::Decimal;
use repurchase::shop::{Figure, Profile};

use crate::app::App;
use crate::judge::Judge;
use crate::models::Version;
use crate::problem::Problem;
use crate::store::Scanned;

/// Whom a rule selects.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// Ascending by id, each with the value that is expected of the customer, 0 where none is.
    pub(crate) customers: Vec<(String, Decimal)>,
    pub(crate) not_judged: usize,
}

/// Of all customers with a purchase.
pub(crate) async fn everybody(app: &App, judge: Judge, version: &Arc<Version>) -> Result<Selected, Problem> {
    let decimals = app.store.currency().decimals();
    let add = move |selected: &mut Selected, customer_id, verdict: Option<(bool, Profile<'_>)>| {
        match verdict {
            Some((true, profile)) => {
                let value = profile.figure(Figure::ExpectedValue).map(|value| rounded_to_money(value, decimals));
                selected.customers.push((customer_id, value.transpose()?.unwrap_or_default()));
            }
            Some((false, _)) => {}
            None => selected.not_judged += 1,
        }
        Ok(ControlFlow::Continue(()))
    };
    judged(app, &Arc::new(judge), version, None, Selected::default(), add).await
}

/// Asks a rule about the customers with a purchase behind one, ascending by id, until the answer is to break off. Each
/// comes with whether the rule selects the customer, and the customer's profile; with neither where something unknown
/// would decide.
pub(crate) async fn judged<T: Send + 'static>(
    app: &App,
    judge: &Arc<Judge>,
    version: &Arc<Version>,
    behind: Option<String>,
    state: T,
    add: impl Fn(&mut T, String, Option<(bool, Profile<'_>)>) -> repurchase::Result<ControlFlow<()>>
    + Clone
    + Send
    + 'static,
) -> Result<T, Problem> {
    let (rule, version, today) = (Arc::clone(judge), Arc::clone(version), app.config.clock.today());
    let look = move |state: &mut T, rows: Vec<Scanned>| {
        for row in rows {
            let verdict = rule.verdict(&version.models, &row, today);
            let next = verdict.and_then(|verdict| add(state, row.customer_id, verdict));
            if next.map_err(|error| Problem::internal(&error))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    };
    app.store.scan(behind, &judge.asked, state, look).await
}
