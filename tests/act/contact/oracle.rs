//! Plans against a recount of every stretch of days, a scan of every hour, and any order of the input.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use repurchase::ShopCalendar;
use repurchase::act::contact::{Cap, Channel, ContactRules, Decision, QuietHours, Suppression, Touch, Wish};
use rust_decimal::Decimal;

use super::super::fixed_seed;
use super::{cap, instant, outcome, plan_in, quiet};

/// The rules, told so that the oracle reads them without the library.
#[derive(Debug, Clone)]
struct Rules {
    caps: Vec<(Option<Channel>, u32, u32)>,
    quiet: Option<(u32, u32)>,
    budget: Option<u64>,
}

impl Rules {
    fn hours(&self) -> Option<QuietHours> {
        self.quiet.map(|(from, until)| quiet(&format!("{from:02}:00:00"), &format!("{until:02}:00:00")))
    }

    fn real(&self) -> ContactRules {
        let mut rules = ContactRules::default();
        for (channel, touches, days) in self.caps.iter().cloned() {
            rules = match channel {
                Some(channel) => rules.with_channel_cap(channel, cap(touches, days)),
                None => rules.with_cap(cap(touches, days)),
            };
        }
        if let Some(hours) = self.hours() {
            rules = rules.with_quiet_hours(hours);
        }
        if let Some(touches) = self.budget {
            rules = rules.with_daily_budget(Channel::SMS, touches);
        }
        rules
    }

    /// Common caps first, as the library tells them.
    fn in_turn(&self) -> impl Iterator<Item = &(Option<Channel>, u32, u32)> {
        let common = self.caps.iter().filter(|(channel, ..)| channel.is_none());
        common.chain(self.caps.iter().filter(|(channel, ..)| channel.is_some()))
    }

    /// Why one more touch breaks a rule: a recount of each stretch of days that contains the new one.
    fn breaks(&self, sent: &[Touch<u32>], new: &Touch<u32>, zone: Tz) -> Option<Suppression> {
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        let number = |at| i64::from(local(at).date().to_epoch_days());
        if let (Some((from, until)), Some(hours)) = (self.quiet, self.hours()) {
            let hour = chrono::Timelike::hour(&local(new.at));
            let mut quiet_hours = (0..24).map(|step| (from + step) % 24).take_while(|&hour| hour != until);
            if quiet_hours.any(|quiet| quiet == hour) {
                return Some(Suppression::QuietHours { channel: new.channel.clone(), hours });
            }
        }
        for (channel, touches, days) in self.in_turn() {
            if channel.as_ref().is_some_and(|channel| *channel != new.channel) {
                continue;
            }
            let counts = |touch: &&Touch<u32>| {
                touch.customer == new.customer && channel.as_ref().is_none_or(|channel| *channel == touch.channel)
            };
            let length = i64::from(*days);
            let reached = (number(new.at) - length + 1..=number(new.at)).any(|start| {
                let within = |touch: &&Touch<u32>| (start..start + length).contains(&number(touch.at));
                sent.iter().filter(counts).filter(within).count() + 1 > *touches as usize
            });
            if reached {
                let cap = Cap::new(*touches, *days).unwrap();
                return Some(Suppression::Cap { cap, channel: channel.clone() });
            }
        }
        let touches = self.budget.filter(|_| new.channel == Channel::SMS)?;
        let day = number(new.at);
        let used = sent.iter().filter(|touch| touch.channel == Channel::SMS && number(touch.at) == day).count();
        (used as u64 >= touches).then_some(Suppression::DailyBudget { channel: Channel::SMS, touches })
    }
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::SMS), Just(Channel::EMAIL)]
}

fn rules() -> impl Strategy<Value = Rules> {
    let caps = prop::collection::vec((prop::option::of(channel()), 0..4u32, 1..9u32), 0..4);
    // A cap of 0 is seldom.
    let caps =
        caps.prop_map(|caps| caps.into_iter().map(|(channel, n, days)| (channel, n.max(u32::from(days != 3)), days)));
    let quiet = prop::option::of((0..24u32, 1..24u32).prop_map(|(from, length)| (from, (from + length) % 24)));
    (caps, quiet, prop::option::of(1..4u64)).prop_map(|(caps, quiet, budget)| Rules {
        caps: caps.collect(),
        quiet,
        budget,
    })
}

/// Half hours around the day on which Berlin's clocks go back, or forward.
fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..2 * 24 * 12i64, any::<bool>()).prop_map(|(halves, spring)| {
        let start = if spring { "2026-03-23T00:00:00Z" } else { "2026-10-19T00:00:00Z" };
        instant(start) + Duration::minutes(30 * halves)
    })
}

fn touches() -> impl Strategy<Value = Vec<Touch<u32>>> {
    prop::collection::vec((0..3u32, channel(), time()).prop_map(|(id, channel, at)| Touch::new(id, channel, at)), 0..12)
}

fn wishes() -> impl Strategy<Value = Vec<Wish<u32>>> {
    let wish = (0..3u32, channel(), time(), 0..3i64)
        .prop_map(|(id, channel, at, value)| Wish::new(id, channel, at, Decimal::from(value), "spring"));
    prop::collection::vec(wish, 0..25)
}

