//! Decisions on wishes.

use core::cmp::Reverse;
use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeZone, Utc};

use crate::act::contact::cap::Touches;
use crate::act::contact::clock::{SECONDS_A_DAY, day_before, first_open, wall};
use crate::act::contact::{Cap, Channel, ContactRules, Decision, Suppression, Touch, Wish};
use crate::error::Result;
use crate::record::{CustomerId, ShopCalendar};

impl ContactRules {
    /// Decides which wishes are allowed, given the touches that were made.
    ///
    /// Wishes are decided day by day of the shop, and within a day by value, the highest first; then by the customer's
    /// id, the time, the channel's key and the purpose. A wish is allowed if its time is not in the channel's quiet
    /// hours, no run of days has more touches of the customer than a [`Cap`] allows (touches in the future count), and
    /// the channel's budget of the day is not used up. A wish that is not allowed uses up nothing. Decisions come in the
    /// order in which they are made.
    ///
    /// Leave out wishes that were sent, and customers who do not want to be contacted: a plan does not know them. Takes
    /// time `O((t + w) log (t + w))` of `t` touches and `w` wishes, and for each wish that of the days on which its customer
    /// has touches, within the days of a cap before and after it.
    ///
    /// # Errors
    ///
    /// [`Error::Customer`](crate::Error::Customer) with [`Error::NoDay`](crate::Error::NoDay) for a touch or wish that
    /// has no calendar day.
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use repurchase::ShopCalendar;
    /// use repurchase::act::contact::{Cap, Channel, ContactRules, Decision, Suppression, Touch, Wish};
    /// use rust_decimal::Decimal;
    ///
    /// let at = |day| Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
    /// let cap = Cap::new(1, 7)?;
    /// let rules = ContactRules::default().with_cap(cap);
    /// let sent = [Touch::new("ann", Channel::SMS, at(1))];
    /// let wishes = [3, 8].map(|day| Wish::new("ann", Channel::EMAIL, at(day), Decimal::ONE, "spring"));
    ///
    /// let plan = rules.plan(sent, wishes, &ShopCalendar::utc())?;
    /// assert!(plan[1].is_allowed(), "the touch of 1 March is forgotten on the 8th");
    /// let reason = Suppression::Cap { cap, channel: None };
    /// let next = Utc.with_ymd_and_hms(2026, 3, 15, 0, 0, 0).single();
    /// assert_eq!(plan[0], Decision::Suppressed { wish: plan[0].wish().clone(), reason, next });
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn plan<Id: CustomerId, Tz: TimeZone>(
        &self,
        touches: impl IntoIterator<Item = Touch<Id>>,
        wishes: impl IntoIterator<Item = Wish<Id>>,
        calendar: &ShopCalendar<Tz>,
    ) -> Result<Vec<Decision<Id>>> {
        let mut wishes = wishes.into_iter().map(|wish| Dated::new(wish, calendar)).collect::<Result<Vec<_>>>()?;
        wishes.sort_by(|left, right| left.turn().cmp(&right.turn()));
        let mut book =
            Book { rules: self, calendar, customers: BTreeMap::new(), sent: BTreeMap::new(), full: BTreeMap::new() };
        book.add_touches(touches)?;
        let reasons = book.decide(&wishes);
        book.full = book.used_up();
        let decisions = wishes.into_iter().zip(reasons);
        Ok(decisions.map(|(dated, reason)| book.decision(dated, reason)).collect())
    }
}

impl ContactRules {
    /// Decides when each wish goes out: [`plan`](ContactRules::plan), and what it postpones again at its next time, until
    /// each wish is allowed or has no time before `until`.
    ///
    /// The time of an allowed wish is the one at which it may be sent, its own or a later one. A wish that finds no time
    /// is suppressed with the reason of its last refusal, at the last time that was tried. What was allowed in an earlier
    /// round counts as a touch in the next. Decisions come in the order in which they are made. Takes as many rounds of
    /// `plan` as days that a budget fills, or caps that are reached one behind the other.
    ///
    /// # Errors
    ///
    /// As [`plan`](ContactRules::plan).
    ///
    /// # Examples
    ///
    /// ```
    /// use chrono::{TimeZone, Utc};
    /// use repurchase::ShopCalendar;
    /// use repurchase::act::contact::{Channel, ContactRules, Wish};
    /// use rust_decimal::Decimal;
    ///
    /// // Two messages a day to five customers: the first two today, one on the day after tomorrow.
    /// let at = |day| Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
    /// let rules = ContactRules::default().with_daily_budget(Channel::SMS, 2);
    /// let wishes = (1..=5).map(|id| Wish::new(id, Channel::SMS, at(1), Decimal::from(9 - id), "spring"));
    /// let decided = rules.schedule([], wishes, at(4), &ShopCalendar::utc())?;
    /// let days: Vec<_> = decided.iter().map(|decision| decision.wish().at.date_naive().to_string()).collect();
    /// assert_eq!(days, ["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03"]);
    /// assert!(decided.iter().all(|decision| decision.is_allowed()));
    /// # Ok::<(), repurchase::Error>(())
    /// ```
    pub fn schedule<Id: CustomerId, Tz: TimeZone>(
        &self,
        touches: impl IntoIterator<Item = Touch<Id>>,
        wishes: impl IntoIterator<Item = Wish<Id>>,
        until: DateTime<Utc>,
        calendar: &ShopCalendar<Tz>,
    ) -> Result<Vec<Decision<Id>>> {
        let mut touches: Vec<_> = touches.into_iter().collect();
        let mut wishes: Vec<_> = wishes.into_iter().collect();
        let mut decided = Vec::with_capacity(wishes.len());
        while !wishes.is_empty() {
            let mut postponed = Vec::new();
            for decision in self.plan(touches.clone(), wishes, calendar)? {
                if let Some(wish) = decision.postponed().filter(|wish| wish.at < until) {
                    postponed.push(wish);
                } else {
                    touches.extend(decision.touch());
                    decided.push(decision);
                }
            }
            wishes = postponed;
        }
        Ok(decided)
    }
}

