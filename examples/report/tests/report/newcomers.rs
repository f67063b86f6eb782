//! What the page says of new customers, against the rows of the file: the product of shares that wait, and sums of money.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use repurchase::scale::Language;
use rust_decimal::Decimal;

use super::naive::{Rows, grouped, money};
use super::{CDNOW, RETAIL, day, english, page, read, shop_of, text};

/// The month of a day, as the page names it.
fn month(day: NaiveDate) -> String {
    day.format("%b %Y").to_string()
}

/// Days from the first or the second purchase day (`from` 0 or 1) to the next, or to the as-of day of who has none, of
/// customers who first bought in another month than the first of the records.
fn spells(rows: &Rows, as_of: NaiveDate, from: usize) -> Vec<(i64, bool)> {
    let purchases = rows.purchases();
    let first = purchases.values().map(|days| days[0]).min().unwrap();
    let new = purchases.into_values().filter(|days| month(days[0]) != month(first));
    let spell = |mut days: Vec<NaiveDate>| {
        days.dedup();
        let start = *days.get(from)?;
        let next = days.get(from + 1);
        Some(((*next.unwrap_or(&as_of) - start).num_days(), next.is_some()))
    };
    new.filter_map(spell).collect()
}

/// The share that is back within so many days: 1 less the product, day by day, of the shares that go on waiting.
fn back(spells: &[(i64, bool)], within: i64) -> f64 {
    let waiting = (0..=within).map(|day| {
        let at_risk = spells.iter().filter(|(days, _)| *days >= day).count();
        let ended = spells.iter().filter(|spell| **spell == (day, true)).count();
        if at_risk == 0 { 1.0 } else { 1.0 - ended as f64 / at_risk as f64 }
    });
    1.0 - waiting.product::<f64>()
}

/// Its 95% interval: Greenwood's, symmetric for ln(-ln).
fn interval(spells: &[(i64, bool)], within: i64) -> [f64; 2] {
    let sum: f64 = (0..=within)
        .map(|day| {
            let at_risk = spells.iter().filter(|(days, _)| *days >= day).count() as f64;
            let ended = spells.iter().filter(|spell| **spell == (day, true)).count() as f64;
            if ended > 0.0 { ended / (at_risk * (at_risk - ended)) } else { 0.0 }
        })
        .sum();
    let waiting = 1.0 - back(spells, within);
    [1.0, -1.0].map(|side| {
        let reach = side * 1.959_963_984_540_054 * sum.sqrt() / waiting.ln();
        1.0 - waiting.powf(reach.exp())
    })
}

#[test]
fn the_curve_is_that_of_the_file() {
    for path in [CDNOW, RETAIL] {
        let ((log, as_of), rows) = (read(path), Rows::of(path));
        let page = english(&log, as_of);
        let text = text(&page);
        let [spells, thirds] = [0, 1].map(|from| spells(&rows, as_of, from));
        let share = |spells: &[(i64, bool)], days: i64| {
            let [low, high] = interval(spells, days);
            format!("{:.1}% (95%: {:.1}% to {:.1}%)", 100.0 * back(spells, days), 100.0 * low, 100.0 * high)
        };
        let told = |days: i64| share(&spells, days);
        let customers = grouped(spells.len() as u64);
        let sentence = format!(
            "Of {customers} customers, {} came a second day within 30 days of their first, {} within 60 and {} within 90.",
            told(30),
            told(60),
            told(90)
        );
        assert!(text.contains(&sentence), "{sentence}: {text}");
        // It describes the picture, too, in both sizes.
        assert_eq!(page.matches(&format!("aria-label=\"{sentence}")).count(), 2);
        let (customers, told) = (grouped(thirds.len() as u64), share(&thirds, 90));
        let third = format!(" Of the {customers} who came a second day, {told} came a third within 90 days of it.");
        assert!(text.contains(&third), "{third}: {text}");
        // Nobody waits for longer than the records go; beyond, the share stays.
        let longest = spells.iter().map(|(days, _)| *days).max().unwrap();
        let half = if back(&spells, longest) >= 0.5 {
            let days = (0..=longest).find(|&days| back(&spells, days) >= 0.5).unwrap();
            format!("Half are back within {days} days")
        } else {
            "Fewer than half have come back".to_owned()
        };
        assert!(text.contains(&half), "{half}");
        // Beside it, plain counts of those who were observed for so long.
        let first = rows.purchases().values().map(|days| days[0]).min().unwrap();
        let observed: Vec<_> = rows
            .purchases()
            .into_values()
            .filter(|days| month(days[0]) != month(first) && (as_of - days[0]).num_days() >= 90)
            .collect();
        let came =
            observed.iter().filter(|days| days.iter().any(|day| (1..=90).contains(&(*day - days[0]).num_days())));
        let (came, observed) = (came.count(), observed.len());
        let row = page.split_once("<th scope=\"row\">90 days</th>").unwrap().1.split_once("</tr>").unwrap().0;
        let counted = format!("<td>{:.1}%</td>", 100.0 * came as f64 / observed as f64);
        assert!(row.contains(&counted) && row.contains(&format!("<td>{}</td>", grouped(came as u64))), "{row}");
        assert!(row.ends_with(&format!("<td>{}</td>", grouped(observed as u64))), "{row}");
    }
}

