//! Whom a rule selects, of all customers.

use std::ops::ControlFlow;
use std::sync::Arc;

use repurchase::predict::rounded_to_money;
use repurchase::rust_decimal::Decimal;
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::everybody::Everybody;
use crate::judge::{Judge, Verdict};
use crate::models::Version;
use crate::problem::{Fault, Problem};

/// All customers of the moment, with the models of the moment, which a rule needs.
pub(crate) async fn everybody(app: &App) -> Result<(Everybody, Arc<Version>), Problem> {
    let everybody = app.models.everybody().await?;
    let none = || Problem::conflict(Fault::new("rule", "a shop without models", "customers, and POST /models/fit"));
    let version = everybody.by.version.clone().ok_or_else(none)?;
    Ok((everybody, version))
}

/// Whom a rule selects.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// Ascending by id.
    pub(crate) customers: Vec<Chosen>,
    pub(crate) not_judged: usize,
}

/// A customer whom a rule selects, as the models know the customer at that moment.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) customer_id: String,
    /// What is expected of the customer, 0 where nothing is.
    pub(crate) value: Decimal,
    /// The key of the segment.
    pub(crate) segment: Option<String>,
}

impl Selected {
    /// Of all customers with a purchase, or of the visitors.
    pub(crate) async fn of(app: &App, judge: Judge, everybody: Everybody) -> Result<Self, Problem> {
        let decimals = app.store.currency().decimals();
        let add = move |selected: &mut Self, customer_id: &str, verdict: Verdict<'_>| {
            match verdict {
                Verdict::In { value, segment } => {
                    let value = value.map(|value| rounded_to_money(value, decimals)).transpose()?;
                    selected.customers.push(Chosen {
                        customer_id: customer_id.to_owned(),
                        value: value.unwrap_or_default(),
                        segment: segment.map(|label| label.key().to_owned()),
                    });
                }
                Verdict::Out => {}
                Verdict::Unknown => selected.not_judged += 1,
            }
            Ok(ControlFlow::Continue(()))
        };
        judged(Arc::new(judge), everybody, None, Self::default(), add).await
    }
}

/// Asks a rule about the customers with a purchase behind one, or, where it names the probability of a first purchase, about
/// the visitors, ascending by id, until the answer is to break off. Off the threads of requests, which it would keep
/// waiting.
pub(crate) async fn judged<T: Send + 'static>(
    judge: Arc<Judge>,
    everybody: Everybody,
    behind: Option<String>,
    mut state: T,
    add: impl Fn(&mut T, &str, Verdict<'_>) -> repurchase::Result<ControlFlow<()>> + Send + 'static,
) -> Result<T, Problem> {
    let judging = spawn_blocking(move || {
        let today = everybody.by.today;
        if let Some(visitors) = judge.visitors(behind.as_deref()) {
            for visitor in visitors {
                let verdict = judge.verdict_of_visitor(visitor, today);
                if add(&mut state, &visitor.customer_id, verdict)?.is_break() {
                    break;
                }
            }
            return Ok(state);
        }
        for row in everybody.rows(behind.as_deref()) {
            let verdict = judge.verdict(&row, today);
            if add(&mut state, row.customer_id, verdict)?.is_break() {
                break;
            }
        }
        Ok::<_, repurchase::Error>(state)
    });
    let judged = judging.await.map_err(|error| Problem::internal(&error))?;
    judged.map_err(|error| Problem::internal(&error))
}
