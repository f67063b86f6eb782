//! The purchases of the two groups of a campaign, read from the orders that followed.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt::Display;

use rust_decimal::Decimal;

use super::assignment::{Assignment, Group};
use super::comparison::Comparison;
use super::funnel::Funnel;
use crate::act::economics::Coupon;
use crate::error::{Error, Result};
use crate::history::{Ledger, PurchaseLog};
use crate::number::money;
use crate::record::{CustomerId, Window};
use crate::scale::Confidence;
use crate::scale::money_sample::MoneySample;

/// The purchases of the treated and the held-back customers of a campaign in a window of days.
///
/// **Population**: everybody who was assigned, whether a message reached them or not (intention to treat): who can be
/// reached is no draw, and to compare those reached with those held back would compare different people. A contact of
/// the [`Funnel`] is a customer; a customer converts with a purchase in the window, and revenue is that of the window,
/// net of refunds and credits. A customer without an order counts with 0.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::act::campaign::{Group, Outcome};
/// use repurchase::scale::{Confidence, Language};
/// use repurchase::{Order, PurchaseLog, ShopCalendar, Window};
/// use rust_decimal::Decimal;
///
/// let order = |id, day| Order::new(id, Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap(), Decimal::from(20));
/// let orders = [order("ann", 2)?, order("ann", 20)?, order("bo", 10)?, order("cem", 30)?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// // Written to on 9 March, looked at for two weeks.
/// let two_weeks = Window::last_days(NaiveDate::from_ymd_opt(2026, 3, 22).unwrap(), 14)?;
/// let groups = [("ann", Group::Treated), ("bo", Group::Treated), ("cem", Group::Control), ("dee", Group::Control)];
/// let outcome = Outcome::of(&log.ledger_in(two_weeks)?, groups)?;
/// assert_eq!((outcome.funnel(Group::Treated).buyers(), outcome.funnel(Group::Control).buyers()), (2, 0));
/// assert_eq!(
///     outcome.revenue(Confidence::default()).explain(Language::English),
///     "Cannot tell: 20.00 against 0.00 per customer; difference +20.00 (no interval), lift undefined"
/// );
/// # Ok::<(), repurchase::Error>(())
/// ```
#[doc(alias("intention to treat", "ITT", "uplift", "活动效果"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The funnels of the treated and the control group.
    funnels: [Funnel; 2],
    money: [MoneySample; 2],
    in_both: u64,
}

impl Outcome {
    /// The outcome from the [ledger of the window](crate::PurchaseLog::ledger_in) and the group of each customer.
    ///
    /// A customer who is given twice counts once; one who is given in both groups, such as two ids that turned out to be
    /// one person, counts in neither and is [counted apart](Outcome::in_both). Takes time `m (log m + log n)` of `m`
    /// customers given and `n` of the ledger.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when what a group brought is beyond a [`MoneySample`].
    pub fn of<Id, Q>(ledger: &Ledger<Id>, groups: impl IntoIterator<Item = (Q, Group)>) -> Result<Self>
    where
        Id: CustomerId + Borrow<Q>,
        Q: Ord,
    {
        Self::of_each(ledger, once(groups).iter().map(|(customer, group)| (customer, *group)))
    }

