//! Members of a paid card beside themselves: what they bought before they joined, and after.

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::history::{CustomerFold, Fact, PurchaseLog};
use crate::measure::BuyerSums;
use crate::measure::mix::Sums;
use crate::measure::net::{Net, NetSum};
use crate::number::money;
use crate::record::CustomerId;
use crate::record::calendar::Day;
use crate::scale::money_sample::MoneySample;
use crate::scale::words::{self, phrase, unsigned_zero, with_interval};
use crate::scale::{Confidence, Interval, Language};

/// The purchases of members in the days before they joined, and in as many days after.
///
/// It says what happened, and not what the membership did. Who joins is no draw: people join when they mean to buy more,
/// and would have bought more without a card. Those who were compared have been customers for long enough, so that
/// customers who join with one of their first orders are in none of it. A season that falls into one of the two spans stands
/// in the difference, too. What a membership adds is told by a group to whom it is not offered
/// ([`act::campaign`](crate::act::campaign)).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MembershipChange {
    /// The days before the day of joining, and after it, that count.
    pub days: u32,
    /// The day up to and including which purchases and memberships count.
    pub as_of: NaiveDate,
    /// The members who are compared with themselves.
    pub members: u64,
    /// Members who joined fewer than `days` days before the as-of day: the days after are not over.
    pub too_recent: u64,
    /// The other members who were no customers yet when the days before began, or have never bought: whoever is new has had
    /// less time to buy before than after.
    pub too_new: u64,
    /// The purchases of the members compared in the days before; customers are those of them who bought.
    pub before: BuyerSums,
    /// The purchases on the day of joining, which is in neither span: many join with an order.
    pub joining_day: BuyerSums,
    /// The purchases in the days after.
    pub after: BuyerSums,
    /// Purchases after less purchases before, per member: correctly rounded; `None` without a member.
    pub purchases_change: Option<f64>,
    /// Student's interval of the mean change of purchases; `None` with fewer than two members, and where all changed by
    /// the same number.
    pub purchases_interval: Option<Interval>,
    /// Net revenue after less net revenue before, per member: correctly rounded; `None` without a member.
    pub revenue_change: Option<f64>,
    /// Student's interval of the mean change of revenue, likewise.
    pub revenue_interval: Option<Interval>,
}

impl MembershipChange {
    /// The change in words, with whom it leaves out and what it does not say, in a sentence without its full stop. Intervals
    /// are of the confidence that was asked for.
    pub fn explain(&self, language: Language) -> String {
        let Self { days, members, too_recent, too_new, before, after, .. } = self;
        let name = language.pick("change per member", "人均变化");
        let count = |number: f64| format!("{:+.2}", unsigned_zero(number, 0.005));
        let purchases = with_interval(name, self.purchases_change, self.purchases_interval, None, &count, language);
        let revenue = with_interval(name, self.revenue_change, self.revenue_interval, None, &words::money, language);
        let ([bought, bought_after], [paid, paid_after]) =
            ([before, after].map(|span| span.purchases), [before, after].map(|span| span.revenue));
        let mut text = phrase!(
            language,
            "{days} days before joining and {days} after, members compared: {members}; purchases {bought} and \
             {bought_after}, {purchases}; net revenue {paid} and {paid_after}, {revenue}",
            "入会前后各 {days} 天，可比会员 {members} 人；订单 {bought} 笔与 {bought_after} 笔，{purchases}；净消费 {paid} 与 \
             {paid_after}，{revenue}"
        );
        if *too_recent > 0 || *too_new > 0 {
            text += &phrase!(
                language,
                "; left out: {too_recent} who joined too recently, {too_new} who were not yet customers for long enough",
                "；未计入：入会太近 {too_recent} 人，入会前成为客户时间太短 {too_new} 人"
            );
        }
        text + language.pick(
            "; people join when they mean to buy more, and seasons differ: it is no effect of the membership",
            "；想多买的人才会入会，季节也有影响：这不是会员卡的效果",
        )
    }
}