/// Of customers who first bought in a month: how many, the last of their first days, and revenue by span of 30 days.
#[derive(Default)]
struct Won {
    customers: u64,
    last: NaiveDate,
    spans: BTreeMap<i64, Decimal>,
}

impl Won {
    fn through(&self, span: i64) -> Decimal {
        self.spans.range(..=span).map(|(_, amount)| amount).sum()
    }

    /// Whether all have lived a span to its end.
    fn has_lived(&self, span: i64, as_of: NaiveDate) -> bool {
        (as_of - self.last).num_days() + 1 >= 30 * (span + 1)
    }
}

fn won(rows: &Rows) -> BTreeMap<(i32, u32), Won> {
    let firsts: BTreeMap<&str, NaiveDate> = rows.purchases().into_iter().map(|(who, days)| (who, days[0])).collect();
    let mut won: BTreeMap<(i32, u32), Won> = BTreeMap::new();
    for first in firsts.values() {
        let one = won.entry((first.year(), first.month())).or_default();
        (one.customers, one.last) = (one.customers + 1, one.last.max(*first));
    }
    for (who, day, amount) in &rows.0 {
        if let Some(first) = firsts.get(who.as_str()).filter(|first| *day >= **first) {
            let span = (*day - *first).num_days() / 30;
            *won.get_mut(&(first.year(), first.month())).unwrap().spans.entry(span).or_default() += amount;
        }
    }
    won
}

#[test]
fn cohorts_in_money_are_those_of_the_file() {
    for path in [CDNOW, RETAIL] {
        let ((log, as_of), rows) = (read(path), Rows::of(path));
        let page = english(&log, as_of);
        let table = page.split_once("id=\"value-map\"").unwrap().1.split_once("</table>").unwrap().0;
        let won = won(&rows);
        let whole = |amount: Decimal, customers: u64| grouped_whole(amount / Decimal::from(customers));
        let spans: Vec<i64> = (0..12).chain([14, 17, 20, 23]).collect();
        let first = *won.keys().next().unwrap();
        for (key, one) in &won {
            let name = month(one.last);
            let row = table.split_once(&format!("<th scope=\"row\">{name}")).unwrap().1.split_once("</tr>").unwrap().0;
            let begun = spans.iter().filter(|span| {
                let oldest =
                    rows.purchases().into_values().map(|days| days[0]).filter(|day| (day.year(), day.month()) == *key);
                (as_of - oldest.min().unwrap()).num_days() >= 30 * **span
            });
            let mut expected = vec![grouped(one.customers)];
            expected.extend(begun.clone().map(|&span| {
                let open = if one.has_lived(span, as_of) { "" } else { "*" };
                whole(one.through(span), one.customers) + open
            }));
            let mark = |cell: &str| {
                let text = cell.split_once('>').unwrap().1.split('<').next().unwrap().to_owned();
                if cell.split('>').next().unwrap().contains(" open") { text + "*" } else { text }
            };
            let cells: Vec<String> = row.split("<td ").skip(1).map(mark).filter(|text| !text.is_empty()).collect();
            assert_eq!(cells, expected, "{path}, {name}");
        }
        // The first month is in no sum, nor is a cohort that has not lived a span.
        let sum = |span: i64| {
            let lived = won.iter().filter(|(key, one)| **key != first && one.has_lived(span, as_of));
            lived.fold((Decimal::ZERO, Decimal::ZERO, 0), |sums, (_, one)| {
                (sums.0 + one.through(0), sums.1 + one.through(span), sums.2 + one.customers)
            })
        };
        let foot = table.split_once("<tfoot>").unwrap().1;
        let cells: Vec<&str> = foot.split("<td>").skip(1).map(|cell| cell.split('<').next().unwrap()).collect();
        for (span, cell) in spans.iter().zip(cells) {
            let (_, amount, customers) = sum(*span);
            assert_eq!(cell, if customers > 0 { whole(amount, customers) } else { String::new() }, "{path}, {span}");
        }
        // The lead is of one population.
        let all: u64 = won.iter().filter(|(key, _)| **key != first).map(|(_, one)| one.customers).sum();
        let span = (0..12).rev().find(|&span| 2 * sum(span).2 >= all).unwrap();
        let (short, long, customers) = sum(span);
        let each = |amount: Decimal| money(amount / Decimal::from(customers));
        let lead = format!(
            "New customers brought {} each in their first 30 days and {} in their first {} days ({} customers in cohorts that \
             have lived them).",
            each(short),
            each(long),
            30 * (span + 1),
            grouped(customers)
        );
        assert!(text(&page).contains(&lead), "{lead}");
    }
}

