//! `customers.csv`: one row per customer.

use std::io::{self, Write};

use chrono::{Datelike, Days, NaiveDate};
use repurchase::Ledger;
use repurchase::scale::{Confidence, Label};
use repurchase::segment::{LabelKind, Octant};
use repurchase::shop::{Figure, Profiles, ShopModels};

use crate::digits::{self, Row};
use crate::shop::Shop;

/// The first line.
pub const HEADER: &str = "customer_id,first_purchase,last_purchase,purchases,purchase_days,revenue,days_since_last,\
                       mean_gap_days,r,f,m,octant,segment,frequency_band,new_customer_state,tier,cycles_missed,x,t_x,t,\
                       mean_spend,p_alive,expected_purchases,expected_spend,expected_value,p_buys,purchases_low,purchases_high,\
                       next_purchase,churn_risk,credits,credited\n";

/// The size of the blocks in which rows are handed on, in bytes, about.
const BLOCK: usize = 1 << 16;

/// The figures of a row, side by side as they stand in it.
const RANKS: [Figure; 5] = [Figure::DaysSinceLast, Figure::MeanGapDays, Figure::R, Figure::F, Figure::M];
const SINCE: [Figure; 2] = [Figure::CyclesMissed, Figure::Repeats];
const AHEAD: [Figure; 5] = [
    Figure::ProbabilityAlive,
    Figure::ExpectedPurchases,
    Figure::ExpectedSpend,
    Figure::ExpectedValue,
    Figure::ProbabilityBuys,
];
const LABELS: [LabelKind; 4] =
    [LabelKind::Segment, LabelKind::FrequencyBand, LabelKind::NewCustomerState, LabelKind::Tier];

/// Writes the table, sorted by id, as CSV. A field is empty where undefined; a fraction is the shortest text that reads
/// back to it.
pub fn write(shop: &Shop, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    write_rows(&shop.ledger, &shop.profiles, shop.models.as_ref(), shop.level, out)
}

/// Writes the rows below the header.
pub fn write_rows(
    ledger: &Ledger<String>,
    profiles: &Profiles,
    models: Option<&ShopModels>,
    level: Confidence,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (mut row, as_of) = (Row::default(), ledger.as_of());
    let intervals = models.map(|models| models.purchases_interval_all(ledger, level));
    let mut ranks = RANKS.map(|figure| profiles.figures(figure));
    let mut since = SINCE.map(|figure| profiles.figures(figure));
    let mut ahead = AHEAD.map(|figure| profiles.figures(figure));
    let mut next_purchase = profiles.figures(Figure::NextPurchaseDays);
    let octants = Octant::ALL.map(|octant| (octant.label().key(), octant.code()));
    let code = |key: &str| octants.iter().find(|(label, _)| *label == key).map_or("", |(_, code)| code);
    let mut octant = profiles.labels(LabelKind::Octant);
    let mut labels = LABELS.map(|kind| profiles.labels(kind));
    let mut churn_risk = profiles.labels(LabelKind::ChurnRisk);
    // A ledger lists strings by their bytes.
    for (position, (id, history)) in ledger.iter().enumerate() {
        let repeats = history.repeat_summary(as_of);
        row.quoted(id);
        row.field(history.first_purchase(), digits::date);
        row.field(history.last_purchase(), digits::date);
        row.field(Some(history.purchases()), digits::whole);
        row.field(Some(history.purchase_days()), digits::whole);
        row.field(Some(history.revenue()), digits::money);
        for figure in &mut ranks {
            row.field(figure.next().flatten(), digits::fraction);
        }
        row.text(octant.next().flatten().map_or("", |label| code(label.key())));
        for label in &mut labels {
            row.text(label.next().flatten().map_or("", Label::key));
        }
        for figure in &mut since {
            row.field(figure.next().flatten(), digits::fraction);
        }
        row.field(repeats.map(|repeats| repeats.recency_weeks()), digits::fraction);
        row.field(repeats.map(|repeats| repeats.age_weeks()), digits::fraction);
        row.field(repeats.and_then(|repeats| repeats.mean_spend()), digits::fraction);
        for figure in &mut ahead {
            row.field(figure.next().flatten(), digits::fraction);
        }
        let interval = intervals.as_ref().and_then(|intervals| *intervals.get(position)?);
        row.field(interval.map(|interval| interval.low), digits::fraction);
        row.field(interval.map(|interval| interval.high), digits::fraction);
        row.field(next_purchase.next().flatten().and_then(|days| after(as_of, days)), digits::date);
        row.text(churn_risk.next().flatten().map_or("", Label::key));
        row.field(Some(history.credits()), digits::whole);
        row.field(Some(history.credited()), digits::money);
        row.end();
        if row.0.len() >= BLOCK {
            out.write_all(&row.0)?;
            row.0.clear();
        }
    }
    out.write_all(&row.0)
}

/// The day that is `days` days ahead; `None` beyond the year 9999, which no other program reads.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole days, 0 or more")]
fn after(as_of: NaiveDate, days: f64) -> Option<NaiveDate> {
    as_of.checked_add_days(Days::new(days as u64)).filter(|day| day.year() <= 9999)
}
