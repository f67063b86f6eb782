//! What is bought again, who is due with it, what comes second and what next; nothing where the file does not say what was bought.

use maud::{Markup, html};
use repurchase::predict::DueOptions;
use repurchase_segment::page::plural;

use super::{Section, heads, list_link};
use crate::goods::{Checked, DueProduct, Goods, HITS, LEAST, LEAST_OF_PATH, MOST, Next};
use crate::lists::{DUE_PRODUCTS, NEXT_PRODUCTS};
use crate::shop::Buyers;
use crate::words::{NONE, Words, percent, thousands};

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>, lists: Option<&str>) -> Option<Section> {
    let goods = buyers.goods.as_ref()?;
    let has_tables = !(goods.cycles.is_empty() && goods.due.is_empty() && goods.paths.is_empty());
    let lead = bought_again(words, goods) + &due(words, goods) + &checked(words, goods) + &next(words, goods);
    Some(Section {
        id: "goods",
        title: words.of("What is bought again", "商品复购").to_owned(),
        body: html! {
            div class="two" {
                @if !goods.cycles.is_empty() { (cycles(words, goods)) }
                @if !goods.due_with.is_empty() { (due_with(words, goods)) }
                @if !goods.due.is_empty() { (persons(words, goods, lists)) }
                @if !goods.paths.is_empty() { (paths(words, goods)) }
                @if let Some(next) = &goods.next { @if !next.products.is_empty() { (next_products(words, next, lists)) } }
            }
        },
        lead,
        // Without a table there is nothing to explain.
        note: if has_tables { note(words, goods) } else { String::new() },
    })
}

fn bought_again(words: Words<'_>, goods: &Goods<'_>) -> String {
    let known = thousands(goods.known as u64);
    let have = words.of(if goods.known == 1 { "has" } else { "have" }, "");
    let products =
        words.of(plural(goods.products as u64, "product"), format!("{} 种商品", thousands(goods.products as u64)));
    match goods.cycles.first() {
        None => words.of(
            format!("Of {products}, none is bought again by enough customers to tell a median cycle."),
            format!("{products}中，没有一种的复购客户足以得出回购周期中位数。"),
        ),
        Some(cycle) => {
            let (product, days) = (&cycle.product, words.days(cycle.median_days.round() as u64));
            words.of(
                format!(
                    "Of {products}, {known} {have} a median cycle that rests on {LEAST} customers or more; the \
                     shortest is {days}, of {product}."
                ),
                format!(
                    "{products}中有 {known} 种的回购周期中位数有 {LEAST} 位以上客户支撑，最短的是 {product}：{days}。"
                ),
            )
        }
    }
}

fn due(words: Words<'_>, goods: &Goods<'_>) -> String {
    let customers = goods.customers_due();
    let first = words.date(goods.week.start());
    match (goods.with_due_days, customers) {
        (0, _) => String::new(),
        (_, 0) => words.of(
            format!(" In the week from {first} on, nobody is due with a product bought twice or more."),
            format!("{first}起的一周内，没有买过同一商品两次以上的客户到回购日。"),
        ),
        _ => {
            let are = words.of(if customers == 1 { "is" } else { "are" }, "");
            let (customers, pairs) = (words.customers(customers as u64), thousands(goods.due.len() as u64));
            let pairs = words.of(plural(goods.due.len() as u64, "pair"), pairs);
            words.of(
                format!(
                    " In the week from {first} on, {customers} {are} due with a product that they have bought twice or more \
                     ({pairs} of customer and product)."
                ),
                format!("{first}起的一周内，有 {customers}买过两次以上的商品到回购日（客户与商品共 {pairs} 对）。"),
            )
        }
    }
}

/// What came of those who were due 13 weeks ago.
fn checked(words: Words<'_>, goods: &Goods<'_>) -> String {
    let Some(Checked { in_week, by_now }) = goods.checked.as_ref().filter(|_| !goods.due.is_empty()) else {
        return String::new();
    };
    let (pairs, [week, now]) = (thousands(in_week.of()), [in_week, by_now].map(|ratio| percent(ratio.value())));
    words.of(
        format!(
            " Of the {pairs} pairs that were due in one week 13 weeks ago, {week} were bought in that week and {now} by now."
        ),
        format!("13 周前的一周内到期的 {pairs} 对中，{week} 在当周购买，至今共 {now}。"),
    )
}

