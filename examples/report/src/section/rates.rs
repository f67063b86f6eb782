//! Repurchase rates, month by month.

use chrono::Datelike;
use maud::{Markup, html};
use repurchase::Ratio;
use repurchase::measure::RepurchaseRates;

use super::{Section, heads};
use crate::chart::{BLUE, Plane, Series, Size, VERMILLION, ceiling, figure, px, ticks};
use crate::shop::Buyers;
use crate::words::{Words, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers<'_>) -> Section {
    let months = &buyers.monthly;
    // The last month that is over and had a buyer, else the one that is running.
    let over = months.iter().rev().find(|rates| !is_running(rates) && rates.users.of() > 0);
    let latest = over.or_else(|| months.iter().rev().find(|rates| rates.users.of() > 0));
    let lead = latest.map(|rates| {
        let (month, users, orders) = (words.month(rates.window), rates.users, rates.orders);
        words.say(
            || {
                format!(
                    "In {month}, {} of the month’s buyers ({}) bought twice or more; {} of its purchases ({}) were \
                     repeats within the month.",
                    percent(users.value()),
                    words.ratio(users),
                    percent(orders.value()),
                    words.ratio(orders)
                )
            },
            || {
                format!(
                    "{month}，当月买家中有 {}（{}）购买两次及以上；当月购买中有 {}（{}）为月内复购。",
                    percent(users.value()),
                    words.ratio(users),
                    percent(orders.value()),
                    words.ratio(orders)
                )
            },
        )
    });
    let earlier = if buyers.earlier_months {
        words.of(" Only the latest 36 months are shown.", "仅显示最近 36 个月。")
    } else {
        ""
    };
    Section {
        id: "rates",
        title: words.of("Repurchase month by month", "按月复购率"),
        lead: lead.unwrap_or_default(),
        body: chart(words, months),
        note: words
            .of(
                "Each month by itself: user rate, the customers with two purchases or more in the month, of those with \
                 one or more; order rate, the month’s purchases that are not their customer’s first in it, of all of \
                 them. A month that is not over is marked *; one without a buyer has no rate.",
                "每个月单独计算：用户复购率为当月购买两次及以上的客户占当月买家的比例；订单复购率为当月购买中\
                 不是该客户当月首次的比例。未结束的月份以 * 标记；没有买家的月份没有复购率。",
            )
            .to_owned()
            + earlier,
    }
}

/// Whether a month ends with the as-of day, before its own last day.
fn is_running(rates: &RepurchaseRates) -> bool {
    rates.window.end().day() != 1
}

fn chart(words: Words, months: &[RepurchaseRates]) -> Markup {
    let title = words.of("User and order repurchase rate by month", "各月用户复购率与订单复购率");
    let points = |of: fn(&RepurchaseRates) -> Ratio| -> Vec<(f64, f64)> {
        let share = |(place, rates): (u32, &RepurchaseRates)| Some((f64::from(place), 100.0 * of(rates).value()?));
        (0..).zip(months).filter_map(share).collect()
    };
    let (users, orders) = (points(|rates| rates.users), points(|rates| rates.orders));
    let draw = |size: Size| {
        let most = users.iter().chain(&orders).map(|&(_, y)| y).fold(0.0, f64::max);
        let end = ceiling(most, 5).clamp(5.0, 100.0);
        let plane = Plane {
            width: size.width(),
            height: size.of(320.0, 280.0),
            left: 44.0,
            right: size.of(130.0, 74.0),
            top: 28.0,
            bottom: 50.0,
            x: (-0.3, (months.len() as f64 - 0.7).max(0.7)),
            y: (0.0, end),
        };
        let y: Vec<_> = ticks(end, 5).into_iter().map(|mark| (mark, format!("{mark:.0}%"))).collect();
        let series = [
            Series {
                name: words.of(size.of("order rate", "orders"), size.of("订单复购率", "订单")).to_owned(),
                colour: VERMILLION,
                dashed: false,
                dots: true,
                points: &orders,
            },
            Series {
                name: words.of(size.of("user rate", "users"), size.of("用户复购率", "用户")).to_owned(),
                colour: BLUE,
                dashed: false,
                dots: true,
                points: &users,
            },
        ];
        let drawing = html! {
            (plane.y_axis(&y, words.of("% of the month’s buyers, and of its purchases", "占当月买家 / 当月购买的比例")))
            (plane.x_axis(&[], ""))
            (month_marks(words, &plane, size, months))
            (plane.lines(&series))
        };
        plane.svg(title, &drawing)
    };
    figure("rates-chart", title, draw, words.of("The numbers", "查看数据"), &table(words, months))
}

/// The months below the plane, as many as have room, each year at its first month shown.
fn month_marks(words: Words, plane: &Plane, size: Size, months: &[RepurchaseRates]) -> Markup {
    let room = size.of(18, 6);
    let every = months.len().div_ceil(room).max(1);
    let mut year = String::new();
    let marks: Vec<(f64, String, Option<String>)> = months
        .iter()
        .enumerate()
        .filter(|(place, _)| place % every == 0)
        .map(|(place, rates)| {
            let start = rates.window.start();
            let star = if is_running(rates) { "*" } else { "" };
            let name = words.say(|| start.format("%b").to_string(), || start.format("%-m月").to_string()) + star;
            let this = start.format("%Y").to_string();
            let new = (this != year).then(|| this.clone());
            year = this;
            (place as f64, name, new)
        })
        .collect();
    html! {
        @for (place, name, year) in &marks {
            text class="tick" x=(px(plane.x(*place))) y=(px(plane.floor() + 17.0)) text-anchor="middle" { (name) }
            @if let Some(year) = year {
                text class="axis" x=(px(plane.x(*place))) y=(px(plane.floor() + 36.0)) text-anchor="middle" { (year) }
            }
        }
    }
}

fn table(words: Words, months: &[RepurchaseRates]) -> Markup {
    html! {
        table class="plain" {
            (heads(&[
                words.of("Month", "月份"),
                words.of("Buyers", "买家"),
                words.of("bought twice or more", "购买两次及以上"),
                words.of("User rate", "用户复购率"),
                words.of("Purchases", "购买次数"),
                words.of("repeats", "复购次数"),
                words.of("Order rate", "订单复购率"),
            ]))
            tbody {
                @for rates in months {
                    tr {
                        th scope="row" { (words.month(rates.window)) @if is_running(rates) { "*" } }
                        @for ratio in [rates.users, rates.orders] {
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
