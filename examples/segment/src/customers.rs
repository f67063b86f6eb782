//! `customers.csv`: one row per customer.

use std::error::Error;

use repurchase::scale::Label;
use repurchase::segment::{LabelKind, Octant};
use repurchase::shop::Figure;

use crate::shop::Shop;

const COLUMNS: &str = "customer_id,first_purchase,last_purchase,purchases,purchase_days,revenue,days_since_last,\
                       mean_gap_days,r,f,m,octant,segment,frequency_band,new_customer_state,tier,cycles_missed,x,t_x,t,\
                       mean_spend,p_alive,expected_purchases,expected_spend,expected_value,churn_risk,credits,credited";

/// The table, sorted by id, as the bytes of a CSV file.
pub fn table(shop: &Shop) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.split(','))?;
    // A ledger lists strings by their bytes.
    for ((id, history), profile) in shop.ledger.iter().zip(shop.profiles.iter()) {
        let repeats = history.repeat_summary(shop.ledger.as_of());
        let figure = |figure| text(profile.figure(figure));
        let label = |kind| text(profile.label(kind).map(Label::key));
        writer.write_record([
            id.clone(),
            text(history.first_purchase()),
            text(history.last_purchase()),
            history.purchases().to_string(),
            history.purchase_days().to_string(),
            history.revenue().to_string(),
            figure(Figure::DaysSinceLast),
            figure(Figure::MeanGapDays),
            figure(Figure::R),
            figure(Figure::F),
            figure(Figure::M),
            text(profile.octant().map(Octant::code)),
            label(LabelKind::Segment),
            label(LabelKind::FrequencyBand),
            label(LabelKind::NewCustomerState),
            label(LabelKind::Tier),
            figure(Figure::CyclesMissed),
            figure(Figure::Repeats),
            text(repeats.map(|repeats| repeats.recency_weeks())),
            text(repeats.map(|repeats| repeats.age_weeks())),
            text(repeats.and_then(|repeats| repeats.mean_spend())),
            figure(Figure::ProbabilityAlive),
            figure(Figure::ExpectedPurchases),
            figure(Figure::ExpectedSpend),
            figure(Figure::ExpectedValue),
            label(LabelKind::ChurnRisk),
            history.credits().to_string(),
            history.credited().to_string(),
        ])?;
    }
    Ok(writer.into_inner()?)
}

/// Empty where undefined. A fraction prints as the shortest text that reads back to it.
fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
