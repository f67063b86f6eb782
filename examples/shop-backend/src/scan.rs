//! Whom a rule selects, of all customers.

use std::ops::ControlFlow;
use std::sync::Arc;

use repurchase::predict::rounded_to_money;
use repurchase::rust_decimal::Decimal;

use crate::app::App;
use crate::judge::{Judge, Verdict};
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
    let add = move |selected: &mut Selected, customer_id: &str, verdict: Verdict| {
        match verdict {
            Verdict::In(value) => {
                let value = value.map(|value| rounded_to_money(value, decimals));
                selected.customers.push((customer_id.to_owned(), value.transpose()?.unwrap_or_default()));
            }
            Verdict::Out => {}
            Verdict::Unknown => selected.not_judged += 1,
        }
        Ok(ControlFlow::Continue(()))
    };
    judged(app, &Arc::new(judge), version, None, Selected::default(), add).await
}

/// Asks a rule about the customers with a purchase behind one, ascending by id, until the answer is to break off.
pub(crate) async fn judged<T: Send + 'static>(
    app: &App,
    judge: &Arc<Judge>,
    version: &Arc<Version>,
    behind: Option<String>,
    state: T,
    add: impl Fn(&mut T, &str, Verdict) -> repurchase::Result<ControlFlow<()>> + Clone + Send + 'static,
) -> Result<T, Problem> {
    let (rule, version, today) = (Arc::clone(judge), Arc::clone(version), app.config.clock.today());
    let look = move |state: &mut T, row: &Scanned<'_>| {
        let verdict = rule.verdict(&version.models, row, today)?;
        add(state, row.customer_id, verdict).map_err(|error| Problem::internal(&error))
    };
    app.store.scan(behind, &judge.asked, state, look).await
}
