//! The printed page.

use std::cmp::Reverse;
use std::fmt::Write;

use repurchase::measure::Occasion;
use repurchase::scale::Language;
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, EstimateStatus, Figure, ShopModels};
use repurchase::{Ratio, Result};
use rust_decimal::Decimal;

use crate::shop::{Group, Shop};

pub fn page(shop: &Shop, language: Language) -> Result<String> {
    let (ledger, totals, concentration) = (&shop.ledger, &shop.totals, &shop.concentration);
    let mut page = format!("Customers as of {}\n\n", ledger.as_of());
    let first = ledger.iter().filter_map(|(_, history)| history.first_purchase()).min();
    let (Some(first), Some(models)) = (first, &shop.models) else {
        page += "Nobody has bought up to this day.\n";
        return Ok(page);
    };
    let mark = if language == Language::English { "Note: " } else { "提示：" };
    for note in &shop.notes {
        let _ = writeln!(page, "{mark}{}", note.sentence(language));
    }
    page += &models.note(language).map(|note| format!("{mark}{note}.\n")).unwrap_or_default();
    if !page.ends_with("\n\n") {
        page.push('\n');
    }
    let [users, orders] = shop.repeats;
    let one_day = ledger.iter().filter(|(_, history)| history.purchases() >= 2 && history.purchase_days() == 1).count();
    let one_day = Some(one_day).filter(|&customers| customers > 0 && shop.asked.occasion == Occasion::Order);
    line(&mut page, "Period", format!("{first} to {}", ledger.as_of()));
    line(&mut page, "Customers", grouped(&ledger.len()));
    line(&mut page, "Purchases", grouped(&totals.purchases));
    line(&mut page, "Credits", grouped(&totals.credits));
    line(&mut page, "Revenue", money(totals.revenue));
    line(&mut page, "Customers who bought again", share(users));
    line(&mut page, "  of them on one day only", one_day.map(|customers| grouped(&customers)));
    line(&mut page, "Purchases that were repeats", share(orders));

    let mut segments = shop.groups(LabelKind::Segment)?;
    segments.sort_by_key(|(_, summary)| Reverse(summary.revenue));
    table(&mut page, language, "Segments, by rank in recency and frequency", &segments);
    if segments.is_empty() {
        page += "  The named segments need 5 bins.\n";
    }
    let edges = [models.lifecycle().frequency.edges(), models.lifecycle().new_customers.edges()];
    let [gaps, since] = edges.map(|[first, second, third]| format!("{first} / {second} / {third} days"));
    let gaps = format!("How often repeat customers come (mean gap, {gaps})");
    table(&mut page, language, &gaps, &shop.groups(LabelKind::FrequencyBand)?);
    let since = format!("Customers of one purchase day (since then, {since})");
    table(&mut page, language, &since, &shop.groups(LabelKind::NewCustomerState)?);
    table(&mut page, language, "Membership tiers, by rank in revenue", &shop.groups(LabelKind::Tier)?);
    churn_rule(&mut page, (shop, language), edges, models.cycles().churn_cycles())?;
    forecast(&mut page, shop, models);
    calls(&mut page, shop);

    page += "\nConcentration\n";
    let (top, most) = (concentration.top_share(Decimal::new(2, 1))?, concentration.customers_for(Decimal::new(8, 1))?);
    let best = format!("  The best {} (20%) bring", grouped(&top.customers.count()));
    let others = Some(concentration.without_revenue()).filter(|&others| others > 0);
    line(&mut page, &best, top.share.map(|_| percent(top.share)));
    line(&mut page, "  80% of the revenue comes from", share(most));
    line(&mut page, "  Gini coefficient", concentration.gini().map(|gini| format!("{gini:.3}")));
    line(&mut page, "  Customers without revenue, left out", others.map(|others| grouped(&others)));
    Ok(page)
}

fn line(page: &mut String, name: &str, value: impl Into<Option<String>>) {
    if let Some(value) = value.into() {
        // Writing to a string cannot fail.
        let _ = writeln!(page, "{name:<38}{value}");
    }
}

fn row(page: &mut String, [name, count, of_count, other, of_other]: [&str; 5]) {
    let _ = writeln!(page, "  {name:<26}{count:>10}{of_count:>9}{other:>18}{of_other:>9}");
}

fn table(page: &mut String, language: Language, title: &str, groups: &[Group]) {
    let _ = writeln!(page, "\n{title}");
    row(page, ["", "customers", "share", "revenue", "share"]);
    for (label, summary) in groups {
        let [customers, of_customers] = counted(summary.customers);
        let (revenue, of_revenue) = (money(summary.revenue), percent(summary.revenue_share));
        row(page, [label.name(language), &customers, &of_customers, &revenue, &of_revenue]);
    }
}

