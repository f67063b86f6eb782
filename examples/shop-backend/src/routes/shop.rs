//! Numbers about the shop: segments and tiers, repurchase rates.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use chrono::{Datelike, Days, NaiveDate};
use repurchase::measure::{RateOptions, RepurchaseRates, Scope, repurchase_rates, repurchase_rates_by};
use repurchase::record::{Period, Window, Windows};
use repurchase::scale::{Label, Language};
use repurchase::segment::LabelKind;
use repurchase::shop::Attribute;
use repurchase::{PurchaseLog, Ratio};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use crate::app::App;
use crate::everybody::{Everybody, Group};
use crate::extract::{Query, Reader, day};
use crate::kept;
use crate::problem::{Fault, Problem};
use crate::store::TraitName;
use crate::traits::TraitKind;

/// The shop, and how its numbers are to be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct About {
    name: Option<String>,
    /// By ISO 4217; null where the shop has not said.
    #[schema(example = "EUR")]
    currency: Option<String>,
    currency_decimals: u32,
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    today: NaiveDate,
    /// For expected purchases and value.
    horizon_days: u32,
}

/// What the shop is called, its money, its days.
#[utoipa::path(get, path = "/shop", tag = "shop", responses((status = 200, body = About), Refusals))]
#[allow(clippy::unused_async, reason = "as all handlers are")]
pub(crate) async fn about(State(app): State<Arc<App>>) -> Answer<About> {
    let config = &app.config;
    Answer(About {
        name: config.shop_name.clone(),
        currency: config.currency_code.clone(),
        currency_decimals: config.currency.decimals(),
        time_zone: config.clock.zone(),
        today: config.clock.today(),
        horizon_days: config.horizon_days,
    })
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Segments {
    /// The version of the models; null while nobody has bought.
    model: Option<i64>,
    segments: Vec<LabelGroup>,
    tiers: Vec<LabelGroup>,
}

/// The customers of a label and what they brought.
#[derive(Serialize, ToSchema)]
struct LabelGroup {
    key: String,
    name: String,
    customers: Share,
    purchases: u64,
    #[schema(example = "114.90")]
    revenue: String,
}

/// So many of so many, and the quotient; null of none.
#[derive(Serialize, ToSchema)]
pub(super) struct Share {
    count: u64,
    of: u64,
    share: Option<f64>,
}

impl From<Ratio> for Share {
    fn from(ratio: Ratio) -> Self {
        Self { count: ratio.count(), of: ratio.of(), share: ratio.value() }
    }
}

/// How many customers each segment and each tier has, and what they brought.
#[utoipa::path(get, path = "/segments", tag = "shop", responses((status = 200, body = Segments), Refusals))]
pub(crate) async fn segments(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
) -> Result<Answer<Segments>, Problem> {
    let everybody = app.models.everybody().await?;
    let Some(version) = everybody.by.version.clone() else {
        return Ok(Answer(Segments { model: None, segments: Vec::new(), tiers: Vec::new() }));
    };
    kept::made(move || {
        let groups = |kind| groups(&app, &version.models.labels(kind), &everybody.groups(kind)?, language);
        let (segments, tiers) = (groups(LabelKind::Segment)?, groups(LabelKind::Tier)?);
        Ok::<_, repurchase::Error>(Answer(Segments { model: Some(version.number), segments, tiers }))
    })
    .await
}

/// Every label, those that nobody has included.
fn groups(
    app: &App,
    names: &[&Label],
    found: &BTreeMap<&str, Group>,
    language: Language,
) -> repurchase::Result<Vec<LabelGroup>> {
    let of = found.values().map(|group| group.customers).sum();
    let group = |name: &&Label| {
        let group = found.get(name.key()).copied().unwrap_or_default();
        Ok(LabelGroup {
            key: name.key().to_owned(),
            name: name.name(language).to_owned(),
            customers: Ratio::new(group.customers, of)?.into(),
            purchases: group.purchases,
            revenue: app.store.currency().text(group.revenue),
        })
    };
    names.iter().map(group).collect()
}

/// Of an answer by group.
const MOST_ROWS: usize = 20_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// The first day; a year before `to` by default.
    #[param(value_type = Option<NaiveDate>, example = "1998-01-01")]
    from: Option<String>,
    /// The last day; the shop's today by default.
    #[param(value_type = Option<NaiveDate>, example = "1998-06-30")]
    to: Option<String>,
    /// In whole calendar periods, the first and the last of them those of the two days; `all` by default: one window.
    #[param(value_type = Option<By>, inline)]
    by: Option<String>,
    /// An attribute that is a text, as `GET /traits` lists them: the same for the customers of each of its texts, in this
    /// order, then for those who are said to have none, then for those of whom nothing was said. 20,000 rows at most.
    #[param(min_length = 1, max_length = 100, example = "region")]
    group: Option<String>,
}

#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "for the OpenAPI document")]
enum By {
    All,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// The repurchase rates of one window, of all customers or of one group of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rates {
    /// Whether the customers of the row have a `text`, are said to have `none`, or nothing was said: `unknown`. Only where
    /// `group` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "text")]
    group_is: Option<&'static str>,
    /// The text, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Bavaria")]
    group: Option<String>,
    first: NaiveDate,
    last: NaiveDate,
    /// Customers with two purchases or more in the window, of its buyers.
    users: Share,
    /// Purchases that are not their customer's first in the window, of all in it.
    orders: Share,
    /// Customers with a purchase in the window that is their second or later ever, of its buyers: what platforms call the
    /// returning-customer rate.
    returning: Share,
    /// Purchases in the window that are their customer's second or later ever, of all in it.
    later_orders: Share,
}

