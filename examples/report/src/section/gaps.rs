//! The mean gaps of repeat customers.

use maud::{Markup, html};
use repurchase::segment::FrequencyBand;

use super::{Section, heads};
use crate::chart::{Plane, Size, ceiling, figure, px, ticks};
use crate::shop::{Buyers, GapBin, Group, Shop};
use crate::words::{Words, money, percent, thousands};

/// From the shortest gaps to the longest; white text is readable on none, dark text is not needed.
const COLOURS: [&str; 4] = ["#08519c", "#3a83bd", "#7fb3d8", "#b9cfe0"];

pub(super) fn section(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Section {
    let repeat = buyers.bands.first().map_or(0, |(_, sums)| sums.customers.of());
    let all = words.customers(shop.ledger.len() as u64);
    let shortest = buyers.bands.first().filter(|_| repeat > 0);
    let lead = match shortest {
        Some((_, shortest)) => {
            let [first, ..] = buyers.models.lifecycle().frequency.edges();
            let (customers, share) = (words.customers(shortest.customers.count()), percent(shortest.customers.value()));
            let revenue = percent(shortest.revenue_share);
            words.say(
                || {
                    format!(
                        "{customers} ({share} of those who came on two days or more) with a mean gap below {first} \
                         days brought {revenue} of what repeat customers brought."
                    )
                },
                || {
                    format!(
                        "{customers}（占有两个及以上购买日客户的 {share}）平均购买间隔短于 {first} 天，\
                         贡献了回头客消费的 {revenue}。"
                    )
                },
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
        title: words.of("Days between purchases", "购买间隔"),
        lead,
        body: if repeat == 0 { Markup::default() } else { chart(words, buyers) },
        note: words.say(
            || {
                format!(
                    "{} of {all}: those with purchases on two days or more. A customer’s gap is the mean number of days \
                     from one purchase day to the next; a customer who stays away shows no longer gap by it.",
                    thousands(repeat)
                )
            },
            || {
                format!(
                    "{all}中的 {} 位：有两个及以上购买日的客户。间隔为相邻购买日之间的平均天数；\
                     客户最近一次购买之后的沉默不计入。",
                    thousands(repeat)
                )
            },
        ),
    }
}

fn colour(band: FrequencyBand) -> &'static str {
    let [high, medium, low, occasional] = COLOURS;
    match band {
        FrequencyBand::High => high,
        FrequencyBand::Medium => medium,
        FrequencyBand::Low => low,
        FrequencyBand::Occasional => occasional,
    }
}

fn chart(words: Words, buyers: &Buyers<'_>) -> Markup {
    let title =
        words.of("Repeat customers by mean gap, and the frequency bands", "按平均购买间隔分布的回头客与频率分档");
    let draw = |size: Size| draw(words, size, buyers, title);
    figure("gaps-chart", title, draw, words.of("The numbers", "查看数据"), &table(words, buyers))
}

/// The days of a band: `< 30`, `30–49`, `≥ 80`.
fn range(words: Words, buyers: &Buyers<'_>, position: usize) -> String {
    let edges = buyers.models.lifecycle().frequency.edges();
    let (from, to) = (position.checked_sub(1).and_then(|lower| edges.get(lower)), edges.get(position));
    match (from, to) {
        (None, Some(to)) => words.say(|| format!("below {to} days"), || format!("短于 {to} 天")),
        (Some(from), Some(to)) => words.say(|| format!("{from}–{} days", to - 1), || format!("{from}–{} 天", to - 1)),
        (Some(from), None) => words.say(|| format!("{from} days or more"), || format!("{from} 天及以上")),
        (None, None) => String::new(),
    }
}

fn draw(words: Words, size: Size, buyers: &Buyers<'_>, title: &str) -> Markup {
    let bins = &buyers.gaps;
    let most = bins.iter().map(|bin| bin.customers).max().unwrap_or(0) as f64;
    let end = ceiling(most, 4);
    // The last bin is open, and as wide as the others.
    let last = bins.last().map_or(10, |bin| bin.to.unwrap_or(bin.from + 10));
    let stairs = 4.0 * 20.0;
    let plane = Plane {
        width: size.width(),
        height: size.of(400.0, 360.0),
        left: 44.0,
        right: 12.0,
        top: 28.0 + stairs,
        bottom: 48.0,
        x: (0.0, f64::from(last)),
        y: (0.0, end),
    };
    let y: Vec<_> = ticks(end, 4)
        .into_iter()
        .filter(|mark| mark.fract() < 1e-9)
        .map(|mark| (mark, thousands(mark as u64)))
        .collect();
    html! {
        (plane.svg(title, &html! {
            (plane.y_axis(&y, words.of("customers per 10 days of gap", "每 10 天间隔的客户数")))
            (bars(words, &plane, bins))
            (plane.x_axis(&day_marks(&plane, size, last), words.of("mean gap between purchase days, in days", "购买日之间的平均间隔（天）")))
            (labels(words, &plane, buyers))
        }))
    }
}

fn day_marks(plane: &Plane, size: Size, last: u32) -> Vec<(f64, String)> {
    let room = f64::from(size.of(14_u8, 6));
    let step = [10, 20, 50, 100].into_iter().find(|step| f64::from(last / step) <= room).unwrap_or(200);
    // The end belongs to the open bin.
    let marks = (0..=last / step).map(|mark| mark * step).filter(|&mark| plane.x(f64::from(mark)) < plane.end() - 60.0);
    marks.map(|mark| (f64::from(mark), mark.to_string())).collect()
}

fn bars(words: Words, plane: &Plane, bins: &[GapBin]) -> Markup {
    html! {
        @for bin in bins {
            @let (from, to) = (f64::from(bin.from), f64::from(bin.to.unwrap_or(bin.from + 10)));
            @let y = plane.y(bin.customers as f64);
            rect x=(px(plane.x(from) + 0.5)) y=(px(y)) width=(px(plane.x(to) - plane.x(from) - 1.0))
                height=(px(plane.floor() - y)) fill=[bin.band.map(colour)] {
                title { (days(words, bin)) ": " (words.customers(bin.customers)) }
            }
            @if bin.to.is_none() {
                text class="tick" x=(px(plane.x(to))) y=(px(plane.floor() + 17.0)) text-anchor="end" {
                    "≥ " (bin.from)
                }
            }
        }
    }
}

fn days(words: Words, bin: &GapBin) -> String {
    match bin.to {
        Some(to) => words.say(|| format!("{}–{} days", bin.from, to - 1), || format!("{}–{} 天", bin.from, to - 1)),
        None => words.say(|| format!("{} days or more", bin.from), || format!("{} 天及以上", bin.from)),
    }
}

/// The bands' names in steps above the plane, each where its band begins, or as near as it has room.
fn labels(words: Words, plane: &Plane, buyers: &Buyers<'_>) -> Markup {
    let edges = buyers.models.lifecycle().frequency.edges();
    html! {
        @for ((position, (label, sums)), band) in buyers.bands.iter().enumerate().zip(FrequencyBand::ALL) {
            @let from = position.checked_sub(1).and_then(|lower| edges.get(lower)).copied().unwrap_or(0);
            @let x = plane.x(f64::from(from));
            @let y = 40.0 + 20.0 * position as f64;
            @let name = label.name(words.language);
            @let rest = format!(" {}{}{}", short(words, edges, position), words.of(": ", "："), thousands(sums.customers.count()));
            @let room = 21.0 + width(name) + width(&rest);
            @let start = x.min(plane.width - room).max(0.0);
            line class="edge" x1=(px(x)) x2=(px(x)) y1=(px(y - 11.0)) y2=(px(plane.floor())) {}
            rect x=(px(start + 5.0)) y=(px(y - 10.0)) width="11" height="11" rx="2" fill=(colour(band)) {}
            text class="band" x=(px(start + 21.0)) y=(px(y)) {
                tspan class="strong" { (name) } (rest)
            }
        }
    }
}

/// About as wide as a text is drawn: letters of Chinese are twice as wide as others.
fn width(text: &str) -> f64 {
    text.chars().map(|letter| if letter.is_ascii() { 8.2 } else { 13.0 }).sum()
}

/// The days of a band in signs.
fn short(words: Words, edges: [u32; 3], position: usize) -> String {
    let days = words.of(" days", " 天");
    match (position.checked_sub(1).and_then(|lower| edges.get(lower)), edges.get(position)) {
        (None, Some(to)) => format!("< {to}{days}"),
        (Some(from), Some(to)) => format!("{from}–{}{days}", to - 1),
        (Some(from), None) => format!("≥ {from}{days}"),
        (None, None) => String::new(),
    }
}

fn table(words: Words, buyers: &Buyers<'_>) -> Markup {
    html! {
        table class="plain" {
            (heads(&[
                words.of("Band", "频率档"),
                words.of("Mean gap", "平均间隔"),
                words.of("Customers", "客户"),
                words.of("Share", "占比"),
                words.of("Revenue", "消费金额"),
                words.of("Share", "占比"),
            ]))
            tbody {
                @for (position, group) in buyers.bands.iter().enumerate() {
                    (row(words, buyers, position, group))
                }
            }
        }
        table class="plain" {
            (heads(&[words.of("Mean gap", "平均间隔"), words.of("Customers", "客户")]))
            tbody {
                @for bin in &buyers.gaps {
                    tr { th scope="row" { (days(words, bin)) } td { (thousands(bin.customers)) } }
                }
            }
        }
    }
}

fn row(words: Words, buyers: &Buyers<'_>, position: usize, (label, sums): &Group) -> Markup {
    html! {
        tr {
            th scope="row" { (label.name(words.language)) }
            td { (range(words, buyers, position)) }
            td { (thousands(sums.customers.count())) }
            td { (percent(sums.customers.value())) }
            td { (money(sums.revenue)) }
            td { (percent(sums.revenue_share)) }
        }
    }
}