fn churn_rule(
    page: &mut String,
    (shop, language): (&Shop, Language),
    edges: [[u32; 3]; 2],
    churn_cycles: u32,
) -> Result<()> {
    let repeat = shop.groups_of(LabelKind::ChurnRisk, |history| history.purchase_days() > 1)?;
    let new = shop.groups_of(LabelKind::ChurnRisk, |history| history.purchase_days() == 1)?;
    page.push_str("\nWho may be leaving\n");
    row(page, ["", "came again", "share", "came once", "share"]);
    for ((label, repeat), (_, new)) in repeat.iter().zip(&new) {
        let [[repeat, of_repeat], [new, of_new]] = [repeat, new].map(|summary| counted(summary.customers));
        row(page, [label.name(language), &repeat, &of_repeat, &new, &of_new]);
    }
    let [[first, second, third], [due, overdue, gone]] = edges;
    let _ = writeln!(
        page,
        "  Came again: expected within {first}, {second} or {third} days, the end of their frequency band, or\n  \
         within their own mean gap if that is longer. Due: missed once. Churn-inclined: missed {churn_cycles} times or \
         more.\n  Came once: due after {due} days, overdue after {overdue}, churn-inclined after {gone}.",
    );
    Ok(())
}

/// What the models expect.
fn forecast(page: &mut String, shop: &Shop, models: &ShopModels) {
    let _ = writeln!(page, "\nThe next {} days", models.horizon_days());
    let mut model = |what, name, is_there, status: &EstimateStatus| match (is_there, status.describe(Language::English))
    {
        (true, status) => line(page, &format!("  Model of {what}"), format!("{name}, {status}")),
        (false, status) => line(page, &format!("  No model of {what}"), status),
    };
    let (purchases, spend) = (models.purchases(), models.spend());
    model("churn", shop.model_kind().label().name(Language::English), purchases.model().is_some(), purchases.status());
    model("spend", "Gamma-Gamma", spend.model().is_some(), spend.status());
    for (name, figure, decimals) in [
        ("  Expected to be customers still", Figure::ProbabilityAlive, 0),
        ("  Purchases expected", Figure::ExpectedPurchases, 0),
        ("  Revenue expected", Figure::ExpectedValue, 2),
    ] {
        let (mut sum, mut known) = (0.0, 0);
        shop.profiles.figures(figure).flatten().for_each(|value| {
            sum += value;
            known += 1;
        });
        if known > 0 {
            let sum = grouped(&format!("{sum:.decimals$}"));
            let without = shop.profiles.len() - known;
            let rest = format!(" ({} customers left out: their spend has no mean)", grouped(&without));
            line(page, name, if without == 0 { sum } else { sum + &rest });
        }
    }
    if let (0, true) = (shop.profiles.figures(Figure::ExpectedValue).flatten().count(), spend.model().is_some()) {
        line(page, "  Revenue expected", "-".to_owned());
    }
}

/// Those with whom most is at stake.
fn calls(page: &mut String, shop: &Shop) {
    const SHOWN: usize = 10;
    let calls = shop.profiles.calls();
    if calls.is_empty() {
        return;
    }
    let _ = writeln!(page, "\nWhom to call first, of {} who are late and may be won back", grouped(&calls.len()));
    row(page, ["", "days since", "alive", "revenue so far", "at risk"]);
    for &position in calls.iter().take(SHOWN) {
        let (Some(id), Some(profile)) = (shop.ledger.ids().get(position), shop.profiles.get(position)) else {
            continue;
        };
        let id: String = id.escape_debug().take(26).collect();
        let number = |figure, decimals: usize| {
            profile.figure(figure).map_or("-".to_owned(), |value| grouped(&format!("{value:.decimals$}")))
        };
        let revenue = profile.amount(Amount::Revenue).map_or("-".to_owned(), money);
        let alive = percent(profile.figure(Figure::ProbabilityAlive));
        row(page, [&id, &number(Figure::DaysSinceLast, 0), &alive, &revenue, &number(Figure::ExpectedLoss, 2)]);
    }
}

fn counted(customers: Ratio) -> [String; 2] {
    [grouped(&customers.count()), percent(customers.value())]
}

fn share(ratio: Ratio) -> String {
    let [count, percent] = counted(ratio);
    format!("{percent} ({count} of {})", grouped(&ratio.of()))
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// With two decimals, rounded for the eye; the files have it exactly.
fn money(amount: Decimal) -> String {
    grouped(&format!("{:.2}", amount.round_dp(2)))
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
