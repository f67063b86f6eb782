//! The printed page.

use std::cmp::Reverse;
use std::fmt::Write;

use repurchase::Ratio;
use repurchase::predict::{NoInterval, TotalForecast, YearAgo};
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{Finding, Outlook, ShopModels};
use rust_decimal::Decimal;

use crate::overview::Overview;
use crate::shop::Group;

pub fn page(shop: &Overview<'_>, language: Language) -> String {
    let counted = &shop.counted;
    let (totals, concentration, as_of) = (&counted.totals, &counted.concentration, shop.as_of);
    let say = |english, chinese| pick(language, english, chinese);
    let mut page = pick(language, format!("Customers as of {as_of}\n\n"), format!("客户分析（截至 {as_of}）\n\n"));
    let (Some(first), Some(models)) = (counted.first_day, shop.models) else {
        page += say("Nobody has bought up to this day.\n", "截至当日无人购买。\n");
        return page;
    };
    let mark = say("Note: ", "提示：");
    for note in shop.notes {
        let _ = writeln!(page, "{mark}{}", note.sentence(language));
    }
    if !page.ends_with("\n\n") {
        page.push('\n');
    }
    let [users, orders] = counted.repeats.map(|ratio| share(language, ratio));
    let by_day = shop.by_day();
    let one_day = totals.repeat_customers - totals.customers_of_two_days;
    let one_day = Some(one_day).filter(|&customers| customers > 0 && !by_day);
    line(&mut page, say("Period", "统计区间"), format!("{first}{}{as_of}", say(" to ", " 至 ")));
    line(&mut page, say("Customers", "客户数"), grouped(&totals.customers));
    line(&mut page, say("Purchases", "支付订单数"), grouped(&totals.purchases));
    line(&mut page, say("Credits", "退款/冲减笔数"), grouped(&totals.credits));
    line(&mut page, say("Revenue", "成交金额"), money(language, totals.revenue));
    if by_day {
        line(&mut page, say("Customers who came another day", "客户复购率（按购买日）"), users);
        line(&mut page, say("Purchase days that were repeats", "复购购买日占比"), orders);
    } else {
        line(&mut page, say("Customers who bought again", "客户复购率（按订单）"), users);
        let days = one_day.map(|customers| grouped(&customers));
        line(&mut page, say("  of them on one day only", "  其中仅在同一天多次下单"), days);
        line(&mut page, say("Purchases that were repeats", "复购订单占比"), orders);
    }

    let mut segments = shop.groups(LabelKind::Segment);
    segments.sort_by_key(|(_, summary)| Reverse(summary.revenue));
    let title = say("Segments, by rank in recency and frequency", "客户分群（按最近购买时间与购买频次排名）");
    table(&mut page, language, title, &segments);
    if segments.is_empty() {
        page += say("  The named segments need 5 bins.\n", "  分群名称仅适用于 5 档（--bins 5）。\n");
    }
    let edges = [models.lifecycle().frequency.edges(), models.lifecycle().new_customers.edges()];
    let [gaps, since] = edges.map(|[first, second, third]| format!("{first} / {second} / {third}"));
    let gaps = pick(
        language,
        format!("How often repeat customers come (mean gap, {gaps} days)"),
        format!("老客购买频次（平均购买间隔，以 {gaps} 天为界）"),
    );
    table(&mut page, language, &gaps, &shop.groups(LabelKind::FrequencyBand));
    let since = pick(
        language,
        format!("Customers of one purchase day (since then, {since} days)"),
        format!("仅有一个购买日的客户（距今天数，以 {since} 天为界）"),
    );
    table(&mut page, language, &since, &shop.groups(LabelKind::NewCustomerState));
    let title = say("Membership tiers, by rank in revenue", "会员等级（按成交金额排名）");
    table(&mut page, language, title, &shop.groups(LabelKind::Tier));
    churn_rule(&mut page, (shop, language), edges, models.cycles().churn_cycles());
    forecast(&mut page, (shop, language), models);
    calls(&mut page, (shop, language));

    page += say("\nConcentration\n", "\n成交集中度\n");
    let (top, most) = (concentration.top, concentration.most);
    let best = grouped(&top.customers.count());
    let best = pick(language, format!("  The best {best} (20%) bring"), format!("  前 20% 客户（{best} 位）贡献"));
    let others = Some(concentration.without_revenue).filter(|&others| others > 0);
    line(&mut page, &best, top.share.map(|_| percent(top.share)));
    line(&mut page, say("  80% of the revenue comes from", "  80% 的成交金额来自"), share(language, most));
    line(&mut page, say("  Gini coefficient", "  基尼系数"), concentration.gini.map(|gini| format!("{gini:.3}")));
    let without = say("  Customers without revenue, left out", "  无成交金额的客户（未计入）");
    line(&mut page, without, others.map(|others| grouped(&others)));
    page
}

