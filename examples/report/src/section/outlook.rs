//! Who will come back: what was foretold of a part of the past, and what came.

use maud::{Markup, html};
use repurchase::predict::Calibration;
use repurchase::shop::EstimateStatus;

use super::{Section, heads};
use crate::chart::{BLUE, GREY, Plane, Series, Size, VERMILLION, ceiling, figure, px, ticks};
use crate::shop::{Buyers, Outlook, SHORTEST, TooEarly};
use crate::words::{NONE, Words, number, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers<'_>) -> Section {
    let title = words.of("Who will come back", "谁会回来");
    let outlook = match &buyers.outlook {
        Ok(outlook) => outlook,
        Err(reason) => {
            let body = html! { (models(words, buyers)) };
            return Section { id: "outlook", title, lead: too_early(words, *reason), body, note: String::new() };
        }
    };
    let (scores, days) = (&outlook.scores, words.days(outlook.horizon_days.into()));
    let expected = scores.expected.map_or_else(|| NONE.to_owned(), |expected| number(expected, 0));
    let (split, actual) = (words.date(outlook.split), thousands(scores.actual));
    let off = scores.expected.filter(|_| scores.actual > 0).map(|expected| expected / scores.actual as f64 - 1.0);
    let off = off.map_or_else(String::new, |off| {
        let amount = percent(Some(off.abs()));
        words.say(
            || format!(" It expected {amount} too {}.", if off < 0.0 { "few" } else { "many" }),
            || format!("，{} {amount}", if off < 0.0 { "偏少" } else { "偏多" }),
        )
    });
    Section {
        id: "outlook",
        title,
        lead: words.say(
            || {
                format!(
                    "Told only of what happened up to {split}, the model expected {expected} purchase days in the {days} \
                     after it. There were {actual}.{off}"
                )
            },
            || {
                format!(
                    "只用截至 {split} 的数据，模型预计之后 {days}有 {expected} 个购买日；实际为 {actual} 个（预测{}）。",
                    if off.is_empty() { "无法比较".to_owned() } else { off.trim_start_matches('，').to_owned() }
                )
            },
        ),
        body: html! {
            (frequencies(words, outlook))
            (tracking(words, buyers, outlook))
            div class="words" {
                h3 { (words.of("What the comparison says", "比较的结论")) }
                p { (outlook.backtest.explain(words.language)) }
            }
            (models(words, buyers))
        },
        note: words.say(
            || {
                format!(
                    "{} with a purchase up to {split}; the {days} up to {} are held out. Counted are days with a \
                     purchase. Customers who came for the first time later are not in it: no model was told of them.",
                    words.customers(scores.customers),
                    words.date(outlook.end)
                )
            },
            || {
                format!(
                    "截至 {split} 有购买的 {}；其后至 {} 的 {days}作为检验期。计数单位为购买日。\
                     之后才首次购买的客户不计入：模型并不知道他们。",
                    words.customers(scores.customers),
                    words.date(outlook.end)
                )
            },
        ),
    }
}

fn too_early(words: Words, reason: TooEarly) -> String {
    match reason {
        TooEarly::Short { days } => {
            let (days, least) = (words.days(days.unsigned_abs()), SHORTEST);
            words.say(
                || {
                    format!(
                        "The shop’s records span {days}. At least {least} are needed to hold out the later half and to \
                         see whether what a model says of it comes true."
                    )
                },
                || format!("现有记录只有 {days}。至少需要 {least} 天，才能留出后半段来检验模型的预测。"),
            )
        }
        TooEarly::Silent { last } => {
            let last = words.date(last);
            words.say(
                || {
                    format!(
                        "Nothing has been bought since {last}, for a year or more, so there is nothing to compare a \
                         model with."
                    )
                },
                || format!("自 {last} 之后已有一年以上没有任何购买，因此没有可与模型比较的数据。"),
            )
        }
        TooEarly::NobodyKnown => words
            .of(
                "In the earlier half of the records there is nobody who could have come back, so there is nothing to \
                 foretell the later half from.",
                "记录的前半段没有可能回来的客户，因此无法用它来预测后半段。",
            )
            .to_owned(),
        TooEarly::NoFit => words
            .of(
                "No model’s fit to the earlier half of the records came to an end, so nothing can be compared with the \
                 later half.",
                "所有模型对前半段记录的拟合都没有收敛，因此无法与后半段比较。",
            )
            .to_owned(),
    }
}

