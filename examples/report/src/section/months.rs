//! Month by month: what new and old customers brought, and how many came again.

use maud::{Markup, html};
use repurchase::measure::PeriodMix;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Section, heads};
use crate::chart::{BLUE, PAPER, Plane, Series, Size, VERMILLION, ceiling, figure, px, ticks};
use crate::shop::{Buyers, Month};
use crate::words::{NONE, Words, number, percent, thousands};

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Section {
    let months = &buyers.months;
    let latest = months.iter().rev().find(|month| !month.is_open && month.mix.this.purchases() > 0);
    let lead = latest.map_or_else(
        || words.of("No month with a purchase is over yet.", "还没有一个完整且有成交的月份。").to_owned(),
        |month| sentence(words, &month.mix.this),
    );
    let open = months.last().filter(|month| month.is_open).map_or_else(String::new, |month| {
        let day = words.date(month.mix.this.window.last());
        words.of(
            format!(" The last month goes on after {day}: hatched, and compared with nothing."),
            format!("最后一个月截至{day}尚未结束：以斜线表示，不作环比与同比。"),
        )
    });
    let first = if months.first().is_some_and(|month| month.mix.this.window.contains(buyers.days.0)) {
        words.of(
            " In the first month of the records everybody is new, whoever bought before.",
            "记录的首月中所有客户都计为新客，此前买过的也不例外。",
        )
    } else {
        ""
    };
    Section {
        id: "months",
        title: words.of("Month by month", "按月趋势").to_owned(),
        lead: lead.clone(),
        body: html! { div class="two" { (revenue(words, months, &lead)) (rates(words, months)) } },
        note: words
            .of(
                "New: first purchase in that month, with all they bought in it. Repurchase rates count inside the month: \
                 customers with two orders or more, and orders that are not their customer’s first.",
                "新客：首次购买在当月，含其当月全部订单。复购率在月内统计：当月下单两次及以上的客户占比，以及当月非首单的订单占比。",
            )
            .to_owned()
            + &open
            + first,
    }
}

fn sentence(words: Words<'_>, mix: &PeriodMix) -> String {
    let month = words.month(mix.window.start());
    let (share, ratio) = (percent(mix.returning_share().value()), words.ratio(mix.returning_share()));
    let [new, old] = [mix.new.revenue, mix.returning.revenue].map(|amount| words.money(amount));
    words.of(
        format!(
            "In {month}, {share} of the buyers ({ratio}) had bought in an earlier month; they brought {old}, new ones \
             {new}."
        ),
        format!("{month}老客占比 {share}（{ratio}），老客贡献 {old}，新客贡献 {new}。"),
    )
}

fn height(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or(0.0).max(0.0)
}

fn revenue(words: Words<'_>, months: &[Month], says: &str) -> Markup {
    let title = words.of("Revenue by month: new and returning", "各月成交金额：新客与老客");
    let draw = |size: Size| {
        let parts = |month: &Month| [month.mix.this.returning.revenue, month.mix.this.new.revenue].map(height);
        let most = months.iter().map(|month| parts(month).iter().sum::<f64>()).fold(0.0, f64::max);
        let end = ceiling(most, 4);
        let plane = plane(size, months, end, 0.0);
        let y: Vec<_> = ticks(end, 4).into_iter().map(|mark| (mark, short(words, mark, end))).collect();
        let drawing = html! {
            defs { pattern id=(size.of("hatch", "hatch-narrow")) width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect width="2.2" height="5" fill=(PAPER) {}
            } }
            (plane.y_axis(&y, ""))
            @for (place, month) in (0_u32..).zip(months) {
                @let [old, new] = parts(month);
                @let (left, width) = (plane.x(f64::from(place) - 0.38), plane.x(0.76) - plane.x(0.0));
                @for (from, to, colour) in [(0.0, old, BLUE), (old, old + new, VERMILLION)] {
                    rect x=(px(left)) y=(px(plane.y(to))) width=(px(width)) height=(px(plane.y(from) - plane.y(to))) fill=(colour) {}
                    @if month.is_open {
                        rect x=(px(left)) y=(px(plane.y(to))) width=(px(width)) height=(px(plane.y(from) - plane.y(to))) fill=(format!("url(#{})", size.of("hatch", "hatch-narrow"))) {}
                    }
                }
            }
            (plane.x_axis(&[], ""))
            (month_marks(words, &plane, size, months))
            (legend(&[(BLUE, words.of("returning", "老客")), (VERMILLION, words.of("new", "新客"))]))
        };
        plane.svg(says, &drawing)
    };
    figure("revenue-chart", title, draw, words.of("The numbers", "查看数据"), &table(words, months))
}

