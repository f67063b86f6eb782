//! Customers by the day of their last purchase beside the number of their purchases and what they brought, as heat maps.

use core::ops::Bound;

use chrono::NaiveDate;
use maud::{Markup, html};
use repurchase::Ratio;
use repurchase::segment::RfmScore;

use super::Section;
use crate::chart::shade;
use crate::shop::Buyers;
use crate::words::{NONE, Words, percent, thousands};

/// The scores of R and F from which on a customer is among the best.
const HIGH: u8 = 4;

/// `None` where there are too few customers for ranks.
pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Option<Section> {
    if buyers.segments.is_empty() {
        return None;
    }
    let lead = best_of_all(buyers).map_or_else(String::new, |(day, purchases)| {
        let [rf, _] = &buyers.cells;
        let counts = rf.iter().filter(|((r, f), _)| *r >= HIGH && *f >= HIGH).map(|(_, cell)| cell.customers);
        let (best, day) = (words.customers(counts.map(Ratio::count).sum()), words.date(day));
        words.of(
            format!("{best} last bought on {day} or later and ordered {purchases} times or more: R and F of 4 or 5."),
            format!("{best}最近一次购买在{day}或之后，且支付订单数不少于 {purchases}：R、F 均为 4 或 5。"),
        )
    });
    let [rf, rm] = [By::Frequency, By::Monetary].map(|by| heat_map(words, buyers, by, &lead));
    Some(Section {
        id: "rfm",
        title: words.of("Last purchase, orders and revenue", "最近购买、支付订单数与成交金额").to_owned(),
        lead: lead.clone(),
        body: html! { div class="two" { (rf) (rm) } },
        note: words
            .of(
                "Each customer is in one cell of each map. R is the day of the last purchase, F the number of orders, M the revenue, \
                 each cut so that a score holds about a fifth of the customers; customers who are alike share a \
                 score, so that some scores can be empty.",
                "每位客户在两张图中各占一格。R 为最近购买日，F 为支付订单数，M 为累计成交金额，各按分位数切成五档，\
                 每档约占五分之一；数值相同的客户得分相同，因此有些档可能没有客户。",
            )
            .to_owned(),
    })
}

/// What stands beside R.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Frequency,
    Monetary,
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

fn heat_map(words: Words<'_>, buyers: &Buyers<'_>, by: By, says: &str) -> Markup {
    let [rf, rm] = &buyers.cells;
    let cells = if by == By::Frequency { rf } else { rm };
    let most = cells.values().map(|cell| cell.customers.count()).max().unwrap_or(0) as f64;
    let [bins, ..] = buyers.models.rfm().bins();
    let (id, letter, title, across) = match by {
        By::Frequency => (
            "rfm-map",
            "F",
            words.of("By last purchase (R) and orders (F)", "按最近购买（R）与支付订单数（F）"),
            words.of("orders →", "支付订单数 →"),
        ),
        By::Monetary => (
            "rm-map",
            "M",
            words.of("By last purchase (R) and revenue (M)", "按最近购买（R）与成交金额（M）"),
            words.of("revenue →", "成交金额 →"),
        ),
    };
    let head = |score: u8| match by {
        By::Frequency => purchases(words, buyers, score),
        By::Monetary => revenue(words, buyers, score),
    };
    html! {
        figure id=(id) {
            figcaption { (title) }
            div class="scroll" tabindex="0" role="region" aria-label=(title) {
                table class="heat square" {
                    caption class="hidden" { (says) }
                    thead {
                        tr {
                            th scope="col" class="corner" {
                                (words.of("last purchase ↓", "最近购买 ↓")) br; (across)
                            }
                            @for score in 1..=bins { th scope="col" { (letter) (score) small { (head(score)) } } }
                        }
                    }
                    tbody {
                        @for r in (1..=bins).rev() {
                            tr {
                                th scope="row" { "R" (r) small { (days(words, buyers, r)) } }
                                @for score in 1..=bins {
                                    @let customers = cells.get(&(r, score)).map_or(Ratio::default(), |cell| cell.customers);
                                    td class=(shade(customers.count() as f64, most)) {
                                        b { @if customers.count() == 0 { (NONE) } @else { (thousands(customers.count())) } }
                                        @if customers.count() > 0 { span class="share" { (percent(customers.value())) } }
                                        @if by == By::Frequency {
                                            span class="segment" { (segment(words, buyers, (r, score)).unwrap_or(NONE)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The amounts of a score.
fn revenue(words: Words<'_>, buyers: &Buyers<'_>, score: u8) -> String {
    let rfm = buyers.models.rfm();
    let range = rfm.monetary().range(usize::from(score) - 1);
    let Some((from, up_to)) = range.filter(|_| !rfm.empty_scores()[2].contains(&score)) else {
        return words.of("cannot occur", "不会出现").to_owned();
    };
    let amount = |bound: Bound<&rust_decimal::Decimal>| match bound {
        Bound::Included(&amount) | Bound::Excluded(&amount) => Some(words.money(amount)),
        Bound::Unbounded => None,
    };
    match (amount(from), amount(up_to)) {
        (Some(from), None) => words.of(format!("above {from}"), format!("{from} 以上")),
        (_, Some(up_to)) => words.of(format!("to {up_to}"), format!("至 {up_to}")),
        (None, None) => String::new(),
    }
}

/// The named segment of a cell. Any M will do: the grid looks at R and F alone.
fn segment<'a>(words: Words<'_>, buyers: &Buyers<'a>, (r, f): (u8, u8)) -> Option<&'a str> {
    let score = RfmScore::new([r, f, 1], buyers.models.rfm().bins()).ok()?;
    Some(buyers.models.grid()?.segment(score).ok()?.name(words.language))
}

/// The numbers of purchases of a score.
fn purchases(words: Words<'_>, buyers: &Buyers<'_>, score: u8) -> String {
    let rfm = buyers.models.rfm();
    let range = rfm.frequency().range(usize::from(score) - 1);
    let Some((from, up_to)) = range.filter(|_| !rfm.empty_scores()[1].contains(&score)) else {
        return words.of("cannot occur", "不会出现").to_owned();
    };
    let from = first_count(from);
    match up_to {
        Bound::Included(1) => words.of("1 order", "1 次").to_owned(),
        Bound::Included(&up_to) if up_to <= from => thousands(up_to),
        Bound::Included(&up_to) | Bound::Excluded(&up_to) => format!("{}–{}", thousands(from), thousands(up_to)),
        Bound::Unbounded => words.of(format!("{} or more", thousands(from)), format!("{} 次及以上", thousands(from))),
    }
}

/// The days of the last purchase of a score.
fn days(words: Words<'_>, buyers: &Buyers<'_>, score: u8) -> String {
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
            words.of(format!("up to {up_to}"), format!("{up_to}及以前"))
        }
        (Some(from), Some(up_to)) if from == up_to => words.date(from),
        (Some(from), Some(up_to)) => {
            let (from, up_to) = (words.date(from), words.date(up_to));
            words.of(format!("{from} to {up_to}"), format!("{from}至{up_to}"))
        }
        (Some(from), None) => {
            let from = words.date(from);
            words.of(format!("since {from}"), format!("{from}起"))
        }
        (None, None) => words.of("any day", "任意日期").to_owned(),
    }
}
