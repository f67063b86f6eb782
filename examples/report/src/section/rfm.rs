//! Customers by the day of their last purchase and the number of their purchases, as a heat map.

use core::ops::Bound;

use chrono::NaiveDate;
use maud::{Markup, html};
use repurchase::Ratio;
use repurchase::segment::RfmScore;

use super::Section;
use crate::chart::shade;
use crate::shop::{Buyers, HIGH, Shop};
use crate::words::{NONE, Words, percent, thousands};

/// Fewer customers than these have ranks that a purchase or two change.
const FEW: usize = 50;

pub(super) fn section(words: Words, shop: &Shop, buyers: &Buyers<'_>) -> Section {
    let (best, share) = buyers.best.map_or((0, Some(0.0)), |best| (best.customers.count(), best.customers.value()));
    let (best, share) = (words.customers(best), percent(share));
    let lead = best_of_all(buyers).map_or_else(String::new, |(day, purchases)| {
        let day = words.date(day);
        words.say(
            || {
                format!(
                    "{best} ({share}) last bought on {day} or later and bought {purchases} times or more: R and F of \
                     4 or 5."
                )
            },
            || {
                format!(
                    "{best}（{share}）最近一次购买在 {day} 或之后，且累计购买 {purchases} 次及以上：R、F 均为 4 或 5。"
                )
            },
        )
    });
    let few = if shop.ledger.len() < FEW {
        words.say(
            || format!(" Of only {}, ranks mean little.", words.customers(shop.ledger.len() as u64)),
            || format!("客户太少（{}），名次没有多大意义。", words.customers(shop.ledger.len() as u64)),
        )
    } else {
        String::new()
    };
    Section {
        id: "rfm",
        title: words.of("Last purchase and number of purchases", "最近一次消费与消费频率"),
        lead,
        body: heat_map(words, buyers),
        note: words
            .of(
                "Every customer with a purchase is in one cell, which names the segment. R is the day of the last \
                 purchase, F the number of purchases, each cut so that a score holds about a fifth of the customers; \
                 customers who are alike share a score, so that some scores can be empty.",
                "每位购买过的客户都在且仅在一个格子里，格子中写有所属分群。R 为最近一次购买日期，F 为购买次数，\
                 各按分位数切成五档，每档约占五分之一；数值相同的客户得分相同，因此有些档可能没有客户。",
            )
            .to_owned()
            + &few,
    }
}

/// From which day and which number of purchases on R and F are high.
fn best_of_all(buyers: &Buyers<'_>) -> Option<(NaiveDate, String)> {
    let rfm = buyers.models.rfm();
    let position = usize::from(HIGH) - 1;
    let (day, _) = rfm.recency().range(position)?;
    let (purchases, _) = rfm.frequency().range(position)?;
    Some((first_day(day)?, thousands(first_count(purchases))))
}

fn first_day(from: Bound<&NaiveDate>) -> Option<NaiveDate> {
    match from {
        Bound::Included(&from) => Some(from),
        Bound::Excluded(after) => after.succ_opt(),
        Bound::Unbounded => None,
    }
}

fn first_count(from: Bound<&u64>) -> u64 {
    match from {
        Bound::Included(&from) => from,
        Bound::Excluded(above) => above + 1,
        Bound::Unbounded => 1,
    }
}

fn heat_map(words: Words, buyers: &Buyers<'_>) -> Markup {
    let most = buyers.cells.values().map(|cell| cell.customers.count()).max().unwrap_or(0) as f64;
    let [bins, ..] = buyers.models.rfm().bins();
    let title =
        words.of("Customers by recency (R) and frequency (F)", "按最近一次消费（R）和消费频率（F）分布的客户数");
    html! {
        figure id="rfm-map" {
            figcaption { (title) }
            table class="heat square" {
                thead {
                    tr {
                        th scope="col" class="corner" {
                            (words.of("last purchase ↓", "最近购买 ↓")) br; (words.of("purchases →", "购买次数 →"))
                        }
                        @for f in 1..=bins { th scope="col" { "F" (f) small { (purchases(words, buyers, f)) } } }
                    }
                }
                tbody {
                    @for r in (1..=bins).rev() {
                        tr {
                            th scope="row" { "R" (r) small { (days(words, buyers, r)) } }
                            @for f in 1..=bins { (cell(words, buyers, (r, f), most)) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(words: Words, buyers: &Buyers<'_>, (r, f): (u8, u8), most: f64) -> Markup {
    let customers = buyers.cells.get(&(r, f)).map_or(Ratio::default(), |cell| cell.customers);
    let count = customers.count();
    html! {
        td class=(shade(count as f64, most)) {
            b { @if count == 0 { (NONE) } @else { (thousands(count)) } }
            @if count > 0 { span class="share" { (percent(customers.value())) } }
            span class="segment" { (segment(words, buyers, (r, f)).unwrap_or(NONE)) }
        }
    }
}

/// The named segment of a cell. Any M will do: the grid looks at R and F alone.
fn segment<'a>(words: Words, buyers: &Buyers<'a>, (r, f): (u8, u8)) -> Option<&'a str> {
    let score = RfmScore::new([r, f, 1], buyers.models.rfm().bins()).ok()?;
    Some(buyers.models.grid()?.segment(score).ok()?.name(words.language))
}

/// The numbers of purchases of a score.
fn purchases(words: Words, buyers: &Buyers<'_>, score: u8) -> String {
    let rfm = buyers.models.rfm();
    let range = rfm.frequency().range(usize::from(score) - 1);
    let Some((from, up_to)) = range.filter(|_| !rfm.empty_scores()[1].contains(&score)) else {
        return words.of("cannot occur", "不会出现").to_owned();
    };
    let from = first_count(from);
    match up_to {
        Bound::Included(1) => words.of("1 purchase", "1 次").to_owned(),
        Bound::Included(&up_to) if up_to <= from => thousands(up_to),
        Bound::Included(&up_to) | Bound::Excluded(&up_to) => format!("{}–{}", thousands(from), thousands(up_to)),
        Bound::Unbounded => {
            words.say(|| format!("{} or more", thousands(from)), || format!("{} 次及以上", thousands(from)))
        }
    }
}

/// The days of the last purchase of a score.
fn days(words: Words, buyers: &Buyers<'_>, score: u8) -> String {
    let rfm = buyers.models.rfm();
    let range = rfm.recency().range(usize::from(score) - 1);
    let Some((from, up_to)) = range.filter(|_| !rfm.empty_scores()[0].contains(&score)) else {
        return words.of("cannot occur", "不会出现").to_owned();
    };
    let up_to = match up_to {
        Bound::Included(&up_to) => Some(up_to),
        Bound::Excluded(before) => before.pred_opt(),
        Bound::Unbounded => None,
    };
    match (first_day(from), up_to) {
        (None, Some(up_to)) => {
            let up_to = words.date(up_to);
            words.say(|| format!("up to {up_to}"), || format!("{up_to} 及以前"))
        }
        (Some(from), Some(up_to)) if from == up_to => words.date(from),
        (Some(from), Some(up_to)) => {
            let (from, up_to) = (words.date(from), words.date(up_to));
            words.say(|| format!("{from} to {up_to}"), || format!("{from} 至 {up_to}"))
        }
        (Some(from), None) => {
            let from = words.date(from);
            words.say(|| format!("since {from}"), || format!("{from} 起"))
        }
        (None, None) => words.of("any day", "任意日期").to_owned(),
    }
}
