//! Whom to call first, each in a sentence.

use maud::{Markup, html};
use repurchase::shop::{Figure, Profiles};

use super::list_link;
use crate::lists::of_trigger;
use crate::shop::Buyers;
use crate::words::{Words, probability, thousands};

/// How many customers the page names.
const NAMED: usize = 10;

pub(crate) fn section(words: Words<'_>, buyers: &Buyers<'_>, lists: Option<&str>) -> Markup {
    let (all, regulars) = (buyers.calls.len(), buyers.regulars());
    let (count, days) = (thousands(all as u64), buyers.models.horizon_days());
    let lead = match (all, regulars) {
        (_, 0) => words.of("Nobody has come twice yet.", "还没有客户来过两次。").to_owned(),
        (0, _) => {
            words.of("Nobody is late who may yet be won back.", "目前没有已过回购期且有望挽回的老客。").to_owned()
        }
        (1, _) => {
            words.of("One customer is late and may yet be won back.", "有 1 位客户已过回购期且有望挽回。").to_owned()
        }
        _ => words.of(
            format!("{count} are late and may yet be won back; those first with whom most is at stake."),
            format!("{count} 位客户已过回购期且有望挽回，按预计损失从高到低。"),
        ),
    };
    html! {
        section id="calls" aria-labelledby="calls-title" {
            h2 id="calls-title" { (words.of("Whom to call first", "优先回访")) }
            p class="of" {
                (lead) " "
                @if all > 0 {
                    (list_link(words, lists, &of_trigger(repurchase::shop::Trigger::Late), words.of("of all who are late", "全部已过回购期客户")))
                }
            }
            @if all > 0 { ol class="calls" {
                @for (position, id) in named(buyers) {
                    @if let Some(profile) = buyers.shop.profiles.get(position) {
                        li {
                            h3 { (id) }
                            p { (profile.describe(words.language, |amount| words.money(amount)).unwrap_or_default()) (words.of(".", "。")) }
                            p class="of" { (facts(words, buyers, &profile, days)) }
                        }
                    }
                }
            } }
        }
    }
}

fn named<'a>(buyers: &'a Buyers<'_>) -> impl Iterator<Item = (usize, &'a String)> {
    let calls = buyers.calls.iter().take(NAMED);
    calls.filter_map(|&position| Some((position, buyers.shop.ledger.ids().get(position)?)))
}

/// What to do, the chance of a purchase and what the customer usually brings, as far as they are known.
fn facts(words: Words<'_>, buyers: &Buyers<'_>, profile: &repurchase::shop::Profile<'_>, days: u32) -> String {
    let action = buyers.models.next_action(profile).map(|(_, action)| action.name(words.language).to_owned());
    let buys = profile.figure(Figure::ProbabilityBuys).map(|buys| {
        let buys = probability(Some(buys));
        words.of(format!("{buys} to buy in {days} days"), format!("{days} 天内购买概率 {buys}"))
    });
    let usual = profile.figure(Figure::UsualValue).map(|usual| {
        let usual = words.estimate(usual);
        words.of(format!("usually worth {usual}"), format!("正常复购金额 {usual}"))
    });
    [action, buys, usual].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// From which probability on of still being there a customer is called.
pub(super) fn least_alive() -> String {
    format!("{:.0}%", 100.0 * Profiles::LEAST_ALIVE)
}
