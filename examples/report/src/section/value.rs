//! What new customers bring: cohorts in money, as a heat map.

use maud::{Markup, html};
use repurchase::Error;
use repurchase::measure::Cohort;
use repurchase::shop::CohortForecast;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Section;
use super::cohorts::{HeatMap, MOST, name, period_name};
use crate::shop::Buyers;
use crate::words::{NONE, Words};

/// The spans of life that the table has room for, by their offsets: each of the first twelve, then every third.
const SHOWN: [u32; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 17, 20, 23];

pub(super) fn section(words: Words<'_>, buyers: &Buyers<'_>) -> Result<Section, Error> {
    let value = &buyers.value;
    let one = period_name(words, value.cohorts.options.period);
    let first = value.cohorts.cohorts.first();
    let first = first.map_or_else(String::new, |cohort| name(words, value.cohorts.options.period, cohort));
    let lead = lead(words, buyers)?;
    let left_out = value.cohorts.cohorts.len().saturating_sub(MOST);
    let limits = if left_out > 0 {
        words.of(format!(" Shown are the latest {MOST} cohorts."), format!("仅显示最近 {MOST} 个同期群。"))
    } else {
        String::new()
    };
    Ok(Section {
        id: "value",
        title: words.of("What new customers bring", "新客人均累计成交金额").to_owned(),
        body: heat_map(words, buyers, left_out, &lead)?,
        lead,
        note: words.of(
            format!(
                "A cell is what the cohort has brought from the first purchase through that day, less refunds, by all of its \
                 customers, whoever came once too. Days are counted from each customer’s own first purchase. A dashed edge: some \
                 have not lived so long. The bottom row has at each age the cohorts that have lived it, so it may fall; that of \
                 {first}, hatched, is in no sum."
            ),
            format!(
                "每格为该{one}首购的客户自首购起至该天数的累计成交金额（已扣除退款/冲减）除以该群全部客户数，只买过一次的也计入。\
                 天数从每位客户自己的首购日算起。虚线框表示部分客户尚未满该天数。合计行在每个天数只含已满该天数的同期群，因此可能\
                 下降；{first}的同期群以斜线标出，不计入合计。"
            ),
        ) + &limits,
    })
}

fn lead(words: Words<'_>, buyers: &Buyers<'_>) -> Result<String, Error> {
    let value = &buyers.value;
    let Some((offset, lived)) = value.told()? else {
        let days = words.days(value.days(0).into());
        return Ok(words.of(
            format!("No cohort of customers who are known to be new has lived its first {days} yet."),
            format!("还没有可以确认的新客同期群满 {days}。"),
        ));
    };
    let customers = words.customers(lived.through(offset)?.customers);
    let [at_first, by_then] = [0, offset].map(|offset| -> Result<String, Error> {
        Ok(lived.through(offset)?.revenue_per_customer().map_or_else(String::new, |amount| words.money(amount)))
    });
    let (at_first, by_then) = (at_first?, by_then?);
    let [short, long] = [0, offset].map(|offset| words.days(value.days(offset).into()));
    Ok(if offset == 0 {
        words.of(
            format!("New customers brought {at_first} each in their first {short} ({customers} in cohorts that have lived them)."),
            format!("新客首购后 {short}内人均成交 {at_first}（已满期的同期群共 {customers}）。"),
        )
    } else {
        words.of(
            format!(
                "New customers brought {at_first} each in their first {short} and {by_then} in their first {long} \
                 ({customers} in cohorts that have lived them)."
            ),
            format!(
                "新客首购后 {short}内人均成交 {at_first}，{long}内累计 {by_then}（均已满期的同期群共 {customers}）。"
            ),
        )
    })
}

fn worth(cohort: &Cohort, offset: u32) -> Option<Decimal> {
    cohort.through(offset)?.revenue_per_customer()
}

