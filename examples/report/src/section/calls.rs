//! The customers most worth calling, with the reasons.

use maud::{Markup, html};
use repurchase::CustomerHistory;
use repurchase::segment::LabelKind;
use repurchase::shop::{Figure, Profile};

use super::{Section, heads};
use crate::shop::{Buyers, Shop};
use crate::words::{NONE, Words, estimate, money, probability, thousands};

/// How many customers the page names.
const NAMED: usize = 15;

pub(super) fn section(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Section {
    let repeat_customers = buyers.bands.first().map_or(0, |(_, sums)| sums.customers.of());
    let late_customers = buyers.late.map_or(0, |late| late.customers.count());
    let (late, repeat) = (thousands(late_customers), thousands(repeat_customers));
    let lead = if repeat_customers == 0 {
        words.of("Nobody has come twice yet, so nobody is late.", "还没有客户来过两次，因此没有人逾期。").to_owned()
    } else if late_customers == 0 {
        words.say(
            || format!("None of the {repeat} repeat customers is late: there is nobody to call."),
            || format!("{repeat} 位回头客都还在各自的购买周期内，暂无需要联系的客户。"),
        )
    } else {
        let verb = if late_customers == 1 { "has" } else { "have" };
        words.say(
            || format!("{late} of {repeat} repeat customers {verb} let the day pass on which they were expected."),
            || format!("{repeat} 位回头客中有 {late} 位已过了预计的购买日。"),
        ) + &named(words, buyers)
    };
    let by_model = buyers.models.purchases().model().is_some();
    Section {
        id: "calls",
        title: words.of("Whom to call first", "最值得联系的客户"),
        lead,
        body: if buyers.calls.is_empty() { Markup::default() } else { table(words, shop, buyers) },
        note: if by_model { of_model(words, buyers) } else { without_model(words) },
    }
}

/// Who of those who are late stands in the table, and in which order.
fn named(words: Words, buyers: &Buyers<'_>) -> String {
    let all = buyers.calls.len();
    let named = all.min(NAMED);
    let of_whom = if buyers.models.purchases().model().is_none() {
        String::new()
    } else {
        words.say(
            || {
                let verb = if all == 1 { "has" } else { "have" };
                format!(" {} of them {verb} a P(alive) of 20% or more.", thousands(all as u64))
            },
            || format!("其中 {} 位的活跃概率不低于 20%。", thousands(all as u64)),
        )
    };
    let first = buyers.calls.first().and_then(|&position| buyers.profiles.get(position));
    let by_loss = first.is_some_and(|profile| loss(&profile).is_some());
    let order = if by_loss {
        words.of("with the largest expected loss", "预计损失最大的")
    } else {
        words.of("who are expected to bring, or have brought, most", "预期消费或累计消费最多的")
    };
    of_whom
        + &match named {
            0 => String::new(),
            1 => words.of(" This is the one.", "以下是这位客户。").to_owned(),
            _ => {
                words.say(|| format!(" The {named} {order} come first."), || format!("以下是其中{order} {named} 位。"))
            }
        }
}

fn of_model(words: Words, buyers: &Buyers<'_>) -> String {
    let days = buyers.models.horizon_days();
    words.say(
        || {
            format!(
                "Customers with purchases on two days or more who have missed at least one cycle of their frequency \
                 band and whose P(alive), the model’s probability that they still are customers, is 20% or more. The \
                 revenue expected in {days} days allows for it: it is the P(alive) times what they bring if they are. \
                 The expected loss is the rest: what \
                 they bring if they are, times the probability that they are not."
            )
        },
        || {
            format!(
                "有两个及以上购买日、至少错过一个所属频率档周期，且活跃概率（模型估计其仍是客户的概率）不低于 20% 的客户。\
                 {days} 天预期消费已乘以这一概率；预计损失为其余部分：若仍是客户会带来的消费，乘以已不是客户的概率。"
            )
        },
    )
}

fn without_model(words: Words) -> String {
    words
        .of(
            "Customers with purchases on two days or more who have missed at least one cycle of their frequency band.",
            "有两个及以上购买日、且至少错过一个所属频率档周期的客户。",
        )
        .to_owned()
}

fn loss(profile: &Profile<'_>) -> Option<f64> {
    profile.figure(Figure::ExpectedLoss)
}

fn table(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Markup {
    let days = buyers.models.horizon_days();
    let names = [
        words.of("Customer", "客户").to_owned(),
        words.of("Last purchase", "最近购买").to_owned(),
        words.of("Revenue so far", "累计消费").to_owned(),
        words.of("P(alive)", "活跃概率").to_owned(),
        words.say(|| format!("Expected in {days} days"), || format!("{days} 天预期消费")),
        words.of("Expected loss", "预计损失").to_owned(),
    ];
    let amount = |amount: Option<f64>| amount.map_or_else(|| NONE.to_owned(), estimate);
    let customers = buyers.calls.iter().take(NAMED).filter_map(|&position| {
        let id = shop.ledger.ids().get(position)?;
        Some((id, shop.ledger.get(id)?, buyers.profiles.get(position)?))
    });
    html! {
        figure id="calls-table" {
            figcaption { (words.of("The customers most worth calling, and why", "最值得联系的客户及理由")) }
            table class="calls" {
                (heads(&names))
                @for (id, history, profile) in customers {
                    tbody {
                        tr {
                            th scope="rowgroup" { (id) }
                            td data-name=(names[1]) {
                                (history.last_purchase().map_or_else(|| NONE.to_owned(), |day| words.date(day)))
                            }
                            td data-name=(names[2]) { (money(history.revenue())) }
                            td data-name=(names[3]) { (probability(profile.figure(Figure::ProbabilityAlive))) }
                            td data-name=(names[4]) { (amount(profile.figure(Figure::ExpectedValue))) }
                            td data-name=(names[5]) { (amount(loss(&profile))) }
                        }
                        tr class="why" {
                            td colspan="6" {
                                ul { @for reason in reasons(words, shop, buyers, &history) { li { (reason) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The rule, the segment, the tier and the models, each in its own words.
fn reasons(words: Words, shop: &Shop, buyers: &Buyers<'_>, history: &CustomerHistory) -> Vec<String> {
    let (models, as_of, language) = (&buyers.models, shop.ledger.as_of(), words.language);
    let labels = [LabelKind::ChurnRisk, LabelKind::Segment, LabelKind::Tier];
    let mut reasons: Vec<String> =
        labels.into_iter().filter_map(|kind| models.explain(history, as_of, kind, language)).collect();
    let figures = [Figure::ExpectedLoss, Figure::ExpectedPurchases];
    reasons.extend(figures.into_iter().find_map(|figure| models.explain_figure(history, as_of, figure, language)));
    reasons
}