/// Which models forecast the days to come, or why none does.
fn models(words: Words, buyers: &Buyers<'_>) -> Markup {
    let (purchases, spend) = (buyers.models.purchases(), buyers.models.spend());
    let line = |what: &str, name: Option<&str>, status: &EstimateStatus, customers: u64| {
        let (status, customers) = (status.describe(words.language), words.customers(customers));
        match name {
            Some(name) => words.say(
                || format!("{what}: {name}, {status} ({customers})."),
                || format!("{what}：{name}，{status}（{customers}）。"),
            ),
            None => words.say(|| format!("{what}: no model ({status})."), || format!("{what}：无模型（{status}）。")),
        }
    };
    let name = purchases.model().map(|model| model.kind().label().name(words.language));
    let spend_name = spend.model().map(|_| "Gamma-Gamma");
    let in_words = [
        line(words.of("Purchases", "购买次数"), name, purchases.status(), purchases.customers()),
        line(words.of("Spend on a purchase", "每次消费金额"), spend_name, spend.status(), spend.customers()),
    ];
    html! {
        div class="words" {
            h3 { (words.of("The models of the days to come", "用于预测的模型")) }
            p { (in_words.join(words.of(" ", ""))) }
        }
    }
}

fn group_name(group: &Calibration) -> String {
    if group.group >= 7 { "7+".to_owned() } else { group.group.to_string() }
}

fn frequencies(words: Words, outlook: &Outlook) -> Markup {
    let groups = &outlook.scores.by_frequency;
    let title = words.of(
        "Purchase days per customer in the hold-out, by repeat purchases before it",
        "检验期内人均购买日，按此前复购次数",
    );
    let points = |of: fn(&Calibration) -> f64| -> Vec<(f64, f64)> {
        groups.iter().map(|group| (f64::from(group.group), of(group))).collect()
    };
    let (expected, actual) = (points(|group| group.mean_expected), points(|group| group.mean_actual));
    let draw = |size: Size| {
        let most = expected.iter().chain(&actual).map(|&(_, y)| y).fold(0.0, f64::max);
        let end = ceiling(most, 5);
        let last = groups.last().map_or(1, |group| group.group.max(1));
        let plane = Plane {
            width: size.width(),
            height: size.of(330.0, 300.0),
            left: 44.0,
            right: size.of(130.0, 78.0),
            top: 28.0,
            bottom: 48.0,
            x: (-0.3, f64::from(last)),
            y: (0.0, end),
        };
        let decimals = usize::from(end < 5.0);
        let y: Vec<_> = ticks(end, 5).into_iter().map(|mark| (mark, number(mark, decimals))).collect();
        let x: Vec<_> = groups.iter().map(|group| (f64::from(group.group), group_name(group))).collect();
        let drawing = html! {
            (plane.y_axis(&y, words.of("purchase days per customer", "人均购买日")))
            (plane.x_axis(&x, words.of(size.of("repeat purchase days before the hold-out", "repeat purchase days before"), "检验期之前的复购次数")))
            (plane.lines(&both(words, &expected, &actual)))
        };
        plane.svg(title, &drawing)
    };
    let table = html! {
        table class="plain" {
            (heads(&[
                words.of("Repeats before", "此前复购次数"),
                words.of("Customers", "客户"),
                words.of("expected per customer", "人均预期"),
                words.of("came per customer", "人均实际"),
            ]))
            tbody {
                @for group in groups {
                    tr {
                        th scope="row" { (group_name(group)) }
                        td { (thousands(group.customers)) }
                        td { (number(group.mean_expected, 2)) }
                        td { (number(group.mean_actual, 2)) }
                    }
                }
            }
        }
    };
    figure("frequency-chart", title, draw, words.of("The numbers", "查看数据"), &table)
}

