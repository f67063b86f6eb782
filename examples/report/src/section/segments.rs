//! Segments: how many, what they brought, who moved, what to do.

use std::cmp::Reverse;

use maud::{Markup, html};
use repurchase::scale::Label;
use repurchase::segment::LabelSummary;

use super::act::{counted_actions, listed};
use super::{Section, heads, list_link};
use crate::chart::bar;
use crate::lists::of_segment;
use crate::shop::{Buyers, Group, Move, PERIOD};
use crate::words::{NONE, Words, percent, thousands};

/// `None` where there are too few customers for ranks, or no grid.
pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>, lists: Option<&str>) -> Option<Section> {
    let mut segments: Vec<&Group> = buyers.segments.iter().collect();
    segments.sort_by_key(|segment| Reverse((segment.1.revenue, segment.1.customers.count())));
    let (label, best) = segments.first()?;
    let name = label.name(words.language);
    let (customers, revenue) = (percent(best.customers.value()), percent(best.revenue_share));
    Some(Section {
        id: "segments",
        title: words.of("Who the customers are", "客户分群").to_owned(),
        lead: words.of(
            format!("“{name}” bring the most: {revenue} of the revenue, from {customers} of the customers."),
            format!("“{name}”贡献最多：{customers} 的客户带来 {revenue} 的成交金额。"),
        ) + &moved(words, buyers),
        body: table(words, buyers, &segments, lists),
        note: words
            .of(
                "All customers with a purchase, by rank in R and F; the days and counts behind the ranks stand in the map \
                 below. What to do is counted by customer, as in the lists: who is late gets the answer to that, \
                 whatever the segment.",
                "全部有购买记录的客户，按 R、F 排名分群，各档对应的日期与次数见下图。运营策略按客户计数，与名单一致：\
                 已过回购期的客户按其回购状态处理，不论属于哪个分群。",
            )
            .to_owned(),
    })
}

/// How many changed, and the largest moves.
fn moved(words: Words<'_>, buyers: &Buyers<'_>) -> String {
    let Some(moves) = &buyers.moves else { return String::new() };
    let known = |key: &Option<String>| {
        let label = buyers.segments.iter().find(|(label, _)| Some(label.key()) == key.as_deref());
        label.map(|(label, _)| label.name(words.language))
    };
    let mut changed: Vec<&Move> = moves.iter().filter(|(from, to, _)| from.is_some() && from != to).collect();
    changed.sort_by_key(|(.., count)| Reverse(*count));
    let all: u64 = changed.iter().map(|(.., count)| count).sum();
    let largest: Vec<String> = changed
        .iter()
        .take(3)
        .filter_map(|(from, to, count)| {
            let (count, from, to) = (thousands(*count), known(from)?, known(to)?);
            Some(words.of(format!("{count} from {from} to {to}"), format!("{from}→{to} {count} 位")))
        })
        .collect();
    if largest.is_empty() {
        return String::new();
    }
    let (all, largest) = (words.customers(all), largest.join(words.of(", ", "、")));
    words.of(
        format!(" In the last {PERIOD} days {all} changed segment, most of them {largest}."),
        format!("最近 {PERIOD} 天有 {all}换了分群，最多的是{largest}。"),
    )
}

/// Who came into a segment, from another one or new, and who left it; `None` where it is not known.
fn in_and_out(buyers: &Buyers<'_>, segment: &Label) -> Option<[u64; 2]> {
    let key = Some(segment.key());
    let moves = buyers.moves.as_ref()?.iter().filter(|(from, to, _)| from != to);
    Some(moves.fold([0, 0], |[came, left], (from, to, count)| {
        let count_if = |is: bool| if is { *count } else { 0 };
        [came + count_if(to.as_deref() == key), left + count_if(from.as_deref() == key)]
    }))
}

fn table(words: Words<'_>, buyers: &Buyers<'_>, segments: &[&Group], lists: Option<&str>) -> Markup {
    let mut names = vec![
        words.of("Segment", "分群").to_owned(),
        words.of("Customers", "客户数").to_owned(),
        words.of("Revenue", "成交金额").to_owned(),
        words.of("Per order", "笔单价").to_owned(),
    ];
    if buyers.moves.is_some() {
        names.push(words.of(format!("In / out, {PERIOD} days"), format!("{PERIOD} 天转入/转出")));
    }
    names.push(words.of("What to do", "运营策略").to_owned());
    html! {
        figure id="segments-table" {
            figcaption { (words.of("Segments by customers and by revenue", "各分群的客户数与成交金额")) }
            div class="scroll" tabindex="0" role="region" aria-label=(words.of("Segments", "客户分群")) {
                table class="bars" {
                    (heads(&names))
                    tbody {
                        @for (label, sums) in segments {
                            @let name = label.name(words.language);
                            tr {
                                th scope="row" { (name) }
                                (bars(words, sums, segments))
                                td class="number" { @if sums.purchases == 0 { (NONE) } @else { (words.money(sums.mean_order_amount)) } }
                                @if let Some([came, left]) = in_and_out(buyers, label) {
                                    td class="number" { "+" (thousands(came)) " / −" (thousands(left)) }
                                }
                                td class="text" {
                                    (actions(words, buyers, &buyers.members(label)))
                                    " " (list_link(words, lists, &of_segment(label), name))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is done for most, and for how many something else.
fn actions(words: Words<'_>, buyers: &Buyers<'_>, members: &[usize]) -> Markup {
    let all = counted_actions(words, buyers, members);
    let Some((first, rest)) = all.split_first() else { return html! { (NONE) } };
    let (told, others) = rest.split_at(rest.len().min(1));
    let others: u64 = others.iter().map(|(_, count)| count).sum();
    let others = (others > 0).then_some((words.of("other", "其他"), others));
    let rest: Vec<_> = told.iter().copied().chain(others).collect();
    html! {
        (listed(words, &[*first]))
        @if !rest.is_empty() { span class="rest" { (words.of(", ", "、")) (listed(words, &rest)) } }
    }
}

/// The two cells that groups of any kind have: customers and revenue with their bars.
pub(super) fn bars(words: Words<'_>, sums: &LabelSummary, groups: &[&Group]) -> Markup {
    // One scale for both, so that a bar of customers and one of revenue can be compared.
    let shares = groups.iter().flat_map(|(_, sums)| [sums.customers.value(), sums.revenue_share]).flatten();
    let most = shares.fold(0.0, f64::max);
    html! {
        td class="of-customers" {
            (bar(sums.customers.value(), most, "people"))
            span class="value" { (thousands(sums.customers.count())) } " "
            span class="share" { (percent(sums.customers.value())) }
        }
        td class="of-revenue" {
            (bar(sums.revenue_share, most, "money"))
            span class="value" { (words.money(sums.revenue)) } " "
            span class="share" { (percent(sums.revenue_share)) }
        }
    }
}
