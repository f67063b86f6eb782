//! A shop's returning customers as one page of HTML, and lists of those to act on.
//!
//! The page is one file. It asks no network for anything, runs no script, prints, and is read on a phone. It says first
//! what happened and what to do, then why; models and notes fold away at its end.

mod chart;
mod figures;
mod goods;
mod lists;
mod newcomers;
mod section;
mod shop;
mod words;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use repurchase::PurchaseLog;
use repurchase::history::LineLog;
use repurchase::record::CalendarSpan;
use repurchase::scale::Language;
use repurchase::shop::ShopModels;
use repurchase_segment::notes::{self, Note};

use crate::section::Section;
use crate::shop::{Buyers, Shop};
use crate::words::Words;

pub use crate::lists::List;

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A figure of the shop cannot be had, such as a sum of money that does not fit.
    #[error("the shop's figures cannot be computed")]
    Shop(#[from] repurchase::Error),
}

/// What is asked of a report.
#[derive(Debug, Clone, Default)]
pub struct ReportOptions<'a> {
    language: Language,
    shop: &'a str,
    currency: Option<&'a str>,
    notes: Vec<Note>,
    models: Option<&'a ShopModels>,
    lists: Option<&'a str>,
    lines: Option<&'a LineLog<String, String>>,
}

impl<'a> ReportOptions<'a> {
    /// In this language; in English by default.
    #[must_use]
    pub fn with_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// With the shop's name, which may hold anything.
    #[must_use]
    pub fn with_shop(self, shop: &'a str) -> Self {
        Self { shop, ..self }
    }

    /// With the code of the currency of all amounts, such as CNY.
    #[must_use]
    pub fn with_currency(self, currency: impl Into<Option<&'a str>>) -> Self {
        Self { currency: currency.into(), ..self }
    }

    /// With notes on the data of whoever read the orders; the library's and the models' own are added.
    #[must_use]
    pub fn with_notes(self, notes: Vec<Note>) -> Self {
        Self { notes, ..self }
    }

    /// By models that are there already, such as those of last night: all labels, figures and forecasts are theirs. Otherwise
    /// the models are fitted, and checked on the shop's past.
    #[must_use]
    pub fn with_models(self, models: &'a ShopModels) -> Self {
        Self { models: Some(models), ..self }
    }

    /// With lists, which the page links as files in this folder, such as `lists/`.
    #[must_use]
    pub fn with_lists(self, folder: &'a str) -> Self {
        Self { lists: Some(folder), ..self }
    }

    /// With what was bought, of the same customers: products, or their categories. Without it the page says nothing of
    /// products. Quantities count for nothing: days are those of the calendar.
    #[must_use]
    pub fn with_lines(self, lines: impl Into<Option<&'a LineLog<String, String>>>) -> Self {
        Self { lines: lines.into(), ..self }
    }
}

/// A page and the lists that it links.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The page.
    pub page: String,
    /// The lists; none unless [asked for](ReportOptions::with_lists).
    pub lists: Vec<List>,
}

const STYLE: &str = include_str!("style.css");

/// No script, no network, no frame; styles are the page's own.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The report of a shop as of a day: everything that was bought up to and including that day.
///
/// Ids and the shop's name may hold anything: they are text. A shop without a purchase has a page, too, which says so; what
/// is undefined is a dash or a sentence, and what the data cannot tell is not there.
///
/// # Errors
///
/// [`Error::Shop`] when a sum of money does not fit or a day lies at the limits of the calendar.
///
/// # Complexity
///
/// That of [`ShopModels::fit_log`], unless there are models: it is seconds for a shop of 100,000 customers. Keep the page
/// rather than make it for each reader.
///
/// # Examples
///
/// ```
/// use repurchase::{Order, PurchaseLog, ShopCalendar};
/// use repurchase_report::{ReportOptions, report};
/// use rust_decimal::Decimal;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let order = |id: &str, day: &str| Ok::<_, Box<dyn std::error::Error>>(Order::on(id.to_owned(), day.parse()?, Decimal::TEN)?);
/// let orders = [order("<ann>", "2026-03-02")?, order("<ann>", "2026-03-09")?, order("bo", "2026-03-04")?];
/// let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
///
/// let options = ReportOptions::default().with_shop("Tea & Co.").with_lists("lists/");
/// let report = report(&log, "2026-04-30".parse()?, &options)?;
/// assert!(report.page.contains("<h1>Tea &amp; Co.</h1>") && report.page.contains("&lt;ann&gt;"), "she is late");
/// let late = report.lists.iter().find(|list| list.name == "late.csv").ok_or("a list")?;
/// assert!(late.csv.contains("\n<ann>,2026-03-09,2026-04-08,22,"));
/// # Ok(())
/// # }
/// ```
pub fn report(log: &PurchaseLog<String>, as_of: NaiveDate, options: &ReportOptions<'_>) -> Result<Report, Error> {
    let sign = Words::sign(options.currency);
    let words = Words::new(options.language, &sign);
    let shop = shop::shop(log, as_of, options.models)?;
    let shop = shop.with_notes(notes::of_log(options.notes.clone(), log, as_of));
    let buyers = Buyers::of(log, options.lines, &shop)?;
    let figures = figures::embedded(&shop)?;
    let body = match &buyers {
        Some(buyers) => full(words, buyers, options)?,
        None => empty(words, &shop, options.shop),
    };
    let lists = buyers.filter(|_| options.lists.is_some()).map(|buyers| lists::lists(words, &buyers));
    let page = html! {
        (DOCTYPE)
        html lang=(words.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { (options.shop) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#main" { (words.of("Skip to the figures", "跳到正文")) }
                (body)
                script type="application/json" id="figures" { (PreEscaped(figures)) }
            }
        }
    };
    Ok(Report { page: page.into_string(), lists: lists.unwrap_or_default() })
}

