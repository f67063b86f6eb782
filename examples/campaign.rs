//! Did the campaign do it? Two arms in, a verdict out.
//!
//! ```text
//! cargo run --example campaign
//! ```

use std::error::Error;

use repurchase::Ratio;
use repurchase::act::campaign::{
    Arm, Assignment, Comparison, Funnel, FunnelMeasure, Group, MoneySample, SamplePlan, Stage,
};
use repurchase::scale::{Confidence, Language};
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    // Before: who is held back? A random assignment that any machine can repeat.
    let assignment = Assignment::new("921 sale", Ratio::new(1, 16)?)?;
    let held_back: Vec<u32> = (1..=60).filter(|customer| assignment.group(customer) == Group::Control).collect();
    println!("Of customers 1 to 60, held back: {held_back:?}\n");

    // After: 13.2 thousand of 415.5 thousand addressed customers bought, and 448 of 27.4 thousand held back; money made up.
    let treated = Funnel::new(415_500).with_clicked(31_200)?.with_carted(19_800)?.with_converted(13_200)?;
    let treated = treated.with_buyers(13_200)?.with_money(Decimal::from(83_100), Decimal::from(2_534_400))?;
    let control = Funnel::new(27_400).with_converted(448)?.with_buyers(448)?;
    let control = control.with_money(Decimal::ZERO, Decimal::from(83_328))?;
    println!("{:<24}{:>12}{:>12}{:>10}", "", "treated", "control", "change");
    for measure in FunnelMeasure::ALL {
        let show = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.4}"));
        let change = measure.change(&treated, &control).map(|change| format!("{:+.0}%", change * 100.0));
        let (left, right) = (show(measure.of(&treated)), show(measure.of(&control)));
        println!(
            "{:<24}{left:>12}{right:>12}{:>10}",
            measure.label().name(Language::English),
            change.unwrap_or_default()
        );
    }

    // The verdict, by the customers who bought of those who could.
    let (bought, waited) = (treated.conversion_rate(), control.conversion_rate());
    let (bought, waited) = bought.zip(waited).ok_or("an arm is empty")?;
    let (treated, control) = (Arm::default().with(Stage::During, treated), Arm::default().with(Stage::During, control));
    let confidence = Confidence::default();
    let conversion = treated.against(&control, Stage::During, Funnel::conversion_rate, confidence);
    let conversion = conversion.ok_or("an arm is empty")?;
    println!("\nConversion rate. {}.", conversion.explain(Language::English));
    println!("转化率。{}。", conversion.explain(Language::Chinese));

    // Was the control arm large enough for a smaller effect?
    let baseline = waited.value().ok_or("nobody was held back")?;
    match SamplePlan::new(baseline, 0.1)?.explain(bought.of(), waited.of(), Language::English)? {
        Some(warning) => println!("\n{warning}."),
        None => println!("\nA lift of +10% would have shown too."),
    }

    // What customers brought needs every customer's amount, or sums of them and of their squares. Made up, too: of 400
    // customers one in five buys, of 100 held back one in eight.
    let amount = |customer: u32, every| Decimal::from(if customer % every == 0 { 60 + customer * 37 % 90 } else { 0 });
    let money = Comparison::of_money(
        MoneySample::of((0..400).map(|customer| amount(customer, 5)))?,
        MoneySample::of((0..100).map(|customer| amount(customer, 8)))?,
        confidence,
    );
    println!("\nRevenue per customer of a small shop. {}.", money.explain(Language::English));
    Ok(())
}
