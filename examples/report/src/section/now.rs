//! What happened: the last days against those before and the same a year ago.

use maud::{Markup, html};
use repurchase::Window;
use repurchase::measure::PeriodMix;
use rust_decimal::Decimal;

use crate::shop::{Buyers, PERIOD};
use crate::words::{NONE, Words, percent, thousands};

struct Card {
    /// As in the page's data.
    key: &'static str,
    name: &'static str,
    figure: String,
    /// Against the period before, and a year ago.
    changes: [String; 2],
}

pub(crate) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Markup {
    let this = &buyers.now.this;
    let title = words.of(format!("The last {PERIOD} days"), format!("最近 {PERIOD} 天"));
    html! {
        section id="now" aria-labelledby="now-title" {
            h2 id="now-title" { (title) small { " " (span(words, this.window)) } }
            @if this.purchases() == 0 { p class="lead warn" { (silent(words, buyers)) } }
            dl class="cards" {
                @for Card { key, name, figure, changes } in &cards(words, buyers) {
                    div {
                        dt { (name) }
                        dd class="figure" data-figure=(key) { (figure) }
                        @for change in changes { @if !change.is_empty() { dd class="of" { (change) } } }
                    }
                }
            }
            p class="note" { (compared(words, buyers)) }
        }
    }
}

fn span(words: Words<'_>, window: Window) -> String {
    let (first, last) = (words.date(window.start()), words.date(window.last()));
    words.of(format!("{first} to {last}"), format!("{first}至{last}"))
}

fn silent(words: Words<'_>, buyers: &Buyers<'_>) -> String {
    let (last, days) = (words.date(buyers.days.1), (buyers.as_of - buyers.days.1).num_days().unsigned_abs());
    words.of(
        format!("Nobody has bought since {last}, for {}.", words.days(days)),
        format!("自{last}起已 {days} 天没有任何成交。"),
    )
}

/// What the changes are against, and why some are missing.
fn compared(words: Words<'_>, buyers: &Buyers<'_>) -> String {
    let (now, first) = (&buyers.now, words.date(buyers.days.0));
    let mut text = words
        .of(
            "New: the first purchase of the records lies in the period. Revenue is less refunds and credits.",
            "新客：有记录以来的首次购买在本期内。成交金额已扣除退款/冲减。",
        )
        .to_owned();
    let missing = match (&now.before, &now.year_ago) {
        (None, _) => words.of("the period before, nor the same a year ago", "上期与去年同期"),
        (_, None) => words.of("the same days a year ago", "去年同期"),
        _ => return text,
    };
    text += &words.of(
        format!(" The records begin on {first} and do not cover {missing}."),
        format!("记录始于{first}，没有{missing}的数据。"),
    );
    text
}

fn cards(words: Words<'_>, buyers: &Buyers<'_>) -> [Card; 6] {
    let now = &buyers.now;
    let others = [&now.before, &now.year_ago];
    let against = |value: &dyn Fn(&PeriodMix) -> (Option<Decimal>, String)| {
        let mut position = 0;
        others.map(|other| {
            let name = if position == 0 { words.of("before", "环比") } else { words.of("a year ago", "同比") };
            position += 1;
            let Some(other) = other else { return String::new() };
            let ((now, _), (then, told)) = (value(&now.this), value(other));
            match now.zip(then).map(|(now, then)| Words::change(now, then)).filter(|change| change != NONE) {
                Some(change) => {
                    words.of(format!("{change} on {told} {name}"), format!("{name}\u{a0}{change}\u{200b}（{told}）"))
                }
                // Of nothing there is no change.
                None if then.is_none() => String::new(),
                None => words.of(format!("{told} {name}"), format!("{name} {NONE}（{told}）")),
            }
        })
    };
    let count = |key, name, count: &dyn Fn(&PeriodMix) -> u64| Card {
        key,
        name,
        figure: thousands(count(&now.this)),
        changes: against(&|mix| (Some(count(mix).into()), thousands(count(mix)))),
    };
    let money = |key, name, amount: &dyn Fn(&PeriodMix) -> Option<Decimal>| {
        let told = |mix: &PeriodMix| amount(mix).map_or_else(|| NONE.to_owned(), |amount| words.money(amount));
        Card { key, name, figure: told(&now.this), changes: against(&|mix| (amount(mix), told(mix))) }
    };
    let old = |mix: &PeriodMix| percent(mix.returning_share().value());
    let told_share = |other: &Option<PeriodMix>, name: &str| match other {
        Some(mix) if mix.customers() == 0 => String::new(),
        None => String::new(),
        Some(mix) => words.of(format!("{} {name}", old(mix)), format!("{name} {}", old(mix))),
    };
    [
        money("revenue", words.of("Revenue", "成交金额"), &|mix| Some(mix.net_revenue)),
        count("purchases", words.of("Orders", "支付订单数"), &PeriodMix::purchases),
        count("buyers", words.of("Buyers", "成交客户数"), &PeriodMix::customers),
        money("per_customer", words.of("Per buyer", "客单价"), &PeriodMix::revenue_per_customer),
        count("new", words.of("New customers", "新客数"), &|mix| mix.new.customers),
        Card {
            key: "returning_share",
            name: words.of("Returning buyers", "老客占比"),
            figure: old(&now.this),
            changes: [
                told_share(&now.before, words.of("before", "上期")),
                told_share(&now.year_ago, words.of("a year ago", "去年同期")),
            ],
        },
    ]
}