/// How many customers, and how many orders, come back: by window, counted inside it, and over all that came before.
///
/// With `group`, the rows of a group stand together; a group without a purchase in any of the windows has none. Each
/// customer belongs to one group, by what is said now.
#[utoipa::path(get, path = "/rates", tag = "shop", params(Question), responses((status = 200, body = Vec<Rates>), Refusals))]
pub(crate) async fn rates(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
) -> Result<Answer<Vec<Rates>>, Problem> {
    let windows = windows(&question, app.config.clock.today()).map_err(|fault| Problem::invalid(vec![fault]))?;
    let bounds = windows.iter().next().zip(windows.iter().last());
    let Some((first, last)) = bounds else { return Ok(Answer(Vec::new())) };
    if let Some(name) = &question.group {
        let is_it = |one: &TraitName| one.kind == TraitKind::Text && one.name == *name;
        if !app.store.trait_names().await?.iter().any(is_it) {
            let expected = "an attribute that is a text of some customer, as GET /traits lists them";
            return Err(Problem::invalid(vec![Fault::new("group", name.as_str(), expected)]));
        }
    }
    let records = app.store.records_of_buyers(first.start(), last.last(), last.last()).await?;
    let calendar = app.store.calendar().clone();
    let options = [RateOptions::default(), RateOptions::default().with_scope(Scope::Lifetime)];
    let Some(name) = question.group else {
        return kept::made(move || {
            let log = PurchaseLog::from_records(records, &calendar)?;
            let rates = options.map(|options| repurchase_rates(&log, &windows, &options));
            Ok::<_, repurchase::Error>(Answer(Rates::rows(None, rates).collect()))
        })
        .await;
    };
    let everybody = app.models.everybody().await?;
    let rows = kept::made(move || {
        let log = PurchaseLog::from_records(records, &calendar)?;
        let groups = groups_by(&everybody, &name);
        let found = groups.values().collect::<BTreeSet<_>>().len() + 1;
        if found.saturating_mul(windows.len()) > MOST_ROWS {
            let expected = format!("{MOST_ROWS} rows at most, of {} windows for each of {found} groups", windows.len());
            return Ok(Err(Fault::new("group", name.as_str(), expected)));
        }
        let of = |id: &String| groups.get(id.as_str()).copied().unwrap_or(GroupIs::Unknown);
        let [inside, ever] = options.map(|options| repurchase_rates_by(&log, &windows, &options, of));
        let groups = inside.into_iter().zip(ever.into_values());
        let rows = groups.flat_map(|((group, inside), ever)| Rates::rows(Some(group), [inside, ever]));
        Ok::<_, repurchase::Error>(Ok(Answer(rows.collect())))
    });
    rows.await?.map_err(|fault| Problem::invalid(vec![fault]))
}

/// To which group a customer belongs: those of a text first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum GroupIs<'a> {
    Text(&'a str),
    None,
    Unknown,
}

/// By what is said of an attribute; of the others nothing is.
fn groups_by<'a>(everybody: &'a Everybody, name: &'a str) -> HashMap<&'a str, GroupIs<'a>> {
    let group = |(id, value): (&'a str, Attribute<'a>)| match value {
        Attribute::Text(text) => Some((id, GroupIs::Text(text))),
        Attribute::Absent => Some((id, GroupIs::None)),
        _ => None,
    };
    everybody.attribute(name).filter_map(group).collect()
}

impl Rates {
    /// Of a group, in its windows: counted inside each, and over all that came before.
    fn rows(group: Option<GroupIs<'_>>, rates: [Vec<RepurchaseRates>; 2]) -> impl Iterator<Item = Self> {
        let (group_is, text) = match group {
            Some(GroupIs::Text(text)) => (Some("text"), Some(text.to_owned())),
            Some(GroupIs::None) => (Some("none"), None),
            Some(GroupIs::Unknown) => (Some("unknown"), None),
            None => (None, None),
        };
        let [inside, ever] = rates;
        inside.into_iter().zip(ever).map(move |(rates, ever)| Self {
            group_is,
            group: text.clone(),
            first: rates.window.start(),
            last: rates.window.last(),
            users: rates.users.into(),
            orders: rates.orders.into(),
            returning: rates.returning.into(),
            later_orders: ever.orders.into(),
        })
    }
}

/// The first and the last day that are asked for: a year up to today by default, ten years at most.
pub(super) fn span(from: Option<&str>, to: Option<&str>, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Fault> {
    const MOST_DAYS: i64 = 10 * 366;
    let to = day("to", to)?.unwrap_or(today);
    let from = day("from", from)?.unwrap_or_else(|| to.checked_sub_days(Days::new(364)).unwrap_or(to));
    for (field, found) in [("to", to), ("from", from)] {
        if !(1900..=2999).contains(&found.year()) {
            return Err(Fault::new(field, found.to_string(), "a day of the years 1900 to 2999"));
        }
    }
    if from > to || to.signed_duration_since(from).num_days() > MOST_DAYS {
        return Err(Fault::new(
            "from",
            from.to_string(),
            format!("a day up to {to}, and not more than ten years before"),
        ));
    }
    Ok((from, to))
}

fn windows(question: &Question, today: NaiveDate) -> Result<Windows, Fault> {
    let (from, to) = span(question.from.as_deref(), question.to.as_deref(), today)?;
    let refused = |error: repurchase::Error| Fault::new("from", from.to_string(), error.to_string());
    let period = match question.by.as_deref() {
        None | Some("all") => return Window::through(from, to).map(Windows::from).map_err(refused),
        Some("day") => Period::Day,
        Some("week") => Period::Week,
        Some("month") => Period::Month,
        Some("quarter") => Period::Quarter,
        Some("year") => Period::Year,
        Some(other) => return Err(Fault::new("by", other, "all, day, week, month, quarter or year")),
    };
    Windows::periods(period, from, to).map_err(refused)
}
