//! What the page says of products, against the lines of the file, and silence where it has none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::{Days, NaiveDate};
use repurchase::history::LineLog;
use repurchase::measure::CycleScale;
use repurchase::predict::{DueModel, DueOptions, NextCategories, NextCategoryOptions};
use repurchase::record::OrderLine;
use repurchase::scale::Language;
use repurchase::{PurchaseLog, ShopCalendar, Window};
use repurchase_report::Report;
use repurchase_segment::order_files::{self, ReadOptions};
use rust_decimal::Decimal;

use super::naive::grouped;
use super::{CDNOW, ReportOptions, day, english, read, report, shop_of, text};

/// Lines of every eighth customer of Online Retail, of categories.
const LINES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/online_retail_sample.csv");

/// The shop, with its categories under other names.
pub(super) fn shop(name: impl Fn(&str) -> String) -> (PurchaseLog<String>, LineLog<String, String>, NaiveDate) {
    let options =
        ReadOptions::default().with_products().with_columns("placed_at=day,product=category".parse().unwrap());
    let orders = order_files::read(fs::File::open(LINES).unwrap(), &options).unwrap();
    let customer = |number| repurchase_segment::read::name(&orders, number);
    let line = |line: order_files::ProductLine<'_>| {
        OrderLine::new(customer(line.customer), line.placed_at, name(line.product), Decimal::ONE, Decimal::ZERO)
            .unwrap()
    };
    let lines = LineLog::from_lines(orders.lines().map(line), &orders.calendar()).unwrap();
    (repurchase_segment::read::named_log(&orders).unwrap(), lines, orders.as_of())
}

fn page_of(language: Language) -> (Report, LineLog<String, String>, NaiveDate) {
    let (log, lines, as_of) = shop(str::to_owned);
    let options = ReportOptions::default().with_language(language).with_lines(&lines).with_lists("lists/");
    (report(&log, as_of, &options).unwrap(), lines, as_of)
}

/// The days on which each customer bought each category.
type Bought = BTreeMap<(String, String), BTreeSet<NaiveDate>>;

fn bought() -> Bought {
    let mut bought = Bought::new();
    for line in fs::read_to_string(LINES).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        bought.entry((cells[0].to_owned(), cells[2].to_owned())).or_default().insert(cells[1].parse().unwrap());
    }
    bought
}

/// The cells of each row of a table's body.
fn rows(page: &str, id: &str) -> Vec<Vec<String>> {
    let table = page.split_once(&format!("<figure id=\"{id}\">")).unwrap().1.split_once("</table>").unwrap().0;
    let body = table.split_once("<tbody>").unwrap().1;
    let cell = |cell: &str| cell.split_once('>').unwrap().1.split('<').next().unwrap().to_owned();
    let cells = |row: &str| row.split("<t").skip(1).map(cell).collect();
    body.split("<tr>").skip(1).map(cells).collect()
}

