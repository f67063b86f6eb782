//! Word of mouth: who brought whom, how many do, and what comes of it.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::NaiveDate;
use repurchase::PurchaseLog;
use repurchase::measure::{NewCustomers, Occasion, ReferralChain, Referrals, ReferredNewCustomers};
use repurchase::record::Window;
use repurchase::scale::{Confidence, Interval, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::shop::{Share, span};
use super::{Noted, Refusals, checked, nobody};
use crate::app::App;
use crate::config::Clock;
use crate::extract::{Json, Query, Reader, days, limit};
use crate::kept;
use crate::money::Currency;
use crate::order::{check_id, instant};
use crate::problem::{Fault, Problem};
use crate::store::Brought;

/// That a customer brought another, such as by a code or a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedReferral {
    /// Who brought the other.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00004")]
    referrer_id: String,
    /// Who was brought: another person.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "00019")]
    referred_id: String,
    /// When the referred came: RFC 3339, to the microsecond; not after the shop's today.
    #[schema(format = DateTime, example = "1998-06-30T18:30:00Z")]
    at: String,
}

impl PostedReferral {
    fn check(self, clock: &Clock) -> Result<Brought, Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("referrer_id", &self.referrer_id, &mut faults);
        check_id("referred_id", &self.referred_id, &mut faults);
        if self.referrer_id == self.referred_id {
            faults.push(Fault::new("referred_id", self.referred_id.as_str(), "another customer than referrer_id"));
        }
        let at = instant(&self.at, clock).map_err(|expected| faults.push(Fault::new("at", self.at, expected)));
        match at {
            Ok(at) if faults.is_empty() => Ok(Brought { referrer: self.referrer_id, referred: self.referred_id, at }),
            _ => Err(faults),
        }
    }
}

/// Who brought whom, up to 1,000 pairs, all of them or none. Sent again, a pair changes nothing; of two times of one pair
/// the earlier is kept. A customer is brought by one other: a second one is a 409 that names both. An id that nobody has is
/// a new customer's. Circles, and customers who had bought before they came, are taken, whatever the order in which they are
/// sent, and do not count: the report says how many.
#[utoipa::path(
    post,
    path = "/referrals",
    tag = "loyalty",
    request_body = Vec<PostedReferral>,
    responses((status = 200, description = "Nothing new", body = Noted), (status = 201, body = Noted), Refusals)
)]
pub(crate) async fn post(State(app): State<Arc<App>>, body: Json) -> Result<(StatusCode, Answer<Noted>), Problem> {
    let pairs = body.batch(|posted: PostedReferral| posted.check(&app.config.clock))?;
    Ok(Noted::of(app.store.add_referrals(&pairs).await?, pairs.len()))
}

/// Takes back who brought a customer, by any of the customer's ids.
#[utoipa::path(
    delete,
    path = "/customers/{customer_id}/referrer",
    tag = "loyalty",
    params(("customer_id" = String, Path, min_length = 1, max_length = 100)),
    responses((status = 204, description = "It is gone"), Refusals)
)]
pub(crate) async fn delete(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    checked("customer_id", &id)?;
    match app.store.delete_referrer(&id).await? {
        None => Err(nobody(&id)),
        Some(false) => Err(Problem::not_found(format!("nobody is known to have brought customer {id:?}"))),
        Some(true) => Ok(StatusCode::NO_CONTENT),
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// New customers are those whose first purchase is on this day or later; a year before `to` by default.
    #[param(value_type = Option<NaiveDate>, example = "1997-01-01")]
    from: Option<String>,
    /// And on this day or earlier; the shop's today by default.
    #[param(value_type = Option<NaiveDate>, example = "1998-06-30")]
    to: Option<String>,
    /// The days from the first purchase in which what they bring counts, and whether they come back.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 3660, default = 90)]
    within_days: Option<String>,
    /// How many chains.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
}

/// Who brought whom, as of today.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReferralReport {
    as_of: NaiveDate,
    /// Referrals that count: people who were brought.
    referrals: usize,
    /// Referrals that do not count, by the first reason that applies.
    left_out: LeftOut,
    /// Customers who brought somebody, of all customers.
    referrers: Share,
    /// People brought by each who brought somebody, customer or not; null where nobody did.
    per_referrer: Option<f64>,
    /// How many people brought how many.
    by_number: Vec<BroughtNumber>,
    /// People who have bought, of all who were brought.
    became_customers: Share,
    new_customers: NewView,
    /// How many chains there are; everybody who was brought is in one of them.
    chains_in_all: usize,
    /// Those that brought the most revenue, the highest first.
    chains: Vec<Chain>,
}

#[derive(Serialize, ToSchema)]
struct LeftOut {
    /// Of two ids that turned out to be one person.
    self_referrals: u64,
    /// Of somebody who had bought on a day before.
    already_customers: u64,
    /// Of somebody who had been brought already: by another of the person's ids.
    brought_again: u64,
    /// Each would close a circle.
    circles: u64,
}

#[derive(Serialize, ToSchema)]
struct BroughtNumber {
    brought: u64,
    referrers: u64,
}

