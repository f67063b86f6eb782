//! What members bought before they joined and after, and when a paid card pays.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use chrono::NaiveDate;
use repurchase::PurchaseLog;
use repurchase::act::economics::PaidMembership;
use repurchase::measure::{BuyerSums, MembershipChange, membership_change};
use repurchase::rust_decimal::Decimal;
use repurchase::rust_decimal::prelude::ToPrimitive;
use repurchase::scale::{Confidence, Interval, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use crate::app::App;
use crate::extract::{Query, Reader, days};
use crate::kept;
use crate::money::Currency;
use crate::order::AMOUNT;
use crate::problem::{Fault, Problem};
use crate::store::Membership;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// The days before joining and after that are compared, and for which the fee is paid.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 3660, default = 365)]
    days: Option<String>,
    /// Of one member for these days. With `discount` and `margin`: when the card pays.
    #[param(value_type = Option<String>, example = "60.00")]
    fee: Option<String>,
    /// The share of every purchase that members are given: `0.1` is 10%.
    #[param(value_type = Option<String>, example = "0.1")]
    discount: Option<String>,
    /// The shop's margin, as a share of a purchase before the discount.
    #[param(value_type = Option<String>, example = "0.3")]
    margin: Option<String>,
    /// What a member costs in these days beside the discount, such as gifts; 0 by default.
    #[param(value_type = Option<String>, example = "0")]
    cost: Option<String>,
    /// The mean amount of a purchase before the discount; by default that of the members compared, before they joined.
    #[param(value_type = Option<String>, example = "35.00")]
    order_amount: Option<String>,
    /// The purchases of a member in these days that would come without the card; by default those of the members compared,
    /// before they joined.
    #[param(value_type = Option<String>, example = "4")]
    purchases: Option<String>,
}

/// What is asked of the economics of a card.
struct Economics {
    fee: Decimal,
    discount: Decimal,
    margin: Decimal,
    cost: Decimal,
    order_amount: Option<Decimal>,
    purchases: Option<Decimal>,
}

impl Economics {
    /// `None` where nothing of it is given.
    fn check(question: &Question, currency: Currency) -> Result<Option<Self>, Vec<Fault>> {
        const MOST_PURCHASES: u32 = 1_000_000;
        let mut faults = Vec::new();
        let mut number =
            |name: &str, text: &Option<String>, found: &dyn Fn(&str) -> Option<Decimal>, expected: &str| {
                let text = text.as_deref()?;
                let number = found(text);
                if number.is_none() {
                    faults.push(Fault::new(name, text, expected));
                }
                number
            };
        let money = |text: &str| currency.parse(text).map(|minor| currency.decimal(minor));
        let within = |text: &str, most: Decimal| {
            let is_plain = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let number = is_plain.then(|| Decimal::from_str_exact(text).ok()).flatten();
            number.filter(|number| (Decimal::ZERO..=most).contains(number))
        };
        let share = |text: &str| within(text, Decimal::ONE);
        let count = |text: &str| within(text, MOST_PURCHASES.into());
        let a_share = "a share such as 0.1, from 0 to 1";
        let fee = number("fee", &question.fee, &money, AMOUNT);
        let discount = number("discount", &question.discount, &share, a_share);
        let margin = number("margin", &question.margin, &share, a_share);
        let cost = number("cost", &question.cost, &money, AMOUNT);
        let order_amount = number("order_amount", &question.order_amount, &money, AMOUNT);
        let purchases = number("purchases", &question.purchases, &count, "a number such as 4, from 0 to 1000000");
        if !faults.is_empty() {
            return Err(faults);
        }
        match (fee, discount, margin) {
            (Some(fee), Some(discount), Some(margin)) => {
                let cost = cost.unwrap_or_default();
                Ok(Some(Self { fee, discount, margin, cost, order_amount, purchases }))
            }
            (None, None, None) if cost.is_none() && order_amount.is_none() && purchases.is_none() => Ok(None),
            (fee, discount, _) => {
                let missing = if fee.is_none() {
                    "fee"
                } else if discount.is_none() {
                    "discount"
                } else {
                    "margin"
                };
                let expected = "fee, discount and margin together, or none of what says when a card pays";
                Err(vec![Fault::new(missing, "nothing", expected)])
            }
        }
    }
}

