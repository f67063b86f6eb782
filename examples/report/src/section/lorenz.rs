//! How much of the revenue comes from how few.

use maud::{Markup, html};
use repurchase::measure::RevenueShare;
use rust_decimal::Decimal;

use super::{Section, heads};
use crate::chart::{BLUE, GREY, Plane, Size, VERMILLION, figure, path, px};
use crate::shop::Buyers;
use crate::words::{Words, money, percent, thousands};

/// Points of the curve, so many that it looks round.
const STEPS: usize = 200;

pub(super) fn section(words: Words, buyers: &Buyers<'_>) -> Section {
    let concentration = buyers.concentration;
    let top = concentration.top_share(Decimal::new(2, 1)).ok().filter(|top| top.share.is_some());
    let lead = match (&top, concentration.customers_for(Decimal::new(8, 1))) {
        (Some(top), Ok(most)) => words.say(
            || {
                let (share, count) = (percent(top.share), thousands(top.customers.count()));
                format!(
                    "The best 20% of customers ({count}) bring {share} of the revenue; 80% of it comes from {} of them.",
                    percent(most.value())
                )
            },
            || {
                let (share, count) = (percent(top.share), thousands(top.customers.count()));
                format!("前 20% 的客户（{count} 位）贡献了 {share} 的收入；80% 的收入来自 {} 的客户。", percent(most.value()))
            },
        ),
        _ => words.of("No customer has revenue above 0.", "没有消费金额为正的客户。").to_owned(),
    };
    let gini = concentration.gini().map(|gini| {
        words.say(
            || format!(" The Gini coefficient is {gini:.3}: 0 if all brought the same, near 1 if one brought all."),
            || format!("基尼系数为 {gini:.3}：人人相同为 0，集中于一人时接近 1。"),
        )
    });
    let left_out = concentration.without_revenue();
    let left_out = (left_out > 0).then(|| {
        words.say(
            || format!(" Left out: {} with a purchase but without revenue.", words.customers(left_out)),
            || format!("另有 {}有购买但没有正收入，未计入。", words.customers(left_out)),
        )
    });
    let population = words.customers(concentration.customers());
    Section {
        id: "lorenz",
        title: words.of("How few bring how much", "收入集中度"),
        lead,
        body: top.map(|top| chart(words, buyers, &top)).unwrap_or_default(),
        note: words.say(|| format!("{population} of revenue above 0."), || format!("消费金额为正的 {population}。"))
            + &gini.unwrap_or_default()
            + &left_out.unwrap_or_default(),
    }
}

fn chart(words: Words, buyers: &Buyers<'_>, top: &RevenueShare) -> Markup {
    let title = words.of("Lorenz curve of revenue", "收入的洛伦兹曲线");
    let points: Vec<(f64, f64)> = buyers
        .concentration
        .lorenz(STEPS)
        .map(|point| (100.0 * point.customers.value().unwrap_or(0.0), 100.0 * point.share.unwrap_or(0.0)))
        .collect();
    let draw = |size: Size| draw(words, size, &points, top);
    figure("lorenz-chart", title, draw, words.of("The numbers", "查看数据"), &table(words, buyers))
}

