//! The customers most worth calling, with the reasons.

use maud::{Markup, html};

use super::{Section, heads};
use crate::shop::{Buyers, Call, HORIZON_DAYS};
use crate::words::{NONE, Words, estimate, money, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers) -> Section {
    let calls = &buyers.calls;
    let (late, repeat) = (thousands(calls.late), thousands(calls.repeat));
    let named = calls.customers.len();
    let lead = if calls.repeat == 0 {
        words.of("Nobody has come twice yet, so nobody is late.", "还没有客户来过两次，因此没有人逾期。").to_owned()
    } else if calls.late == 0 {
        words.say(
            || format!("None of the {repeat} repeat customers is late: there is nobody to call."),
            || format!("{repeat} 位回头客都还在各自的购买周期内，暂无需要联系的客户。"),
        )
    } else {
        let order = if calls.by_value {
            words.say(
                || format!("of whom the models expect most revenue in the next {HORIZON_DAYS} days"),
                || format!("模型预计未来 {HORIZON_DAYS} 天消费最多的"),
            )
        } else {
            words
                .of("who have brought most so far, since no model fits,", "迄今消费最多的（没有合适的模型）")
                .to_owned()
        };
        words.say(
            || {
                let verb = if calls.late == 1 { "has" } else { "have" };
                format!(
                    "{late} of {repeat} repeat customers {verb} let the day pass on which they were expected. {}",
                    if named == 1 { "This is the one.".to_owned() } else { format!("The {named} {order} come first.") }
                )
            },
            || format!("{repeat} 位回头客中有 {late} 位已过了预计的购买日。以下是其中{order} {named} 位。"),
        )
    };
    Section {
        id: "calls",
        title: words.of("Whom to call first", "最值得联系的客户"),
        lead,
        body: if calls.customers.is_empty() { Markup::default() } else { table(words, buyers) },
        note: words
            .of(
                "Customers with purchases on two days or more who have missed at least one cycle of their frequency \
                 band. The probability is that of still being a customer; the revenue expected already allows for it.",
                "有两个及以上购买日、且至少错过一个所属频率档周期的客户。“仍活跃”为仍是客户的概率；预期消费已考虑这一概率。",
            )
            .to_owned(),
    }
}

fn table(words: Words, buyers: &Buyers) -> Markup {
    let days = HORIZON_DAYS;
    let names = [
        words.of("Customer", "客户").to_owned(),
        words.of("Last purchase", "最近购买").to_owned(),
        words.of("Revenue so far", "累计消费").to_owned(),
        words.of("Still a customer", "仍活跃").to_owned(),
        words.say(|| format!("Expected in {days} days"), || format!("{days} 天预期消费")),
    ];
    let value = |call: &Call| call.forecast.and_then(|forecast| forecast.expected_value());
    let last = |call: &Call| call.history.last_purchase().map_or_else(|| NONE.to_owned(), |day| words.date(day));
    html! {
        figure id="calls-table" {
            figcaption { (words.of("The customers most worth calling, and why", "最值得联系的客户及理由")) }
            table class="calls" {
                (heads(&names))
                @for call in &buyers.calls.customers {
                    tbody {
                        tr {
                            th scope="rowgroup" { (call.id) }
                            td data-name=(names[1]) { (last(call)) }
                            td data-name=(names[2]) { (money(call.history.revenue())) }
                            td data-name=(names[3]) { (percent(call.forecast.map(|forecast| forecast.probability_alive()))) }
                            td data-name=(names[4]) {
                                (value(call).map_or_else(|| NONE.to_owned(), estimate))
                            }
                        }
                        tr class="why" {
                            td colspan="5" {
                                ul { @for reason in reasons(words, buyers, call) { li { (reason) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The rule, the segment, the tier and the models, each in its own words.
fn reasons(words: Words, buyers: &Buyers, call: &Call) -> Vec<String> {
    let language = words.language;
    let mut reasons = vec![call.standing.explain(language)];
    if let Some(score) = buyers.scores.get(call.index) {
        reasons.extend(buyers.grid.explain(*score, language));
    }
    reasons.push(buyers.tiers.explain(call.history.revenue(), language));
    if let Some(forecast) = call.forecast {
        let value = forecast.explain_value(2, language);
        reasons.push(value.unwrap_or_else(|| forecast.explain_purchases(language)));
    }
    reasons
}
