//! Whether new customers stay: cohorts, as a heat map.

use chrono::NaiveDate;
use maud::{Markup, html};
use repurchase::Error;
use repurchase::measure::{Cohort, CohortTable};
use repurchase::record::Period;

use super::Section;
use crate::chart::shade;
use crate::shop::Buyers;
use crate::words::{Words, percent, thousands, whole_percent};

/// The cohorts and the periods that a table has room for.
pub(super) const MOST: usize = 24;

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Result<Section, Error> {
    let table = &buyers.cohorts;
    let one = period_name(words, table.options.period);
    let next = buyers.settled.retention(1)?;
    let first =
        buyers.cohorts.cohorts.first().map_or_else(String::new, |cohort| name(words, table.options.period, cohort));
    let lead = match next.value() {
        Some(share) => {
            let (share, ratio) = (percent(Some(share)), words.ratio(next));
            words.of(
                format!("{share} of new customers ({ratio}) bought in the {one} after their first."),
                format!("首购后的下一个完整{one}内，{share} 的新客（{ratio}）再次购买。"),
            )
        }
        None => words.of(
            format!("No {one} has passed yet after the first {one} of customers who are known to be new."),
            format!("还没有可以确认的新客在首购之后满一个完整的{one}，暂时无法计算留存。"),
        ),
    };
    let left_out = table.cohorts.len().saturating_sub(MOST);
    let widest = table.cohorts.iter().skip(left_out).map(|cohort| cohort.offsets).max().unwrap_or(1).saturating_sub(1);
    let limits = if left_out > 0 || widest as usize > MOST {
        words.of(
            format!(" Shown are the latest {MOST} cohorts and the first {MOST} {one}s."),
            format!("仅显示最近 {MOST} 个同期群和前 {MOST} 个{one}。"),
        )
    } else {
        String::new()
    };
    let body = if widest == 0 { Markup::default() } else { heat_map(words, buyers, left_out, widest, &lead)? };
    Ok(Section {
        id: "cohorts",
        title: words.of("Do new customers stay", "新客留存（按首购同期群）").to_owned(),
        lead,
        body,
        note: words.of(
            format!(
                "A row holds the customers whose first purchase was in that {one}; a cell, the share of them who bought in \
                 the {one} so many later. A {one} that is not over has a dashed edge and may still grow. The cohort of {first}, \
                 the first of the records, is hatched: it holds whoever bought before as well, and is in no sum."
            ),
            format!(
                "每行为在该{one}首购的客户；每格为其中在之后第几个{one}有购买的占比。虚线框表示该{one}尚未结束、数字还会增加。\
                 记录最早的同期群（{first}）以斜线标出：其中包含此前已购买过的客户，不计入合计。"
            ),
        ) + &limits,
    })
}

pub(super) fn period_name(words: Words<'_>, period: Period) -> &'static str {
    match period {
        Period::Day => words.of("day", "日"),
        Period::Week => words.of("week", "周"),
        Period::Month => words.of("month", "月"),
        Period::Quarter => words.of("quarter", "季度"),
        Period::Year => words.of("year", "年"),
    }
}

fn heat_map(words: Words<'_>, buyers: &Buyers<'_>, left_out: usize, widest: u32, says: &str) -> Result<Markup, Error> {
    let one = period_name(words, buyers.cohorts.options.period);
    let columns: Vec<u32> = (1..=widest.min(MOST as u32)).collect();
    let all = columns.iter().map(|&offset| all(buyers, offset)).collect::<Result<Vec<_>, _>>()?;
    let map = HeatMap {
        id: "cohorts-map",
        title: words.of(
            format!("Share of each cohort that bought so many {one}s after its first"),
            format!("各同期群首购后各{one}的留存率"),
        ),
        unit: String::new(),
        says,
        cohorts: &buyers.cohorts,
        settled: &buyers.settled,
        first_day: buyers.days.0,
        left_out,
        columns: &columns,
        so_far: words.of(" so far", "（未完）"),
        all: &all,
    };
    let head = |offset: u32| html! { "+" (offset) };
    let cell = |cohort: &Cohort, offset: u32| {
        let share = cohort.retention(offset)?.value()?;
        Some((share, whole_percent(Some(share))))
    };
    Ok(map.draw(words, head, cell))
}

/// Cohorts by the time since their first purchase, and all that are settled below.
pub(super) struct HeatMap<'a> {
    pub(super) id: &'static str,
    pub(super) title: String,
    /// What stands behind the title.
    pub(super) unit: String,
    pub(super) says: &'a str,
    pub(super) cohorts: &'a CohortTable,
    pub(super) settled: &'a CohortTable,
    /// The first day of the records: the cohort of it is hatched, and no measure of the shades.
    pub(super) first_day: NaiveDate,
    pub(super) left_out: usize,
    /// Offsets.
    pub(super) columns: &'a [u32],
    /// What is said of a cell that may still grow.
    pub(super) so_far: &'static str,
    /// The bottom row.
    pub(super) all: &'a [String],
}

