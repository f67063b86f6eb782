//! Whether new customers stay: cohorts, as a heat map.

use maud::{Markup, html};
use repurchase::Error;
use repurchase::measure::Cohort;
use repurchase::record::Period;

use super::Section;
use crate::chart::shade;
use crate::shop::Buyers;
use crate::words::{Words, percent, thousands, whole_percent};

/// The cohorts and the periods that a table has room for.
const MOST: usize = 24;

pub(super) fn section(words: Words, buyers: &Buyers<'_>) -> Result<Section, Error> {
    let table = &buyers.cohorts;
    let one = period_name(words, table.options.period);
    let next = table.retention(1)?;
    let lead = match next.value() {
        Some(share) => words.say(
            || {
                format!(
                    "Of the customers whose first purchase is at least a full {one} ago, {} bought again in the {one} \
                     after it ({}).",
                    percent(Some(share)),
                    words.ratio(next)
                )
            },
            || {
                format!(
                    "首次购买后的下一个完整{one}内，有 {} 的客户再次购买（{}）。",
                    percent(Some(share)),
                    words.ratio(next)
                )
            },
        ),
        None => words.say(
            || format!("No {one} has passed yet after anybody’s first {one}, so nobody can have been kept."),
            || format!("还没有任何客户的首购之后满一个完整的{one}，暂时无法计算留存。"),
        ),
    };
    let left_out = table.cohorts.len().saturating_sub(MOST);
    let widest = table.cohorts.iter().skip(left_out).map(|cohort| cohort.offsets).max().unwrap_or(1).saturating_sub(1);
    let limits = if left_out > 0 || widest as usize > MOST {
        words.say(
            || format!(" Shown are the latest {MOST} cohorts and the first {MOST} {one}s."),
            || format!("仅显示最近 {MOST} 个批次和前 {MOST} 个{one}。"),
        )
    } else {
        String::new()
    };
    let body = if widest == 0 { Markup::default() } else { heat_map(words, buyers, left_out, widest)? };
    Ok(Section {
        id: "cohorts",
        title: words.of("Do new customers stay", "新客留存"),
        lead,
        body,
        note: words.say(
            || {
                format!(
                    "A row holds the customers whose first purchase was in that {one}; a cell, the share of them who \
                     bought in the {one} so many later. {} A {one} that is not over is marked *.",
                    "Every customer with a purchase is in one row."
                )
            },
            || {
                format!(
                    "每行是在该{one}首次购买的客户；每格是其中在之后第几个{one}有购买的比例。\
                     每位购买过的客户属于且仅属于一行。未结束的{one}以 * 标记。"
                )
            },
        ) + &limits,
    })
}

fn period_name(words: Words, period: Period) -> &'static str {
    match period {
        Period::Day => words.of("day", "日"),
        Period::Week => words.of("week", "周"),
        Period::Month => words.of("month", "月"),
        Period::Quarter => words.of("quarter", "季度"),
        Period::Year => words.of("year", "年"),
    }
}

fn heat_map(words: Words, buyers: &Buyers<'_>, left_out: usize, widest: u32) -> Result<Markup, Error> {
    let table = &buyers.cohorts;
    let one = period_name(words, table.options.period);
    let columns = widest.min(MOST as u32);
    let cohorts: Vec<&Cohort> = table.cohorts.iter().skip(left_out).collect();
    let value = |cohort: &Cohort, offset: u32| cohort.retention(offset).and_then(|ratio| ratio.value());
    let shares = cohorts.iter().flat_map(|cohort| (1..=columns).filter_map(|offset| value(cohort, offset)));
    let most = shares.fold(0.0, f64::max);
    let title = words.say(
        || format!("Share of each cohort that bought so many {one}s after its first"),
        || format!("各批次在首购之后各{one}的留存率"),
    );
    let all = (1..=columns).map(|offset| all(buyers, offset)).collect::<Result<Vec<_>, _>>()?;
    Ok(html! {
        figure id="cohorts-map" {
            figcaption { (title) }
            div class="scroll" tabindex="0" role="region" aria-label=(title) {
                table class="heat cohorts" {
                    thead { tr {
                        th scope="col" { (words.say(|| format!("first {one}"), || format!("首购{one}"))) }
                        th scope="col" { (words.of("customers", "客户")) }
                        @for offset in 1..=columns { th scope="col" { "+" (offset) } }
                    } }
                    tbody {
                        @for cohort in &cohorts {
                            tr {
                                th scope="row" { (name(words, table.options.period, cohort)) }
                                td class="size" { (thousands(cohort.customers)) }
                                @for offset in 1..=columns {
                                    @match value(cohort, offset) {
                                        Some(share) => td class=(shade(share, most)) {
                                            (whole_percent(Some(share)))
                                            @if offset >= cohort.complete_offsets { "*" }
                                        }
                                        None => td class="later" {}
                                    }
                                }
                            }
                        }
                    }
                    tfoot { tr {
                        th scope="row" { (words.of("all", "合计")) }
                        td class="size" { (thousands(buyers.models.customers())) }
                        @for share in &all { td { (share) } }
                    } }
                }
            }
        }
    })
}

/// All cohorts together, where the period is over.
fn all(buyers: &Buyers<'_>, offset: u32) -> Result<String, Error> {
    let ratio = buyers.cohorts.retention(offset)?;
    Ok(if ratio.of() == 0 { String::new() } else { whole_percent(ratio.value()) })
}

fn name(words: Words, period: Period, cohort: &Cohort) -> String {
    let start = cohort.window.start();
    match period {
        Period::Month => words.month(cohort.window),
        Period::Day | Period::Week => words.date(start),
        Period::Quarter | Period::Year => period.name(start),
    }
}
