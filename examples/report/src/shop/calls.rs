//! The customers most worth calling.

use repurchase::predict::CustomerForecast;
use repurchase::segment::{ChurnRisk, CycleStanding, MissedCycles};
use repurchase::{CustomerHistory, Error, Ledger};

use super::Next;
use super::next::Expected;

/// How many customers the page names.
const NAMED: usize = 15;

/// Repeat customers who have missed their next purchase, those first of whom most is expected.
pub(crate) struct Calls {
    /// Those who are named, the first to call first.
    pub(crate) customers: Vec<Call>,
    /// How many repeat customers have missed their next purchase.
    pub(crate) late: u64,
    /// How many repeat customers there are.
    pub(crate) repeat: u64,
    /// Whether they are in the order of the revenue expected, else in that of the revenue so far.
    pub(crate) by_value: bool,
}

/// One customer to call.
pub(crate) struct Call {
    pub(crate) id: String,
    /// The place in the ledger.
    pub(crate) index: usize,
    pub(crate) history: CustomerHistory,
    pub(crate) standing: CycleStanding,
    /// `None` without a model of purchases.
    pub(crate) forecast: Option<CustomerForecast>,
}

impl Calls {
    pub(crate) fn new(ledger: &Ledger<String>, rule: &MissedCycles, next: &Next) -> Result<Self, Error> {
        let mut repeat = 0;
        let mut late = Vec::new();
        for (index, (id, history)) in ledger.iter().enumerate() {
            if history.purchase_days() < 2 {
                continue;
            }
            repeat += 1;
            let Some(standing) = rule.standing(&history, ledger.as_of()) else { continue };
            if standing.risk() > ChurnRisk::InCycle {
                let expected = next.customers.get(index).copied().unwrap_or_default();
                late.push((index, id, history, standing, expected));
            }
        }
        let by_value = !late.is_empty() && late.iter().all(|(.., expected)| expected.value.is_some());
        late.sort_by(|(left, _, of_left, _, left_expected), (right, _, of_right, _, right_expected)| {
            let value = |expected: &Expected| expected.value.filter(|_| by_value).unwrap_or(0.0);
            let order = value(right_expected).total_cmp(&value(left_expected));
            order.then(of_right.revenue().cmp(&of_left.revenue())).then(left.cmp(right))
        });
        let count = late.len() as u64;
        late.truncate(NAMED);
        let call = |(index, id, history, standing, _): (usize, &String, _, _, _)| {
            let forecast = next.forecast(&history, ledger.as_of())?;
            Ok(Call { id: id.clone(), index, history, standing, forecast })
        };
        let customers = late.into_iter().map(call).collect::<Result<_, Error>>()?;
        Ok(Self { customers, late: count, repeat, by_value })
    }
}
