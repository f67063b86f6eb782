//! Which segment responded to a campaign, and whom to treat next time? Real orders, and an effect that is made up.
//!
//! ```text
//! cargo run --release --example response
//! ```

use std::error::Error;

use repurchase::act::campaign::{
    Assignment, EffectMeasure, Group, Outcome, SamplePlan, SegmentEffects, TargetCurve, outcomes_by,
};
use repurchase::scale::Confidence;
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
    let (utc, window) = (ShopCalendar::utc(), Window::new("2011-10-01".parse()?, "2011-11-01".parse()?)?);
    let before = PurchaseLog::from_records(orders.clone(), &utc)?.ledger("2011-09-30".parse()?)?;
    let segment = |id: &u32| match before.get(id).map_or(0, |history| history.purchase_days()) {
        0 | 1 => "bought once",
        2 | 3 => "a few times",
        _ => "often",
    };

    // Half is held back. Of the treated who had bought once, every fourth comes for 60 more: the effect to be found.
    let mail = Assignment::new("autumn mail", Ratio::new(1, 2)?)?;
    let once = before.ids().iter().filter(|id| segment(id) == "bought once" && mail.group(id) == Group::Treated);
    let made_up = once.step_by(4).map(|id| Order::on(*id, window.start(), Decimal::from(60)));
    orders.extend(made_up.collect::<Result<Vec<_>, _>>()?);
    let log = PurchaseLog::from_records(orders, &utc)?;
    let effects = |customers: &[u32]| {
        let outcomes = outcomes_by(&log, window, customers.iter().map(|&id| (id, mail.group(id))), segment);
        outcomes.map(|outcomes| SegmentEffects::of(&outcomes, EffectMeasure::Conversion, Confidence::default()))
    };
    println!("Who bought in October; all intervals hold together with 95%:\n{}", effects(before.ids())?);

    // Learnt from one half, looked at in the other.
    let half = Assignment::new("halves", Ratio::new(1, 2)?)?;
    let (learn, look): (Vec<u32>, Vec<u32>) = before.ids().iter().partition(|id| half.group(id) == Group::Treated);
    let (learnt, brought) = (effects(&learn)?, log.ledger_in(window)?);
    let score = |id| learnt.score(&segment(id)).unwrap_or_default();
    let purchases = |id| Decimal::from(brought.get(id).unwrap_or_default().purchases().min(1));
    let curve = TargetCurve::of(look.iter().map(|id| (score(id), mail.group(id), purchases(id))))?;
    println!("\nThe best segment first: Qini {:+.3} buyers a treated customer", curve.qini().ok_or("two groups")?);
    let treated = curve.best(Decimal::new(5, 2)).map_or(0, |best| best.customers);
    println!("If a contact costs as much as 0.05 purchases: treat {treated} of {}", look.len());
    let all = Outcome::of_log(&log, window, before.ids().iter().copied(), &mail)?;
    let plan = SamplePlan::of_sample(all.money(Group::Control), 0.1)?.needed(1.0)?;
    println!("To see +10% of the revenue of those held back: {} customers in each group", plan.treated);
    Ok(())
}
