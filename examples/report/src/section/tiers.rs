//! Membership tiers.

use core::ops::Bound;

use maud::{Markup, html};

use super::segments::bars;
use super::{Section, heads};
use crate::shop::{Buyers, Group};
use crate::words::{Words, money, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers<'_>) -> Section {
    let [.., second, top] = buyers.tiers.as_slice() else {
        return Section { lead: String::new(), ..empty(words, buyers) };
    };
    let name = |(label, _): &Group| label.name(words.language).to_owned();
    let Some(both) = buyers.top_tiers else {
        let lead = words.say(
            || {
                format!(
                    "Nobody is in the two highest tiers, {} and {}: too many customers brought the same.",
                    name(second),
                    name(top)
                )
            },
            || format!("最高两个等级（{}、{}）中没有客户：消费金额相同的客户太多。", name(second), name(top)),
        );
        return Section { lead, ..empty(words, buyers) };
    };
    let (count, share) = (both.customers.count(), both.revenue_share);
    let lead = words.say(
        || {
            let customers = words.customers(count);
            format!(
                "{customers} in the two highest tiers, {} and {}, bring {} of the revenue.",
                name(second),
                name(top),
                percent(share)
            )
        },
        || {
            let customers = thousands(count);
            format!(
                "最高两个等级（{}、{}）共 {customers} 位客户，带来 {} 的收入。",
                name(second),
                name(top),
                percent(share)
            )
        },
    );
    Section { lead, ..empty(words, buyers) }
}

fn empty(words: Words, buyers: &Buyers<'_>) -> Section {
    Section {
        id: "tiers",
        title: words.of("Membership tiers", "会员等级"),
        lead: String::new(),
        body: table(words, buyers),
        note: words
            .of(
                "All customers with a purchase, ranked by revenue and cut at 80%, 96% and 99.2% of them. Customers of \
                 equal revenue are in one tier, the lower one, so that a higher tier may hold fewer than its share.",
                "所有购买过的客户按消费金额排序，在 80%、96% 和 99.2% 处切分。消费金额相同的客户处于同一（较低）等级，\
                 因此较高等级的人数可能少于其占比。",
            )
            .to_owned(),
    }
}

fn table(words: Words, buyers: &Buyers<'_>) -> Markup {
    let groups: Vec<&Group> = buyers.tiers.iter().collect();
    let names = [
        words.of("Tier", "等级"),
        words.of("Customers", "客户"),
        words.of("Revenue", "消费金额"),
        words.of("per customer", "人均"),
        words.of("Begins", "门槛"),
    ];
    let begins = |position: usize| match buyers.models.tiers().range(position) {
        Some((Bound::Excluded(above), _)) => {
            words.say(|| format!("above {}", money(above)), || format!("消费高于 {}", money(above)))
        }
        _ => words.of("with the first purchase", "首次购买").to_owned(),
    };
    html! {
        figure id="tiers-table" {
            figcaption { (words.of("Tiers by customers and by revenue, the highest first", "各等级的客户数与消费金额（由高到低）")) }
            table class="bars" {
                (heads(&names))
                tbody {
                    @for (position, (label, sums)) in groups.iter().enumerate().rev() {
                        tr {
                            th scope="row" { (label.name(words.language)) }
                            (bars(words, sums, &groups))
                            td class="text" data-name=(names[4]) { (begins(position)) }
                        }
                    }
                }
            }
        }
    }
}
