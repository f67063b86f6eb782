//! Segments, by customers and by revenue.

use std::cmp::Reverse;

use maud::{Markup, html};
use repurchase::act::playbook::{CustomerLabel, Playbook};
use repurchase_segment::groups::Group;

use super::{Section, heads};
use crate::chart::bar;
use crate::shop::Buyers;
use crate::words::{NONE, Words, money, money_beside, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers) -> Section {
    let mut segments: Vec<&Group> = buyers.segments.iter().collect();
    segments.sort_by_key(|segment| Reverse((segment.revenue, segment.customers)));
    let lead = segments.first().map(|best| {
        let name = best.label.name(words.language);
        let (customers, revenue) = (percent(best.share), percent(best.revenue_share));
        words.say(
            || format!("“{name}” brings the most: {revenue} of the revenue, from {customers} of the customers."),
            || format!("“{name}”贡献最多：{customers} 的客户带来 {revenue} 的收入。"),
        )
    });
    Section {
        id: "segments",
        title: words.of("Who the customers are", "客户分群"),
        lead: lead.unwrap_or_default(),
        body: table(words, &segments),
        note: words
            .of(
                "All customers with a purchase, each in one segment of the heat map above. Shares are of all customers \
                 and of all revenue. What to do is the playbook’s usual answer to a segment.",
                "所有购买过的客户，每位属于上方热力图中的一个分群。占比以全部客户和全部收入为基数。\
                 “建议动作”为策略手册对该分群的常规建议。",
            )
            .to_owned(),
    }
}

fn table(words: Words, segments: &[&Group]) -> Markup {
    let playbook = Playbook::default();
    let names = [
        words.of("Segment", "分群"),
        words.of("Customers", "客户"),
        words.of("Revenue", "消费金额"),
        words.of("per customer", "人均"),
        words.of("What to do", "建议动作"),
    ];
    let action = |group: &Group| {
        let action = playbook.action_for(CustomerLabel::segment(&group.label))?;
        Some(action.name(words.language).to_owned())
    };
    html! {
        figure id="segments-table" {
            figcaption { (words.of("Segments by customers and by revenue", "各分群的客户数与消费金额")) }
            table class="bars" {
                (heads(&names))
                tbody {
                    @for group in segments {
                        tr {
                            th scope="row" { (group.label.name(words.language)) }
                            (bars(words, group, segments))
                            td class="text" data-name=(names[4]) { (action(group).unwrap_or_else(|| NONE.to_owned())) }
                        }
                    }
                }
            }
        }
    }
}

/// The three cells that groups of any kind have: customers and revenue with their bars, and revenue per customer.
pub(super) fn bars(words: Words, group: &Group, groups: &[&Group]) -> Markup {
    // One scale for both, so that a bar of customers and one of revenue can be compared.
    let shares = groups.iter().flat_map(|group| [group.share, group.revenue_share]).flatten();
    let most = shares.fold(0.0, f64::max);
    let largest = groups.iter().map(|group| group.revenue.abs()).max().unwrap_or_default();
    html! {
        td class="of-customers" data-name=(words.of("Customers", "客户")) {
            (bar(group.share, most, "people"))
            span class="value" { (thousands(group.customers)) }
            span class="share" { (percent(group.share)) }
        }
        td class="of-revenue" data-name=(words.of("Revenue", "消费金额")) {
            (bar(group.revenue_share, most, "money"))
            span class="value" { (money_beside(group.revenue, largest)) }
            span class="share" { (percent(group.revenue_share)) }
        }
        td class="number" data-name=(words.of("per customer", "人均")) {
            (group.revenue_per_customer().map_or_else(|| NONE.to_owned(), money))
        }
    }
}