impl HeatMap<'_> {
    /// With what stands above an offset, and the number of a cell, for its shade, with its text.
    pub(super) fn draw(
        &self,
        words: Words<'_>,
        head: impl Fn(u32) -> Markup,
        cell: impl Fn(&Cohort, u32) -> Option<(f64, String)>,
    ) -> Markup {
        let period = self.cohorts.options.period;
        let one = period_name(words, period);
        let cohorts = || self.cohorts.cohorts.iter().skip(self.left_out);
        let is_first = |cohort: &Cohort| cohort.window.contains(self.first_day);
        let shown = cohorts().filter(|cohort| !is_first(cohort));
        let numbers = shown.flat_map(|cohort| self.columns.iter().filter_map(|&offset| Some(cell(cohort, offset)?.0)));
        let most = numbers.fold(0.0, f64::max);
        html! {
            figure id=(self.id) {
                figcaption { (self.title) (self.unit) }
                div class="scroll" tabindex="0" role="region" aria-label=(self.title) {
                    table class="heat cohorts" {
                        caption class="hidden" { (self.says) }
                        thead { tr {
                            th scope="col" { (words.of(format!("first {one}"), format!("首购{one}"))) }
                            th scope="col" { (words.of("customers", "客户数")) }
                            @for &offset in self.columns { th scope="col" { (head(offset)) } }
                        } }
                        tbody {
                            @for cohort in cohorts() {
                                tr class=[is_first(cohort).then_some("old")] {
                                    th scope="row" { (name(words, period, cohort)) @if is_first(cohort) { " " abbr title=(words.of("may hold customers from before the records", "可能包含记录之前的客户")) { "†" } } }
                                    td class="size" { (thousands(cohort.customers)) }
                                    @for &offset in self.columns {
                                        @match cell(cohort, offset) {
                                            Some((number, text)) => td class=(class(number, most, offset >= cohort.complete_offsets)) {
                                                (text)
                                                @if offset >= cohort.complete_offsets { span class="hidden" { (self.so_far) } }
                                            }
                                            None => td class="later" {}
                                        }
                                    }
                                }
                            }
                        }
                        tfoot { tr {
                            th scope="row" { (words.of("all but †", "合计（不含 †）")) }
                            td class="size" { (thousands(self.settled.cohorts.iter().map(|cohort| cohort.customers).sum())) }
                            @for text in self.all { td { (text) } }
                        } }
                    }
                }
            }
        }
    }
}

fn class(share: f64, most: f64, is_open: bool) -> String {
    let colour = shade(share, most);
    if is_open { format!("{colour} open") } else { colour.to_owned() }
}

/// All cohorts of new customers together, where the period is over.
fn all(buyers: &Buyers<'_>, offset: u32) -> Result<String, Error> {
    let ratio = buyers.settled.retention(offset)?;
    Ok(if ratio.of() == 0 { String::new() } else { whole_percent(ratio.value()) })
}

pub(super) fn name(words: Words<'_>, period: Period, cohort: &Cohort) -> String {
    let start = cohort.window.start();
    match period {
        Period::Month => words.month(start),
        Period::Day | Period::Week => words.date(start),
        Period::Quarter | Period::Year => period.name(start),
    }
}
