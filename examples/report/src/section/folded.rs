//! What folds away at the end: forecasts and how far to trust them, notes on the data, what words mean.

use maud::{Markup, html};
use repurchase::predict::TotalForecast;
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase_segment::notes::Note;

use super::{Section, calls};
use crate::shop::{Buyers, PERIOD, Shop};
use crate::words::{Words, thousands};

/// The next days by the shop's models, and their record on the shop's own past.
pub(crate) fn forecast(words: Words<'_>, buyers: &Buyers<'_>) -> Section {
    let (models, outlook) = (buyers.models, buyers.shop.outlook.as_ref());
    let days = models.horizon_days();
    let count = |number: f64| thousands(number.round().max(0.0) as u64);
    let rows = outlook.map(|outlook| {
        [
            Some((words.of("Buyers", "购买客户数"), told(words, &outlook.buyers, &count))),
            Some((words.of("Purchase days", "购买次数（同日计一次）"), told(words, &outlook.purchases, &count))),
            outlook.revenue.as_ref().map(|revenue| {
                (words.of("Revenue", "成交金额"), told(words, revenue, &|amount| words.estimate(amount)))
            }),
        ]
    });
    let lead = if outlook.is_some() {
        words.of(
            format!("What customers of today bring in the next {days} days; new ones come on top."),
            format!("已有客户未来 {days} 天的预计表现，新客另计。"),
        )
    } else {
        words.of("No model forecasts this shop.", "没有可用的预测模型。").to_owned()
    };
    let spend = models.spend().status().describe(words.language);
    Section {
        id: "forecast",
        title: words.of("Forecast, and how far to trust it", "复购预测与回测").to_owned(),
        lead,
        body: html! {
            @if let Some(rows) = rows {
                dl class="facts" { @for (name, value) in rows.into_iter().flatten() { dt { (name) } dd { (value) } } }
            }
            ul class="notes" {
                @for finding in models.diagnosis(outlook) { li { (finding.describe(words.language)) } }
                li { (words.of(format!("Model of spend: {spend}."), format!("客单价模型：{spend}。"))) }
            }
        },
        note: String::new(),
    }
}

/// A total with its interval, or why there is none: a number whose error is not known is said to be one. With what is
/// counted of the error of a year ago.
fn told(words: Words<'_>, total: &TotalForecast, print: &dyn Fn(f64) -> String) -> String {
    let forecast = print(total.forecast);
    let level = format!("{:.0}%", 100.0 * total.confidence.level());
    let told = match (total.interval, total.no_interval) {
        (Some(interval), _) => {
            let (low, high) = (print(interval.low), print(interval.high));
            words.of(
                format!("{low} to {high} in {level} of such forecasts; most likely about {forecast}"),
                format!("{level} 的情况下在 {low} 至 {high} 之间，约 {forecast}"),
            )
        }
        (None, Some(reason)) => {
            let reason = reason.describe(words.language);
            words.of(
                format!("about {forecast}; how far off that may be is not known: {reason}"),
                format!("约 {forecast}；误差未知：{reason}"),
            )
        }
        (None, None) => forecast,
    };
    let correction = total.correction.map(|correction| correction.describe(words.language));
    [Some(told), correction].into_iter().flatten().collect::<Vec<_>>().join(words.of("; ", "；"))
}

/// What a careful person would ask before believing the numbers; `None` where there is nothing to ask.
pub(crate) fn notes(words: Words<'_>, notes: &[Note]) -> Option<Section> {
    (!notes.is_empty()).then(|| Section {
        id: "notes",
        title: words.of(
            format!("Before you rely on the numbers ({})", notes.len()),
            format!("使用这些数字之前（{}）", notes.len()),
        ),
        lead: String::new(),
        body: list(words.language, notes),
        note: String::new(),
    })
}

fn list(language: Language, notes: &[Note]) -> Markup {
    html! { ul class="notes" { @for note in notes { li data-code=(note.code) { (note.sentence(language)) } } } }
}

/// What the words of the page mean.
pub(crate) fn terms(words: Words<'_>, shop: &Shop) -> Option<Section> {
    let models = shop.models.as_ref()?;
    let (days, alive) = (models.horizon_days(), calls::least_alive());
    let [[first, second, third], [due, overdue, gone]] =
        [models.lifecycle().frequency.edges(), models.lifecycle().new_customers.edges()];
    let churn = models.cycles().churn_cycles();
    let risks: Vec<&str> = models.labels(LabelKind::ChurnRisk).iter().map(|label| label.name(words.language)).collect();
    let [_, is_due, is_overdue, is_gone] = risks.as_slice() else { return None };
    let terms = [
        (
            words.of("Regular", "老客"),
            words.of(
                "A customer with purchases on two days or more.".to_owned(),
                "有两个及以上购买日的客户。".to_owned(),
            ),
        ),
        (
            words.of("Late", "已过回购期"),
            words.of(
                format!(
                    "A regular is expected within {first}, {second} or {third} days, the end of the frequency band of the \
                     mean gap, or within the own mean gap where that is longer. {is_due}: missed once; {is_overdue}: twice \
                     or more; {is_gone}: {churn} times or more."
                ),
                format!(
                    "老客的回购周期取平均购买间隔所在频次档的上限（{first}、{second} 或 {third} 天），间隔更长的取平均间隔。\
                     错过 1 个周期为{is_due}，2 个及以上为{is_overdue}，{churn} 个及以上为{is_gone}。"
                ),
            ),
        ),
        (
            words.of("One order", "仅购一次"),
            words.of(
                format!("Due after {due} days, overdue after {overdue}, labelled as lost after {gone}."),
                format!("满 {due} 天为{is_due}，满 {overdue} 天为{is_overdue}，满 {gone} 天标记为流失。"),
            ),
        ),
        (
            words.of("Usually worth", "正常复购金额"),
            words.of(
                format!("Revenue in {days} days of a customer who is still there and buys as before, by the shop’s models."),
                format!("客户若仍活跃、按以往节奏购买，{days} 天内预计带来的成交金额（按本店模型）。"),
            ),
        ),
        (
            words.of("Whom to call", "优先回访"),
            words.of(
                format!(
                    "Regulars who are late and whose probability to be still there is {alive} or more, or unknown; by what \
                     is expected to be lost if nothing is done."
                ),
                format!("已过回购期、活跃概率不低于 {alive}（或无法判断）的老客，按不作为时的预计损失排序。"),
            ),
        ),
        (
            words.of("Change", "环比 / 同比"),
            words.of(
                format!("Against the {PERIOD} days before, and the same {PERIOD} days a year earlier."),
                format!("分别与前 {PERIOD} 天、去年同期 {PERIOD} 天相比。"),
            ),
        ),
    ];
    Some(Section {
        id: "terms",
        title: words.of("What the words mean", "名词解释").to_owned(),
        lead: String::new(),
        body: html! { dl class="facts" { @for (name, text) in &terms { dt { (name) } dd { (text) } } } },
        note: String::new(),
    })
}
