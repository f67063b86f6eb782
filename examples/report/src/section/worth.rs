//! How few bring how much, and the membership tiers.

use core::ops::Bound;

use maud::{Markup, html};
use repurchase::Error;
use repurchase::measure::RevenueShare;
use rust_decimal::Decimal;

use super::segments::bars;
use super::{Section, heads};
use crate::chart::{BLUE, GREY, PAPER, Plane, Size, VERMILLION, figure, path, px};
use crate::shop::{Buyers, Group};
use crate::words::{Words, percent, thousands};

/// Points of the curve, so many that it looks round.
const STEPS: usize = 100;

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Result<Section, Error> {
    let concentration = &buyers.shop.concentration;
    let top = concentration.top_share(Decimal::new(2, 1))?;
    let most = concentration.customers_for(Decimal::new(8, 1))?;
    let (share, count) = (percent(top.share), thousands(top.customers.count()));
    let lead = match top.share {
        Some(_) => words.of(
            format!(
                "The best 20% of customers ({count}) bring {share} of the revenue; 80% of it comes from {} of them.",
                percent(most.value())
            ),
            format!(
                "前 20% 的客户（{count} 位）贡献 {share} 的成交金额；80% 的成交金额来自 {} 的客户。",
                percent(most.value())
            ),
        ),
        None => words.of("No customer has revenue above 0.", "没有成交金额为正的客户。").to_owned(),
    };
    let population = words.customers(concentration.customers());
    let mut note = words.of(format!("{population} of revenue above 0."), format!("成交金额为正的 {population}。"));
    if let Some(gini) = concentration.gini() {
        note += &words.of(format!(" Gini coefficient {gini:.3}."), format!("基尼系数 {gini:.3}。"));
    }
    let left_out = concentration.without_revenue();
    if left_out > 0 {
        let left_out = words.customers(left_out);
        note += &words.of(
            format!(" Left out: {left_out} with a purchase but without revenue."),
            format!("另有{left_out}有购买但没有正的成交金额，未计入。"),
        );
    }
    Ok(Section {
        id: "worth",
        title: words.of("How few bring how much", "成交集中度与会员等级").to_owned(),
        body: html! {
            div class="two" {
                @if top.share.is_some() { (chart(words, buyers, &top, &lead)) }
                @if !buyers.tiers.is_empty() { (tiers(words, buyers)) }
            }
        },
        lead,
        note,
    })
}

fn chart(words: Words<'_>, buyers: &Buyers<'_>, top: &RevenueShare, says: &str) -> Markup {
    let title = words.of("Lorenz curve of revenue", "成交金额的洛伦兹曲线");
    let points = buyers.shop.concentration.lorenz(STEPS);
    let points: Vec<(f64, f64)> = points
        .map(|point| (100.0 * point.customers.value().unwrap_or(0.0), 100.0 * point.share.unwrap_or(0.0)))
        .collect();
    let draw = |size: Size| {
        let plane = Plane {
            width: size.width(),
            height: size.of(300.0, 240.0),
            left: 48.0,
            right: 20.0,
            top: 24.0,
            bottom: 44.0,
            x: (0.0, 100.0),
            y: (0.0, 100.0),
        };
        let marks = [0.0, 20.0, 40.0, 60.0, 80.0, 100.0].map(|mark| (mark, format!("{mark:.0}%")));
        let at = (100.0 - 100.0 * top.customers.value().unwrap_or(0.0), 100.0 - 100.0 * top.share.unwrap_or(0.0));
        let (x, y) = (plane.x(at.0), plane.y(at.1));
        let curve = || points.iter().map(|&(x, y)| (plane.x(x), plane.y(y)));
        let drawing = html! {
            (plane.y_axis(&marks, words.of("share of revenue", "成交金额占比")))
            (plane.x_axis(&marks, words.of("share of customers, the smallest first", "客户占比（从成交金额最少的开始）")))
            path d=(path(curve()) + "Z") fill=(BLUE) fill-opacity="0.12" {}
            path class="line" d=(path([(plane.x(0.0), plane.y(0.0)), (plane.x(100.0), plane.y(100.0))])) stroke=(GREY) stroke-dasharray="3 4" stroke-width="1" {}
            path class="line" d=(path(curve())) stroke=(BLUE) {}
            path class="line" stroke=(VERMILLION) stroke-width="1" stroke-dasharray="2 3" d=(path([(x, plane.floor()), (x, y), (plane.end(), y)])) {}
            circle cx=(px(x)) cy=(px(y)) r="5" fill=(VERMILLION) stroke=(PAPER) stroke-width="1.5" {}
            text class="big" x=(px(plane.x(4.0))) y=(px(plane.y(84.0))) fill=(VERMILLION) { (percent(top.share)) }
            text class="name" x=(px(plane.x(4.0))) y=(px(plane.y(84.0) + 18.0)) fill=(VERMILLION) {
                (words.of("from the best 20%", "来自前 20% 的客户"))
            }
        };
        plane.svg(says, &drawing)
    };
    figure("lorenz-chart", title, draw, words.of("The numbers", "查看数据"), &table(words, buyers))
}

fn table(words: Words<'_>, buyers: &Buyers<'_>) -> Markup {
    let rows = [1, 5, 10, 20, 50, 80].into_iter().filter_map(|percents| {
        let top = buyers.shop.concentration.top_share(Decimal::new(percents, 2)).ok()?;
        Some((percents, top))
    });
    html! {
        table class="plain" {
            (heads(&[
                words.of("The best", "前"),
                words.of("Customers", "客户数"),
                words.of("Revenue", "成交金额"),
                words.of("Share", "占比"),
            ]))
            tbody {
                @for (percents, top) in rows {
                    tr {
                        th scope="row" { (percents) "%" }
                        td { (words.ratio(top.customers)) }
                        td { (words.money(top.revenue)) }
                        td { (percent(top.share)) }
                    }
                }
            }
        }
    }
}

fn tiers(words: Words<'_>, buyers: &Buyers<'_>) -> Markup {
    let groups: Vec<&Group> = buyers.tiers.iter().collect();
    let begins = |position: usize| match buyers.models.tiers().range(position) {
        Some((Bound::Excluded(above), _)) => {
            words.of(format!("above {}", words.money(above)), format!("累计消费超过 {}", words.money(above)))
        }
        _ => words.of("first purchase", "首次购买").to_owned(),
    };
    html! {
        figure id="tiers-table" {
            figcaption { (words.of("Membership tiers, by rank in revenue", "会员等级（按累计消费排名）")) }
            div class="scroll" tabindex="0" role="region" aria-label=(words.of("Membership tiers", "会员等级")) {
                table class="bars" {
                    (heads(&[words.of("Tier", "等级"), words.of("Customers", "客户数"), words.of("Revenue", "成交金额"), words.of("Begins", "门槛")]))
                    tbody {
                        @for (position, (label, sums)) in groups.iter().enumerate().rev() {
                            tr {
                                th scope="row" { (label.name(words.language)) }
                                (bars(words, sums, &groups))
                                td class="text" { (begins(position)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