/// What colours mean, above the plane.
fn legend(names: &[(&str, &str)]) -> Markup {
    html! {
        @for (place, (colour, name)) in (0_u32..).zip(names) {
            @let x = 60.0 + 110.0 * f64::from(place);
            rect x=(px(x)) y="4" width="11" height="11" rx="2" fill=(colour) {}
            text class="name soft" x=(px(x + 16.0)) y="14" { (name) }
        }
    }
}

fn plane(size: Size, months: &[Month], end: f64, right: f64) -> Plane {
    Plane {
        width: size.width(),
        height: size.of(290.0, 180.0),
        left: 52.0,
        right: right.max(8.0),
        top: 26.0,
        bottom: 42.0,
        x: (-0.6, (months.len() as f64 - 0.4).max(0.6)),
        y: (0.0, end),
    }
}

/// An amount on an axis: `20k`, `2万`.
fn short(words: Words<'_>, amount: f64, end: f64) -> String {
    let (unit, name) = match (end, words.of(true, false)) {
        (5e9.., true) => (1e9, "bn"),
        (5_000_000.0.., true) => (1e6, "m"),
        (5_000.0.., true) => (1e3, "k"),
        (1e9.., false) => (1e8, "亿"),
        (50_000.0.., false) => (1e4, "万"),
        _ => (1.0, ""),
    };
    let value = amount / unit;
    let decimals = usize::from((value - value.round()).abs() > 1e-9);
    number(value, if end < 2.0 { 2 } else { decimals }) + if amount > 0.0 { name } else { "" }
}

fn rates(words: Words<'_>, months: &[Month]) -> Markup {
    let title = words.of("Repurchase rate by month", "各月复购率");
    let over = |place: usize| months.get(place).is_some_and(|month| !month.is_open);
    let points = |of: &dyn Fn(&Month) -> Option<f64>| -> Vec<(f64, f64)> {
        let share = |(place, month): (usize, &Month)| Some((place as f64, 100.0 * of(month)?));
        months.iter().enumerate().filter(|(place, _)| over(*place)).filter_map(share).collect()
    };
    let users = points(&|month| month.rates.users.value());
    let orders = points(&|month| month.rates.orders.value());
    let latest = months.iter().rev().find(|month| !month.is_open && month.rates.users.of() > 0);
    let says = latest.map_or_else(String::new, |month| {
        let name = words.month(month.rates.window.start());
        let ratios = [month.rates.users, month.rates.orders];
        let [users, orders] = ratios.map(|ratio| format!("{} ({})", percent(ratio.value()), words.ratio(ratio)));
        words.of(
            format!("In {name}, {users} of the buyers ordered twice or more; {orders} of the orders were repeats."),
            format!("{name}：客户复购率 {users}，订单复购率 {orders}。"),
        )
    });
    let draw = |size: Size| {
        let most = users.iter().chain(&orders).map(|&(_, y)| y).fold(0.0, f64::max);
        let end = ceiling(most, 5).clamp(5.0, 100.0);
        let plane = plane(size, months, end, size.of(96.0, 66.0));
        let y: Vec<_> = ticks(end, 5).into_iter().map(|mark| (mark, format!("{mark:.0}%"))).collect();
        let line = |name: &str, colour, points| Series {
            name: name.to_owned(),
            colour,
            dashed: false,
            dots: months.len() < 13,
            points,
        };
        let series = [
            line(words.of(size.of("of orders", "orders"), "订单"), VERMILLION, &orders),
            line(words.of(size.of("of customers", "buyers"), "客户"), BLUE, &users),
        ];
        let drawing = html! {
            (plane.y_axis(&y, ""))
            (plane.x_axis(&[], ""))
            (month_marks(words, &plane, size, months))
            (plane.lines(&series))
        };
        plane.svg(&says, &drawing)
    };
    html! { (figure("rates-chart", title, draw, words.of("The numbers", "查看数据"), &rates_table(words, months))) }
}

