//! From the first purchase to the second and the third, and how often regulars come.

use maud::{Markup, html};
use repurchase::measure::{IntervalKind, SurvivalCurve};
use repurchase::scale::Confidence;
use rust_decimal::Decimal;

use super::{Section, heads};
use crate::chart::{BLUE, Plane, Series, Size, ceiling, figure, path, px, ticks};
use crate::newcomers::{Newcomers, SECOND_WITHIN, Share, back_within, longest};
use crate::shop::Buyers;
use crate::words::{NONE, Words, percent, thousands};

/// The days that the lead tells, and of a young shop.
const TOLD: [u32; 3] = [30, 60, 90];
const TOLD_EARLY: [u32; 2] = [7, 14];

/// The days that the curve has room for.
const LONGEST: u32 = 365;

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Section {
    let newcomers = &buyers.newcomers;
    let shares = shares(words, newcomers);
    let lead = if shares.is_empty() {
        words.of("Nobody has been a customer for a week yet.", "还没有客户的首购距今满一周。").to_owned()
    } else {
        shares + &median(words, newcomers)
    };
    let who = if newcomers.are_all {
        words.of("All customers are counted.".to_owned(), "统计全部客户。".to_owned())
    } else {
        let since = words.date(newcomers.since);
        words.of(
            format!("Counted are customers whose first purchase of the records is of {since} or later: those before may have bought before the records."),
            format!("只统计记录中首购不早于{since}的客户；更早的客户可能在记录开始之前就已购买过。"),
        )
    };
    let how = words.of(
        " The curves use every customer for as long as they could be observed (Kaplan-Meier; the band is the 95% interval); \
         beside the first in the table, plain counts of those whose first purchase lies at least so long ago. A second \
         order on the first day is no second day.",
        "曲线用到每位客户可观察的全部时间（Kaplan-Meier 估计，浅色带为 95% 置信区间）；二购率的表中另列首购距今已满相应天数的客户的实际占比。首购当天的第二单不计为二购。",
    );
    let (third, cycle) = (third(words, newcomers), cycle(words, buyers));
    Section {
        id: "second",
        title: words.of("From the first purchase to the second", "首购到二购").to_owned(),
        body: html! { div class="two" { (second_day(words, newcomers, &lead)) (third_day(words, newcomers, &third)) } },
        lead: lead + &third + &cycle,
        note: who + how,
    }
}

/// Says how many are back within numbers of days, as far as it is known.
fn shares(words: Words<'_>, newcomers: &Newcomers) -> String {
    let known = |of: &[u32]| -> Vec<(u32, Share)> {
        of.iter().filter_map(|&days| Some((days, back_within(&newcomers.curve, days)?))).collect()
    };
    let known = Some(known(&TOLD)).filter(|known| !known.is_empty()).unwrap_or_else(|| known(&TOLD_EARLY));
    let told: Vec<(String, u32)> = known.iter().map(|(days, told)| (share(words, *told), *days)).collect();
    let customers = words.customers(newcomers.curve.spells());
    let Some(((first, days), others)) = told.split_first() else { return String::new() };
    let and = |at: usize| if at + 1 == others.len() { " and " } else { ", " };
    let further = others.iter().enumerate();
    let further: String = further
        .map(|(at, (share, days))| {
            words.of(format!("{}{share} within {days}", and(at)), format!("，{days} 天内 {share}"))
        })
        .collect();
    words.of(
        format!("Of {customers}, {first} came a second day within {days} days of their first{further}."),
        format!("{customers}首购后 {days} 天内二购的占 {first}{further}。"),
    )
}

fn share(words: Words<'_>, (share, interval): Share) -> String {
    let interval = interval.map_or_else(String::new, |(low, high)| {
        let [low, high] = [low, high].map(|end| percent(Some(end)));
        words.of(format!(" (95%: {low} to {high})"), format!("（95% 区间 {low}–{high}）"))
    });
    percent(Some(share)) + &interval
}