/// A wish, its shop day and its second of that day.
struct Dated<Id> {
    wish: Wish<Id>,
    day: i64,
    second_of_day: i64,
}

impl<Id: CustomerId> Dated<Id> {
    fn new<Tz: TimeZone>(wish: Wish<Id>, calendar: &ShopCalendar<Tz>) -> Result<Self> {
        let (day, second_of_day) = wall(calendar, wish.at).map_err(|error| error.of_customer(&wish.customer))?;
        Ok(Self { wish, day, second_of_day })
    }

    /// The order in which wishes are decided.
    fn turn(&self) -> impl Ord + '_ {
        let Wish { customer, channel, at, value, purpose } = &self.wish;
        (self.day, Reverse(value), customer, at, channel, purpose)
    }
}

/// One customer's touches.
#[derive(Default)]
struct Past {
    all: Touches,
    by_channel: BTreeMap<Channel, Touches>,
    /// The stretches of days of each channel that the caps close once the plan is finished, ascending and apart; `None`
    /// for all days. Worked out where it is asked for.
    closed: BTreeMap<Channel, Option<Vec<Range<i64>>>>,
}

impl Past {
    const NONE: Self = Self { all: Touches::new(), by_channel: BTreeMap::new(), closed: BTreeMap::new() };

    /// The caps that hold for a channel, the touches that count against each, and the channel that it is on.
    fn caps<'b>(
        &'b self,
        rules: &'b ContactRules,
        channel: &'b Channel,
    ) -> impl Iterator<Item = (Cap, &'b Touches, Option<&'b Channel>)> {
        let own = self.by_channel.get(channel).unwrap_or(const { &Touches::new() });
        let common = rules.caps().iter().map(|&cap| (cap, &self.all, None));
        common.chain(rules.channel_caps(channel).iter().map(move |&cap| (cap, own, Some(channel))))
    }

    fn closed(&self, rules: &ContactRules, channel: &Channel) -> Option<Vec<Range<i64>>> {
        let mut stretches = Vec::new();
        for (cap, touches, _) in self.caps(rules, channel) {
            stretches.extend(cap.closed(touches)?);
        }
        stretches.sort_unstable_by_key(|stretch| stretch.start);
        Some(apart(stretches))
    }
}

/// Stretches that meet are joined; they ascend by their starts.
fn apart(stretches: impl IntoIterator<Item = Range<i64>>) -> Vec<Range<i64>> {
    let mut joined: Vec<Range<i64>> = Vec::new();
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if last.end >= stretch.start => last.end = last.end.max(stretch.end),
            _ => joined.push(stretch),
        }
    }
    joined
}

/// The first day from one on that no stretch holds.
fn free_from(stretches: &[Range<i64>], day: i64) -> i64 {
    let stretch = stretches.get(stretches.partition_point(|stretch| stretch.end <= day));
    stretch.filter(|stretch| stretch.contains(&day)).map_or(day, |stretch| stretch.end)
}

/// All touches that were made or allowed.
struct Book<'a, Id, Tz: TimeZone> {
    rules: &'a ContactRules,
    calendar: &'a ShopCalendar<Tz>,
    customers: BTreeMap<Id, Past>,
    /// The number of touches of all customers by channel and day; only for channels with a budget.
    sent: BTreeMap<Channel, BTreeMap<i64, u64>>,
    /// The stretches of days of each channel on which the budget of the finished plan is used up, ascending and apart.
    full: BTreeMap<Channel, Vec<Range<i64>>>,
}