fn list(report: &Report) -> Vec<Vec<String>> {
    let list = report.lists.iter().find(|list| list.name == "due_products.csv").unwrap();
    list.csv.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn cycles_are_those_of_the_file() {
    let (report, _, as_of) = page_of(Language::English);
    let mut spells: BTreeMap<String, Vec<Vec<(i64, bool)>>> = BTreeMap::new();
    for ((_, category), days) in bought() {
        let days: Vec<_> = days.into_iter().collect();
        let mut of_customer: Vec<_> = days.windows(2).map(|pair| ((pair[1] - pair[0]).num_days(), true)).collect();
        of_customer.push(((as_of - *days.last().unwrap()).num_days(), false));
        spells.entry(category).or_default().push(of_customer);
    }
    let categories = spells.len();
    let cycle = |(category, customers): (String, Vec<Vec<(i64, bool)>>)| {
        let all: Vec<_> = customers.iter().flatten().copied().collect();
        let mut waiting = 1.0;
        let median = (0..=400).find(|&day| {
            let at_risk = all.iter().filter(|(days, _)| *days >= day).count() as f64;
            let ended = all.iter().filter(|spell| **spell == (day, true)).count() as f64;
            waiting *= if at_risk > 0.0 { 1.0 - ended / at_risk } else { 1.0 };
            waiting <= 0.5
        })?;
        let left = customers.iter().filter(|of| of.iter().any(|(days, _)| *days >= median)).count() as u64;
        let again = customers.iter().filter(|of| of.len() > 1).count() as u64;
        (left >= 20 && again >= 20).then_some((median, u64::MAX - left, category, again, customers.len() as u64))
    };
    let mut cycles: Vec<_> = spells.into_iter().filter_map(cycle).collect();
    cycles.sort();
    assert!(cycles.len() > 10);
    let shown = rows(&report.page, "cycles-table");
    let expected: Vec<Vec<String>> = cycles
        .iter()
        .take(10)
        .map(|(median, left, category, again, all)| {
            vec![category.clone(), median.to_string(), grouped(u64::MAX - left), grouped(*again), grouped(*all)]
        })
        .collect();
    assert_eq!(shown, expected);
    let lead = format!(
        "Of {} products, {} have a median cycle that rests on 20 customers or more; the shortest is {} days, of {}.",
        grouped(categories as u64),
        grouped(cycles.len() as u64),
        cycles[0].0,
        cycles[0].2
    );
    assert!(text(&report.page).contains(&lead), "{lead}");
}

#[test]
fn second_products_are_those_of_the_file() {
    let (report, ..) = page_of(Language::English);
    let mut by_customer: BTreeMap<String, BTreeMap<NaiveDate, BTreeSet<String>>> = BTreeMap::new();
    for ((customer, category), days) in bought() {
        for day in days {
            by_customer.entry(customer.clone()).or_default().entry(day).or_default().insert(category.clone());
        }
    }
    let twice: Vec<[BTreeSet<String>; 2]> = by_customer
        .into_values()
        .filter(|days| days.len() > 1)
        .map(|days| days.into_values().take(2).collect::<Vec<_>>().try_into().unwrap())
        .collect();
    let of_all =
        |second: &str| twice.iter().filter(|days| days[1].contains(second)).count() as f64 / twice.len() as f64;
    let shown = rows(&report.page, "paths-table");
    assert_eq!(shown.len(), 10);
    let percent = |count: usize, of: usize| format!("{:.1}%", 100.0 * count as f64 / of as f64);
    let mut sizes = Vec::new();
    for row in &shown {
        let began: Vec<_> = twice.iter().filter(|days| days[0].contains(&row[0])).collect();
        let took = |second: &str| began.iter().filter(|days| days[1].contains(second)).count();
        assert_eq!(row[1..3], [grouped(began.len() as u64), percent(took(&row[0]), began.len())], "{row:?}");
        let other = &row[3];
        let most =
            twice.iter().flat_map(|days| &days[1]).filter(|second| *second != &row[0]).map(|one| took(one)).max();
        assert_eq!((most, other != &row[0]), (Some(took(other)), true), "{row:?}");
        let share = took(other) as f64 / began.len() as f64;
        assert_eq!(row[4..], [percent(took(other), began.len()), format!("{:.1}×", share / of_all(other))], "{row:?}");
        sizes.push(began.len());
    }
    // Those first with which most began.
    assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]), "{sizes:?}");
    let began: BTreeMap<&String, usize> =
        twice.iter().flat_map(|days| &days[0]).fold(BTreeMap::new(), |mut counts, first| {
            *counts.entry(first).or_default() += 1;
            counts
        });
    assert_eq!(
        began.values().filter(|count| **count > sizes[9]).count(),
        sizes.iter().filter(|size| **size > sizes[9]).count()
    );
    assert!(text(&report.page).contains(&format!("Paths are of the {} customers", grouped(twice.len() as u64))));
}

