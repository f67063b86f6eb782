//! Customers by how lately and how often they came, as a heat map.

use core::ops::Bound;
use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Section;
use crate::chart::shade;
use crate::shop::{BINS, Buyers};
use crate::words::{NONE, Words, percent, thousands};

pub(super) fn section(words: Words, buyers: &Buyers) -> Section {
    let mut cells: BTreeMap<(u8, u8), u64> = BTreeMap::new();
    for score in &buyers.scores {
        *cells.entry((score.recency(), score.frequency())).or_default() += 1;
    }
    let all = buyers.scores.len() as u64;
    let lately: u64 = cells.iter().filter(|((r, f), _)| *r >= 4 && *f >= 4).map(|(_, count)| count).sum();
    let share = percent((all > 0).then(|| lately as f64 / all as f64));
    Section {
        id: "rfm",
        title: words.of("How lately, how often", "最近一次消费与消费频率"),
        lead: words.say(
            || format!("{} ({share}) came both lately and often: R and F of 4 or 5.", words.customers(lately)),
            || format!("{}（{share}）近期来过且来得勤：R、F 均为 4 或 5。", words.customers(lately)),
        ),
        body: heat_map(words, buyers, &cells),
        note: words
            .of(
                "Every customer with a purchase is in one cell, which names the segment. R is the day of the last \
                 purchase, F the number of purchases, each cut so that a score holds about a fifth of the customers; \
                 customers who are alike share a score, so that some scores can be empty.",
                "每位购买过的客户都在且仅在一个格子里，格子中写有所属分群。R 为最近一次购买日期，F 为购买次数，\
                 各按分位数切成五档，每档约占五分之一；数值相同的客户得分相同，因此有些档可能没有客户。",
            )
            .to_owned(),
    }
}

fn heat_map(words: Words, buyers: &Buyers, cells: &BTreeMap<(u8, u8), u64>) -> Markup {
    let most = cells.values().max().copied().unwrap_or(0) as f64;
    let title =
        words.of("Customers by recency (R) and frequency (F)", "按最近一次消费（R）和消费频率（F）分布的客户数");
    let all = buyers.scores.len() as f64;
    html! {
        figure id="rfm-map" {
            figcaption { (title) }
            table class="heat square" {
                thead {
                    tr {
                        th scope="col" class="corner" {
                            (words.of("last purchase ↓", "最近购买 ↓")) br; (words.of("purchases →", "购买次数 →"))
                        }
                        @for f in 1..=BINS { th scope="col" { "F" (f) small { (often(words, buyers, f)) } } }
                    }
                }
                tbody {
                    @for r in (1..=BINS).rev() {
                        tr {
                            th scope="row" { "R" (r) small { (lately(words, buyers, r)) } }
                            @for f in 1..=BINS {
                                (cell(words, buyers, (r, f), cells.get(&(r, f)).copied().unwrap_or(0), (most, all)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(words: Words, buyers: &Buyers, (r, f): (u8, u8), count: u64, (most, all): (f64, f64)) -> Markup {
    // Any M will do: the grid looks at R and F alone.
    let score = repurchase::segment::RfmScore::new(r, f, 1).ok();
    let segment = score.and_then(|score| buyers.grid.segment(score)).map(|label| label.name(words.language));
    html! {
        td class=(shade(count as f64, most)) {
            b { @if count == 0 { (NONE) } @else { (thousands(count)) } }
            @if count > 0 { span class="share" { (percent(Some(count as f64 / all))) } }
            span class="segment" { (segment.unwrap_or(NONE)) }
        }
    }
}

/// Which numbers of purchases make a score.
fn often(words: Words, buyers: &Buyers, score: u8) -> String {
    let position = usize::from(score) - 1;
    if buyers.rfm.frequency().empty_bins().contains(&position) {
        return words.of("cannot occur", "不会出现").to_owned();
    }
    let (above, up_to) = buyers.rfm.frequency().range(position);
    let from = match above {
        Bound::Excluded(above) => above + 1,
        Bound::Included(&from) => from,
        Bound::Unbounded => 1,
    };
    let up_to = match up_to {
        Bound::Included(&up_to) => Some(up_to),
        Bound::Excluded(below) => Some(below - 1),
        Bound::Unbounded => None,
    };
    match up_to {
        Some(1) => words.of("1 purchase", "1 次").to_owned(),
        Some(up_to) if up_to <= from => thousands(up_to),
        Some(up_to) => format!("{}–{}", thousands(from), thousands(up_to)),
        None => words.say(|| format!("{} or more", thousands(from)), || format!("{} 次及以上", thousands(from))),
    }
}

/// Which days of the last purchase make a score.
fn lately(words: Words, buyers: &Buyers, score: u8) -> String {
    let position = usize::from(score) - 1;
    if buyers.rfm.recency().empty_bins().contains(&position) {
        return words.of("cannot occur", "不会出现").to_owned();
    }
    let (after, up_to) = buyers.rfm.recency().range(position);
    let from = match after {
        Bound::Excluded(&after) if after >= buyers.cohorts.as_of => {
            return words.of("cannot occur", "不会出现").to_owned();
        }
        Bound::Excluded(&after) => Some(after.succ_opt().unwrap_or(after)),
        Bound::Included(&from) => Some(from),
        Bound::Unbounded => None,
    };
    let up_to = match up_to {
        Bound::Included(&up_to) => Some(up_to),
        Bound::Excluded(&before) => Some(before.pred_opt().unwrap_or(before)),
        Bound::Unbounded => None,
    };
    match (from.map(|from| words.date(from)), up_to.map(|up_to| words.date(up_to))) {
        (None, Some(up_to)) => words.say(|| format!("up to {up_to}"), || format!("{up_to} 及以前")),
        (Some(from), Some(up_to)) if from == up_to => from,
        (Some(from), Some(up_to)) => words.say(|| format!("{from} to {up_to}"), || format!("{from} 至 {up_to}")),
        (Some(from), None) => words.say(|| format!("since {from}"), || format!("{from} 起")),
        (None, None) => words.of("any day", "任意日期").to_owned(),
    }
}