/// The paid cards as of today.
#[derive(Serialize, ToSchema)]
pub(crate) struct MembershipReport {
    as_of: NaiveDate,
    /// Persons who have a card, or had one.
    members: usize,
    /// Persons who have one today.
    members_today: usize,
    /// What was paid for all cards.
    #[schema(example = "1200.00")]
    fees: String,
    comparison: ChangeView,
    /// Where `fee`, `discount` and `margin` are given.
    break_even: Option<BreakEven>,
}

/// Members beside themselves, before and after they joined: those who joined so many days ago or more, and were customers
/// when the days before began. A card that ended earlier is in it to the end of the days after; of several cards of a member
/// the first counts.
#[derive(Serialize, ToSchema)]
struct ChangeView {
    days: u32,
    /// Those who are compared.
    members: u64,
    /// Members who joined too recently: the days after are not over.
    too_recent: u64,
    /// Members who were no customers yet when the days before began, or never bought.
    too_new: u64,
    before: Sums,
    /// The day of joining, which is in neither.
    joining_day: Sums,
    after: Sums,
    /// Purchases after less purchases before, per member; null without a member.
    purchases_change: Option<f64>,
    /// With 95%; null with fewer than two members, and where all changed by the same.
    purchases_interval: Option<[f64; 2]>,
    revenue_change: Option<f64>,
    revenue_interval: Option<[f64; 2]>,
    /// The change in words, with whom it leaves out and what it does not say.
    sentence: String,
}

#[derive(Serialize, ToSchema)]
struct Sums {
    /// Who bought.
    customers: u64,
    purchases: u64,
    /// Net of refunds and credits.
    #[schema(example = "1149.00")]
    revenue: String,
}

/// When a card pays for the shop, of one member and the days asked for. It is arithmetic: how many purchases a card brings,
/// the comparison does not say.
#[derive(Serialize, ToSchema)]
struct BreakEven {
    #[schema(example = "60.00")]
    fee: String,
    #[schema(example = "0.1")]
    discount: String,
    #[schema(example = "0.3")]
    margin: String,
    #[schema(example = "0.00")]
    cost: String,
    /// The mean purchase before the discount; null where it was not given and there are no members to take it of.
    order_amount: Option<String>,
    /// The purchases that would come anyway; likewise.
    purchases: Option<f64>,
    discount_per_purchase: Option<String>,
    /// Below 0 for a discount larger than the margin.
    margin_kept_per_purchase: Option<String>,
    /// Purchases at which the discount has given a member the fee back; null of a fee without a discount.
    purchases_worth_the_fee: Option<f64>,
    /// Purchases that the card must bring beyond those that would come anyway; 0 where the fee covers what is given, null
    /// where no number of them is enough.
    break_even_purchases: Option<f64>,
    /// The fee at which it pays without one purchase more.
    fee_without_more: Option<String>,
    /// What the card changes in the profit per member without one purchase more.
    profit_without_more: Option<String>,
}

