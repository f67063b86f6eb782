//! What the groups of a campaign bought, and what is to be said of that.

use chrono::NaiveDate;
use repurchase::act::campaign::{Comparison, Group, Outcome};
use repurchase::record::Window;
use repurchase::scale::{Confidence, Interval, Language};
use repurchase::{Error, PurchaseLog};
use serde::Serialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::responses::{self, BySegment};
use crate::app::App;
use crate::campaign::{Campaign, Member};
use crate::money::Currency;
use crate::problem::Problem;

/// What both groups bought. Everybody who was assigned counts, reached or not: who can be reached is no draw.
#[derive(Serialize, ToSchema)]
pub(super) struct OutcomeView {
    /// The last day whose orders are in it.
    through: NaiveDate,
    /// Whether all its days are over. Until then the verdict may change, and looking often finds chance.
    is_final: bool,
    treated: ArmView,
    control: ArmView,
    /// Customers of whom one id is treated and another held back; they count in neither.
    in_both: u64,
    /// Did more of the treated buy? Null where a group is empty.
    conversion: Option<ComparisonView>,
    /// Did the treated bring more, each?
    revenue: ComparisonView,
    /// Did the groups differ before, in as many days? More than chance allows should be rare.
    before: Option<ComparisonView>,
    /// Did the share of buyers change more among the treated than in the control group?
    conversion_change: Option<ComparisonView>,
    /// What the messages sent so far cost; null where no cost was given.
    cost: Option<String>,
    /// Revenue of the treated less cost, over cost; null where there is no cost.
    return_on_investment: Option<f64>,
    /// What the coupon changed in the profit per treated customer; null without a coupon.
    coupon_profit: Option<String>,
    /// Null of visitors, who have none, and of a campaign that was made by a program of before segments were kept.
    by_segment: Option<BySegment>,
}

#[derive(Serialize, ToSchema)]
struct ArmView {
    customers: u64,
    buyers: u64,
    conversion: Option<f64>,
    /// Net of refunds and credits.
    #[schema(example = "1149.00")]
    revenue: String,
    /// Of all customers of the group, with 0 for those who bought nothing.
    revenue_per_customer: Option<String>,
}

/// The treated against the control group, with intervals of 95%.
#[derive(Serialize, ToSchema)]
struct ComparisonView {
    /// `better`, `worse` or `cannot_tell`.
    #[schema(example = "better")]
    verdict: &'static str,
    difference: Option<f64>,
    difference_interval: Option<[f64; 2]>,
    lift: Option<f64>,
    lift_interval: Option<[f64; 2]>,
    sentence: String,
}

impl ComparisonView {
    fn new(comparison: &Comparison, language: Language) -> Self {
        let limits = |interval: Option<Interval>| interval.map(|Interval { low, high, .. }| [low, high]);
        Self {
            verdict: comparison.verdict().label().key(),
            difference: comparison.difference(),
            difference_interval: limits(comparison.difference_interval()),
            lift: comparison.lift(),
            lift_interval: limits(comparison.lift_interval()),
            sentence: comparison.explain(language),
        }
    }
}

impl ArmView {
    fn new(outcome: &Outcome, group: Group, currency: Currency) -> Self {
        let (funnel, money) = (outcome.funnel(group), outcome.money(group));
        Self {
            customers: funnel.shown(),
            buyers: funnel.buyers(),
            conversion: funnel.conversion_rate().and_then(|rate| rate.value()),
            revenue: currency.text(funnel.revenue()),
            revenue_per_customer: money.mean().map(|mean| mean.round_dp(4).to_string()),
        }
    }
}

/// What both groups bought up to today; `None` before the first day.
pub(super) async fn outcome(
    app: &App,
    campaign: &Campaign,
    window: Window,
    members: Vec<Member>,
    language: Language,
) -> Result<Option<OutcomeView>, Problem> {
    let today = app.config.clock.today();
    if today < window.start() {
        return Ok(None);
    }
    let internal = |error: Error| Problem::internal(&error);
    let before = campaign.window_before().map_err(internal)?;
    let so_far = Window::through(window.start(), window.last().min(today)).map_err(internal)?;
    let records = app.store.records(Some(before.start()), Some(so_far.last())).await?;
    let (calendar, currency, campaign) = (app.store.calendar().clone(), app.store.currency(), campaign.clone());
    let (clock, names) = (app.config.clock.clone(), responses::names(app, language));
    let measuring = spawn_blocking(move || {
        let log = PurchaseLog::from_records(records, &calendar)?;
        let groups = || members.iter().map(|member| (member.customer_id.clone(), member.group));
        let of = |window| Outcome::of(&log.ledger_in(window)?, groups());
        let (earlier, outcome) = (of(before)?, of(so_far)?);
        let sent = members.iter().filter_map(|member| member.send_at).filter(|at| clock.has_come(*at)).count();
        let outcome = match campaign.cost_of_message() {
            Some(cost) => outcome.with_messages(u64::try_from(sent).unwrap_or(u64::MAX), cost)?,
            None => outcome,
        };
        let confidence = Confidence::default();
        let view = |comparison: Option<Comparison>| comparison.map(|found| ComparisonView::new(&found, language));
        let funnel = outcome.funnel(Group::Treated);
        let profit = campaign.coupon.as_ref().and_then(|coupon| outcome.profit_change(coupon));
        Ok::<_, Error>(OutcomeView {
            through: so_far.last(),
            is_final: today >= window.end(),
            treated: ArmView::new(&outcome, Group::Treated, currency),
            control: ArmView::new(&outcome, Group::Control, currency),
            in_both: outcome.in_both(),
            conversion: view(outcome.conversion(confidence)),
            revenue: ComparisonView::new(&outcome.revenue(confidence), language),
            before: view(earlier.conversion(confidence)),
            conversion_change: view(outcome.conversion_since(&earlier, confidence)),
            cost: campaign.cost_of_message().map(|_| funnel.cost().to_string()),
            return_on_investment: funnel.return_on_investment(),
            coupon_profit: profit.map(|profit| profit.round_dp(4).normalize().to_string()),
            by_segment: BySegment::of(&log, so_far, &members, &names, language)?,
        })
    });
    let outcome = measuring.await.map_err(|error| Problem::internal(&error))?;
    outcome.map(Some).map_err(internal)
}
