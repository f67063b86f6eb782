//! `customers.csv`: one row per customer.

use std::io::{self, Write};

use repurchase::scale::Label;
use repurchase::segment::{LabelKind, Octant};
use repurchase::shop::Figure;

use crate::digits::{self, Row};
use crate::shop::Shop;

const COLUMNS: &str = "customer_id,first_purchase,last_purchase,purchases,purchase_days,revenue,days_since_last,\
                       mean_gap_days,r,f,m,octant,segment,frequency_band,new_customer_state,tier,cycles_missed,x,t_x,t,\
                       mean_spend,p_alive,expected_purchases,expected_spend,expected_value,churn_risk,credits,credited";

/// Rows are handed on in blocks of about so many bytes.
const BLOCK: usize = 1 << 16;

/// Writes the table, sorted by id, as CSV. A field is empty where undefined; a fraction is the shortest text that reads
/// back to it.
pub fn write(shop: &Shop, out: &mut dyn Write) -> io::Result<()> {
    let mut row = Row::default();
    row.0.extend_from_slice(COLUMNS.as_bytes());
    row.0.push(b'\n');
    // A ledger lists strings by their bytes.
    for ((id, history), profile) in shop.ledger.iter().zip(shop.profiles.iter()) {
        let repeats = history.repeat_summary(shop.ledger.as_of());
        let label = |kind| profile.label(kind).map_or("", Label::key);
        row.quoted(id);
        row.field(history.first_purchase(), digits::date);
        row.field(history.last_purchase(), digits::date);
        row.field(Some(history.purchases()), digits::whole);
        row.field(Some(history.purchase_days()), digits::whole);
        row.field(Some(history.revenue()), digits::money);
        for figure in [Figure::DaysSinceLast, Figure::MeanGapDays, Figure::R, Figure::F, Figure::M] {
            row.field(profile.figure(figure), digits::fraction);
        }
        row.text(profile.octant().map_or("", Octant::code));
        row.text(label(LabelKind::Segment));
        row.text(label(LabelKind::FrequencyBand));
        row.text(label(LabelKind::NewCustomerState));
        row.text(label(LabelKind::Tier));
        row.field(profile.figure(Figure::CyclesMissed), digits::fraction);
        row.field(profile.figure(Figure::Repeats), digits::fraction);
        row.field(repeats.map(|repeats| repeats.recency_weeks()), digits::fraction);
        row.field(repeats.map(|repeats| repeats.age_weeks()), digits::fraction);
        row.field(repeats.and_then(|repeats| repeats.mean_spend()), digits::fraction);
        for figure in
            [Figure::ProbabilityAlive, Figure::ExpectedPurchases, Figure::ExpectedSpend, Figure::ExpectedValue]
        {
            row.field(profile.figure(figure), digits::fraction);
        }
        row.text(label(LabelKind::ChurnRisk));
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
