//! Campaigns from the audience to the verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use repurchase::Error;
use repurchase::act::campaign::Group;
use repurchase::rust_decimal::Decimal;
use repurchase::scale::Language;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::outcome::{OutcomeView, outcome};
use super::table::quoted;
use super::{Refusals, checked};
use crate::app::App;
use crate::campaign::{HoldOut, Member, PostedCampaign};
use crate::extract::{Json, Query, Reader, day};
use crate::judge::Judge;
use crate::problem::{Fault, Problem};
use crate::scan::{self, Selected};
use crate::store::StoredCampaign;

const SHOWN: i64 = 100;

/// A campaign: whom it addresses, when, and what came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CampaignView {
    #[schema(example = "spring-2026")]
    name: String,
    created_at: DateTime<Utc>,
    /// The rule in words.
    audience: String,
    /// The version of the models by which it was selected, and the day as of which.
    model: i64,
    as_of: NaiveDate,
    /// Customers who could not be judged when it was made; they are not in it.
    not_judged: usize,
    #[schema(example = "email")]
    channel: String,
    send_at: DateTime<Utc>,
    /// Of the days whose orders count.
    first_day: NaiveDate,
    last_day: NaiveDate,
    hold_out: HoldOut,
    treated: usize,
    control: usize,
    schedule: Schedule,
    /// Whether there are enough customers to see what is expected; null where they are, or nothing is.
    too_few: Option<String>,
    /// By how much orders must grow for the coupon to pay for itself: 0.5 is half as many again, at the expected
    /// baseline; null where that is not known.
    coupon_breaks_even_at: Option<String>,
    /// Null before the first day.
    outcome: Option<OutcomeView>,
}

/// When the treated are written to.
#[derive(Serialize, ToSchema)]
struct Schedule {
    /// At the time that was asked for.
    on_time: usize,
    /// Later, by the contact rules.
    later: usize,
    /// Not within the campaign's days, and why.
    never: Vec<Never>,
}

#[derive(Serialize, ToSchema)]
struct Never {
    #[schema(example = "cap of all channels: 1 in 30 days")]
    why: String,
    customers: usize,
}

/// Makes a campaign: selects its audience by the models of the moment, holds a share of it back by a draw that anybody can
/// repeat, and plans by the contact rules when each of the others is written to. What is planned counts for the caps of
/// later campaigns.
#[utoipa::path(
    post,
    path = "/campaigns",
    tag = "campaigns",
    request_body = PostedCampaign,
    responses((status = 201, body = CampaignView), Refusals)
)]
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    body: Json,
) -> Result<(StatusCode, Answer<CampaignView>), Problem> {
    let posted: PostedCampaign = body.parse()?;
    let (everybody, version) = scan::everybody(&app).await?;
    let judge = Judge::of(&app, posted.rule.clone(), &version.models).await?;
    let campaign = posted.check(&app.config.clock, app.store.currency()).map_err(Problem::invalid)?;
    let mut campaign = campaign.with_words(|language| judge.audience.describe(language));
    let selected = Selected::of(&app, judge, everybody).await?;
    (campaign.model, campaign.not_judged) = (version.number, selected.not_judged);
    if !app.store.add_campaign(&campaign, &selected.customers, &app.config.clock).await? {
        return Err(Problem::conflict(Fault::new("name", campaign.name(), "a name that no campaign has had")));
    }
    Ok((StatusCode::CREATED, Answer(stored(&app, campaign.name(), language).await?)))
}

/// The campaigns, the newest first, 100 at most.
#[derive(Serialize, ToSchema)]
pub(crate) struct Campaigns {
    campaigns: Vec<CampaignLine>,
}

#[derive(Serialize, ToSchema)]
struct CampaignLine {
    name: String,
    created_at: DateTime<Utc>,
    audience: String,
    channel: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

/// Which campaigns there are.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", responses((status = 200, body = Campaigns), Refusals))]
pub(crate) async fn list(State(app): State<Arc<App>>, Reader(language): Reader) -> Result<Answer<Campaigns>, Problem> {
    let line = |StoredCampaign { created_at, campaign }: StoredCampaign| {
        let window = campaign.window().map_err(|error| Problem::internal(&error))?;
        Ok(CampaignLine {
            name: campaign.name().to_owned(),
            created_at,
            audience: campaign.sentence(language).to_owned(),
            channel: campaign.channel.key().to_owned(),
            first_day: window.start(),
            last_day: window.last(),
        })
    };
    let campaigns = app.store.campaigns(SHOWN).await?.into_iter();
    Ok(Answer(Campaigns { campaigns: campaigns.map(line).collect::<Result<_, Problem>>()? }))
}

/// A campaign: its groups, its schedule, and from its first day on what both groups bought, with the verdict.
#[utoipa::path(
    get,
    path = "/campaigns/{name}",
    tag = "campaigns",
    params(("name" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 200, body = CampaignView), Refusals)
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Reader(language): Reader,
) -> Result<Answer<CampaignView>, Problem> {
    checked("name", &name)?;
    Ok(Answer(stored(&app, &name, language).await?))
}

