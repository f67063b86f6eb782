//! Who will not come back, and what do we lose?
//!
//! ```text
//! cargo run --example who_leaves
//! ```

use std::error::Error;

use chrono::{NaiveDate, NaiveTime};
use repurchase::predict::{Discount, FitOptions, GammaGamma, MbgNbd, PurchaseModel, Sample, Samples, ValueModel};
use repurchase::segment::{ChurnRisk, MissedCycles};
use repurchase::{Ledger, Order, ShopCalendar};

/// Days.
const QUARTER: u32 = 90;
const YEAR: u32 = 365;

/// Who is less likely to be still there than this counts as lost already: a letter would come too late.
const LOST: f64 = 0.2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut orders = Vec::new();
    for row in csv::Reader::from_reader(include_str!("data/cdnow_orders.csv").as_bytes()).deserialize() {
        let (customer, day, amount): (String, String, String) = row?;
        let placed_at = day.parse::<NaiveDate>()?.and_time(NaiveTime::MIN).and_utc();
        orders.push(Order::new(customer, placed_at, amount.parse()?)?);
    }
    let as_of = NaiveDate::from_ymd_opt(1998, 6, 30).ok_or("no such day")?;
    let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), as_of)?;
    let (samples, options) = (Samples::of(&ledger), FitOptions::default());
    let purchases = MbgNbd::fit(&samples, &options)?.interior()?.model;
    let spend = GammaGamma::fit(&samples, &options)?.interior()?.model;
    let (model, rule) = (ValueModel { purchases, spend }, MissedCycles::default());

    let (mut there, mut bought, mut revenue, mut late) = (0.0, 0.0, 0.0, Vec::new());
    for (id, history) in ledger.iter() {
        let sample = Sample::of(&history.repeat_summary(as_of).ok_or("has bought")?);
        let value = |days| model.expected_value(&sample, days, Discount::NONE);
        let alive = purchases.probability_alive(&sample);
        there += alive;
        bought += purchases.expected_purchases(&sample, QUARTER);
        revenue += value(QUARTER)?.ok_or("spends have a mean")?;

        // Late are those who came back before, and have now let two expected purchases pass or more.
        let standing = rule.standing(&history, as_of).ok_or("has bought")?;
        let Some(missed) = standing.cycles_missed().filter(|_| standing.risk() >= ChurnRisk::Overdue) else { continue };
        if alive >= LOST {
            // An expectation takes a customer who has left for worth nothing: it is P(alive) times what the customer
            // brings if still there. With the probability 1 - P(alive), just that is lost.
            let kept = value(YEAR)?.ok_or("spends have a mean")? / alive;
            let (loss, percent) = ((1.0 - alive) * kept, alive * 100.0);
            let last = history.last_purchase().ok_or("has bought")?.to_string();
            late.push((loss, format!("{id:<8}{last:>15}{missed:>15}{percent:>12.0}%{kept:>19.2}{loss:>15.2}")));
        }
    }
    late.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    let total = |rows: &[(f64, String)]| rows.iter().map(|(loss, _)| loss).sum::<f64>();
    let top = late.get(..10).unwrap_or(&late);

    println!("{as_of}: of {} customers, about {there:.0} should still be there.", ledger.len());
    println!("In the next 90 days they should buy {bought:.0} times, for {revenue:.2} in all.\n");
    println!("{} who came back before are late, and may yet be won back. If nothing is done:\n", late.len());
    println!("customer  last purchase  cycles missed  still there  next year if kept  expected loss");
    for (_, row) in top {
        println!("{row}");
    }
    println!("{:<70}{:>15.2}", format!("these {}", top.len()), total(top));
    println!("{:<70}{:>15.2}", format!("all {}", late.len()), total(&late));
    Ok(())
}
