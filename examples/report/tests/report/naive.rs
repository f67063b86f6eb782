//! What stands on the page, against what a careful person would count in the file: row by row, without the library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;

use super::{CDNOW, RETAIL, ReportOptions, english, read, report, text};

/// The rows of a file: who, on which day, for how much; below 0 a credit.
pub(super) struct Rows(pub(super) Vec<(String, NaiveDate, Decimal)>);

impl Rows {
    pub(super) fn of(path: &str) -> Self {
        let file = fs::read_to_string(path).unwrap();
        let row = |line: &str| {
            let mut cells = line.split(',');
            let mut cell = || cells.next().unwrap();
            let (customer, day, amount) = (cell().to_owned(), cell(), cell());
            (customer, day[..10].parse().unwrap(), amount.parse().unwrap())
        };
        Self(file.lines().skip(1).map(row).collect())
    }

    /// The purchases of each customer, in the order of days.
    pub(super) fn purchases(&self) -> BTreeMap<&str, Vec<NaiveDate>> {
        let mut purchases: BTreeMap<&str, Vec<NaiveDate>> = BTreeMap::new();
        for (customer, day, amount) in &self.0 {
            if *amount >= Decimal::ZERO {
                purchases.entry(customer).or_default().push(*day);
            }
        }
        for days in purchases.values_mut() {
            days.sort_unstable();
        }
        purchases
    }

    /// Revenue, orders, buyers and new ones of the days that end with a day.
    fn mix(&self, last: NaiveDate, days: u64) -> (Decimal, u64, u64, u64) {
        let first = last - Days::new(days - 1);
        let inside = |day: &NaiveDate| (first..=last).contains(day);
        let revenue = self.0.iter().filter(|(_, day, _)| inside(day)).map(|(.., amount)| amount).sum();
        let purchases = self.purchases();
        let orders = purchases.values().flatten().filter(|day| inside(day)).count();
        let buyers: Vec<_> = purchases.values().filter(|days| days.iter().any(inside)).collect();
        let new = buyers.iter().filter(|days| inside(&days[0])).count();
        (revenue, orders as u64, buyers.len() as u64, new as u64)
    }
}

/// One customer's purchase days, as the rules of the page see them.
struct Customer {
    days: Vec<NaiveDate>,
    as_of: NaiveDate,
}

impl Customer {
    fn silent(&self) -> i64 {
        (self.as_of - *self.days.last().unwrap()).num_days()
    }

    /// The first and the last day, and the gaps between.
    fn gaps(&self) -> (i64, i64) {
        ((*self.days.last().unwrap() - self.days[0]).num_days(), self.days.len() as i64 - 1)
    }

    /// Of a regular: whole cycles missed. A cycle is the end of the band of the mean gap, or the mean gap itself.
    fn missed(&self) -> i64 {
        let (span, gaps) = self.gaps();
        match [30, 50, 80].into_iter().find(|edge| span / gaps < *edge) {
            Some(edge) => self.silent() / edge,
            None => self.silent() * gaps / span,
        }
    }

    /// The day on which the next purchase is due.
    fn due(&self) -> NaiveDate {
        let (span, gaps) = self.gaps();
        let cycle = [30, 50, 80].into_iter().find(|edge| span / gaps < *edge).unwrap_or((span + gaps - 1) / gaps);
        *self.days.last().unwrap() + Days::new(cycle as u64)
    }
}

fn customers(rows: &Rows, as_of: NaiveDate) -> BTreeMap<String, Customer> {
    let distinct = |days: Vec<NaiveDate>| days.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let all = rows.purchases().into_iter();
    all.map(|(customer, days)| (customer.to_owned(), Customer { days: distinct(days), as_of })).collect()
}

pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (places - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(super) fn money(amount: Decimal) -> String {
    let large = amount >= Decimal::from(10_000);
    let text = format!("{:.*}", if large { 0 } else { 2 }, amount.round_dp(if large { 0 } else { 2 }));
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let whole = grouped(whole.parse().unwrap());
    if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") }
}

/// The figure of a card, and what stands below it.
fn card(page: &str, key: &str) -> Vec<String> {
    let rest = page.split_once(&format!("data-figure=\"{key}\">")).unwrap().1;
    let cell = rest.split_once("</div>").unwrap().0;
    cell.split("</dd>")
        .map(|part| part.rsplit('>').next().unwrap().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[test]
fn what_happened_is_what_the_file_says() {
    for path in [CDNOW, RETAIL] {
        let ((log, as_of), rows) = (read(path), Rows::of(path));
        let page = english(&log, as_of);
        let this = rows.mix(as_of, 30);
        let (revenue, orders, buyers, new) = this;
        assert_eq!(card(&page, "revenue")[0], money(revenue), "{path}");
        assert_eq!(card(&page, "purchases")[0], grouped(orders));
        assert_eq!(card(&page, "buyers")[0], grouped(buyers));
        assert_eq!(card(&page, "new")[0], grouped(new));
        assert_eq!(card(&page, "per_customer")[0], money(revenue / Decimal::from(buyers)));
        let share = |buyers: u64, new: u64| format!("{:.1}%", 100.0 * (buyers - new) as f64 / buyers as f64);
        assert_eq!(card(&page, "returning_share")[0], share(buyers, new));
        // Each change stands beside the number that it is from; what the records do not cover is not compared.
        let first =
            rows.0.iter().filter(|(.., amount)| *amount >= Decimal::ZERO).map(|(_, day, _)| *day).min().unwrap();
        let mut expected = Vec::new();
        for (last, name) in [(as_of - Days::new(30), "before"), (as_of - Months::new(12), "a year ago")] {
            if last - Days::new(29) < first {
                continue;
            }
            let then = rows.mix(last, 30).1;
            let change = 100.0 * (orders as f64 - then as f64) / then as f64;
            let mark = if change > 0.0 { "▲" } else { "▼" };
            expected.push(format!("{mark}\u{a0}{:.1}% on {} {name}", change.abs(), grouped(then)));
        }
        assert_eq!(card(&page, "purchases")[1..], expected[..], "{path}");
        assert_eq!(expected.len(), if path == CDNOW { 2 } else { 1 }, "a year of records or less");
    }
}

#[test]
fn reasons_to_act_are_those_of_the_file() {
    for path in [CDNOW, RETAIL] {
        let ((log, as_of), rows) = (read(path), Rows::of(path));
        let customers = customers(&rows, as_of);
        let page = english(&log, as_of);
        let is_regular = |customer: &&Customer| customer.days.len() > 1;
        let regulars = customers.values().filter(is_regular).count();
        let late = customers.values().filter(is_regular).filter(|customer| customer.missed() >= 1).count();
        let closing = customers.values().filter(|customer| !is_regular(customer));
        let closing = closing.filter(|customer| (50..80).contains(&customer.silent())).count();
        let due = customers.values().filter(is_regular);
        let due = due.filter(|one| (1..=7).contains(&(one.due() - as_of).num_days())).count();
        let item = |key: &str| {
            let rest = page.split_once(&format!("data-trigger=\"{key}\"><strong>")).unwrap().1;
            rest.split('<').next().unwrap().to_owned()
        };
        let [shown_late, shown_closing, shown_due] = ["late", "window_closing", "due_soon"].map(item);
        assert_eq!(
            [shown_late, shown_closing, shown_due],
            [late, closing, due].map(|count| grouped(count as u64)),
            "{path}"
        );
        let sentence = format!("{} of {} regulars are late", grouped(late as u64), grouped(regulars as u64));
        assert!(text(&page).contains(&sentence), "{sentence}");
        if path == RETAIL {
            assert_eq!((late, regulars), (671, 2790));
        }
    }
}

/// The cells of a list, by RFC 4180.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            letter => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

#[test]
fn lists_hold_whom_the_page_counts() {
    for path in [CDNOW, RETAIL] {
        let ((log, as_of), rows) = (read(path), Rows::of(path));
        let customers = customers(&rows, as_of);
        let report = report(&log, as_of, &ReportOptions::default().with_lists("lists/")).unwrap();
        let list = |name: &str| {
            let csv = &report.lists.iter().find(|list| list.name == name).unwrap().csv;
            csv.lines().skip(1).map(cells).collect::<Vec<_>>()
        };
        let late = list("late.csv");
        let expected: BTreeSet<&String> =
            customers.iter().filter(|(_, one)| one.days.len() > 1 && one.missed() >= 1).map(|(id, _)| id).collect();
        assert_eq!(late.iter().map(|row| &row[0]).collect::<BTreeSet<_>>(), expected, "{path}");
        for row in &late {
            let customer = &customers[&row[0]];
            let last = customer.days.last().unwrap();
            let days = (as_of - customer.due()).num_days();
            assert_eq!(row[1..4], [last.to_string(), customer.due().to_string(), days.to_string()], "{row:?}");
            let [buys, value]: [f64; 2] = [&row[4], &row[5]].map(|cell| cell.parse().unwrap());
            assert!((0.0..=1.0).contains(&buys) && value >= 0.0, "{row:?}");
            assert!(
                !row[6].is_empty() && row[7].contains(&format!("last purchase {} day", customer.silent())),
                "{row:?}"
            );
        }
        // The most at risk first, and together what the page says; who has left is in no sum.
        let at_risk: Vec<f64> = list("at_risk.csv").iter().map(|row| row[5].parse().unwrap()).collect();
        assert!(at_risk.len() > 100 && at_risk.windows(2).all(|pair| pair[0] >= pair[1]));
        let calls = if path == CDNOW { 456 } else { late.len() };
        let value: f64 = late[..calls].iter().map(|row| row[5].parse::<f64>().unwrap()).sum();
        for value in [at_risk.iter().sum(), value] {
            let told = format!("won back: usually worth {} in 90 days", grouped(value.round() as u64));
            let of_all = told.replace("won back", "regulars are late");
            let page = text(&report.page);
            assert!(page.contains(&told) || page.contains(&of_all), "{told}");
        }
        // Each customer stands in the list of one segment, and the page counts what is done for them.
        let mut ids: Vec<String> = Vec::new();
        for segment in report.lists.iter().filter(|list| list.name.starts_with("segment-")) {
            let rows = list(&segment.name);
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            for row in &rows {
                *counts.entry(&row[6]).or_default() += 1;
            }
            if let Some((action, count)) = counts.iter().rev().max_by_key(|(_, count)| **count) {
                let row = report
                    .page
                    .split_once(&format!("lists/{}", segment.name))
                    .unwrap()
                    .0
                    .rsplit_once("<tr>")
                    .unwrap()
                    .1;
                assert!(row.contains(&format!("{action}: {}", grouped(*count))), "{action}: {count} in {row}");
            }
            ids.extend(rows.into_iter().map(|row| row[0].clone()));
        }
        ids.sort_unstable();
        assert_eq!(ids, customers.keys().cloned().collect::<Vec<_>>());
    }
}

/// Each sentence on a customer to call says what the file says.
#[test]
fn calls_are_told_as_the_file_has_them() {
    let ((log, as_of), rows) = (read(RETAIL), Rows::of(RETAIL));
    let customers = customers(&rows, as_of);
    let page = english(&log, as_of);
    let calls = page.split_once("<ol class=\"calls\">").unwrap().1.split_once("</ol>").unwrap().0;
    let calls: Vec<_> = calls.split("<li>").skip(1).collect();
    assert_eq!(calls.len(), 10);
    for call in calls {
        let id = call.split_once("<h3>").unwrap().1.split_once("</h3>").unwrap().0;
        let (customer, (span, gaps)) = (&customers[id], customers[id].gaps());
        assert!(customer.missed() >= 1, "{id} is late");
        let spent: Decimal = rows.0.iter().filter(|(one, ..)| one == id).map(|(.., amount)| amount).sum();
        // To the nearest, and of two as near to the even one, as numbers are printed.
        let (silent, every) = (customer.silent(), format!("{:.0}", span as f64 / gaps as f64));
        let sentence = if gaps > 1 {
            format!("Usually buys every {every} days, silent for {silent}; spent {}.", money(spent))
        } else {
            format!("Bought twice, {every} days apart, silent for {silent}; spent {}.", money(spent))
        };
        assert!(call.contains(&sentence), "{sentence}: {call}");
    }
}
