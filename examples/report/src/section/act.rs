//! What to do now: who is late, at risk, due, about to be lost after one order, close to a tier.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};
use repurchase::shop::Trigger;

use super::list_link;
use crate::lists::of_trigger;
use crate::shop::Buyers;
use crate::words::{Words, thousands};

pub(crate) fn section(words: Words<'_>, buyers: &Buyers<'_>, lists: Option<&str>) -> Markup {
    html! {
        section id="act" aria-labelledby="act-title" {
            h2 id="act-title" { (words.of("What to do now", "当前要做的事")) }
            ul class="act" {
                @for (trigger, customers) in &buyers.triggered {
                    @let name = trigger.label().name(words.language);
                    li data-trigger=(trigger.label().key()) {
                        strong { (thousands(customers.len() as u64)) }
                        div {
                            h3 { (name) }
                            p { (sentence(words, buyers, *trigger, customers)) }
                            @if !customers.is_empty() {
                                p class="of" {
                                    (actions(words, buyers, customers)) " "
                                    (list_link(words, lists, &of_trigger(*trigger), name))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sentence(words: Words<'_>, buyers: &Buyers<'_>, trigger: Trigger, customers: &[usize]) -> String {
    let (count, regulars) = (thousands(customers.len() as u64), thousands(buyers.regulars()));
    let of_all = worth(words, buyers, customers);
    match trigger {
        Trigger::Late if buyers.regulars() == 0 => words
            .of(
                "Nobody has come on two days yet, so nobody can be late.",
                "还没有客户在两个不同的日子购买，因此没有人超期。",
            )
            .to_owned(),
        Trigger::Late => {
            let verb = words.of(if customers.len() == 1 { "is" } else { "are" }, "");
            let told = words.of(
                format!("{count} of {regulars} regulars {verb} late"),
                format!("{regulars} 位老客中有 {count} 位已过回购期"),
            );
            // Of who has left, nothing is at risk any more.
            let worth = worth(words, buyers, &buyers.calls);
            let calls = thousands(buyers.calls.len() as u64);
            match (buyers.calls.len() == customers.len(), customers.len()) {
                (_, 0) => told + words.of(".", "。"),
                (true, _) => told + &worth + words.of(".", "。"),
                (false, _) => {
                    told + &words.of(
                        format!("; {calls} of them may yet be won back{worth}."),
                        format!("，其中 {calls} 位有望挽回{worth}。"),
                    )
                }
            }
        }
        Trigger::AtRisk => words.of(
            format!("Two cycles or more missed, and they may yet be won back{of_all}."),
            format!("已错过两个及以上回购周期，仍有望挽回{of_all}。"),
        ),
        Trigger::WindowClosing => {
            let [_, risk, end] = buyers.models.lifecycle().new_customers.edges();
            let last = end.saturating_sub(1);
            words.of(
                format!("Bought once, {risk} to {last} days ago; after {end} days they get the label \"Lost\", though some still come."),
                format!("{risk}–{last} 天前首购、尚未二购；满 {end} 天标记为“流失”，但其中仍有人会再来。"),
            )
        }
        Trigger::DueSoon => {
            let days = Trigger::DUE_SOON_DAYS;
            words.of(
                format!("Regulars whose purchase is due within {days} days{of_all}."),
                format!("{days} 天内到回购期的老客{of_all}。"),
            )
        }
        Trigger::NearTier => words
            .of("One more order of their usual amount reaches the next tier.", "再按平时金额下一单即可升级。")
            .to_owned(),
        _ => String::new(),
    }
}

/// What they usually bring; nothing where it is unknown of one.
fn worth(words: Words<'_>, buyers: &Buyers<'_>, customers: &[usize]) -> String {
    let days = buyers.models.horizon_days();
    match buyers.usual_value(customers).filter(|_| !customers.is_empty()) {
        None => String::new(),
        Some(value) => {
            let value = words.estimate(value);
            words.of(format!(": usually worth {value} in {days} days"), format!("，按平时节奏 {days} 天可带来 {value}"))
        }
    }
}

/// What the shop does for them, by how many.
fn actions(words: Words<'_>, buyers: &Buyers<'_>, customers: &[usize]) -> String {
    listed(words, &counted_actions(words, buyers, customers))
}

/// The actions for customers with the numbers of these, the most first.
pub(super) fn counted_actions<'a>(
    words: Words<'_>,
    buyers: &'a Buyers<'_>,
    customers: &[usize],
) -> Vec<(&'a str, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for profile in customers.iter().filter_map(|&position| buyers.shop.profiles.get(position)) {
        if let Some((_, action)) = buyers.models.next_action(&profile) {
            *counts.entry(action.name(words.language)).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| Reverse(count));
    counts
}

/// Actions as text.
pub(super) fn listed(words: Words<'_>, actions: &[(&str, u64)]) -> String {
    let told = |(name, count): &(&str, u64)| format!("{name}{}{}", words.of(": ", "："), thousands(*count));
    actions.iter().map(told).collect::<Vec<_>>().join(words.of(", ", "、"))
}