/// Whether what a customer bought tells what comes next, by the last 13 weeks.
fn next(words: Words<'_>, goods: &Goods<'_>) -> String {
    let Some(Next { trial, .. }) = &goods.next else { return String::new() };
    let customers = thousands(trial.customers);
    let [paths, popular] = [trial.paths, trial.popularity].map(|score| percent(score.hits.value()));
    if trial.is_better() {
        return words.of(
            format!(
                " Of the {customers} customers who took up a product in the last 13 weeks, {paths} took one of the {HITS} that \
                 their purchases before had named first; of the {HITS} most in demand, {popular}."
            ),
            format!(
                "最近 13 周有 {customers} 位客户购买了新商品：按其此前所购排出的前 {HITS} 种商品命中 {paths}，按近期热度排出的前 {HITS} 种命中 {popular}。"
            ),
        );
    }
    words.of(
        " What a customer has bought does not tell what comes next better than what is most in demand, by the last 13 weeks.",
        "按最近 13 周检验，用客户已购商品推测下一种商品，并不比按近期热度更准。",
    )
    .to_owned()
}

/// A table under its title, with names that may be long.
fn table(id: &str, title: &str, link: &Markup, names: &[&str], rows: impl Iterator<Item = Markup>) -> Markup {
    html! {
        figure id=(id) {
            figcaption { (title) " " (link) }
            div class="scroll" tabindex="0" role="region" aria-label=(title) {
                table class="plain goods" { (heads(names)) tbody { @for row in rows { tr { (row) } } } }
            }
        }
    }
}

fn cycles(words: Words<'_>, goods: &Goods<'_>) -> Markup {
    let title = words.of("Bought again soonest", "回购周期最短的商品");
    let rows = goods.cycles.iter().map(|cycle| {
        html! {
            th scope="row" { (cycle.product) }
            td { (format!("{:.0}", cycle.median_days)) }
            td { (thousands(cycle.customers_at_median)) }
            td { (thousands(cycle.again.count())) }
            td { (thousands(cycle.again.of())) }
        }
    });
    let names = [
        words.of("Product", "商品"),
        words.of("Median days", "中位数（天）"),
        words.of("at risk there", "支撑客户"),
        words.of("Bought again", "复购客户"),
        words.of("Customers", "购买客户"),
    ];
    table("cycles-table", title, &html! {}, &names, rows)
}

fn due_with(words: Words<'_>, goods: &Goods<'_>) -> Markup {
    let title = words.of("Due within a week, by product", "一周内到回购日的商品");
    let rows = goods.due_with.iter().map(|one| {
        html! {
            th scope="row" { (one.product) }
            td { (thousands(one.customers)) }
            td { (percent(Some(one.returning))) }
        }
    });
    let names = [
        words.of("Product", "商品"),
        words.of("Customers due", "到期客户"),
        words.of("of its purchases followed by another", "购买后再购占比"),
    ];
    table("due-products", title, &html! {}, &names, rows)
}

fn persons(words: Words<'_>, goods: &Goods<'_>, lists: Option<&str>) -> Markup {
    let title = words.of("Who is due with what, those best known first", "到期客户及商品（间隔记录最多的在前）");
    let row = |(one, products): (&DueProduct<'_>, u64)| {
        let day = words.date_near(one.due.day, goods.week.start());
        let [earliest, latest] = [one.due.earliest, one.due.latest].map(|other| words.date_near(other, one.due.day));
        html! {
            th scope="row" { (one.customer) }
            td class="name" { (one.product) }
            td { (day) }
            td { (words.of(format!("{earliest} to {latest}"), format!("{earliest}至{latest}"))) }
            td { (thousands(one.due.own_gaps.into())) }
            td { (thousands(products)) }
        }
    };
    let rows = goods.known_best().into_iter().map(row);
    let names = [
        words.of("Customer", "客户"),
        words.of("Product", "商品"),
        words.of("Due", "回购日"),
        words.of("80% window, if they do", "80% 区间（若再购）"),
        words.of("Own gaps", "自身间隔数"),
        words.of("Products due", "到期商品数"),
    ];
    let link =
        list_link(words, lists, DUE_PRODUCTS, words.of("of all who are due with a product", "全部到期客户及商品"));
    table("due-customers", title, &link, &names, rows)
}