/// Says how many come a third day, within the most days that are known.
fn third(words: Words<'_>, newcomers: &Newcomers) -> String {
    let curve = &newcomers.third;
    let known =
        TOLD.iter().rev().chain(TOLD_EARLY.iter().rev()).find_map(|&days| Some((days, back_within(curve, days)?)));
    let Some((days, told)) = known.filter(|_| curve.spells() > 0) else { return String::new() };
    let (customers, share) = (thousands(curve.spells()), share(words, told));
    words.of(
        format!(" Of the {customers} who came a second day, {share} came a third within {days} days of it."),
        format!("{customers} 位二购客户中，二购后 {days} 天内三购的占 {share}。"),
    )
}

/// When half are back.
fn median(words: Words<'_>, newcomers: &Newcomers) -> String {
    let curve = &newcomers.curve;
    let longest = words.days(longest(curve).into());
    let Some(days) = curve.median_days() else {
        return words.of(
            format!(" Fewer than half have come back in the {longest} that the longest of them is known."),
            format!("在可观察的 {longest}内，回来的不到一半，因此没有中位数。"),
        );
    };
    let interval = curve.quantile_interval(Decimal::new(5, 1), Confidence::default(), IntervalKind::default());
    let whole = |days: f64| format!("{days:.0}");
    let ends = interval.ok().and_then(|interval| Some((whole(interval.low?), interval.high.map(whole))));
    let days = whole(days);
    match ends {
        Some((low, Some(high))) => words.of(
            format!(" Half are back within {days} days (95%: {low} to {high})."),
            format!("二购间隔中位数 {days} 天（95% 区间 {low}–{high} 天）。"),
        ),
        Some((low, None)) => words.of(
            format!(" Half are back within {days} days (95%: {low} or more)."),
            format!("二购间隔中位数 {days} 天（95% 区间不短于 {low} 天）。"),
        ),
        None => words.of(format!(" Half are back within {days} days."), format!("二购间隔中位数 {days} 天。")),
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

fn second_day(words: Words<'_>, newcomers: &Newcomers, says: &str) -> Markup {
    let curve = Curve {
        id: "second-chart",
        title: words.of("Share that came a second day, by days since the first", "首购后各天数内的累计二购率"),
        axis: words.of("days since the first purchase", "首购后天数"),
        of: &newcomers.curve,
    };
    chart(words, &curve, says, &table(words, newcomers))
}

fn third_day(words: Words<'_>, newcomers: &Newcomers, says: &str) -> Markup {
    let of = &newcomers.third;
    let curve = Curve {
        id: "third-chart",
        title: words.of("Share of these that came a third day, by days since the second", "二购后各天数内的累计三购率"),
        axis: words.of("days since the second purchase", "二购后天数"),
        of,
    };
    let table = html! {
        table class="plain" {
            (heads(&[words.of("Within", "天数内"), words.of("Back", "三购率"), words.of("95% interval", "95% 区间")]))
            tbody {
                @for within in SECOND_WITHIN.into_iter().filter(|within| *within <= longest(of)) {
                    @let [share, interval] = cells(of, within);
                    tr { th scope="row" { (words.days(within.into())) } td { (share) } td { (interval) } }
                }
            }
        }
    };
    chart(words, &curve, says, &table)
}

/// The share of those who came, by days of waiting.
struct Curve<'a> {
    id: &'static str,
    title: &'static str,
    axis: &'static str,
    of: &'a SurvivalCurve,
}

/// Nothing where nobody has waited for a week, or come.
fn chart(words: Words<'_>, of: &Curve<'_>, says: &str, table: &Markup) -> Markup {
    let &Curve { id, title, axis, of } = of;
    if longest(of) < 7 || of.returned() == 0 {
        return html! {};
    }
    let end_day = longest(of).min(LONGEST);
    let steps = of.steps().iter().filter(|step| step.returned > 0 && step.gap_days <= end_day);
    let at = |day: u32| back_within(of, day).map(|share| (f64::from(day), share));
    // The band begins where somebody is back, and ends where nobody is left.
    let known: Vec<(f64, Share)> = steps.map(|step| step.gap_days).chain([end_day]).filter_map(at).collect();
    let curve = stairs(known.iter().map(|&(day, (share, _))| (day, 100.0 * share)), Some((0.0, 0.0)));
    let ends = known.iter().filter_map(|&(day, (_, interval))| Some((day, interval?)));
    let [low, high] = [0, 1].map(|end| {
        stairs(ends.clone().map(|(day, (low, high))| (day, 100.0 * if end == 0 { low } else { high })), None)
    });
    let marks: Vec<(f64, f64)> = TOLD
        .iter()
        .filter(|day| **day <= end_day)
        .filter_map(|&day| at(day))
        .map(|(day, (share, _))| (day, 100.0 * share))
        .collect();
    let draw = |size: Size| {
        let most = curve.iter().chain(&high).map(|&(_, y)| y).fold(0.0, f64::max);
        let end = ceiling(most, 4).min(100.0);
        let plane = Plane {
            width: size.width(),
            height: size.of(230.0, 170.0),
            left: 48.0,
            right: 20.0,
            top: 16.0,
            bottom: 44.0,
            x: (0.0, f64::from(end_day)),
            y: (0.0, end),
        };
        let y: Vec<_> = ticks(end, 4).into_iter().map(|mark| (mark, percent_mark(mark))).collect();
        let line = [Series { name: String::new(), colour: BLUE, dashed: false, dots: false, points: &curve }];
        let on_plane = |&(x, y): &(f64, f64)| (plane.x(x), plane.y(y));
        let drawing = html! {
            (plane.y_axis(&y, ""))
            (plane.x_axis(&day_marks(end_day), axis))
            @if !low.is_empty() {
                path d=(path(low.iter().chain(high.iter().rev()).map(on_plane)) + "Z") fill=(BLUE) fill-opacity="0.16" {}
            }
            (plane.lines(&line))
            @for (x, y) in marks.iter().map(on_plane) { circle cx=(px(x)) cy=(px(y)) r="3.5" fill=(BLUE) {} }
        };
        plane.svg(says, &drawing)
    };
    figure(id, title, draw, words.of("The numbers", "查看数据"), table)
}

/// A line that stays until it steps, through points in the order of days.
fn stairs(points: impl Iterator<Item = (f64, f64)>, start: Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = start.into_iter().collect();
    for (x, y) in points {
        line.extend(line.last().copied().map(|(_, before)| (x, before)));
        line.push((x, y));
    }
    line
}

fn percent_mark(mark: f64) -> String {
    let decimals = usize::from((mark - mark.round()).abs() > 1e-9);
    format!("{mark:.decimals$}%")
}

fn day_marks(end: u32) -> Vec<(f64, String)> {
    let marks: &[u32] = match end {
        ..=30 => &[0, 7, 14, 21, 28],
        31..=120 => &[0, 15, 30, 45, 60, 75, 90, 105, 120],
        _ => &[0, 30, 60, 90, 120, 180, 240, 300, 365],
    };
    marks.iter().filter(|&&mark| mark <= end).map(|&mark| (f64::from(mark), mark.to_string())).collect()
}

/// The share that came within days, and its interval.
fn cells(of: &SurvivalCurve, within: u32) -> [String; 2] {
    let told = back_within(of, within);
    let ends = |(low, high)| format!("{}–{}", percent(Some(low)), percent(Some(high)));
    let interval = told.and_then(|(_, interval)| interval);
    [percent(told.map(|(share, _)| share)), interval.map_or_else(|| NONE.to_owned(), ends)]
}

fn table(words: Words<'_>, newcomers: &Newcomers) -> Markup {
    html! {
        table class="plain" {
            (heads(&[
                words.of("Within", "天数内"),
                words.of("Back", "二购率"),
                words.of("95% interval", "95% 区间"),
                words.of("Counted", "实际占比"),
                words.of("customers", "二购客户"),
                words.of("of observed", "可观察客户"),
            ]))
            tbody {
                @for rate in newcomers.counted.iter().filter(|rate| rate.rate.of() > 0) {
                    @let [share, interval] = cells(&newcomers.curve, rate.within_days);
                    tr {
                        th scope="row" { (words.days(rate.within_days.into())) }
                        td { (share) }
                        td { (interval) }
                        td { (percent(rate.rate.value())) }
                        td { (thousands(rate.rate.count())) }
                        td { (thousands(rate.rate.of())) }
                    }
                }
            }
        }
    }
}