/// Gives a campaign up, and what it planned, before its first day. What has begun is kept: a verdict that one does not
/// like is one, too.
#[utoipa::path(
    delete,
    path = "/campaigns/{name}",
    tag = "campaigns",
    params(("name" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 204, description = "It is gone"), Refusals)
)]
pub(crate) async fn delete(State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    checked("name", &name)?;
    let StoredCampaign { campaign, .. } = found(&app, &name).await?;
    let first = campaign.window().map_err(|error| Problem::internal(&error))?.start();
    if app.config.clock.today() >= first {
        return Err(Problem::conflict(Fault::new(
            "name",
            name,
            format!("a campaign that begins later; it began on {first}"),
        )));
    }
    app.store.delete_campaign(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// Only the messages of this day of the shop, for whatever sends them day by day.
    #[param(value_type = Option<NaiveDate>, example = "2026-04-01")]
    day: Option<String>,
}

/// The list to send, as CSV: the treated customers, and when each is to be written to. Nobody of the control group is in
/// it, nobody who may not be written to, and nobody of whom another id is held back.
#[utoipa::path(
    get,
    path = "/campaigns/{name}/list.csv",
    tag = "campaigns",
    params(("name" = String, Path, min_length = 1, max_length = 100), Question),
    responses((status = 200, body = String, content_type = "text/csv"), Refusals)
)]
pub(crate) async fn send_list(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(question): Query<Question>,
) -> Result<impl IntoResponse, Problem> {
    checked("name", &name)?;
    let asked = day("day", question.day.as_deref()).map_err(|fault| Problem::invalid(vec![fault]))?;
    let StoredCampaign { campaign, .. } = found(&app, &name).await?;
    let members = app.store.members(&name).await?;
    let calendar = &app.config.clock.calendar;
    let held_back = held_back(&members);
    let mut text = "customer_id,channel,send_at,campaign\n".to_owned();
    let mut written = BTreeSet::new();
    for member in &members {
        let Some(at) = member.send_at.filter(|_| !held_back.contains(member.customer_id.as_str())) else { continue };
        let is_asked = asked.is_none_or(|day| calendar.day(at).is_ok_and(|found| found == day));
        // Two ids of one person get one message.
        if is_asked && written.insert(member.customer_id.as_str()) {
            let at = at.with_timezone(calendar.zone()).to_rfc3339();
            let [id, channel, name] = [&member.customer_id, campaign.channel.key(), &name].map(quoted);
            text += &[id, channel, at, name].join(",");
            text.push('\n');
        }
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CACHE_CONTROL, "private, no-store"),
        (CONTENT_DISPOSITION, "attachment; filename=\"list.csv\""),
    ];
    Ok((headers, text))
}

/// Persons of whom an id is held back.
fn held_back(members: &[Member]) -> BTreeSet<&str> {
    let held_back = members.iter().filter(|member| member.group == Group::Control);
    held_back.map(|member| member.customer_id.as_str()).collect()
}

async fn found(app: &App, name: &str) -> Result<StoredCampaign, Problem> {
    let campaign = app.store.campaign(name).await?;
    campaign.ok_or_else(|| Problem::not_found(format!("there is no campaign {name:?}")))
}

async fn stored(app: &App, name: &str, language: Language) -> Result<CampaignView, Problem> {
    let StoredCampaign { created_at, campaign } = found(app, name).await?;
    let members = app.store.members(name).await?;
    let internal = |error: Error| Problem::internal(&error);
    let window = campaign.window().map_err(internal)?;
    let of_group = |group| members.iter().filter(|member| member.group == group).count();
    let (treated, control) = (of_group(Group::Treated), of_group(Group::Control));
    let schedule = Schedule::of(&members, campaign.send_at, language);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let too_few = campaign.expects.as_ref().map(|plan| plan.explain(count(treated), count(control), language));
    let baseline = campaign.expects.as_ref().and_then(|plan| Decimal::try_from(plan.baseline()).ok());
    let breaks_even = campaign.coupon.as_ref().zip(baseline).and_then(|(coupon, rate)| coupon.break_even_uplift(rate));
    Ok(CampaignView {
        name: name.to_owned(),
        created_at,
        audience: campaign.sentence(language).to_owned(),
        model: campaign.model,
        as_of: campaign.as_of,
        not_judged: campaign.not_judged,
        channel: campaign.channel.key().to_owned(),
        send_at: campaign.send_at,
        first_day: window.start(),
        last_day: window.last(),
        hold_out: campaign.assignment.control().into(),
        treated,
        control,
        schedule,
        too_few: too_few.transpose().map_err(internal)?.flatten(),
        coupon_breaks_even_at: breaks_even.map(|share| share.round_dp(4).normalize().to_string()),
        outcome: outcome(app, &campaign, window, members, language).await?,
    })
}

impl Schedule {
    fn of(members: &[Member], asked: DateTime<Utc>, language: Language) -> Self {
        let times = members.iter().filter_map(|member| member.send_at);
        let (on_time, later) = times.partition::<Vec<_>, _>(|at| *at == asked);
        let mut never: BTreeMap<String, usize> = BTreeMap::new();
        for reason in members.iter().filter_map(|member| member.suppressed.as_ref()) {
            *never.entry(reason.describe(language)).or_default() += 1;
        }
        let never = never.into_iter().map(|(why, customers)| Never { why, customers }).collect();
        Self { on_time: on_time.len(), later: later.len(), never }
    }
}
