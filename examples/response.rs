//! Which segment responded to a campaign, and whom to treat next time? Real orders, and an effect that is made up.
//!
//! ```text
//! cargo run --release --example response
//! ```

use std::error::Error;

use chrono::NaiveDate;
use repurchase::act::campaign::{
    Assignment, BootstrapOptions, EffectMeasure, Group, SamplePlan, SegmentEffects, TargetCurve, outcomes_by,
};
use repurchase::scale::{Confidence, Language};
use repurchase::{Order, PurchaseLog, Ratio, ShopCalendar, Window};
use rust_decimal::Decimal;

/// Every eighth customer of a UK gift shop. See `examples/data/README.md`.
const LINES: &str = include_str!("data/online_retail_sample.csv");

fn main() -> Result<(), Box<dyn Error>> {
    let lines = LINES.lines().skip(1).map(|line| -> Result<_, Box<dyn Error>> {
        let fields: Vec<&str> = line.split(',').collect();
        let [customer, day, _, _, amount] = fields[..] else { return Err(line.into()) };
        Ok(Order::on(customer.parse::<u32>()?, day.parse()?, amount.parse()?)?)
    });
    let mut orders = lines.collect::<Result<Vec<_>, _>>()?;
    let start: NaiveDate = "2011-10-01".parse()?;
    let before =
        PurchaseLog::from_records(orders.clone(), &ShopCalendar::utc())?.ledger(start.pred_opt().ok_or("a day")?)?;
    let segment = |id: &u32| match before.get(id).map_or(0, |history| history.purchase_days()) {
        0 | 1 => "bought once",
        2 | 3 => "a few times",
        _ => "often",
    };

    // Half is held back. Of the treated who had bought once, every fourth comes for 60 more: the effect to be found.
    let mail = Assignment::new("autumn mail", Ratio::new(1, 2)?)?;
    let made_up = before.ids().iter().filter(|id| segment(id) == "bought once" && mail.group(id) == Group::Treated);
    for id in made_up.step_by(4) {
        orders.push(Order::on(*id, start, Decimal::from(60))?);
    }
    let log = PurchaseLog::from_records(orders, &ShopCalendar::utc())?;
    let window = Window::new(start, "2011-11-01".parse()?)?;
    let groups = || before.ids().iter().map(|&id| (id, mail.group(id)));

    let outcomes = outcomes_by(&log, window, groups(), segment)?;
    let effects = SegmentEffects::of(&outcomes, EffectMeasure::Conversion, Confidence::default());
    println!("Who bought in October; all intervals hold together with 95%:");
    for effect in &effects.segments {
        let (own, shrunk) = (effect.comparison.ok_or("customers")?, effect.shrunk.ok_or("an effect")? * 100.0);
        println!("  {}: {}; drawn towards all: {shrunk:+.1} points", effect.segment, own.explain(Language::English));
    }

    // Learnt from one half, looked at in the other.
    let half = Assignment::new("halves", Ratio::new(1, 2)?)?;
    let (learn, look): (Vec<_>, Vec<_>) = groups().partition(|(id, _)| half.group(id) == Group::Treated);
    let learnt = outcomes_by(&log, window, learn, segment)?;
    let scores = SegmentEffects::of(&learnt, EffectMeasure::Conversion, Confidence::default());
    let ledger = log.ledger_in(window)?;
    let bought = |id: &u32| Decimal::from(u8::from(ledger.get(id).is_some_and(|history| history.purchases() > 0)));
    let customers = look.iter().map(|(id, group)| (scores.score(&segment(id)).unwrap_or_default(), *group, bought(id)));
    let curve = TargetCurve::of(customers)?;
    let (qini, interval) = (curve.qini().ok_or("two groups")?, curve.qini_interval(&BootstrapOptions::default())?);
    let interval = interval.map_or("none".to_owned(), |ends| format!("{:+.3} to {:+.3}", ends.low, ends.high));
    println!(
        "\nBy the best segment first, Qini coefficient {qini:+.3} buyers a treated customer (95% interval {interval})."
    );
    let cost = Decimal::new(5, 2);
    match curve.best(cost) {
        Some(best) => {
            println!("If a contact costs as much as {cost} purchases: treat {} of {}.", best.customers, look.len());
        }
        None => println!("If a contact costs as much as {cost} purchases: treat nobody."),
    }

    let all = outcomes.values().map(|outcome| *outcome.money(Group::Control));
    let control = all.reduce(|mut all, more| if all.merge(&more).is_ok() { all } else { more }).ok_or("customers")?;
    let (mean, deviation) = (control.mean().ok_or("customers")?, control.standard_deviation().ok_or("customers")?);
    let plan = SamplePlan::of_money(mean.to_string().parse()?, deviation, 0.1)?.needed(1.0)?;
    println!("To see +10% of revenue, {mean:.2} a customer now: {} customers in each group.", plan.treated);
    Ok(())
}