/// New customers who were brought, beside those who came by themselves.
#[derive(Serialize, ToSchema)]
struct NewView {
    /// The first purchases are on these days.
    first: NaiveDate,
    last: NaiveDate,
    within_days: u32,
    /// Those who were brought, of all new customers.
    referred_share: Share,
    referred: GroupView,
    others: GroupView,
    /// Of the shares of those who came back, the referred less the others, with 95%; null where a group is empty.
    return_difference_interval: Option<[f64; 2]>,
    /// Of the revenue per customer, likewise; null where a group has fewer than two customers.
    revenue_difference_interval: Option<[f64; 2]>,
    /// Both groups in words, with what the comparison does not say.
    sentence: String,
}

#[derive(Serialize, ToSchema)]
struct GroupView {
    /// Customers who bought a second time within the days, of those who were observed for so long.
    returned: Share,
    /// The net revenue of those who were observed.
    #[schema(example = "1149.00")]
    revenue: String,
    /// Null without one.
    #[schema(example = "38.30")]
    revenue_per_customer: Option<String>,
    /// The others: too new to be judged.
    unobserved: u64,
}

/// The people whom one person has brought, directly and through those who were brought.
#[derive(Serialize, ToSchema)]
struct Chain {
    /// With whom it begins: nobody brought this person.
    customer_id: String,
    direct: u64,
    through_others: u64,
    /// From the first to the last.
    steps: u32,
    /// Those who have bought, of all who were brought.
    customers: u64,
    /// Their net revenue, without that of the first.
    #[schema(example = "114.90")]
    revenue: String,
}

/// Who brought whom: the referral rate, what new customers who were brought bring and whether they come back more often
/// than the others, and the chains.
#[utoipa::path(get, path = "/referrals", tag = "loyalty", params(Question), responses((status = 200, body = ReferralReport), Refusals))]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
    Reader(language): Reader,
) -> Result<Answer<ReferralReport>, Problem> {
    const MOST_DAYS: u32 = 3_660;
    let invalid = |fault| Problem::invalid(vec![fault]);
    let today = app.config.clock.today();
    let (from, to) = span(question.from.as_deref(), question.to.as_deref(), today).map_err(invalid)?;
    let within = days("within_days", question.within_days.as_deref(), MOST_DAYS).map_err(invalid)?.unwrap_or(90);
    let most = limit(question.limit.as_deref()).map_err(invalid)?;
    let cohort = Window::through(from, to).map_err(|error| Problem::internal(&error))?;
    let everybody = app.models.everybody().await?;
    let as_of = everybody.by.today;
    let (pairs, records) =
        (app.store.referrals().await?, app.store.records_of_buyers(from, to.min(as_of), as_of).await?);
    let (calendar, currency) = (app.store.calendar().clone(), app.store.currency());
    kept::made(move || {
        let referrals = Referrals::of(&everybody.ledger()?, pairs);
        drop(everybody);
        // Of whoever is new in these days, all orders are among them.
        let log = PurchaseLog::from_records(records, &calendar)?;
        let new = referrals.new_customers(&log, cohort, within, Occasion::Order, Confidence::default())?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        ReferralReport::of(&referrals, &new, most, currency, language).map(Answer)
    })
    .await
}

impl ReferralReport {
    fn of(
        referrals: &Referrals<String>,
        new: &ReferredNewCustomers,
        most: usize,
        currency: Currency,
        language: Language,
    ) -> repurchase::Result<Self> {
        let left_out = referrals.left_out();
        let mut chains = referrals.chains()?;
        chains.sort_by_key(|chain| Reverse(chain.revenue));
        let by_number = referrals.by_number().into_iter();
        Ok(Self {
            as_of: referrals.as_of(),
            referrals: referrals.len(),
            left_out: LeftOut {
                self_referrals: left_out.self_referrals,
                already_customers: left_out.already_customers,
                brought_again: left_out.brought_again,
                circles: left_out.circles,
            },
            referrers: referrals.referrers().into(),
            per_referrer: referrals.per_referrer(),
            by_number: by_number.map(|(brought, referrers)| BroughtNumber { brought, referrers }).collect(),
            became_customers: referrals.became_customers().into(),
            new_customers: NewView::new(new, currency, language),
            chains_in_all: chains.len(),
            chains: chains.into_iter().take(most).map(|chain| Chain::new(&chain, currency)).collect(),
        })
    }
}

impl NewView {
    fn new(new: &ReferredNewCustomers, currency: Currency, language: Language) -> Self {
        let limits = |interval: Option<Interval>| interval.map(|Interval { low, high, .. }| [low, high]);
        Self {
            first: new.cohort.start(),
            last: new.cohort.last(),
            within_days: new.within_days,
            referred_share: new.referred_share.into(),
            referred: GroupView::new(&new.referred, currency),
            others: GroupView::new(&new.others, currency),
            return_difference_interval: limits(new.return_difference),
            revenue_difference_interval: limits(new.revenue_difference),
            sentence: new.explain(language),
        }
    }
}

impl GroupView {
    fn new(group: &NewCustomers, currency: Currency) -> Self {
        Self {
            returned: group.returned.into(),
            revenue: currency.text(group.revenue),
            revenue_per_customer: group.revenue_per_customer().map(|mean| currency.text(mean.round_dp(4))),
            unobserved: group.unobserved,
        }
    }
}

impl Chain {
    fn new(chain: &ReferralChain<'_, String>, currency: Currency) -> Self {
        Self {
            customer_id: chain.first.clone(),
            direct: chain.direct,
            through_others: chain.through_others,
            steps: chain.steps,
            customers: chain.customers,
            revenue: currency.text(chain.revenue),
        }
    }
}