/// The months below the plane, as many as have room, each year at its first month shown.
fn month_marks(words: Words<'_>, plane: &Plane, size: Size, months: &[Month]) -> Markup {
    let every = months.len().div_ceil(size.of(12, 6)).max(1);
    let mut year = String::new();
    let marks = months.iter().enumerate().filter(|(place, _)| place % every == 0);
    let marks: Vec<(f64, String, Option<String>)> = marks
        .map(|(place, month)| {
            let start = month.mix.this.window.start();
            let this = start.format("%Y").to_string();
            let new = (this != year).then(|| this.clone());
            year = this;
            (place as f64, start.format(words.of("%b", "%-m月")).to_string(), new)
        })
        .collect();
    html! {
        @for (place, name, year) in &marks {
            text class="tick" x=(px(plane.x(*place))) y=(px(plane.floor() + 17.0)) text-anchor="middle" { (name) }
            @if let Some(year) = year {
                text class="axis" x=(px(plane.x(*place))) y=(px(plane.floor() + 34.0)) text-anchor="middle" { (year) }
            }
        }
    }
}

fn name(words: Words<'_>, month: &Month) -> Markup {
    html! {
        th scope="row" {
            (words.month(month.mix.this.window.start()))
            @if month.is_open { " " (words.of("(so far)", "（未完）")) }
        }
    }
}

fn table(words: Words<'_>, months: &[Month]) -> Markup {
    let change = |month: &Month, other: &Option<PeriodMix>| {
        other
            .as_ref()
            .map_or_else(|| NONE.to_owned(), |other| Words::change(month.mix.this.net_revenue, other.net_revenue))
    };
    html! {
        table class="plain" {
            (heads(&[
                words.of("Month", "月份"),
                words.of("Revenue", "成交金额"),
                words.of("on the month before", "环比"),
                words.of("on a year ago", "同比"),
                words.of("Orders", "支付订单数"),
                words.of("Buyers", "成交客户数"),
                words.of("New", "新客"),
                words.of("Returning", "老客占比"),
                words.of("Per order", "笔单价"),
                words.of("Per buyer", "客单价"),
                words.of("User rate", "客户复购率"),
                words.of("Order rate", "订单复购率"),
            ]))
            tbody {
                @for month in months {
                    @let mix = &month.mix.this;
                    tr {
                        (name(words, month))
                        td { (words.money(mix.net_revenue)) }
                        td { (change(month, &month.mix.before)) }
                        td { (change(month, &month.mix.year_ago)) }
                        td { (thousands(mix.purchases())) }
                        td { (thousands(mix.customers())) }
                        td { (thousands(mix.new.customers)) }
                        td { (percent(mix.returning_share().value())) }
                        @for amount in [mix.revenue_per_purchase(), mix.revenue_per_customer()] {
                            td { (amount.map_or_else(|| NONE.to_owned(), |amount| words.money(amount))) }
                        }
                        @for ratio in [month.rates.users, month.rates.orders] { td { (percent(ratio.value())) } }
                    }
                }
            }
        }
    }
}

fn rates_table(words: Words<'_>, months: &[Month]) -> Markup {
    html! {
        table class="plain" {
            (heads(&[
                words.of("Month", "月份"),
                words.of("Buyers", "成交客户数"),
                words.of("twice or more", "下单两次及以上"),
                words.of("User rate", "客户复购率"),
                words.of("Orders", "支付订单数"),
                words.of("repeats", "复购订单"),
                words.of("Order rate", "订单复购率"),
            ]))
            tbody {
                @for month in months {
                    tr {
                        (name(words, month))
                        @for ratio in [month.rates.users, month.rates.orders] {
                            td { (thousands(ratio.of())) }
                            td { (thousands(ratio.count())) }
                            td { (percent(ratio.value())) }
                        }
                    }
                }
            }
        }
    }
}