fn heat_map(words: Words<'_>, buyers: &Buyers<'_>, left_out: usize, says: &str) -> Result<Markup, Error> {
    let value = &buyers.value;
    let cohorts = || value.cohorts.cohorts.iter().skip(left_out);
    let longest = cohorts().map(|cohort| cohort.offsets).max().unwrap_or(1);
    let columns: Vec<u32> = SHOWN.into_iter().filter(|&offset| offset < longest).collect();
    let number = |amount: Decimal| amount.to_f64().unwrap_or_default();
    let cells = cohorts().flat_map(|cohort| columns.iter().filter_map(|&offset| worth(cohort, offset)));
    let whole = cells.map(|amount| number(amount.abs())).fold(0.0, f64::max) >= 20.0;
    let all = |&offset: &u32| -> Result<String, Error> {
        let amount = value.settled.through(offset)?.revenue_per_customer();
        Ok(amount.map_or_else(String::new, |amount| words.cell(amount, whole)))
    };
    let all = columns.iter().map(all).collect::<Result<Vec<_>, _>>()?;
    let title = words.of(
        "Revenue per customer from the first purchase, through so many days",
        "各同期群首购后各天数内的人均累计成交金额",
    );
    let map = HeatMap {
        id: "value-map",
        title: title.to_owned(),
        unit: words.in_currency(),
        says,
        cohorts: &value.cohorts,
        settled: &value.settled,
        first_day: buyers.days.0,
        left_out,
        columns: &columns,
        so_far: words.of(" so far", "（未满）"),
        all: &all,
    };
    let head = |offset| html! { (value.days(offset)) span class="hidden" { (words.of(" days", " 天")) } };
    let cell = |cohort: &Cohort, offset: u32| {
        let amount = worth(cohort, offset)?;
        Some((number(amount), words.cell(amount, whole)))
    };
    Ok(html! { (map.draw(words, head, cell)) (open(words, buyers, left_out)) })
}

/// Of each cohort that is shown the first span that is open, when it is over: by the shop's models, where they forecast.
fn open(words: Words<'_>, buyers: &Buyers<'_>, left_out: usize) -> Markup {
    let value = &buyers.value;
    let shown = value.cohorts.cohorts.iter().skip(left_out);
    let rows = shown.filter_map(|cohort| {
        let is_first = |one: &&CohortForecast| one.window == cohort.window && one.offset == cohort.complete_offsets;
        value.open.iter().find(is_first).map(|one| (cohort, one))
    });
    let rows: Vec<(&Cohort, &CohortForecast)> = rows.collect();
    if rows.is_empty() {
        return Markup::default();
    }
    let level = format!("{:.0}%", 100.0 * buyers.shop.level.level());
    let reason = rows.iter().find_map(|(_, one)| one.coming.as_ref()?.no_interval);
    let ends = |one: &CohortForecast| {
        let ends = one.value_interval()?;
        let (low, high) = (words.estimate(ends.low), words.estimate(ends.high));
        Some(words.of(format!("{low} to {high}"), format!("{low} 至 {high}")))
    };
    let title = words.of("When open cells are over", "未满期的格子满期时的预测");
    html! {
        details id="value-open" {
            summary { (title) }
            div class="scroll" tabindex="0" role="region" aria-label=(title) {
                table class="plain" {
                    thead { tr {
                        th scope="col" { (words.of("cohort", "同期群")) }
                        th scope="col" { (words.of("days", "天数")) }
                        th scope="col" { (words.of("over on", "满期日")) }
                        th scope="col" { (words.of("per customer so far", "目前人均")) }
                        th scope="col" { (words.of("then, forecast", "届时预测")) }
                        th scope="col" { (words.of(format!("between, in {level}"), format!("{level} 区间"))) }
                    } }
                    tbody {
                        @for (cohort, one) in &rows {
                            tr {
                                th scope="row" { (name(words, value.cohorts.options.period, cohort)) }
                                td { (value.days(one.offset)) }
                                td { (words.date(one.last_day)) }
                                td { (worth(cohort, one.offset).map_or_else(String::new, |amount| words.money(amount))) }
                                td { (one.value_per_customer().map_or(NONE.to_owned(), |amount| words.estimate(amount))) }
                                td { (ends(one).unwrap_or(NONE.to_owned())) }
                            }
                        }
                    }
                }
            }
            @if let Some(reason) = reason { p { (reason.describe(words.language)) } }
        }
    }
}
