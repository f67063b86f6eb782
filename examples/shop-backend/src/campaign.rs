//! A campaign as it is asked for, and as it is kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use repurchase::Ratio;
use repurchase::act::campaign::{Assignment, Group, SamplePlan};
use repurchase::act::contact::{Channel, ContactRules, Decision, Suppression, Touch, Wish};
use repurchase::act::economics::Coupon;
use repurchase::record::Window;
use repurchase::rust_decimal::Decimal;
use repurchase::scale::Language;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::config::Clock;
use crate::extract::pick;
use crate::money::Currency;
use crate::order::{AMOUNT, check_id};
use crate::problem::Fault;
use crate::scan::Chosen;

/// A campaign that is to be made: an audience, a hold-out, a message, and how long its outcome is looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostedCampaign {
    /// Its own name. Who is held back follows from it and the customer's id, on any machine.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "spring-2026")]
    name: String,
    /// Whom it is meant for: a rule, as `POST /audiences` takes it.
    #[schema(value_type = Object, example = json!({"churn_risk": {"in": ["due", "overdue"]}}))]
    pub(crate) rule: Value,
    /// The share held back to compare with; 1 of 10 if not given.
    #[serde(default)]
    hold_out: HoldOut,
    /// `sms`, `email`, `app_push`, `phone`, `wechat` or a name of the shop's own.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "email")]
    channel: String,
    /// When the messages are to go out: RFC 3339, of the shop's today or later. The contact rules may postpone some.
    #[schema(format = DateTime, example = "2026-04-01T10:00:00+08:00")]
    send_at: String,
    /// For how many days orders count, the day of `send_at` being the first; a message goes out within them or never.
    #[schema(minimum = 1, maximum = 366, example = 28)]
    days: u32,
    /// What one message costs.
    #[serde(default)]
    #[schema(example = "0.05")]
    cost_per_message: Option<String>,
    /// A coupon in the message, to be told whether it paid.
    #[serde(default)]
    coupon: Option<PostedCoupon>,
    /// What is to be seen, to be told whether there are enough customers for it.
    #[serde(default)]
    expects: Option<Expected>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldOut {
    #[schema(minimum = 0, example = 1)]
    count: u32,
    #[schema(minimum = 1, example = 10)]
    of: u32,
}

impl Default for HoldOut {
    fn default() -> Self {
        Self { count: 1, of: 10 }
    }
}

impl From<Ratio> for HoldOut {
    fn from(ratio: Ratio) -> Self {
        let [count, of] = [ratio.count(), ratio.of()].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        Self { count, of }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PostedCoupon {
    /// The mean amount of an order.
    #[schema(example = "100.00")]
    order_amount: String,
    /// The share of it that is margin.
    #[schema(example = "0.3")]
    margin: String,
    /// What the coupon takes off.
    #[schema(example = "10.00")]
    discount: String,
    /// The share of the orders that would come anyway and use it; 1 if not given.
    #[serde(default)]
    #[schema(example = "1")]
    regular_use: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The share who buy without it.
    #[schema(example = 0.05)]
    baseline: f64,
    /// The least lift worth knowing of: 0.2 for +20%.
    #[schema(example = 0.2)]
    lift: f64,
}

/// All that was asked for and counted when a campaign was made. The database has it as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Campaign {
    pub(crate) assignment: Assignment,
    pub(crate) rule: Value,
    /// The rule in words, in English and in Chinese.
    sentences: [String; 2],
    /// The version of the models that selected, and the day.
    pub(crate) model: i64,
    pub(crate) as_of: NaiveDate,
    pub(crate) not_judged: usize,
    pub(crate) channel: Channel,
    pub(crate) send_at: DateTime<Utc>,
    /// The days whose orders count.
    first: NaiveDate,
    pub(crate) days: u32,
    /// As it was given.
    cost_per_message: Option<String>,
    pub(crate) coupon: Option<Coupon>,
    pub(crate) expects: Option<SamplePlan>,
}

impl PostedCampaign {
    /// The campaign, as yet of nobody.
    pub(crate) fn check(self, clock: &Clock, currency: Currency) -> Result<Campaign, Vec<Fault>> {
        let mut faults = Vec::new();
        check_id("name", &self.name, &mut faults);
        check_id("channel", &self.channel, &mut faults);
        let mut refuse = |field: &str, found: String, error: repurchase::Error| {
            faults.push(Fault::new(field, found, error.to_string()));
        };
        let HoldOut { count, of } = self.hold_out;
        let assignment = Ratio::new(count.into(), of.into()).and_then(|control| Assignment::new(self.name, control));
        let assignment = assignment.map_err(|error| refuse("hold_out", format!("{count} of {of}"), error)).ok();
        let expects = self.expects.and_then(|Expected { baseline, lift }| {
            SamplePlan::new(baseline, lift)
                .map_err(|error| refuse("expects", format!("{baseline}, {lift}"), error))
                .ok()
        });
        let money = |field: &str, text: &str, faults: &mut Vec<Fault>| {
            let amount = currency.parse(text).map(|minor| currency.decimal(minor));
            amount.unwrap_or_else(|| {
                faults.push(Fault::new(field, text, AMOUNT));
                Decimal::ZERO
            })
        };
        let share = |field: &str, text: &str, faults: &mut Vec<Fault>| {
            Decimal::from_str_exact(text).unwrap_or_else(|_| {
                faults.push(Fault::new(field, text, "a share such as \"0.3\""));
                Decimal::ZERO
            })
        };
        // A message may cost less than the smallest coin.
        let cost = self.cost_per_message.as_deref().map_or(Some(Decimal::ZERO), |text| {
            let cost = Decimal::from_str_exact(text).ok()?;
            (cost >= Decimal::ZERO && cost.scale() <= 6 && cost < Decimal::from(1_000_000)).then_some(cost)
        });
        if cost.is_none() {
            let found = self.cost_per_message.clone().unwrap_or_default();
            faults.push(Fault::new("cost_per_message", found, "a text such as \"0.05\", with six decimals at most"));
        }
        let coupon = self.coupon.and_then(|posted| {
            let amount = money("coupon.order_amount", &posted.order_amount, &mut faults);
            let discount = money("coupon.discount", &posted.discount, &mut faults);
            let margin = share("coupon.margin", &posted.margin, &mut faults);
            let used = share("coupon.regular_use", posted.regular_use.as_deref().unwrap_or("1"), &mut faults);
            let coupon = Coupon::new(amount, margin, discount).and_then(|coupon| coupon.with_regular_use(used));
            let coupon = coupon.and_then(|coupon| coupon.with_cost_per_customer(cost.unwrap_or_default()));
            coupon.map_err(|error| faults.push(Fault::new("coupon", posted.discount, error.to_string()))).ok()
        });
        let today = clock.today();
        let send_at = DateTime::parse_from_rfc3339(&self.send_at).ok().map(|at| at.to_utc());
        let send_at = send_at.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()));
        let first = send_at.and_then(|at| clock.calendar.day(at).ok()).filter(|day| {
            let latest = today.checked_add_days(Days::new(366)).unwrap_or(NaiveDate::MAX);
            (today..=latest).contains(day)
        });
        if first.is_none() {
            let expected = format!("a moment such as 2026-03-31T18:30:00+08:00, of {today} or the year that follows");
            faults.push(Fault::new("send_at", self.send_at, expected));
        }
        if !(1..=366).contains(&self.days) {
            faults.push(Fault::new("days", self.days.to_string(), "1 to 366"));
        }
        let (Some(assignment), Some(send_at), Some(first), true) = (assignment, send_at, first, faults.is_empty())
        else {
            return Err(faults);
        };
        Ok(Campaign {
            assignment,
            rule: self.rule,
            sentences: <[String; 2]>::default(),
            model: 0,
            as_of: today,
            not_judged: 0,
            channel: Channel::new(self.channel),
            send_at,
            first,
            days: self.days,
            cost_per_message: self.cost_per_message,
            coupon,
            expects,
        })
    }
}

