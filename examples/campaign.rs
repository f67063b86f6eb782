//! Did the campaign do it? Two arms in, a verdict out.
//!
//! ```text
//! cargo run --example campaign
//! ```

use std::error::Error;

use repurchase::Ratio;
use repurchase::act::campaign::{
    Arm, Assignment, Funnel, FunnelFigures, FunnelMeasure, FunnelRate, Group, MoneyComparison, MoneySample, SamplePlan,
    Stage,
};
use repurchase::scale::Language;
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    // Before: who is held back? A lot that any machine can draw again.
    let lot = Assignment::new("921 sale", Ratio::new(1, 16)?)?;
    let held_back: Vec<u32> = (1..=60).filter(|customer| lot.group(customer) == Group::Control).collect();
    println!("Of customers 1 to 60, held back: {held_back:?}\n");

    // After: 13.2 thousand of 415.5 thousand addressed customers bought, and 448 of 27.4 thousand held back; money made up.
    let figures = FunnelFigures { shown: 415_500, clicked: 31_200, carted: 19_800, ..FunnelFigures::default() };
    let treated = Funnel::new(FunnelFigures {
        converted: 13_200,
        buyers: 13_200,
        cost: Decimal::from(83_100),
        revenue: Decimal::from(2_534_400),
        ..figures
    })?;
    let control = Funnel::new(FunnelFigures {
        shown: 27_400,
        converted: 448,
        buyers: 448,
        revenue: Decimal::from(83_328),
        ..FunnelFigures::default()
    })?;
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
    let (treated, control) = (Arm::new().with(Stage::During, treated), Arm::new().with(Stage::During, control));
    let conversion = treated.against(&control, Stage::During, FunnelRate::Conversion).ok_or("an arm is empty")?;
    println!("\nConversion rate. {}.", conversion.explain(Language::English));
    println!("转化率。{}。", conversion.explain(Language::Chinese));

    // Was the control arm large enough for a smaller effect?
    let baseline = conversion.control().value().ok_or("nobody was held back")?;
    match SamplePlan::new(baseline, 0.1)?.check(conversion.treated().of(), conversion.control().of())? {
        Some(warning) => println!("\n{}.", warning.explain(Language::English)),
        None => println!("\nA lift of +10% would have shown too."),
    }

    // What customers brought needs every customer's amount, or sums of them and of their squares. Made up, too: of 400
    // customers one in five buys, of 100 held back one in eight.
    let amount = |customer: u32, every| Decimal::from(if customer % every == 0 { 60 + customer * 37 % 90 } else { 0 });
    let money = MoneyComparison::new(
        MoneySample::of((0..400).map(|customer| amount(customer, 5)))?,
        MoneySample::of((0..100).map(|customer| amount(customer, 8)))?,
    );
    println!("\nRevenue per customer of a small shop. {}.", money.explain(Language::English));
    Ok(())
}
