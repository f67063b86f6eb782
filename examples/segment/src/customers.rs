//! `customers.csv`: one row per customer.

use std::error::Error;

use repurchase::CustomerHistory;
use repurchase::scale::Label;

use crate::shop::Shop;

const COLUMNS: [&str; 25] = [
    "customer_id",
    "first_purchase",
    "last_purchase",
    "purchases",
    "purchase_days",
    "revenue",
    "days_since_last",
    "mean_gap_days",
    "r",
    "f",
    "m",
    "octant",
    "segment",
    "frequency_band",
    "new_customer_state",
    "tier",
    "cycles_missed",
    "x",
    "t_x",
    "t",
    "mean_spend",
    "p_alive",
    "expected_purchases",
    "expected_spend",
    "expected_value",
];

/// The table, sorted by id, as the bytes of a CSV file.
pub fn table(shop: &Shop) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    // A ledger lists strings by their bytes.
    for (index, (id, history)) in shop.ledger.iter().enumerate() {
        writer.write_field(id)?;
        for value in past(shop, &history).into_iter().chain(labels(shop, index, &history)) {
            writer.write_field(value)?;
        }
        for value in repeats(shop, &history) {
            writer.write_field(value)?;
        }
        writer.write_record(expected(shop, index))?;
    }
    Ok(writer.into_inner()?)
}

/// From `first_purchase` to `mean_gap_days`.
fn past(shop: &Shop, history: &CustomerHistory) -> [String; 7] {
    [
        text(history.first_purchase()),
        text(history.last_purchase()),
        history.purchases().to_string(),
        history.purchase_days().to_string(),
        history.revenue().to_string(),
        text(history.days_since_last(shop.ledger.as_of())),
        text(history.gaps().map(|gaps| gaps.mean_days())),
    ]
}

/// From `r` to `cycles_missed`.
fn labels(shop: &Shop, index: usize, history: &CustomerHistory) -> [String; 9] {
    let key = |label: Option<&Label>| label.map(|label| label.key().to_owned()).unwrap_or_default();
    let models = shop.models.as_ref();
    let score = models.and_then(|models| models.scores.get(index)).copied();
    let segment = shop.grid.as_ref().zip(shop.segment(index)).and_then(|(grid, segment)| grid.segments().get(segment));
    [
        text(score.map(|score| score.recency())),
        text(score.map(|score| score.frequency())),
        text(score.map(|score| score.monetary())),
        text(shop.octant(index).map(|octant| octant.code())),
        key(segment),
        key(shop.frequency_band(history).map(|band| band.label())),
        key(shop.new_customer_state(history).map(|state| state.label())),
        key(models.map(|models| models.tiers.tier(history.revenue()))),
        text(shop.cycle_standing(history).and_then(|standing| standing.cycles_missed())),
    ]
}

/// From `x` to `mean_spend`, in weeks.
fn repeats(shop: &Shop, history: &CustomerHistory) -> [String; 4] {
    let summary = history.repeat_summary(shop.ledger.as_of());
    [
        text(summary.map(|summary| summary.repeats())),
        text(summary.map(|summary| summary.recency_weeks())),
        text(summary.map(|summary| summary.age_weeks())),
        text(summary.and_then(|summary| summary.mean_spend())),
    ]
}

/// From `p_alive` to `expected_value`.
fn expected(shop: &Shop, index: usize) -> [String; 4] {
    let expected = shop.forecast.customers.get(index).copied().unwrap_or_default();
    [text(expected.alive), text(expected.purchases), text(expected.spend), text(expected.value)]
}

/// Empty where undefined. A fraction prints as the shortest text that reads back to it.
fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