impl Campaign {
    pub(crate) fn name(&self) -> &str {
        self.assignment.campaign()
    }

    /// With the rule in words.
    pub(crate) fn with_words(mut self, describe: impl Fn(Language) -> String) -> Self {
        self.sentences = [describe(Language::English), describe(Language::Chinese)];
        self
    }

    pub(crate) fn sentence(&self, language: Language) -> &str {
        let [english, chinese] = &self.sentences;
        pick(language, english, chinese)
    }

    /// What one message costs.
    pub(crate) fn cost_of_message(&self) -> Option<Decimal> {
        Decimal::from_str_exact(self.cost_per_message.as_deref()?).ok()
    }

    /// The days whose orders count.
    pub(crate) fn window(&self) -> repurchase::Result<Window> {
        let end = self.first.checked_add_days(Days::new(self.days.into())).unwrap_or(NaiveDate::MAX);
        Window::new(self.first, end)
    }

    /// As many days before them.
    pub(crate) fn window_before(&self) -> repurchase::Result<Window> {
        let start = self.first.checked_sub_days(Days::new(self.days.into())).unwrap_or(NaiveDate::MIN);
        Window::new(start, self.first)
    }

    /// Who is held back, and when each of the others is written to, by the shop's rules and the messages that went out or
    /// are due. Of two who cannot both be written to on a day, the one of the higher value comes first.
    pub(crate) fn members(
        &self,
        audience: Vec<Chosen>,
        rules: &ContactRules,
        touches: Vec<Touch<String>>,
        until: DateTime<Utc>,
        clock: &Clock,
    ) -> repurchase::Result<Vec<Member>> {
        let (mut members, mut wishes) = (Vec::with_capacity(audience.len()), Vec::new());
        for Chosen { customer_id, value, segment } in audience {
            let group = self.assignment.group(&customer_id);
            if group == Group::Treated {
                let name = self.name().to_owned();
                wishes.push(Wish::new(customer_id.clone(), self.channel.clone(), self.send_at, value, name));
            }
            members.push(Member { customer_id, group, send_at: None, suppressed: None, segment });
        }
        let decided = rules.schedule(touches, wishes, until, &clock.calendar)?.into_iter();
        let mut decided: BTreeMap<String, _> = decided
            .map(|decision| match decision {
                Decision::Allowed(wish) => (wish.customer, (Some(wish.at), None)),
                Decision::Suppressed { wish, reason, .. } => (wish.customer, (None, Some(reason))),
            })
            .collect();
        for member in &mut members {
            (member.send_at, member.suppressed) = decided.remove(&member.customer_id).unwrap_or_default();
        }
        Ok(members)
    }
}

/// A customer of a campaign's audience.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) customer_id: String,
    pub(crate) group: Group,
    /// When the message goes out, if it does.
    pub(crate) send_at: Option<DateTime<Utc>>,
    /// Why it does not.
    pub(crate) suppressed: Option<Suppression>,
    /// The key of the segment when the campaign was made; `None` in campaigns of before it was kept.
    pub(crate) segment: Option<String>,
}