#[test]
fn who_is_due_has_bought_it_twice_and_is_in_the_list() {
    let (report, lines, as_of) = page_of(Language::English);
    let (bought, list) = (bought(), list(&report));
    let week = (as_of + Days::new(1))..=(as_of + Days::new(7));
    let mut by_product: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &list {
        let days: Vec<NaiveDate> = row[2..5].iter().map(|day| day.parse().unwrap()).collect();
        assert!(week.contains(&days[0]) && days[1] <= days[0] && days[0] <= days[2], "{row:?}");
        let known = bought[&(row[0].clone(), row[1].clone())].len() as u64;
        let gaps: u64 = row[5].parse().unwrap();
        assert!((1..known).contains(&gaps), "{row:?}: {known} purchases");
        *by_product.entry(&row[1]).or_default() += 1;
    }
    let customers: BTreeSet<&String> = list.iter().map(|row| &row[0]).collect();
    let lead = format!(
        "{} customers are due with a product that they have bought twice or more ({} pairs of customer and product).",
        grouped(customers.len() as u64),
        grouped(list.len() as u64)
    );
    assert!(text(&report.page).contains(&lead), "{lead}");
    for row in rows(&report.page, "due-products") {
        assert_eq!(row[1], grouped(by_product[&*row[0]]), "{row:?}");
    }
    for row in rows(&report.page, "due-customers") {
        let own: Vec<_> = list.iter().filter(|one| one[0] == row[0]).collect();
        let best = own.iter().map(|one| one[5].parse::<u64>().unwrap()).max().unwrap();
        assert_eq!(row[4..], [best.to_string(), own.len().to_string()], "{row:?}");
    }
    // Whoever was due 13 weeks ago, by the library's model; what came, by the file.
    let then = as_of - Days::new(91);
    let model = DueModel::fit(&lines, then, &DueOptions::default().with_scale(CycleScale::Calendar)).unwrap();
    let due = model.due_in(&lines, Window::through(then + Days::new(1), then + Days::new(7)).unwrap());
    let due: Vec<_> = due.into_iter().filter(|one| one.due.own_gaps > 0).collect();
    let came = |last: NaiveDate| {
        let days = |one: &&repurchase::predict::Due<'_, String, String>| {
            let days = &bought[&(one.customer.clone(), one.product.clone())];
            days.iter().any(|day| *day > then && *day <= last)
        };
        format!("{:.1}%", 100.0 * due.iter().filter(days).count() as f64 / due.len() as f64)
    };
    let sentence = format!(
        "Of the {} pairs that were due in one week 13 weeks ago, {} were bought in that week and {} by now.",
        grouped(due.len() as u64),
        came(then + Days::new(7)),
        came(as_of)
    );
    assert!(text(&report.page).contains(&sentence), "{sentence}");
}

