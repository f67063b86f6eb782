//! The printed page.

use std::cmp::Reverse;
use std::fmt::Write;

use repurchase::measure::Occasion;
use repurchase::scale::Language;
use repurchase::{Error, Ratio};
use rust_decimal::Decimal;

use crate::digits::grouped;
use crate::forecast::{Expected, Forecast};
use crate::groups::Group;
use crate::shop::Shop;

pub fn page(shop: &Shop) -> Result<String, Error> {
    let ledger = &shop.ledger;
    let mut page = format!("Customers as of {}\n\n", ledger.as_of());
    let first = ledger.iter().filter_map(|(_, history)| history.first_purchase()).min();
    let Some(first) = first else {
        page += "Nobody has bought up to this day.\n";
        return Ok(page);
    };
    line(&mut page, "Period", &format!("{first} to {}", ledger.as_of()));
    line(&mut page, "Customers", &grouped(&ledger.len().to_string()));
    line(&mut page, "Purchases", &grouped(&shop.totals.purchases.to_string()));
    line(&mut page, "Credits", &grouped(&shop.totals.credits.to_string()));
    line(&mut page, "Revenue", &money(shop.totals.revenue));
    if let Some(rates) = shop.rates {
        line(&mut page, "Customers who bought again", &share(rates.users));
        let on_one_day = shop.repeats_on_one_day();
        if on_one_day > 0 && shop.occasion == Occasion::Order {
            line(&mut page, "  of them on one day only", &grouped(&on_one_day.to_string()));
        }
        line(&mut page, "Purchases that were repeats", &share(rates.orders));
    }

    match shop.segments()? {
        segments if segments.is_empty() => page += "\nThe named segments need 5 bins.\n",
        mut segments => {
            segments.sort_by_key(|segment| Reverse(segment.revenue));
            table(&mut page, "Segments, by recency and frequency", &segments);
        }
    }
    let days = |edges: [u32; 3]| format!("{} / {} / {} days", edges[0], edges[1], edges[2]);
    let (bands, since) = (days(shop.lifecycle.frequency.edges()), days(shop.lifecycle.new_customers.edges()));
    table(&mut page, &format!("How often repeat customers come (mean gap, {bands})"), &shop.frequency_bands()?);
    table(&mut page, &format!("Customers of one purchase day (since then, {since})"), &shop.new_customer_states()?);
    table(&mut page, "Membership tiers, by revenue", &shop.tiers()?);
    churn_rule(&mut page, shop)?;
    forecast(&mut page, shop);

    page += "\nConcentration\n";
    let concentration = &shop.concentration;
    let top = concentration.top_share(Decimal::new(2, 1))?;
    if let Some(top_share) = top.share {
        let top_customers = grouped(&top.customers.count().to_string());
        line(&mut page, &format!("  The best {top_customers} (20%) bring"), &percent(Some(top_share)));
    }
    line(&mut page, "  80% of the revenue comes from", &share(concentration.customers_for(Decimal::new(8, 1))?));
    if let Some(gini) = concentration.gini() {
        line(&mut page, "  Gini coefficient", &format!("{gini:.3}"));
    }
    if concentration.without_revenue() > 0 {
        let others = grouped(&concentration.without_revenue().to_string());
        line(&mut page, "  Customers without revenue, left out", &others);
    }
    Ok(page)
}

fn line(page: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "{name:<38}{value}");
}

fn table(page: &mut String, title: &str, groups: &[Group]) {
    let _ = writeln!(page, "\n{title}");
    let _ = writeln!(page, "  {:<26}{:>10}{:>9}{:>18}{:>9}", "", "customers", "share", "revenue", "share");
    for group in groups {
        let customers = grouped(&group.customers.to_string());
        let (of_customers, of_revenue) = (percent(group.share), percent(group.revenue_share));
        let revenue = money(group.revenue);
        let name = group.label.name(Language::English);
        let _ = writeln!(page, "  {name:<26}{customers:>10}{of_customers:>9}{revenue:>18}{of_revenue:>9}");
    }
}

fn churn_rule(page: &mut String, shop: &Shop) -> Result<(), Error> {
    let (repeat, new) = (shop.churn_risks(2..)?, shop.churn_risks(1..=1)?);
    let _ = writeln!(page, "\nWho may be leaving");
    let _ = writeln!(page, "  {:<26}{:>10}{:>9}{:>18}{:>9}", "", "came again", "share", "came once", "share");
    for (repeat, new) in repeat.iter().zip(&new) {
        let name = repeat.label.name(Language::English);
        let [(repeat, of_repeat), (new, of_new)] =
            [repeat, new].map(|group| (grouped(&group.customers.to_string()), percent(group.share)));
        let _ = writeln!(page, "  {name:<26}{repeat:>10}{of_repeat:>9}{new:>18}{of_new:>9}");
    }
    let [first, second, third] = shop.lifecycle.frequency.edges();
    let [due, overdue, gone] = shop.lifecycle.new_customers.edges();
    let _ = writeln!(
        page,
        "  Came again: expected within {first}, {second} or {third} days, the end of their frequency band, or\n  \
         within their own mean gap if that is longer. Due: missed once. Churn-inclined: missed {} times or more.\n  \
         Came once: due after {due} days, overdue after {overdue}, churn-inclined after {gone}.",
        shop.churn_rule.churn_cycles()
    );
    Ok(())
}

/// What the models expect.
fn forecast(page: &mut String, shop: &Shop) {
    let Forecast { horizon_days, churn, spend, customers } = &shop.forecast;
    let _ = writeln!(page, "\nThe next {horizon_days} days");
    for (what, status, name) in [("churn", &churn.status, churn.name), ("spend", &spend.status, spend.name)] {
        match status.as_str() {
            "fitted" | "given" => line(page, &format!("  Model of {what}"), &format!("{name}, {status}")),
            reason => line(page, &format!("  No model of {what}"), reason),
        }
    }
    let sum = |of: fn(&Expected) -> Option<f64>| customers.iter().map(of).sum::<Option<f64>>();
    if let Some(alive) = sum(|expected| expected.alive) {
        line(page, "  Expected to be customers still", &grouped(&format!("{alive:.0}")));
        let (mut repeat, mut leaving) = (0, 0);
        for ((_, history), expected) in shop.ledger.iter().zip(customers) {
            if history.purchase_days() > 1 {
                repeat += 1;
                leaving += u64::from(expected.alive.is_some_and(|alive| alive < 0.5));
            }
        }
        if let Ok(leaving) = Ratio::new(leaving, repeat) {
            line(page, "  Came again, and are likely gone", &share(leaving));
        }
    }
    if let Some(purchases) = sum(|expected| expected.purchases) {
        line(page, "  Purchases expected", &grouped(&format!("{purchases:.0}")));
    }
    if let Some(value) = sum(|expected| expected.value) {
        line(page, "  Revenue expected", &grouped(&format!("{value:.2}")));
    }
}

fn share(ratio: Ratio) -> String {
    let (count, of) = (grouped(&ratio.count().to_string()), grouped(&ratio.of().to_string()));
    format!("{} ({count} of {of})", percent(ratio.value()))
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// With two decimals, rounded for the eye; the files have it exactly.
fn money(amount: Decimal) -> String {
    let text = format!("{:.2}", amount.round_dp(2));
    match text.strip_prefix('-') {
        Some(positive) => format!("-{}", grouped(positive)),
        None => grouped(&text),
    }
}