    /// The same straight from a log, for the customers of a campaign, its assignment and the window of days that counts.
    ///
    /// A customer with credits alone in the window brings less than 0; one with nothing, 0. Takes time linear in the log, and
    /// `m (log m + log n)` as [`of`](Outcome::of).
    ///
    /// # Errors
    ///
    /// Those of [`PurchaseLog::ledger_in`] and of [`of`](Outcome::of).
    ///
    /// # Examples
    ///
    /// ```
    /// use repurchase::act::campaign::{Assignment, Group, Outcome};
    /// use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
    /// use rust_decimal::Decimal;
    ///
    /// let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
    /// let orders = [1, 2, 3, 4].map(|id: u32| Order::on(id, day, Decimal::from(20)));
    /// let log = PurchaseLog::from_records(orders.into_iter().collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
    ///
    /// let spring = Assignment::new("spring sale", Ratio::new(1, 10)?)?;
    /// let outcome = Outcome::of_log(&log, Window::last_days(day, 14)?, 1..=60_u32, &spring)?;
    /// let [treated, control] = Group::ALL.map(|group| *outcome.funnel(group));
    /// assert_eq!((treated.shown() + control.shown(), treated.buyers() + control.buyers()), (60, 4));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn of_log<Id, Q>(
        log: &PurchaseLog<Id>,
        window: Window,
        customers: impl IntoIterator<Item = Q>,
        assignment: &Assignment,
    ) -> Result<Self>
    where
        Id: CustomerId + Borrow<Q>,
        Q: Ord + Display,
    {
        let groups = customers.into_iter().map(|customer| {
            let group = assignment.group(&customer);
            (customer, group)
        });
        Self::of(&log.ledger_in(window)?, groups)
    }

    /// The outcome of each customer, counted once; without a group those who are in both.
    pub(super) fn of_each<'q, Id, Q>(
        ledger: &Ledger<Id>,
        customers: impl Iterator<Item = (&'q Q, Option<Group>)>,
    ) -> Result<Self>
    where
        Id: CustomerId + Borrow<Q>,
        Q: Ord + 'q,
    {
        let (mut shown, mut buyers, mut brought, mut in_both) = ([0; 2], [0; 2], [MoneySample::default(); 2], 0);
        for (customer, group) in customers {
            let Some(group) = group else {
                in_both += 1;
                continue;
            };
            let history = ledger.get(customer).unwrap_or_default();
            shown[group as usize] += 1;
            buyers[group as usize] += u64::from(history.purchases() > 0);
            brought[group as usize].add(history.revenue())?;
        }
        let funnel = |group: Group| {
            let at = group as usize;
            let funnel = Funnel::new(shown[at]).with_converted(buyers[at])?.with_buyers(buyers[at])?;
            funnel.with_money(Decimal::ZERO, brought[at].sum())
        };
        Ok(Self { funnels: [funnel(Group::Treated)?, funnel(Group::Control)?], money: brought, in_both })
    }

    /// Adds the cost of `messages` messages at `cost_of_each` to the treated group. all of it is the treated group's.
    ///
    /// # Errors
    ///
    /// [`Error::AmountOverflow`] when the product does not fit 96 bits; those of [`Funnel::with_money`].
    pub fn with_messages(mut self, messages: u64, cost_of_each: Decimal) -> Result<Self> {
        let cost = cost_of_each.mantissa().checked_mul(messages.into());
        let cost = cost.and_then(|cost| money::decimal(cost, cost_of_each.scale()));
        let cost = cost.ok_or(Error::AmountOverflow { field: "cost of the messages" })?;
        let [treated, _] = &mut self.funnels;
        *treated = treated.with_money(cost, treated.revenue())?;
        Ok(self)
    }

    /// Adds the outcome of other customers in the same window, such as another segment's; costs add up, too.
    ///
    /// # Errors
    ///
    /// Those of [`Funnel::merge`] and [`MoneySample::merge`]; the outcome is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let mut merged = *self;
        merged.funnels.iter_mut().zip(&other.funnels).try_for_each(|(sum, part)| sum.merge(part))?;
        merged.money.iter_mut().zip(&other.money).try_for_each(|(sum, part)| sum.merge(part))?;
        let in_both = self.in_both.checked_add(other.in_both);
        merged.in_both = in_both.ok_or(Error::CountOverflow { field: "customers in both groups" })?;
        *self = merged;
        Ok(())
    }

    /// The funnel of a group's customers.
    pub const fn funnel(&self, group: Group) -> &Funnel {
        &self.funnels[group as usize]
    }

    /// The amounts that a group's customers brought, 0 of those who bought nothing.
    pub const fn money(&self, group: Group) -> &MoneySample {
        &self.money[group as usize]
    }

    /// Customers who were given in both groups, and count in neither.
    pub const fn in_both(&self) -> u64 {
        self.in_both
    }

    /// Compares the shares of buyers. [`Comparison::of_rates`] of the customers with a purchase; `None` where a group
    /// is empty.
    pub fn conversion(&self, confidence: Confidence) -> Option<Comparison> {
        let [treated, control] = self.funnels.map(|funnel| funnel.conversion_rate());
        Some(Comparison::of_rates(treated?, control?, confidence))
    }

    /// Compares the mean amounts per customer. [`Comparison::of_money`] of all customers.
    pub const fn revenue(&self, confidence: Confidence) -> Comparison {
        let [treated, control] = self.money;
        Comparison::of_money(treated, control, confidence)
    }

    /// Compares the changes of the share of buyers since an earlier window of the same customers.
    /// [`Comparison::of_changes`]; `None` where a group is empty.
    pub fn conversion_since(&self, before: &Self, confidence: Confidence) -> Option<Comparison> {
        let rates = |group| Some([before.funnel(group).conversion_rate()?, self.funnel(group).conversion_rate()?]);
        Some(Comparison::of_changes(rates(Group::Treated)?, rates(Group::Control)?, confidence))
    }

    /// The change of the profit per treated customer by a coupon: [`Coupon::profit_change`] at the control group's
    /// share of buyers, which is what would have come without it, and its lift. `None` where a group is empty and where
    /// nobody of the control group bought.
    pub fn profit_change(&self, coupon: &Coupon) -> Option<Decimal> {
        let share = |funnel: &Funnel| Decimal::from(funnel.converted()).checked_div(funnel.shown().into());
        let [treated, control] = self.funnels.each_ref().map(share);
        let (treated, control) = (treated?, control?);
        coupon.profit_change(control, treated.checked_div(control)?.checked_sub(Decimal::ONE)?)
    }
}

/// Each customer once; without a group those who were given in both.
pub(super) fn once<Q: Ord>(groups: impl IntoIterator<Item = (Q, Group)>) -> BTreeMap<Q, Option<Group>> {
    let mut customers: BTreeMap<Q, Option<Group>> = BTreeMap::new();
    for (customer, group) in groups {
        let known = customers.entry(customer).or_insert(Some(group));
        *known = known.filter(|known| *known == group);
    }
    customers
}