fn both<'a>(words: Words, expected: &'a [(f64, f64)], actual: &'a [(f64, f64)]) -> [Series<'a>; 2] {
    let dots = expected.len() <= 20;
    [
        Series {
            name: words.of("expected", "预期").to_owned(),
            colour: VERMILLION,
            dashed: true,
            dots,
            points: expected,
        },
        Series { name: words.of("came", "实际").to_owned(), colour: BLUE, dashed: false, dots, points: actual },
    ]
}

fn tracking(words: Words, buyers: &Buyers<'_>, outlook: &Outlook) -> Markup {
    if outlook.tracking.is_empty() {
        return Markup::default();
    }
    let first = buyers.first_day;
    let title = words.of("Repeat purchase days of all customers so far", "累计复购（购买日）");
    let day = |day: chrono::NaiveDate| (day - first).num_days() as f64;
    // On the first day nobody can have come back.
    let from_nothing = |points: Vec<(f64, f64)>| [vec![(0.0, 0.0)], points].concat();
    let points = outlook.tracking.iter();
    let expected = from_nothing(points.clone().map(|point| (day(point.day), point.expected)).collect());
    let actual = from_nothing(points.map(|point| (day(point.day), point.actual as f64)).collect());
    let split = day(outlook.split);
    let last = day(outlook.end).max(1.0);
    let draw = |size: Size| {
        let most = expected.iter().chain(&actual).map(|&(_, y)| y).fold(0.0, f64::max);
        let end = ceiling(most, 5);
        let plane = Plane {
            width: size.width(),
            height: size.of(330.0, 300.0),
            left: 52.0,
            right: size.of(130.0, 78.0),
            top: 52.0,
            bottom: 30.0,
            x: (0.0, last),
            y: (0.0, end),
        };
        let y: Vec<_> = ticks(end, 5).into_iter().map(|mark| (mark, number(mark, usize::from(end < 5.0)))).collect();
        let x: Vec<_> = [(0.0, first), (split, outlook.split), (last, outlook.end)]
            .into_iter()
            .map(|(place, day)| (place, size.of(words.date(day), words.day(day))))
            .collect();
        let drawing = html! {
            rect x=(px(plane.x(split))) y=(px(plane.top)) width=(px(plane.end() - plane.x(split)))
                height=(px(plane.floor() - plane.top)) fill="#f4f1ea" {}
            (plane.y_axis(&y, words.of("repeat purchase days, summed up", "累计复购购买日")))
            (plane.x_axis(&x, ""))
            text class="name soft" x=(px(plane.x(split) - 6.0)) y=(px(plane.top - 14.0)) text-anchor="end" fill=(GREY) {
                (words.of("the model was told", "模型已知"))
            }
            text class="name soft" x=(px(plane.x(split) + 6.0)) y=(px(plane.top - 14.0)) fill=(GREY) {
                (words.of("held out", "检验期"))
            }
            line class="edge" x1=(px(plane.x(split))) x2=(px(plane.x(split))) y1=(px(plane.top - 24.0)) y2=(px(plane.floor())) {}
            (plane.lines(&both(words, &expected, &actual)))
        };
        plane.svg(title, &drawing)
    };
    // About a dozen rows, the last one among them.
    let every = outlook.tracking.len().div_ceil(13).max(1);
    let rows = outlook.tracking.iter().rev().step_by(every).collect::<Vec<_>>();
    let table = html! {
        table class="plain" {
            (heads(&[words.of("Up to", "截至"), words.of("expected", "预期"), words.of("came", "实际")]))
            tbody {
                @for point in rows.iter().rev() {
                    tr {
                        th scope="row" { (words.date(point.day)) }
                        td { (number(point.expected, 0)) }
                        td { (thousands(point.actual)) }
                    }
                }
            }
        }
    };
    figure("tracking-chart", title, draw, words.of("The numbers", "查看数据"), &table)
}
