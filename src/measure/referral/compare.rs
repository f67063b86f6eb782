//! New customers who were brought, beside those who came by themselves.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Referrals;
use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::Occasion;
use crate::measure::net::{Net, NetSum};
use crate::number::money;
use crate::record::calendar::Day;
use crate::record::{CustomerId, Window};
use crate::scale::money_sample::MoneySample;
use crate::scale::words::{self, of_people, phrase, points, with_interval};
use crate::scale::{Confidence, Interval, Language, Ratio};

/// The purchases of one group of new customers in their first days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NewCustomers {
    /// Customers who bought a second time within the days asked for, of those who were observed for that long.
    pub returned: Ratio,
    /// The net revenue of those who were observed, from the first purchase day to the last of these days.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::decimal"))]
    pub revenue: Decimal,
    /// The others, too new as of the day to be judged.
    pub unobserved: u64,
}

impl NewCustomers {
    /// The net revenue per customer observed, rounded to 28 digits where it does not end; `None` without one.
    pub fn revenue_per_customer(&self) -> Option<Decimal> {
        self.revenue.checked_div(self.returned.of().into())
    }
}

/// New customers who were brought, beside those who came by themselves.
///
/// It is a description, and not what a referral does: the two groups differ in much more than who told them of the shop.
/// Friends are alike in age, income and place, a good customer brings good ones, and a reward for bringing somebody draws
/// those who buy for the reward. What a program of referrals adds is told by a group to whom it is not offered
/// ([`act::campaign`](crate::act::campaign)).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReferredNewCustomers {
    /// The days in which the first purchase lies.
    pub cohort: Window,
    /// The days in which purchases and revenue count, from the day of the first purchase.
    pub within_days: u32,
    /// The day up to and including which purchases and referrals count.
    pub as_of: NaiveDate,
    /// Customers who were brought, of all new customers, observed for long enough or not.
    pub referred_share: Ratio,
    /// New customers who were brought by another.
    pub referred: NewCustomers,
    /// New customers who were not.
    pub others: NewCustomers,
    /// The interval of the share of the referred who return, less that of the others: Newcombe's, as
    /// [`Comparison::of_rates`](crate::act::campaign::Comparison::of_rates) has it. `None` where a group is empty.
    pub return_difference: Option<Interval>,
    /// The interval of the revenue per customer of the referred, less that of the others: Welch's, as
    /// [`Comparison::of_money`](crate::act::campaign::Comparison::of_money) has it. `None` where a group has fewer
    /// than two customers, and where there is no spread.
    pub revenue_difference: Option<Interval>,
}

impl ReferredNewCustomers {
    /// Both groups in words, with what the comparison does not say, in a sentence without its full stop. Intervals are of the
    /// confidence that was asked for.
    pub fn explain(&self, language: Language) -> String {
        let Self { referred, others, within_days, .. } = self;
        let [returned, others_returned] = [referred, others].map(|group| of_people(group.returned, language));
        let mean = |group: &NewCustomers| money::mean(group.revenue, group.returned.of());
        let less = |one: Option<f64>, other: Option<f64>| Some(one? - other?);
        let name = language.pick("difference", "相差");
        let returns = less(referred.returned.value(), others.returned.value());
        let show = |number| points(number, language);
        let returns = with_interval(name, returns, self.return_difference, None, &show, language);
        let brought = less(mean(referred), mean(others));
        let brought = with_interval(name, brought, self.revenue_difference, None, &words::money, language);
        let [revenue, others_revenue] = [referred, others].map(|group| {
            let amount = group.revenue_per_customer();
            amount.map_or_else(|| "-".to_owned(), |amount| format!("{:.2}", amount.round_dp(2)))
        });
        let mut text = phrase!(
            language,
            "within {within_days} days {returned} of those who were brought came back, and {others_returned} of the others; \
             {returns}; revenue per customer {revenue} against {others_revenue}; {brought}",
            "{within_days} 天内复购：被介绍来的 {returned}，其他新客 {others_returned}；{returns}；人均消费 {revenue}，其他新客 \
             {others_revenue}；{brought}"
        );
        let unobserved = u128::from(referred.unobserved) + u128::from(others.unobserved);
        if unobserved > 0 {
            text += &phrase!(
                language,
                "; {unobserved} more are too new to be judged",
                "；另有 {unobserved} 人首购太近，尚不能判断"
            );
        }
        text + language.pick(
            "; the two groups differ in more than who told them of the shop: it is no effect of referrals",
            "；两组的差别不只在于由谁介绍：这不是转介绍的效果",
        )
    }
}