impl<Id: CustomerId, Tz: TimeZone> Book<'_, Id, Tz> {
    fn add_touches(&mut self, touches: impl IntoIterator<Item = Touch<Id>>) -> Result<()> {
        let mut dated = Vec::new();
        for Touch { customer, channel, at } in touches {
            let (day, _) = wall(self.calendar, at).map_err(|error| error.of_customer(&customer))?;
            dated.push((day, customer, channel));
        }
        dated.sort_unstable();
        for (day, customer, channel) in &dated {
            self.add(customer, channel, *day);
        }
        Ok(())
    }

    fn add(&mut self, customer: &Id, channel: &Channel, day: i64) {
        let past = self.customers.entry(customer.clone()).or_default();
        *past.all.entry(day).or_default() += 1;
        *past.by_channel.entry(channel.clone()).or_default().entry(day).or_default() += 1;
        if self.rules.daily_budget(channel).is_some() {
            *self.sent.entry(channel.clone()).or_default().entry(day).or_default() += 1;
        }
    }

    /// Returns, for each wish in turn, why it is not allowed; `None` for one that is.
    fn decide(&mut self, wishes: &[Dated<Id>]) -> Vec<Option<Suppression>> {
        let mut seen = BTreeSet::new();
        let mut reasons = Vec::with_capacity(wishes.len());
        for dated in wishes {
            let Wish { customer, channel, at, purpose, .. } = &dated.wish;
            let reason = if seen.insert((customer, channel, at, purpose)) {
                self.against(dated)
            } else {
                Some(Suppression::Duplicate)
            };
            if reason.is_none() {
                self.add(customer, channel, dated.day);
            }
            reasons.push(reason);
        }
        reasons
    }

    fn against(&self, dated: &Dated<Id>) -> Option<Suppression> {
        let (channel, day) = (&dated.wish.channel, dated.day);
        if let Some(hours) = self.rules.quiet_hours(channel).filter(|hours| hours.holds(dated.second_of_day)) {
            return Some(Suppression::QuietHours { channel: channel.clone(), hours });
        }
        let past = self.customers.get(&dated.wish.customer).unwrap_or(const { &Past::NONE });
        let reached = past.caps(self.rules, channel).find(|(cap, touches, _)| cap.closes(touches, day));
        if let Some((cap, _, channel)) = reached {
            return Some(Suppression::Cap { cap, channel: channel.cloned() });
        }
        let touches = self.rules.daily_budget(channel)?;
        let sent = self.sent.get(channel).and_then(|days| days.get(&day)).copied().unwrap_or(0);
        (sent >= touches).then(|| Suppression::DailyBudget { channel: channel.clone(), touches })
    }

    fn used_up(&self) -> BTreeMap<Channel, Vec<Range<i64>>> {
        let mut full = BTreeMap::new();
        for (channel, days) in &self.sent {
            let Some(budget) = self.rules.daily_budget(channel) else { continue };
            let used_up = days.iter().filter(|&(_, &touches)| touches >= budget);
            full.insert(channel.clone(), apart(used_up.map(|(&day, _)| day..day + 1)));
        }
        full
    }

    fn decision(&mut self, dated: Dated<Id>, reason: Option<Suppression>) -> Decision<Id> {
        let Some(reason) = reason else { return Decision::Allowed(dated.wish) };
        let next = if reason == Suppression::Duplicate { None } else { self.next(&dated) };
        Decision::Suppressed { wish: dated.wish, reason, next }
    }

    /// The first time from the wished one on at which all rules hold.
    fn next(&mut self, dated: &Dated<Id>) -> Option<DateTime<Utc>> {
        let quiet = self.rules.quiet_hours(&dated.wish.channel);
        let mut from = dated.day;
        loop {
            let day = self.free_day(&dated.wish, from)?;
            let start = dated.wish.at.max(day_before(day)?);
            let at = first_open(self.calendar, start, |wall| {
                let wall = wall.max(day * SECONDS_A_DAY);
                quiet.map_or(wall, |hours| hours.open_from(wall))
            })?;
            // The rest of the day may be quiet.
            let (reached, _) = wall(self.calendar, at).ok()?;
            if reached <= day {
                return Some(at);
            }
            from = reached;
        }
    }

    /// The first day from one on that no cap and no budget closes.
    fn free_day(&mut self, wish: &Wish<Id>, from: i64) -> Option<i64> {
        let channel = &wish.channel;
        if self.rules.daily_budget(channel) == Some(0) {
            return None;
        }
        let past = self.customers.entry(wish.customer.clone()).or_default();
        if !past.closed.contains_key(channel) {
            let closed = past.closed(self.rules, channel);
            past.closed.insert(channel.clone(), closed);
        }
        let by_caps = past.closed.get(channel)?.as_deref()?;
        let by_budget = self.full.get(channel).map_or(&[][..], Vec::as_slice);
        let mut day = from;
        loop {
            let free = free_from(by_budget, free_from(by_caps, day));
            if free == day {
                return Some(day);
            }
            day = free;
        }
    }
}