/// Compares members with themselves: the `days` days before the day on which each joined with the `days` days after it.
///
/// **Population**: the members who joined at least `days` days before `as_of`, and whose first purchase in the log lies
/// before the first of the days before; the others are counted. The first purchase is in no span: with it every member
/// would have bought in the days before. A member who is given several times joined on the earliest of these days. One
/// who joined after `as_of` is outside. The order of the members does not matter.
///
/// # Formula
///
/// The mean of each member's difference, and `± t s / √n` around it: with `n` members, the standard deviation `s` of the
/// differences and Student's quantile `t` at `n - 1` degrees of freedom. It is right for hundreds of members, and rough
/// where a few of them spend most.
///
/// # Errors
///
/// [`Error::OutOfRange`] when `days` is 0; [`Error::AmountOverflow`] when revenue, or the sum of the squares of its
/// differences, does not fit at the finest scale of all amounts.
///
/// # Examples
///
/// ```
/// use repurchase::measure::membership_change;
/// use repurchase::scale::Confidence;
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let rows = [
///     ("ann", "2026-01-01", 10), ("ann", "2026-02-20", 20), ("ann", "2026-03-01", 30), ("ann", "2026-03-10", 40),
///     ("bo", "2026-01-05", 10), ("bo", "2026-03-20", 25), ("cy", "2026-02-25", 90),
/// ];
/// let orders = rows.map(|(who, day, amount)| Ok(Order::on(who, day.parse()?, Decimal::from(amount))?));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// // All join on 1 March. Cy has been a customer for four days only.
/// let joined = ["ann", "bo", "cy"].map(|who| Ok((who, "2026-03-01".parse()?)));
/// let joined = joined.into_iter().collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
/// let change = membership_change(&log, joined, 30, "2026-04-30".parse()?, Confidence::default())?;
/// assert_eq!((change.members, change.too_new), (2, 1));
/// assert_eq!((change.before.revenue, change.joining_day.revenue, change.after.revenue), (20.into(), 30.into(), 65.into()));
/// assert_eq!((change.purchases_change, change.revenue_change), (Some(0.5), Some(22.5)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("paid membership", "付费会员", "before and after"))]
pub fn membership_change<Id: CustomerId>(
    log: &PurchaseLog<Id>,
    joined: impl IntoIterator<Item = (Id, NaiveDate)>,
    days: u32,
    as_of: NaiveDate,
    confidence: Confidence,
) -> Result<MembershipChange> {
    Error::within("days before and after joining", days, 1..=u32::MAX.into())?;
    // Any seed will do: the map is only asked.
    let mut members: HashMap<Id, Day, _> = HashMap::with_hasher(FixedState::with_seed(0));
    for (member, day) in joined.into_iter().filter(|&(_, day)| day <= as_of) {
        let day = Day::from(day);
        members.entry(member).and_modify(|known| *known = day.min(*known)).or_insert(day);
    }
    let too_recent = members.values().filter(|&&day| Day::from(as_of).since(day) < days).count() as u64;
    members.retain(|_, day| Day::from(as_of).since(*day) >= days);

    let new = || MemberFold {
        members: &members,
        days,
        log,
        spans: [Sums::default(); 3],
        changes: [MoneySample::default(); 2],
        error: None,
    };
    let MemberFold { spans: [before, joining_day, after], changes: [purchases, revenue], error, .. } =
        log.fold_joined(as_of, new, MemberFold::join);
    if let Some(error) = error {
        return Err(error);
    }
    let mean = |sample: MoneySample| money::mean(sample.sum(), sample.customers());
    Ok(MembershipChange {
        days,
        as_of,
        members: revenue.customers(),
        too_recent,
        too_new: members.len() as u64 - revenue.customers(),
        before: before.of(log)?,
        joining_day: joining_day.of(log)?,
        after: after.of(log)?,
        purchases_change: mean(purchases),
        purchases_interval: purchases.mean_interval(confidence),
        revenue_change: mean(revenue),
        revenue_interval: revenue.mean_interval(confidence),
    })
}

struct MemberFold<'a, Id> {
    members: &'a HashMap<Id, Day, FixedState>,
    days: u32,
    log: &'a PurchaseLog<Id>,
    /// The sums before, on the day of joining, and after.
    spans: [Sums; 3],
    /// The changes of purchases, and of revenue.
    changes: [MoneySample; 2],
    /// All of them are the same, whichever comes first.
    error: Option<Error>,
}

/// One customer's facts around the day of joining.
#[derive(Default)]
struct Around {
    /// Whether the next is known.
    is_known: bool,
    /// The day of joining, of a member.
    joined: Option<Day>,
    first: Option<Day>,
    spans: [Sums; 3],
}

impl<Id> MemberFold<'_, Id> {
    fn join(&mut self, other: &Self) {
        self.error = self.error.take().or_else(|| other.error.clone());
        for (span, more) in self.spans.iter_mut().zip(other.spans) {
            *span = span.plus(more);
        }
        for (change, more) in self.changes.iter_mut().zip(&other.changes) {
            self.error = self.error.take().or_else(|| change.merge(more).err());
        }
    }

    fn add(&mut self, spans: [Sums; 3]) -> Result<()> {
        let [before, _, after] = spans;
        // Counts of fewer than 2^32 facts.
        let purchases = Decimal::from(after.purchases as i64 - before.purchases as i64);
        let amount = |span: Sums| self.log.decimal(span.money.net());
        let change = money::exact_sum(amount(after)?, -amount(before)?);
        let change = change.ok_or(Error::AmountOverflow { field: "sum of amounts" })?;
        let [of_purchases, of_revenue] = &mut self.changes;
        of_purchases.add(purchases)?;
        of_revenue.add(change)
    }
}

impl<Id: CustomerId> CustomerFold<Id> for MemberFold<'_, Id> {
    type State = Around;

    fn step(&mut self, customer: &Id, around: &mut Around, fact: Fact) {
        if !around.is_known {
            (around.is_known, around.joined) = (true, self.members.get(customer).copied());
        }
        let Some(joined) = around.joined else { return };
        if fact.is_purchase() {
            around.first.get_or_insert(fact.day);
        }
        let span = match fact.day.cmp(&joined) {
            core::cmp::Ordering::Less if joined.since(fact.day) <= self.days => 0,
            core::cmp::Ordering::Equal => 1,
            core::cmp::Ordering::Greater if fact.day.since(joined) <= self.days => 2,
            _ => return,
        };
        let purchases = u64::from(fact.is_purchase());
        around.spans[span] = around.spans[span].plus(Sums { customers: 0, purchases, money: Net::of(fact) });
    }

    fn finish(&mut self, _: Id, around: Around) {
        let (Some(joined), Some(first)) = (around.joined, around.first) else { return };
        // Days are counted forward: a first purchase after the day of joining is none before it.
        if first >= joined || joined.since(first) <= self.days {
            return;
        }
        for (sum, span) in self.spans.iter_mut().zip(around.spans) {
            *sum = sum.plus(Sums { customers: u64::from(span.purchases > 0), ..span });
        }
        let error = self.add(around.spans).err();
        self.error = self.error.take().or(error);
    }
}
