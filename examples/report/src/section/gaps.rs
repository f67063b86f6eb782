//! The mean gaps of regulars.

use maud::{Markup, html};

use super::{Section, heads};
use crate::chart::{BLUE, Plane, Size, ceiling, figure, px, ticks};
use crate::shop::{Buyers, GapBin, Group};
use crate::words::{Words, percent, thousands};

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Section {
    let regulars = buyers.regulars();
    let shortest = buyers.bands.first().filter(|_| regulars > 0);
    let lead = match shortest {
        Some((_, shortest)) => {
            let [first, ..] = buyers.models.lifecycle().frequency.edges();
            let (customers, share) = (words.customers(shortest.customers.count()), percent(shortest.customers.value()));
            let revenue = percent(shortest.revenue_share);
            words.of(
                format!(
                    "{customers} ({share} of the regulars) come every {first} days or more often and brought {revenue} of \
                     the regulars’ revenue."
                ),
                format!("{customers}（占老客 {share}）平均购买间隔短于 {first} 天，贡献老客成交金额的 {revenue}。"),
            )
        }
        None => words
            .of(
                "Nobody has bought on two days yet, so there is no gap to measure.",
                "还没有客户在两个不同的日子购买，因此没有购买间隔。",
            )
            .to_owned(),
    };
    Section {
        id: "gaps",
        title: words.of("Days between purchases", "购买间隔").to_owned(),
        body: if regulars == 0 { Markup::default() } else { chart(words, buyers, &lead) },
        lead,
        note: words.of(
            format!(
                "{} regulars: customers with purchases on two days or more. A customer’s gap is the mean number of days \
                 from one purchase day to the next; a customer who stays away shows no longer gap by it.",
                thousands(regulars)
            ),
            format!(
                "老客 {} 位：有两个及以上购买日的客户。间隔为相邻购买日之间的平均天数；最近一次购买之后的沉默不计入。",
                thousands(regulars)
            ),
        ),
    }
}

fn chart(words: Words<'_>, buyers: &Buyers<'_>, says: &str) -> Markup {
    let title = words.of("Regulars by mean gap", "老客的平均购买间隔分布");
    let draw = |size: Size| draw(words, size, buyers, says);
    figure("gaps-chart", title, draw, words.of("The numbers", "查看数据"), &table(words, buyers))
}

/// The days of a band: `below 30 days`, `30–49 days`, `80 days or more`.
fn range(words: Words<'_>, edges: &[u32], position: usize) -> String {
    match (position.checked_sub(1).and_then(|lower| edges.get(lower)), edges.get(position)) {
        (None, Some(to)) => words.of(format!("below {to} days"), format!("短于 {to} 天")),
        (Some(from), Some(to)) => words.of(format!("{from}–{} days", to - 1), format!("{from}–{} 天", to - 1)),
        (Some(from), None) => words.of(format!("{from} days or more"), format!("{from} 天及以上")),
        (None, None) => String::new(),
    }
}

fn draw(words: Words<'_>, size: Size, buyers: &Buyers<'_>, says: &str) -> Markup {
    let bins = &buyers.gaps;
    let end = ceiling(bins.iter().map(|bin| bin.customers).max().unwrap_or(0) as f64, 4);
    // The last bin is open, and as wide as the others.
    let last = bins.last().map_or(10, |bin| bin.to.unwrap_or(bin.from + 10));
    let plane = Plane {
        width: size.width(),
        height: size.of(270.0, 215.0),
        left: 48.0,
        right: 10.0,
        top: 26.0,
        bottom: 46.0,
        x: (0.0, f64::from(last)),
        y: (0.0, end),
    };
    let y = ticks(end, 4).into_iter().filter(|mark| mark.fract() < 1e-9);
    let y: Vec<_> = y.map(|mark| (mark, thousands(mark as u64))).collect();
    let drawing = html! {
        (plane.y_axis(&y, words.of("regulars", "老客数")))
        @for bin in bins { (one(words, &plane, bin)) }
        (plane.x_axis(&day_marks(&plane, size, last), words.of("mean gap, in days", "平均购买间隔（天）")))
        @for edge in buyers.models.lifecycle().frequency.edges() {
            line class="edge" x1=(px(plane.x(f64::from(edge)))) x2=(px(plane.x(f64::from(edge)))) y1=(px(plane.top)) y2=(px(plane.floor())) {}
        }
    };
    plane.svg(says, &drawing)
}

fn one(words: Words<'_>, plane: &Plane, bin: &GapBin) -> Markup {
    let (from, to) = (f64::from(bin.from), f64::from(bin.to.unwrap_or(bin.from + 10)));
    let y = plane.y(bin.customers as f64);
    html! {
        rect x=(px(plane.x(from) + 0.5)) y=(px(y)) width=(px(plane.x(to) - plane.x(from) - 1.0))
            height=(px(plane.floor() - y)) fill=(BLUE) fill-opacity=[bin.to.is_none().then_some("0.5")] {
            title { (days(words, bin)) ": " (words.customers(bin.customers)) }
        }
        @if bin.to.is_none() {
            text class="tick" x=(px(plane.x(to))) y=(px(plane.floor() + 17.0)) text-anchor="end" { "≥ " (bin.from) }
        }
    }
}

fn day_marks(plane: &Plane, size: Size, last: u32) -> Vec<(f64, String)> {
    let room = f64::from(size.of(10_u8, 5));
    let step = [10, 20, 50, 100].into_iter().find(|step| f64::from(last / step) <= room).unwrap_or(200);
    // The end belongs to the open bin.
    let marks = (0..=last / step).map(|mark| mark * step).filter(|&mark| plane.x(f64::from(mark)) < plane.end() - 60.0);
    marks.map(|mark| (f64::from(mark), mark.to_string())).collect()
}

fn days(words: Words<'_>, bin: &GapBin) -> String {
    match bin.to {
        Some(to) => words.of(format!("{}–{} days", bin.from, to - 1), format!("{}–{} 天", bin.from, to - 1)),
        None => words.of(format!("{} days or more", bin.from), format!("{} 天及以上", bin.from)),
    }
}

fn table(words: Words<'_>, buyers: &Buyers<'_>) -> Markup {
    let edges = buyers.models.lifecycle().frequency.edges();
    let row = |(position, (label, sums)): (usize, &Group)| {
        html! {
            tr {
                th scope="row" { (label.name(words.language)) }
                td { (range(words, &edges, position)) }
                td { (thousands(sums.customers.count())) }
                td { (percent(sums.customers.value())) }
                td { (words.money(sums.revenue)) }
                td { (percent(sums.revenue_share)) }
            }
        }
    };
    html! {
        table class="plain" {
            (heads(&[
                words.of("Band", "频次档"),
                words.of("Mean gap", "平均间隔"),
                words.of("Customers", "客户数"),
                words.of("Share", "占比"),
                words.of("Revenue", "成交金额"),
                words.of("Share", "占比"),
            ]))
            tbody { @for group in buyers.bands.iter().enumerate() { (row(group)) } }
        }
        table class="plain" {
            (heads(&[words.of("Mean gap", "平均间隔"), words.of("Customers", "客户数")]))
            tbody { @for bin in &buyers.gaps { tr { th scope="row" { (days(words, bin)) } td { (thousands(bin.customers)) } } } }
        }
    }
}