impl<Id: CustomerId> Referrals<Id> {
    /// Compares what the referred bring in their first `within_days` days, and how many come back, with the other new
    /// customers of the same days.
    ///
    /// **Population**: the customers whose first purchase in the log lies in `cohort`. Referred are those whose referral
    /// [counts](Referrals). Both groups are judged by those whose first purchase lies at least `within_days` days before the
    /// as-of day. A second purchase counts as in [`second_purchase_rate`](crate::measure::second_purchase_rate). Revenue
    /// is that of the first purchase day and the `within_days` days after it, net of refunds and of credits from the first
    /// purchase day on.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the sum of a group's revenue does not fit 96 bits, or the sum of its squares 128
    /// bits, at the finest scale of all amounts.
    pub fn new_customers(
        &self,
        log: &PurchaseLog<Id>,
        cohort: Window,
        within_days: u32,
        occasion: Occasion,
        confidence: Confidence,
    ) -> Result<ReferredNewCustomers> {
        let new = || NewFold {
            cohort: (cohort.start().into(), cohort.end().into()),
            within_days,
            as_of: self.as_of.into(),
            by_day: occasion == Occasion::Day,
            referrals: self,
            log,
            groups: [Group::default(); 2],
            error: None,
        };
        let NewFold { groups, error, .. } = log.fold_joined(self.as_of, new, NewFold::join);
        if let Some(error) = error {
            return Err(error);
        }
        let [others, referred] = groups;
        let [all_referred, all_others] = [referred, others].map(|group| group.money.customers() + group.unobserved);
        Ok(ReferredNewCustomers {
            cohort,
            within_days,
            as_of: self.as_of,
            referred_share: Ratio::counted(all_referred, all_referred + all_others),
            referred: referred.counts(),
            others: others.counts(),
            return_difference: referred.counts().returned.difference_interval(others.counts().returned, confidence),
            revenue_difference: referred.money.difference_interval(others.money, confidence),
        })
    }

    fn is_referred(&self, customer: &Id) -> bool {
        self.referrer(customer).is_some()
    }
}

#[derive(Clone, Copy, Default)]
struct Group {
    returned: u64,
    money: MoneySample,
    unobserved: u64,
}

impl Group {
    fn counts(self) -> NewCustomers {
        NewCustomers {
            returned: Ratio::counted(self.returned, self.money.customers()),
            revenue: self.money.sum(),
            unobserved: self.unobserved,
        }
    }
}

struct NewFold<'a, Id> {
    cohort: (Day, Day),
    within_days: u32,
    as_of: Day,
    by_day: bool,
    referrals: &'a Referrals<Id>,
    log: &'a PurchaseLog<Id>,
    /// The others, and the referred.
    groups: [Group; 2],
    /// All of them are the same, whichever comes first.
    error: Option<Error>,
}

/// One customer's first days.
#[derive(Default)]
struct FirstDays {
    first: Option<Day>,
    second: Option<Day>,
    money: Net,
    /// Credits of the latest day before the first purchase: they may be of its day.
    before: (Day, Net),
}

impl<Id: CustomerId> NewFold<'_, Id> {
    fn join(&mut self, other: &Self) {
        self.error = self.error.take().or_else(|| other.error.clone());
        for (group, more) in self.groups.iter_mut().zip(&other.groups) {
            group.returned += more.returned;
            group.unobserved += more.unobserved;
            self.error = self.error.take().or_else(|| group.money.merge(&more.money).err());
        }
    }
}

impl<Id: CustomerId> CustomerFold<Id> for NewFold<'_, Id> {
    type State = FirstDays;

    fn step(&mut self, _: &Id, known: &mut FirstDays, fact: Fact) {
        let money = Net::of(fact);
        let Some(first) = known.first else {
            if known.before.0 != fact.day {
                known.before = (fact.day, Net::default());
            }
            if fact.is_purchase() {
                (known.first, known.money) = (Some(fact.day), known.before.1.plus(money));
            } else {
                known.before.1 = known.before.1.plus(money);
            }
            return;
        };
        if fact.day.since(first) <= self.within_days {
            known.money = known.money.plus(money);
        }
        if fact.is_purchase() && known.second.is_none() && !(self.by_day && fact.day == first) {
            known.second = Some(fact.day);
        }
    }

    fn finish(&mut self, customer: Id, known: FirstDays) {
        let Some(first) = known.first.filter(|first| (self.cohort.0..self.cohort.1).contains(first)) else {
            return;
        };
        let group = &mut self.groups[usize::from(self.referrals.is_referred(&customer))];
        if self.as_of.since(first) < self.within_days {
            group.unobserved += 1;
            return;
        }
        group.returned += u64::from(known.second.is_some_and(|second| second.since(first) <= self.within_days));
        let added = self.log.decimal(known.money.net()).and_then(|amount| group.money.add(amount));
        self.error = self.error.take().or(added.err());
    }
}
