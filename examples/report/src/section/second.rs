//! From the first purchase to the second, and how often regulars come.

use maud::{Markup, html};
use repurchase::measure::SecondPurchaseRate;

use super::{Section, heads};
use crate::chart::{BLUE, Plane, Series, Size, ceiling, figure, ticks};
use crate::shop::Buyers;
use crate::words::{Words, percent, thousands};

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Section {
    // Enough of the customers are observed for so long.
    let told: Vec<&SecondPurchaseRate> = buyers.second.iter().filter(|rate| rate.rate.of() > 0).collect();
    let lead = told.iter().rev().find(|rate| rate.within_days <= 90).map_or_else(
        || words.of("Nobody has been a customer for a week yet.", "还没有客户的首购距今满一周。").to_owned(),
        |rate| {
            let (share, ratio, days) = (percent(rate.rate.value()), words.ratio(rate.rate), rate.within_days);
            words.of(
                format!("{share} of new customers ({ratio}) came a second day within {days} days of their first."),
                format!("首购后 {days} 天内再次购买的占 {share}（{ratio}）。"),
            )
        },
    );
    let cycle = cycle(words, buyers);
    Section {
        id: "second",
        title: words.of("From the first purchase to the second", "首购到二购").to_owned(),
        lead: lead.clone() + &cycle,
        body: html! { @if told.len() > 1 { (chart(words, &told, &lead)) } },
        note: words
            .of(
                "Of each number of days, the customers whose first purchase lies at least as long ago; a second order on the \
                 first day is no second day.",
                "每个天数只统计首购距今已满该天数的客户；首购当天的第二单不计为二购。",
            )
            .to_owned(),
    }
}

/// The repurchase cycle of regulars and its spread.
fn cycle(words: Words<'_>, buyers: &Buyers<'_>) -> String {
    let Some([short, middle, long]) = buyers.cycle else { return String::new() };
    let regulars = thousands(buyers.regulars());
    words.of(
        format!(
            " The median repurchase cycle of the {regulars} regulars is {middle} days; the middle half comes every {short} \
             to {long} days."
        ),
        format!("{regulars} 位老客的回购周期中位数为 {middle} 天，中间一半在 {short}–{long} 天之间。"),
    )
}

fn chart(words: Words<'_>, told: &[&SecondPurchaseRate], says: &str) -> Markup {
    let title = words.of("Share that came a second day, by days since the first", "首购后各天数内的二购率");
    let share = |rate: &&SecondPurchaseRate| 100.0 * rate.rate.value().unwrap_or(0.0);
    let points: Vec<(f64, f64)> = (0_u32..).zip(told).map(|(place, rate)| (f64::from(place), share(rate))).collect();
    let draw = |size: Size| {
        let end = ceiling(points.iter().map(|&(_, y)| y).fold(0.0, f64::max), 4).min(100.0);
        let plane = Plane {
            width: size.width(),
            height: size.of(230.0, 220.0),
            left: 48.0,
            right: 20.0,
            top: 16.0,
            bottom: 44.0,
            x: (-0.4, points.len() as f64 - 0.6),
            y: (0.0, end),
        };
        let y: Vec<_> = ticks(end, 4).into_iter().map(|mark| (mark, format!("{mark:.0}%"))).collect();
        let x: Vec<_> =
            (0_u32..).zip(told).map(|(place, rate)| (f64::from(place), rate.within_days.to_string())).collect();
        let series = [Series { name: String::new(), colour: BLUE, dashed: false, dots: true, points: &points }];
        let drawing = html! {
            (plane.y_axis(&y, ""))
            (plane.x_axis(&x, words.of("days since the first purchase", "首购后天数")))
            (plane.lines(&series))
        };
        plane.svg(says, &drawing)
    };
    let table = html! {
        table class="plain" {
            (heads(&[
                words.of("Within", "天数内"),
                words.of("Second day", "二购客户"),
                words.of("Observed", "可观察客户"),
                words.of("Share", "二购率"),
                words.of("Too new", "首购过近"),
            ]))
            tbody {
                @for rate in told {
                    tr {
                        th scope="row" { (words.days(rate.within_days.into())) }
                        td { (thousands(rate.rate.count())) }
                        td { (thousands(rate.rate.of())) }
                        td { (percent(rate.rate.value())) }
                        td { (thousands(rate.unobserved)) }
                    }
                }
            }
        }
    };
    figure("second-chart", title, draw, words.of("The numbers", "查看数据"), &table)
}