fn full(words: Words<'_>, buyers: &Buyers<'_>, options: &ReportOptions<'_>) -> Result<Markup, Error> {
    let (shop, lists) = (buyers.shop, options.lists);
    let sections = section::analysis(words, buyers, lists)?;
    let folded: Vec<Section> =
        [section::notes(words, &shop.notes), Some(section::forecast(words, buyers)), section::terms(words, shop)]
            .into_iter()
            .flatten()
            .collect();
    let span = CalendarSpan::between(buyers.days.0, buyers.as_of).describe(words.language);
    let (first, day) = (words.date(buyers.days.0), words.date(buyers.as_of));
    let customers = words.customers(shop.ledger.len() as u64);
    Ok(html! {
        header {
            h1 { (options.shop) }
            p class="period" {
                (words.of(
                    format!("Repurchase report as of {day}. {customers} since {first} ({span})."),
                    format!("复购报告，截至{day}。自{first}以来（{span}）共 {customers}。"),
                ))
                @if !shop.notes.is_empty() {
                    " " a href="#notes" {
                        (words.of(format!("Notes on the data ({})", shop.notes.len()), format!("数据提示（{}）", shop.notes.len())))
                    }
                }
            }
        }
        main id="main" {
            (section::now(words, buyers))
            div class="first" { (section::act(words, buyers, lists)) (section::calls(words, buyers, lists)) }
            nav aria-label=(words.of("Contents", "目录")) {
                ul {
                    @for section in sections.iter().chain(&folded) { li { a href=(format!("#{}", section.id)) { (section.title) } } }
                }
            }
            @if sections.iter().all(|section| section.id != "segments") { p class="note few" { (few(words, shop)) } }
            @for section in &sections { (section.markup()) }
            @for section in &folded { (section.folded()) }
        }
        (footer(words, shop))
    })
}

/// Why there are no segments.
fn few(words: Words<'_>, shop: &Shop) -> String {
    let (customers, least) = (words.customers(shop.ledger.len() as u64), repurchase::segment::RfmModel::FEW_CUSTOMERS);
    words.of(
        format!(
            "Segments, tiers and ranks are left out: among {customers} they mean little; from {least} on they are here."
        ),
        format!("客户太少（{customers}），分群、等级与排名没有意义，满 {least} 位后显示。"),
    )
}

fn empty(words: Words<'_>, shop: &Shop, name: &str) -> Markup {
    let day = words.date(shop.ledger.as_of());
    let credits = words::thousands(shop.totals.credits);
    html! {
        header { h1 { (name) } p class="period" { (words.of("Repurchase report", "复购报告")) } }
        main id="main" {
            section id="now" {
                p class="lead" {
                    (words.of(format!("Nobody has bought up to {day}."), format!("截至{day}还没有人购买。")))
                    @if shop.totals.credits > 0 {
                        " "
                        (words.of(
                            format!("The records hold credits only ({credits})."),
                            format!("记录中只有退款/冲减（{credits} 笔）。"),
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
            @if let Some(notes) = section::notes(words, &shop.notes) { (notes.folded()) }
        }
        (footer(words, shop))
    }
}

fn footer(words: Words<'_>, shop: &Shop) -> Markup {
    let day = words.date(shop.ledger.as_of());
    html! {
        footer {
            p {
                (words.of(
                    format!("Counted is what was bought up to and including {day}, in the shop’s own days and currency. Made with repurchase."),
                    format!("统计截至{day}（含当日），以店铺自己的日期和货币计。由 repurchase 生成。"),
                ))
            }
        }
    }
}