fn paths(words: Words<'_>, goods: &Goods<'_>) -> Markup {
    let title = words.of("What comes on the second day, by what came on the first", "首购商品与二购商品");
    let rows = goods.paths.iter().map(|path| {
        html! {
            th scope="row" { (path.first) }
            td { (thousands(path.again.of())) }
            td { (percent(path.again.value())) }
            @match &path.other {
                Some((product, share, lift)) => {
                    td class="name" { (product) }
                    td { (percent(share.value())) }
                    td { (lift.map_or_else(|| NONE.to_owned(), |lift| format!("{lift:.1}×"))) }
                }
                None => { td { (NONE) } td { (NONE) } td { (NONE) } }
            }
        }
    });
    let names = [
        words.of("First", "首购商品"),
        words.of("Customers", "客户"),
        words.of("the same again", "再购同款"),
        words.of("Most often another", "最常二购的其他商品"),
        words.of("Share", "占比"),
        words.of("against all", "提升度"),
    ];
    table("paths-table", title, &html! {}, &names, rows)
}

fn next_products(words: Words<'_>, next: &Next, lists: Option<&str>) -> Markup {
    let title = words.of("What may come next, for customers of the last 30 days", "近 30 天客户的下一种商品");
    let rows = next.products.iter().take(MOST).map(|one| {
        html! {
            th scope="row" { (one.customer) }
            td class="name" { (one.product) }
            td { (percent(Some(one.probability))) }
            td { (format!("{:.1}×", one.lift)) }
            @match &one.from {
                Some((from, support)) => { td class="name" { (from) } td { (words.ratio(*support)) } }
                None => { td { (NONE) } td { (NONE) } }
            }
        }
    });
    let names = [
        words.of("Customer", "客户"),
        words.of("Product", "商品"),
        words.of("Probability", "概率"),
        words.of("against anybody", "提升度"),
        words.of("After", "依据"),
        words.of("took it", "其后购买"),
    ];
    let link = list_link(words, lists, NEXT_PRODUCTS, words.of("of what may come next", "全部客户的下一种商品"));
    table("next-products", title, &link, &names, rows)
}

fn note(words: Words<'_>, goods: &Goods<'_>) -> String {
    let returns = DueOptions::default().least_returns;
    let of_paths = thousands(goods.of_paths);
    let next = match &goods.next {
        Some(next) if !next.products.is_empty() => words.of(
            " What may come next is new to the customer, with the probability that it is among what they take up next, \
             if anything, and the product of theirs that says most for it.",
            "下一种商品是客户尚未买过的：概率为若客户购入新品、其中包含该商品的概率，依据为其已购商品中最能说明这一点的一种。",
        ),
        _ => "",
    };
    let text = words.of(
        format!(
            "All that a customer buys of a product on one day is one purchase. Median days: within them half of its purchases \
             are followed by another of the same customer, those still waiting counted as waiting (Kaplan-Meier); told where \
             {LEAST} customers bought again and {LEAST} were still at risk there. Due is the day by which half have come of \
             those who buy it again within a year, moved by the customer’s own gaps; how many purchases are followed at all, as \
             far as the records go, stands beside it. A product needs {returns} returns. Paths are of the {of_paths} customers \
             with two purchase days in the records: of those whose first day held a product, the share whose second day held it \
             again, or another; “against all” is that share by the share of all {of_paths}. Fewer than {LEAST} first or \
             {LEAST_OF_PATH} on a path are left out."
        ),
        format!(
            "同一客户同一天购买同一商品计为一次。回购周期中位数：该天数内半数购买有同一客户再次购买，尚未再购的按等待中计入（Kaplan-Meier \
             估计）；复购客户，以及有间隔或等待达到该天数的支撑客户，均不少于 {LEAST} 位才列出。回购日：在一年内再购的情况中半数已发生的那一天，并按客户自身间隔调整；\
             究竟有多少购买之后会再购，见购买后再购占比（以现有记录为限）。商品至少要有 {returns} 次再购。首购与二购商品统计记录中有两个购买日的 \
             {of_paths} 位客户：首日买过某商品的客户中，第二个购买日再买该商品或另一商品的占比；提升度为该占比除以全部客户的占比。首购不足 \
             {LEAST} 位、路径不足 {LEAST_OF_PATH} 位的不列出。"
        ),
    );
    text + next
}