fn draw(words: Words, size: Size, points: &[(f64, f64)], top: &RevenueShare) -> Markup {
    let plane = Plane {
        width: size.width(),
        height: size.of(440.0, 340.0),
        left: 48.0,
        right: size.of(250.0, 20.0),
        top: 28.0,
        bottom: 44.0,
        x: (0.0, 100.0),
        y: (0.0, 100.0),
    };
    let marks: Vec<(f64, String)> =
        [0.0, 20.0, 40.0, 60.0, 80.0, 100.0].into_iter().map(|mark| (mark, format!("{mark:.0}%"))).collect();
    let (x, y) = (100.0 - 100.0 * top.customers.value().unwrap_or(0.0), 100.0 - 100.0 * top.share.unwrap_or(0.0));
    let says = words.say(
        || format!("Lorenz curve: the best 20% of customers bring {} of the revenue", percent(top.share)),
        || format!("洛伦兹曲线：前 20% 的客户贡献 {} 的收入", percent(top.share)),
    );
    let area = path(points.iter().map(|&(x, y)| (plane.x(x), plane.y(y)))) + "Z";
    let (px_x, px_y) = (plane.x(x), plane.y(y));
    let share = percent(top.share);
    let drawing = html! {
        (plane.y_axis(&marks, words.of("share of revenue", "收入占比")))
        (plane.x_axis(&marks, words.of("share of customers, from those who bring least", "客户占比（从消费最少的开始）")))
        path d=(area) fill=(BLUE) fill-opacity="0.10" {}
        path class="line" d=(path([(plane.x(0.0), plane.y(0.0)), (plane.x(100.0), plane.y(100.0))]))
            stroke=(GREY) stroke-dasharray="3 4" stroke-width="1" {}
        text class="name soft" x=(px(plane.x(48.0))) y=(px(plane.y(48.0) - 8.0)) text-anchor="end" fill=(GREY) {
            (words.of("if all brought the same", "人人贡献相同"))
        }
        path class="line" d=(path(points.iter().map(|&(x, y)| (plane.x(x), plane.y(y))))) stroke=(BLUE) {}
        path class="line" stroke=(VERMILLION) stroke-width="1" stroke-dasharray="2 3"
            d=(path([(px_x, plane.floor()), (px_x, px_y), (plane.end(), px_y)])) {}
        circle cx=(px(px_x)) cy=(px(px_y)) r="5" fill=(VERMILLION) stroke="#fff" stroke-width="1.5" {}
        (size.of(beside(words, &plane, px_y, &share), above(words, &plane, (px_x, px_y), &share)))
    };
    plane.svg(&says, &drawing)
}

/// Right of the plane: the two parts of the revenue.
fn beside(words: Words, plane: &Plane, y: f64, share: &str) -> Markup {
    let x = plane.end() + 14.0;
    let (top, floor) = (plane.y(100.0), plane.floor());
    let bracket = |from: f64, to: f64| path([(x - 8.0, from), (x - 3.0, from), (x - 3.0, to), (x - 8.0, to)]);
    let best = f64::midpoint(top, y);
    html! {
        path class="line" d=(bracket(top + 1.0, y - 2.0)) stroke=(VERMILLION) stroke-width="1.5" {}
        path class="line" d=(bracket(y + 2.0, floor)) stroke=(GREY) stroke-width="1.5" {}
        text class="big" x=(px(x + 6.0)) y=(px(best)) fill=(VERMILLION) { (share) }
        text class="name" x=(px(x + 6.0)) y=(px(best + 20.0)) fill=(VERMILLION) {
            (words.of("from the best 20%", "来自前 20% 的客户"))
        }
        text class="name" x=(px(x + 6.0)) y=(px(f64::midpoint(y, floor) + 4.0)) fill=(GREY) {
            (words.of("from the other 80%", "来自其余 80% 的客户"))
        }
    }
}

/// Left of the point, where a phone has room.
fn above(words: Words, plane: &Plane, (x, y): (f64, f64), share: &str) -> Markup {
    // The diagonal leaves the place above it free.
    let y = y.min(plane.y(20.0));
    html! {
        text class="big" x=(px(plane.x(4.0))) y=(px(plane.y(88.0))) fill=(VERMILLION) { (share) }
        text class="name" x=(px(plane.x(4.0))) y=(px(plane.y(88.0) + 18.0)) fill=(VERMILLION) {
            (words.of("from the best 20%", "来自前 20% 的客户"))
        }
        @if x > plane.left + 60.0 {
            text class="name" x=(px(x - 10.0)) y=(px(y - 8.0)) text-anchor="end" fill=(VERMILLION) { "80 / 20" }
        }
    }
}

fn table(words: Words, buyers: &Buyers<'_>) -> Markup {
    let rows = [1, 5, 10, 20, 50, 80].into_iter().filter_map(|percents| {
        let top = buyers.concentration.top_share(Decimal::new(percents, 2)).ok()?;
        Some((percents, top))
    });
    html! {
        table class="plain" {
            (heads(&[
                words.of("The best", "前"),
                words.of("Customers", "客户"),
                words.of("Revenue", "消费金额"),
                words.of("Share of revenue", "收入占比"),
            ]))
            tbody {
                @for (percents, top) in rows {
                    tr {
                        th scope="row" { (percents) "%" }
                        td { (words.ratio(top.customers)) }
                        td { (money(top.revenue)) }
                        td { (percent(top.share)) }
                    }
                }
            }
        }
    }
}
