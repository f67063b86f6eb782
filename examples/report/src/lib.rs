//! A shop's returning customers as one page of HTML: figures, pictures and the customers to call.
//!
//! The page is one file. It asks no network for anything, runs no script, prints, and is read on a phone.

mod chart;
mod figures;
mod section;
mod shop;
mod words;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use repurchase::PurchaseLog;
use repurchase::scale::Language;
use repurchase::shop::ShopModels;
use repurchase_segment::notes::{self, Note};

use crate::shop::{Buyers, Shop, shop};
use crate::words::Words;

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A figure of the shop cannot be had, such as a sum of money that does not fit.
    #[error("the shop's figures cannot be computed")]
    Shop(#[from] repurchase::Error),
}

const STYLE: &str = include_str!("style.css");

/// No script, no network, no frame; styles are the page's own.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The page of a shop as of a day: everything that was bought up to and including that day.
///
/// What a careful person would ask before believing the numbers stands on it: `notes`, those of whoever read the orders,
/// and the library's and the models' own.
///
/// Ids and the title may hold anything: they are text. A shop without a purchase has a page, too, which says so; what
/// is undefined is a dash or a sentence.
///
/// # Errors
///
/// [`Error::Shop`] when a sum of money does not fit or a day lies at the limits of the calendar.
///
/// # Complexity
///
/// That of [`Backtest::run`](repurchase::predict::Backtest::run), which fits each model: it is seconds for a shop of
/// 100,000 customers. Keep the page rather than make it for each reader.
///
/// # Examples
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use repurchase::scale::Language;
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use rust_decimal::Decimal;
///
/// let at = |day| Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).unwrap();
/// let orders = [("<ann>", 2), ("<ann>", 9), ("bo", 4)];
/// let orders = orders.map(|(customer, day)| Order::new(customer.to_owned(), at(day), Decimal::TEN));
/// let orders = orders.into_iter().collect::<Result<Vec<_>, _>>()?;
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let as_of = NaiveDate::from_ymd_opt(2026, 4, 30).unwrap();
/// let page = repurchase_report::page(&log, Vec::new(), as_of, Language::English, "Tea & Co.")?;
/// assert!(page.contains("<title>Tea &amp; Co.</title>") && page.contains("&lt;ann&gt;"), "she is late");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn page(
    log: &PurchaseLog<String>,
    notes: Vec<Note>,
    as_of: NaiveDate,
    language: Language,
    title: &str,
) -> Result<String, Error> {
    made(None, log, notes, as_of, language, title)
}

/// The [`page`] of a shop that has its models already, such as those of last night: all labels, figures and forecasts
/// are theirs, as of a day from theirs on.
///
/// # Errors
///
/// As [`page`].
///
/// # Complexity
///
/// As [`page`]: the outlook holds out a part of the past and fits each model to the rest.
pub fn page_by(
    models: &ShopModels,
    log: &PurchaseLog<String>,
    notes: Vec<Note>,
    as_of: NaiveDate,
    language: Language,
    title: &str,
) -> Result<String, Error> {
    made(Some(models), log, notes, as_of, language, title)
}

fn made(
    models: Option<&ShopModels>,
    log: &PurchaseLog<String>,
    notes: Vec<Note>,
    as_of: NaiveDate,
    language: Language,
    title: &str,
) -> Result<String, Error> {
    let words = Words::new(language);
    let (shop, outlook) = shop(log, as_of, models)?;
    let shop = shop.with_notes(notes::of_log(notes, log, as_of));
    let buyers = Buyers::of(log, &shop, outlook)?;
    let figures = figures::embedded(&shop)?;
    let body = match &buyers {
        Some(buyers) => report(words, &shop, buyers, title)?,
        None => empty(words, &shop, title),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(words.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="color-scheme" content="light";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                script type="application/json" id="figures" { (PreEscaped(figures)) }
            }
        }
    };
    Ok(page.into_string())
}

fn report(words: Words, shop: &Shop, buyers: &Buyers<'_>, title: &str) -> Result<Markup, Error> {
    let as_of = shop.ledger.as_of();
    let sections = section::sections(words, shop, buyers)?;
    let span = buyers.span(as_of).describe(words.language);
    let (first, last) = (words.date(buyers.first_day), words.date(as_of));
    Ok(html! {
        header {
            p class="kind" { (words.of("Repurchase report", "复购报告")) }
            h1 { (title) }
            p class="period" {
                (words.say(|| format!("{first} to {last} ({span})"), || format!("{first} 至 {last}（{span}）")))
            }
        }
        nav aria-label=(words.of("Contents", "目录")) {
            ul { @for section in &sections { li { a href=(format!("#{}", section.id)) { (section.title) } } } }
        }
        main {
            section id="headline" aria-label=(words.of("Headline figures", "关键指标")) {
                (section::headline(words, shop, buyers)?)
            }
            @for section in &sections { (section.markup()) }
        }
        (footer(words, shop))
    })
}

fn empty(words: Words, shop: &Shop, title: &str) -> Markup {
    let day = words.date(shop.ledger.as_of());
    let credits = words::thousands(shop.totals.credits);
    html! {
        header {
            p class="kind" { (words.of("Repurchase report", "复购报告")) }
            h1 { (title) }
        }
        main {
            section id="headline" {
                p class="lead" {
                    (words.say(|| format!("Nobody has bought up to {day}."), || format!("截至 {day} 还没有人购买。")))
                    @if shop.totals.credits > 0 {
                        " "
                        (words.say(
                            || format!("The records hold credits only ({credits})."),
                            || format!("记录中只有贷记（{credits} 笔）。"),
                        ))
                    }
                }
                p class="note" {
                    (words.of(
                        "The figures and pictures of this page appear with the first paid order.",
                        "有第一笔已付款订单后，本页会显示指标和图表。",
                    ))
                }
            }
            @if let Some(notes) = section::notes(words, &shop.notes) { (notes.markup()) }
        }
        (footer(words, shop))
    }
}

fn footer(words: Words, shop: &Shop) -> Markup {
    let day = words.date(shop.ledger.as_of());
    html! {
        footer {
            p {
                (words.say(
                    || format!("Counted is what was bought up to and including {day}, in the shop’s own days and currency. "),
                    || format!("统计截至 {day}（含当日），以店铺自己的日期和货币计。"),
                ))
                (words.of("Made with repurchase.", "由 repurchase 生成。"))
            }
        }
    }
}