/// What members bought in the days before they joined and in as many days after, and when a card pays. Who joins is no
/// draw: the sentence says what that means.
#[utoipa::path(
    get,
    path = "/memberships",
    tag = "loyalty",
    params(Question),
    responses((status = 200, body = MembershipReport), Refusals)
)]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
    Reader(language): Reader,
) -> Result<Answer<MembershipReport>, Problem> {
    const MOST_DAYS: u32 = 3_660;
    let span = days("days", question.days.as_deref(), MOST_DAYS).map_err(|fault| Problem::invalid(vec![fault]))?;
    let (span, currency, today) = (span.unwrap_or(365), app.store.currency(), app.config.clock.today());
    let economics = Economics::check(&question, currency).map_err(Problem::invalid)?;
    let (cards, records) = (app.store.memberships().await?, app.store.records_of_members(today).await?);
    let calendar = app.store.calendar().clone();
    kept::made(move || {
        let log = PurchaseLog::from_records(records, &calendar)?;
        let joined = cards.iter().map(|card| (card.customer_id.clone(), card.joined));
        let change = membership_change(&log, joined, span, today, Confidence::default())?;
        // A clock may have gone back.
        let cards = || cards.iter().filter(|card| card.joined <= today);
        let is_there = |card: &&Membership| card.ends.is_none_or(|last| last >= today);
        let persons = |cards: &mut dyn Iterator<Item = &Membership>| {
            cards.map(|card| card.customer_id.as_str()).collect::<BTreeSet<_>>().len()
        };
        let fees: Decimal = cards().map(|card| currency.decimal(card.fee)).sum();
        let break_even = economics.map(|economics| BreakEven::of(&economics, &change, currency)).transpose()?;
        Ok::<_, repurchase::Error>(Answer(MembershipReport {
            as_of: today,
            members: persons(&mut cards()),
            members_today: persons(&mut cards().filter(is_there)),
            fees: currency.text(fees),
            comparison: ChangeView::new(&change, currency, language),
            break_even,
        }))
    })
    .await
}

impl ChangeView {
    fn new(change: &MembershipChange, currency: Currency, language: Language) -> Self {
        let limits = |interval: Option<Interval>| interval.map(|Interval { low, high, .. }| [low, high]);
        let sums = |sums: BuyerSums| Sums {
            customers: sums.customers,
            purchases: sums.purchases,
            revenue: currency.text(sums.revenue),
        };
        Self {
            days: change.days,
            members: change.members,
            too_recent: change.too_recent,
            too_new: change.too_new,
            before: sums(change.before),
            joining_day: sums(change.joining_day),
            after: sums(change.after),
            purchases_change: change.purchases_change,
            purchases_interval: limits(change.purchases_interval),
            revenue_change: change.revenue_change,
            revenue_interval: limits(change.revenue_interval),
            sentence: change.explain(language),
        }
    }
}

impl BreakEven {
    fn of(asked: &Economics, change: &MembershipChange, currency: Currency) -> repurchase::Result<Self> {
        let Economics { fee, discount, margin, cost, .. } = *asked;
        let per_purchase = change.before.revenue.checked_div(change.before.purchases.into());
        let amount = asked.order_amount.or_else(|| per_purchase.filter(|amount| *amount >= Decimal::ZERO));
        let per_member = || Decimal::from(change.before.purchases).checked_div(change.members.into());
        let purchases = asked.purchases.or_else(per_member);
        let card = |amount| PaidMembership::new(fee, amount, margin, discount)?.with_cost_per_member(cost);
        let card = amount.map(card).transpose()?;
        let money = |amount: Option<Decimal>| amount.map(|amount| currency.text(amount.round_dp(4)));
        let number = |number: Option<Decimal>| number.and_then(|number| number.round_dp(4).to_f64());
        let both = || card.as_ref().zip(purchases);
        Ok(Self {
            fee: currency.text(fee),
            discount: discount.normalize().to_string(),
            margin: margin.normalize().to_string(),
            cost: currency.text(cost),
            order_amount: money(amount),
            purchases: number(purchases),
            discount_per_purchase: money(card.as_ref().and_then(PaidMembership::discount_per_purchase)),
            margin_kept_per_purchase: money(card.as_ref().and_then(PaidMembership::margin_kept)),
            purchases_worth_the_fee: number(card.as_ref().and_then(PaidMembership::purchases_worth_the_fee)),
            break_even_purchases: number(both().and_then(|(card, anyway)| card.break_even_purchases(anyway))),
            fee_without_more: money(both().and_then(|(card, anyway)| card.break_even_fee(anyway, Decimal::ZERO))),
            profit_without_more: money(both().and_then(|(card, anyway)| card.profit_change(anyway, Decimal::ZERO))),
        })
    }
}