/// The definition: days in their order, in each the highest value first, then the id, the time, the channel.
fn naive(
    rules: &Rules,
    touches: &[Touch<u32>],
    wishes: &[Wish<u32>],
    zone: Tz,
) -> Vec<(Wish<u32>, Option<Suppression>)> {
    let mut waiting: BTreeMap<_, Vec<Wish<u32>>> = BTreeMap::new();
    for wish in wishes {
        waiting.entry(wish.at.with_timezone(&zone).date_naive()).or_default().push(wish.clone());
    }
    let (mut sent, mut found, mut seen) = (touches.to_vec(), Vec::new(), Vec::new());
    for (_, mut today) in waiting {
        today.sort_by_key(|wish| (-wish.value, wish.customer, wish.at, wish.channel.clone()));
        for wish in today {
            let touch = Touch::new(wish.customer, wish.channel.clone(), wish.at);
            let reason =
                if seen.contains(&touch) { Some(Suppression::Duplicate) } else { rules.breaks(&sent, &touch, zone) };
            seen.push(touch.clone());
            if reason.is_none() {
                sent.push(touch);
            }
            found.push((wish, reason));
        }
    }
    found
}

fn reason(decision: &Decision<u32>) -> (Wish<u32>, Option<Suppression>) {
    (decision.wish().clone(), outcome(decision).map(|(reason, _)| reason))
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn plans_are_the_definition(rules in rules(), touches in touches(), wishes in wishes()) {
        let zone = Tz::Europe__Berlin;
        let calendar = ShopCalendar::new(zone);
        let found = plan_in(&rules.real(), &touches, &wishes, &calendar);
        let outcomes: Vec<_> = found.iter().map(reason).collect();
        prop_assert_eq!(outcomes, naive(&rules, &touches, &wishes, zone));

        // All that is sent in the end, and of each suppressed wish the next time: by trying every half hour.
        let sent: Vec<_> = touches.iter().cloned().chain(found.iter().filter_map(Decision::touch)).collect();
        for decision in &found {
            let Decision::Suppressed { wish: Wish { customer, channel, at, .. }, reason, next } = decision else { continue };
            let tries = (0..48 * 40i64).map(|halves| *at + Duration::minutes(30 * halves));
            let free = |at: &DateTime<Utc>| rules.breaks(&sent, &Touch::new(*customer, channel.clone(), *at), zone).is_none();
            let is_final = *reason == Suppression::Duplicate || rules.caps.iter().any(|(on, touches, _)| {
                *touches == 0 && on.as_ref().is_none_or(|on| on == channel)
            });
            let expected = if is_final { None } else { tries.into_iter().find(free) };
            prop_assert_eq!(*next, expected, "{:?}", decision);
        }
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(
        rules in rules(), touches in touches(), wishes in wishes().prop_shuffle(), turn in 0..12usize,
    ) {
        let calendar = ShopCalendar::new(Tz::Europe__Berlin);
        let found = plan_in(&rules.real(), &touches, &wishes, &calendar);
        let (mut turned, mut wished) = (touches, wishes);
        turned.reverse();
        wished.reverse();
        let by = turn.min(wished.len());
        wished.rotate_left(by);
        prop_assert_eq!(found, plan_in(&rules.real(), &turned, &wished, &calendar));
    }

    #[test]
    fn schedules_hold_all_rules_and_leave_no_time_unused(
        rules in rules(), touches in touches(), wishes in wishes().prop_shuffle(), weeks in 0..5i64,
    ) {
        let (zone, until) = (Tz::Europe__Berlin, instant("2026-03-23T00:00:00Z") + Duration::weeks(weeks));
        let calendar = ShopCalendar::new(zone);
        let schedule = |wishes: &[Wish<u32>]| {
            rules.real().schedule(touches.clone(), wishes.to_vec(), until, &calendar).expect("a schedule")
        };
        let found = schedule(&wishes);
        let mut turned = wishes.clone();
        turned.reverse();
        prop_assert_eq!(&found, &schedule(&turned));
        prop_assert_eq!(found.len(), wishes.len());

        let sent: Vec<_> = touches.iter().cloned().chain(found.iter().filter_map(Decision::touch)).collect();
        for (at, decision) in found.iter().enumerate() {
            let wish = decision.wish();
            let touch = |at| Touch::new(wish.customer, wish.channel.clone(), at);
            // A wish keeps its time, or goes to a later one before the end.
            let is_asked = wishes.iter().any(|asked| {
                let is_same = (asked.customer, &asked.channel, asked.value) == (wish.customer, &wish.channel, wish.value);
                is_same && (asked.at == wish.at || asked.at < wish.at && wish.at < until)
            });
            prop_assert!(is_asked, "{:?}", decision);
            match decision {
                Decision::Allowed(_) => {
                    let mut others = sent.clone();
                    others.remove(touches.len() + found[..at].iter().filter(|other| other.is_allowed()).count());
                    prop_assert_eq!(rules.breaks(&others, &touch(wish.at), zone), None, "{:?}", decision);
                }
                Decision::Suppressed { reason: Suppression::Duplicate, .. } => {}
                Decision::Suppressed { .. } => {
                    let tries = (0..).map(|halves| wish.at + Duration::minutes(30 * halves));
                    let mut tries = tries.take_while(|at| *at < until);
                    prop_assert!(tries.all(|at| rules.breaks(&sent, &touch(at), zone).is_some()), "{:?}", decision);
                }
            }
        }
    }
}