fn pick<T>(language: Language, english: T, chinese: T) -> T {
    if language == Language::Chinese { chinese } else { english }
}

/// How wide a terminal shows a text: characters of Chinese take two columns.
fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A text and the spaces that fill its column.
fn to_left(text: &str, columns: usize) -> String {
    text.to_owned() + &" ".repeat(columns.saturating_sub(width(text)))
}

fn to_right(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(width(text))) + text
}

fn line(page: &mut String, name: &str, value: impl Into<Option<String>>) {
    if let Some(value) = value.into() {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "{}{value}", to_left(name, 38));
    }
}

fn row(page: &mut String, cells: [&str; 5]) {
    row_of(page, cells, [10, 9, 18, 9]);
}

fn row_of(page: &mut String, [name, cells @ ..]: [&str; 5], columns: [usize; 4]) {
    let cells: String = cells.iter().zip(columns).map(|(text, columns)| to_right(text, columns)).collect();
    let _ = writeln!(page, "  {}{cells}", to_left(name, 26));
}

fn table(page: &mut String, language: Language, title: &str, groups: &[Group]) {
    let _ = writeln!(page, "\n{title}");
    let head = ["", "customers", "share", "revenue", "share"];
    row(page, pick(language, head, ["", "客户数", "占比", "成交金额", "占比"]));
    for (label, summary) in groups {
        let [customers, of_customers] = counted(summary.customers);
        let (revenue, of_revenue) = (money(language, summary.revenue), percent(summary.revenue_share));
        row(page, [label.name(language), &customers, &of_customers, &revenue, &of_revenue]);
    }
}