/// Of twelve kinds of customers each takes its own second product, 40 days after its first.
#[test]
fn what_comes_next_is_told_where_the_past_bears_it_out() {
    let customers = || (0..240_u32).map(|n| (format!("c{n:03}"), n % 12, n * 3 / 4));
    let came_again = |first: &u32| first + 40 <= 190;
    let orders = customers().flat_map(|(id, _, first)| {
        let days = [Some(first), Some(first + 40).filter(|_| came_again(&first))];
        days.into_iter().flatten().map(move |at| (id.clone(), at, 1000))
    });
    let line = |id: &str, at: u32, product: String| {
        OrderLine::on(id.to_owned(), day(at.into()), product, Decimal::ONE, Decimal::TEN)
    };
    let lines = customers().flat_map(|(id, kind, first)| {
        let second = came_again(&first).then(|| line(&id, first + 40, format!("second {kind:02}")));
        [Some(line(&id, first, format!("first {kind:02}"))), second].into_iter().flatten()
    });
    let lines = LineLog::from_lines(lines.collect::<Result<Vec<_>, _>>().unwrap(), &ShopCalendar::utc()).unwrap();
    let options = ReportOptions::default().with_lines(&lines).with_lists("lists/");
    let report = report(&shop_of(orders), day(190), &options).unwrap();
    // Of those who were customers before the last 13 weeks, and came again in them.
    let tried = customers().filter(|(.., first)| *first < 100 && first + 40 >= 100).count();
    let told =
        format!("Of the {tried} customers who took up a product in the last 13 weeks, 100.0% took one of the 5 that");
    assert!(text(&report.page).contains(&told), "{told}");
    // Whoever came in the last 30 days has a product that is new to them; of the newcomers it is that of their kind.
    let list = report.lists.iter().find(|list| list.name == "next_products.csv").unwrap();
    let listed: BTreeMap<_, _> = list.csv.lines().skip(1).map(|row| row.split_once(',').unwrap()).collect();
    let recent = customers().filter(|(.., first)| *first > 160 || came_again(first) && first + 40 > 160);
    assert_eq!(
        listed.keys().copied().collect::<BTreeSet<_>>(),
        recent.map(|(id, ..)| id).collect::<Vec<_>>().iter().map(String::as_str).collect()
    );
    let newcomers: Vec<_> = customers().filter(|(.., first)| *first > 160).collect();
    assert!(newcomers.len() > 20);
    for (id, kind, _) in &newcomers {
        let all = customers().filter(|(_, other, first)| other == kind && came_again(first)).count();
        let row: Vec<&str> = listed[&id[..]].split(',').collect();
        assert_eq!(
            (row[0], &row[3..]),
            (&*format!("second {kind:02}"), &[&*format!("first {kind:02}"), &*all.to_string(), &*all.to_string()][..])
        );
        assert!(row[1].parse::<f64>().unwrap() > 0.3 && row[2].parse::<f64>().unwrap() > 2.0, "{row:?}");
    }
    let first = list.csv.lines().nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(rows(&report.page, "next-products")[0][0], first);
    assert_eq!(rows(&report.page, "next-products").len(), 10);
}

#[test]
fn what_comes_next_is_not_told_where_the_past_refutes_it() {
    let (report, lines, as_of) = page_of(Language::English);
    let window = Window::through(as_of - Days::new(90), as_of).unwrap();
    let trial = NextCategories::trial(&lines, window, 5, &NextCategoryOptions::default()).unwrap();
    assert!(!trial.is_better(), "{}", trial.explain(Language::English));
    assert!(text(&report.page).contains("What a customer has bought does not tell what comes next better than"));
    assert!(
        !report.page.contains("id=\"next-products\"")
            && report.lists.iter().all(|list| list.name != "next_products.csv")
    );
}

#[test]
fn without_lines_nothing_is_said_of_products() {
    let (log, as_of) = read(CDNOW);
    let page = english(&log, as_of);
    for word in ["goods-title", "Bought again soonest", "product"] {
        assert!(!text(&page).contains(word) && !page.contains("id=\"goods\""), "{word}");
    }
    // Nor where nothing was bought by the day.
    let (log, lines, _) = shop(str::to_owned);
    let early = "2010-12-01".parse().unwrap();
    let early = report(&log, early, &ReportOptions::default().with_lines(&lines)).unwrap();
    assert!(!early.page.contains("<table class=\"plain goods\">"), "of few products nothing can be told yet");
}

#[test]
fn products_are_told_in_chinese() {
    let (report, ..) = page_of(Language::Chinese);
    let page = text(&report.page);
    for word in ["商品复购", "回购周期最短的商品", "一周内到回购日的商品", "首购商品与二购商品", "提升度"]
    {
        assert!(page.contains(word), "{word}");
    }
    for word in [" ，", "， ", " 。", "product", "customers"] {
        assert!(!page.contains(word), "{word}");
    }
    let list = report.lists.iter().find(|list| list.name == "due_products.csv").unwrap();
    assert!(list.csv.starts_with("\u{feff}客户ID,商品,回购日,区间起,区间止,自身间隔数\n"), "{}", &list.csv[..80]);
}
