//! Segments, by customers and by revenue.

use std::cmp::Reverse;

use maud::{Markup, html};
use repurchase::scale::Label;
use repurchase::segment::{LabelKind, LabelSummary};
use repurchase::shop::{CustomerLabel, Playbook};

use super::{Section, heads};
use crate::chart::bar;
use crate::shop::{Buyers, Group};
use crate::words::{NONE, Words, money, money_beside, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers<'_>) -> Section {
    let mut segments: Vec<&Group> = buyers.segments.iter().collect();
    segments.sort_by_key(|segment| Reverse((segment.1.revenue, segment.1.customers.count())));
    let lead = segments.first().map(|(label, best)| {
        let name = label.name(words.language);
        let (customers, revenue) = (percent(best.customers.value()), percent(best.revenue_share));
        words.say(
            || format!("“{name}” brings the most: {revenue} of the revenue, from {customers} of the customers."),
            || format!("“{name}”贡献最多：{customers} 的客户带来 {revenue} 的收入。"),
        )
    });
    Section {
        id: "segments",
        title: words.of("Who the customers are", "客户分群"),
        lead: lead.unwrap_or_default(),
        body: table(words, &segments, buyers.models.playbook()),
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

fn table(words: Words, segments: &[&Group], playbook: &Playbook) -> Markup {
    let names = [
        words.of("Segment", "分群"),
        words.of("Customers", "客户"),
        words.of("Revenue", "消费金额"),
        words.of("per customer", "人均"),
        words.of("What to do", "建议动作"),
    ];
    let action = |label: &Label| {
        let action = playbook.action_for(CustomerLabel::new(LabelKind::Segment, label.key()))?;
        Some(action.name(words.language).to_owned())
    };
    html! {
        figure id="segments-table" {
            figcaption { (words.of("Segments by customers and by revenue", "各分群的客户数与消费金额")) }
            table class="bars" {
                (heads(&names))
                tbody {
                    @for (label, sums) in segments {
                        tr {
                            th scope="row" { (label.name(words.language)) }
                            (bars(words, sums, segments))
                            td class="text" data-name=(names[4]) { (action(label).unwrap_or_else(|| NONE.to_owned())) }
                        }
                    }
                }
            }
        }
    }
}

/// The three cells that groups of any kind have: customers and revenue with their bars, and revenue per customer.
pub(super) fn bars(words: Words, sums: &LabelSummary, groups: &[&Group]) -> Markup {
    // One scale for both, so that a bar of customers and one of revenue can be compared.
    let shares = groups.iter().flat_map(|(_, sums)| [sums.customers.value(), sums.revenue_share]).flatten();
    let most = shares.fold(0.0, f64::max);
    let largest = groups.iter().map(|(_, sums)| sums.revenue.abs()).max().unwrap_or_default();
    let per_customer = sums.revenue.checked_div(sums.customers.count().into());
    html! {
        td class="of-customers" data-name=(words.of("Customers", "客户")) {
            (bar(sums.customers.value(), most, "people"))
            span class="value" { (thousands(sums.customers.count())) }
            span class="share" { (percent(sums.customers.value())) }
        }
        td class="of-revenue" data-name=(words.of("Revenue", "消费金额")) {
            (bar(sums.revenue_share, most, "money"))
            span class="value" { (money_beside(sums.revenue, largest)) }
            span class="share" { (percent(sums.revenue_share)) }
        }
        td class="number" data-name=(words.of("per customer", "人均")) {
            (per_customer.map_or_else(|| NONE.to_owned(), money))
        }
    }
}