fn churn_rule(page: &mut String, (shop, language): (&Overview<'_>, Language), edges: [[u32; 3]; 2], churn_cycles: u32) {
    let risks = shop.risks();
    page.push_str(pick(language, "\nWho may be leaving\n", "\n流失风险\n"));
    let head = ["", "came again", "share", "came once", "share"];
    row(page, pick(language, head, ["", "已复购", "占比", "仅购一次", "占比"]));
    for (label, counts) in &risks {
        let [[repeat, of_repeat], [new, of_new]] = counts.map(counted);
        row(page, [label.name(language), &repeat, &of_repeat, &new, &of_new]);
    }
    let [[first, second, third], [due, overdue, gone]] = edges;
    let name = |at: usize| risks.get(at).map_or("", |(label, _)| label.name(language));
    let [once, late, leaving] = [name(1), name(2), name(3)];
    page.push_str(&pick(
        language,
        format!(
            "  Came again: expected within {first}, {second} or {third} days, the end of their frequency band, or\n  \
             within their own mean gap if that is longer. {once}: missed once. {leaving}: missed {churn_cycles} times or \
             more.\n  Came once: due after {due} days, overdue after {overdue}, churn-inclined after {gone}.\n"
        ),
        format!(
            "  已复购：回购周期取所在频次档的上限（{first}、{second} 或 {third} 天），平均购买间隔更长的取平均间隔；\n  \
             错过 1 个周期为{once}，错过 {churn_cycles} 个及以上为{leaving}。\n  \
             仅购一次：满 {due} 天为{once}，满 {overdue} 天为{late}，满 {gone} 天为{leaving}。\n"
        ),
    ));
}

/// What the models expect of the customers of today.
fn forecast(page: &mut String, (shop, language): (&Overview<'_>, Language), models: &ShopModels) {
    let say = |english, chinese| pick(language, english, chinese);
    let days = models.horizon_days();
    let title = pick(
        language,
        format!("The next {days} days, of the customers of today (new ones come on top)"),
        format!("未来 {days} 天预测（仅含已有客户，新客另计）"),
    );
    let _ = writeln!(page, "\n{title}");
    let (purchases, spend) = (models.purchases(), models.spend());
    match purchases.model() {
        Some(model) => {
            line(page, say("  Model of purchases", "  购买模型"), model.kind().label().name(language).to_owned());
        }
        None => line(page, say("  No model of purchases", "  无购买模型"), purchases.status().describe(language)),
    }
    let status = spend.status().describe(language);
    match spend.model() {
        Some(_) => {
            line(page, say("  Model of spend", "  客单价模型"), format!("Gamma-Gamma{}{status}", say(", ", "，")));
        }
        None => line(page, say("  No model of spend", "  无客单价模型"), status),
    }
    let Some(outlook) = &shop.counted.outlook else { return };
    let count = |number: f64| grouped(&format!("{number:.0}"));
    let amount = |number: f64| estimate(language, number);
    line(
        page,
        say("  Purchase days expected", "  预计购买次数（同日计一次）"),
        total(language, &outlook.purchases, count),
    );
    line(page, say("  Customers expected to buy", "  预计购买客户数"), total(language, &outlook.buyers, count));
    let revenue = say("  Revenue expected", "  预计成交金额");
    match &outlook.revenue {
        Some(forecast) => line(page, revenue, total(language, forecast, amount)),
        None => line(page, revenue, "-".to_owned() + &in_brackets(language, &without_revenue(shop, outlook, language))),
    }
    page.push_str(say("\nHow far to trust it, by this shop's own past\n", "\n预测可信度（用本店历史检验）\n"));
    for finding in models.diagnosis(Some(outlook)) {
        // Beside the revenue.
        if !matches!(finding, Finding::NoMeanSpend { .. }) {
            let _ = writeln!(page, "  {}", finding.describe(language));
        }
    }
    let correction = outlook.purchases.correction.filter(|correction| (100.0 * (correction.factor - 1.0)).abs() >= 0.5);
    if let Some(YearAgo { split, ratio, factor, .. }) = correction {
        let (came, counted) = (100.0 * (ratio - 1.0), 100.0 * (factor - 1.0));
        let more = if came > 0.0 { say("more", "多") } else { say("less", "少") };
        let came = came.abs();
        let _ = writeln!(
            page,
            "{}",
            pick(
                language,
                format!(
                    "  In the {days} days after {split}, one year earlier, {came:.0}% {more} came than was forecast: the totals \
                     above count about half of their own, {counted:+.0}% for purchase days."
                ),
                format!(
                    "  去年同期（{split} 之后 {days} 天）实际比预测{more} {came:.0}%：以上总数均已计入各自约一半，\
                     购买次数为 {counted:+.0}%。"
                ),
            )
        );
    }
}

/// A total with its interval or why there is none, and with what a rule says that was nearer in the past.
fn total(language: Language, total: &TotalForecast, print: impl Fn(f64) -> String) -> String {
    let forecast = print(total.forecast);
    let range = match (total.interval, total.no_interval) {
        (Some(interval), _) => {
            let (low, high, level) = (print(interval.low), print(interval.high), 100.0 * total.confidence.level());
            pick(
                language,
                format!("{low} to {high} in {level:.0}% of such forecasts"),
                format!("{level:.0}% 的情况下在 {low} 至 {high} 之间"),
            )
        }
        // The whole reason stands below.
        (None, Some(NoInterval::TooShort { .. })) => {
            pick(language, "no interval yet: fewer than three past windows", "尚无区间：历史窗口不足三个").to_owned()
        }
        (None, Some(reason)) => reason.describe(language),
        (None, None) => return forecast,
    };
    let nearer = total.beaten_by.map_or_else(String::new, |better| {
        let (rule, said) = (better.rule.label().name(language), print(better.expected));
        pick(
            language,
            format!("; \"{rule}\" was nearer in the past and says {said}"),
            format!("；“{rule}”过去更准，预计 {said}"),
        )
    });
    forecast + &in_brackets(language, &(range + &nearer))
}

fn in_brackets(language: Language, text: &str) -> String {
    pick(language, format!(" ({text})"), format!("（{text}）"))
}

/// Why the shop's revenue is not forecast, and what there is of it.
pub(crate) fn without_revenue(shop: &Overview<'_>, outlook: &Outlook, language: Language) -> String {
    let spend = shop.models.map(|models| models.spend());
    if let Some(status) = spend.filter(|spend| spend.model().is_none()).map(|spend| spend.status()) {
        return pick(
            language,
            format!("no model of spend: {}", status.describe(language)),
            format!("无客单价模型：{}", status.describe(language)),
        );
    }
    let (without, (others, known)) = (outlook.without_mean_spend, shop.counted.expected_value);
    let others = estimate(language, others);
    if known == 0 {
        return pick(language, "the spend of no customer has a mean", "所有客户的客单价都没有均值").to_owned();
    }
    pick(
        language,
        format!(
            "{} left out: their spend has no mean; the others are expected to bring {others}",
            plural(without, "customer")
        ),
        format!("未含 {} 位客户：其客单价没有均值；其余客户预计合计 {others}", grouped(&without)),
    )
}

/// Those with whom most is at stake.
fn calls(page: &mut String, (shop, language): (&Overview<'_>, Language)) {
    let calls = &shop.counted.calls;
    if calls.customers == 0 {
        return;
    }
    let all = grouped(&calls.customers);
    let title = pick(
        language,
        format!("Whom to call first, of {all} who are late and may be won back"),
        format!("优先回访客户（共 {all} 位已超期且有望挽回）"),
    );
    let _ = writeln!(page, "\n{title}");
    // Where nobody can be seen to leave, nobody's loss is known.
    let stake = usize::from(matches!(calls.are_known, [false, true]));
    let [at_stake, stake_in_chinese] = [["at risk", "预计损失"], ["expected", "预计成交"]][stake];
    let head = ["", "days since", "will buy", "revenue so far", at_stake];
    let columns = [10, 10, 17, 14];
    row_of(page, pick(language, head, ["", "未购天数", "购买概率", "累计成交金额", stake_in_chinese]), columns);
    for call in &calls.first {
        let mut taken = 0;
        let fits = |letter: &char| {
            taken += width(letter.encode_utf8(&mut [0; 4]));
            taken <= 26
        };
        let id: String = call.id.escape_debug().take_while(fits).collect();
        let days = call.days_since_last.map_or("-".to_owned(), |days| grouped(&format!("{days:.0}")));
        let revenue = call.revenue.map_or("-".to_owned(), |amount| money(language, amount));
        let (buys, stake) = (chance(call.buys), call.stakes[stake]);
        let loss = stake.map_or("-".to_owned(), |loss| estimate(language, loss));
        row_of(page, [&id, &days, &buys, &revenue, &loss], columns);
    }
}

fn counted(customers: Ratio) -> [String; 2] {
    [grouped(&customers.count()), percent(customers.value())]
}

fn share(language: Language, ratio: Ratio) -> String {
    let [count, percent] = counted(ratio);
    let of = grouped(&ratio.of());
    pick(language, format!("{percent} ({count} of {of})"), format!("{percent}（{count} / {of}）"))
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// A probability: nothing that is to come is certain.
fn chance(probability: Option<f64>) -> String {
    let is_rounded = probability.is_some_and(|probability| (0.999_5..1.0).contains(&probability));
    if is_rounded { ">99.9%".to_owned() } else { percent(probability) }
}

/// With two decimals, rounded for the eye; the files have it exactly. In Chinese, large amounts are in 万.
fn money(language: Language, amount: Decimal) -> String {
    let large = Decimal::from(10_000);
    if language == Language::Chinese && amount.abs() >= large {
        return grouped(&format!("{:.2}", (amount / large).round_dp(2))) + "万";
    }
    grouped(&format!("{:.2}", amount.round_dp(2)))
}

/// As [`money`], of an estimate.
fn estimate(language: Language, amount: f64) -> String {
    if language == Language::Chinese && amount.abs() >= 10_000.0 {
        return grouped(&format!("{:.2}", amount / 10_000.0)) + "万";
    }
    grouped(&format!("{amount:.2}"))
}

/// `1 day`, `2,357 days`.
pub fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(&count), if count == 1 { "" } else { "s" })
}

/// `-1234567.89` as `-1,234,567.89`.
pub fn grouped(number: &impl ToString) -> String {
    let number = number.to_string();
    let (first, end) = (usize::from(number.starts_with('-')), number.find('.').unwrap_or(number.len()));
    let mut grouped = String::new();
    for (index, letter) in number.chars().enumerate() {
        if index > first && index < end && (end - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(letter);
    }
    grouped
}