/// Of each cohort the first span that is open: what has come by the rows, when it is over for the last who came, and a
/// forecast of no less, between its ends.
#[test]
fn open_spans_are_those_of_the_file() {
    let number = |text: &str| text.replace([',', '$'], "").parse::<f64>().unwrap();
    let ((log, as_of), rows) = (read(CDNOW), Rows::of(CDNOW));
    let page = english(&log, as_of);
    let table = page.split_once("id=\"value-open\"").unwrap().1.split_once("</table>").unwrap().0;
    let found: Vec<Vec<&str>> = table
        .split("<tr>")
        .skip(2)
        .map(|row| row.split("</t").filter_map(|cell| Some(cell.rsplit_once('>')?.1)).collect())
        .collect();
    let won = won(&rows);
    assert_eq!((found.len(), won.len()), (3, 3));
    for (cells, one) in found.iter().zip(won.values()) {
        let &[name, days, over, so_far, forecast, ends, ..] = &cells[..] else { panic!("{cells:?}") };
        let span = (0..1_000).find(|&span| !one.has_lived(span, as_of)).unwrap();
        let whole = one.last + chrono::Days::new(u64::try_from(30 * (span + 1) - 1).unwrap());
        assert!(whole > as_of);
        let right = [month(one.last), (30 * (span + 1)).to_string(), whole.format("%-d %b %Y").to_string()];
        assert_eq!([name, days, over], right.each_ref().map(String::as_str));
        assert_eq!(so_far, money(one.through(span) / Decimal::from(one.customers)));
        let (low, high) = ends.split_once(" to ").unwrap();
        let [so_far, low, forecast, high] = [so_far, low, forecast, high].map(number);
        assert!(so_far - 1.0 <= low && low <= forecast && forecast <= high, "{cells:?}");
    }
}

fn grouped_whole(amount: Decimal) -> String {
    grouped(amount.round_dp(0).to_string().parse().unwrap())
}

/// Where nobody is known to be new, the sentence is of all, and no cohort is in a headline.
#[test]
fn a_young_shop_has_no_headline_of_new_customers() {
    let log = shop_of((0..60).map(|n| (format!("c{}", n % 50), n / 50 * 5, 1000)));
    let text = text(&english(&log, day(9)));
    assert!(text.contains("Of 50 customers, 20.0% (95%: "), "{text}");
    assert!(text.contains(") came a second day within 7 days of their first."), "{text}");
    let log = shop_of((0..60).map(|n| (format!("c{}", n % 40), n / 40 * 9, 1000)));
    let text = super::text(&english(&log, day(40)));
    assert!(text.contains("Of 40 customers, 50.0% (95%: "), "{text}");
    assert!(text.contains("All customers are counted."));
    assert!(text.contains("No cohort of customers who are known to be new has lived its first 7 days yet."), "{text}");
}

#[test]
fn both_languages_say_the_same_numbers() {
    let (log, as_of) = read(CDNOW);
    let [english, chinese] = [Language::English, Language::Chinese].map(|language| {
        let page = page(&log, as_of, language);
        let lead = |id: &str| {
            let rest = page.split_once(&format!("<section id=\"{id}\"")).unwrap().1;
            let lead = rest.split_once("class=\"lead\">").unwrap().1.split_once("</p>").unwrap().0;
            let mut numbers: Vec<String> = lead
                .split(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',' && letter != '%')
                .map(|number| number.trim_end_matches(['.', ',']).to_owned())
                .filter(|number| number.len() > 1)
                .collect();
            numbers.sort();
            numbers
        };
        ["second", "value"].map(lead)
    });
    assert_eq!(english, chinese);
}
