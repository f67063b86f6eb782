//! Visitors by the score of a model, as an audience: simulated visitors, whose chances are known.

use chrono::{DateTime, Days, NaiveDate, Utc};
use repurchase::act::audience::{Audience, Schema, Test};
use repurchase::predict::{VisitorModel, VisitorOptions, VisitorSample, visitors};
use repurchase::record::{Interaction, InteractionKind};
use repurchase::shop::{Figure, Profile};
use repurchase::{Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::{all, is};
use crate::campaign::chance::Chance;
use crate::common::visitors::{TRUTH, visits};
use crate::date;

fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// Three spans of ten days of visitors, of whom those of the first two have bought or not; the model is fitted to these, and
/// the rule is asked of the third. Of those whom it selects the share that buys in the ten days to come is what was promised.
#[test]
fn visitors_are_selected_by_their_score() -> Result<(), Box<dyn std::error::Error>> {
    const EACH: u32 = 6_000;
    let (model, mut chance, as_of) = (VisitorModel::from_params(TRUTH, 10, 10)?, Chance(31), date("2026-05-31"));
    let (mut interactions, mut orders, mut buys) = (Vec::new(), Vec::new(), Vec::new());
    for span in 0..3_u32 {
        let split = as_of - Days::new(10 * u64::from(span));
        for visitor in span * EACH..(span + 1) * EACH {
            let own = visits(|| chance.uniform());
            let will_buy = chance.happens(model.probability(&VisitorSample::of(own.iter().copied()).ok_or("seen")?));
            if span == 0 {
                buys.push(will_buy);
            } else if will_buy {
                orders.push(Order::on(visitor, split + Days::new(1), Decimal::ONE)?);
            }
            let at = |days: u32| noon(split - Days::new(days.into()));
            let seen =
                own.into_iter().map(|(kind, days, category)| Interaction::new(visitor, at(days), kind, category));
            interactions.extend(seen);
        }
    }
    // So that interactions are known for all of the ten days before the first split.
    interactions.push(Interaction::new(99_999, noon(date("2026-01-01")), InteractionKind::View, 0));
    let (log, calendar) = (PurchaseLog::from_records(orders, &ShopCalendar::utc())?, ShopCalendar::utc());
    let options = VisitorOptions::default().with_lookback_days(10).with_horizon_days(10).with_spans(2);
    let fit = VisitorModel::fit(&log, &interactions, &calendar, as_of, &options)?;
    assert_eq!(fit.spans, 2);

    let now = visitors(&log, &interactions, &calendar, as_of, 10)?;
    assert!(now.iter().map(|(id, _)| **id).eq(0..EACH), "those of the third span, none of whom has bought");
    let least = Decimal::new(25, 2);
    let score = is(Figure::ProbabilityFirstPurchase, Test::at_least(least));
    let known = is(Figure::ProbabilityFirstPurchase, Test::Exists(true));
    let [audience, likely, unlikely] =
        [score.clone(), all([score.clone(), known.clone()]), all([super::not(score), known])]
            .map(|rule| Audience::compile(rule, &Schema::default()).expect("a figure of the caller's"));
    // Selected, those who buy, and what the model promises of them: of the rule, and of the others.
    let mut counts = [(0_u32, 0_u32, 0.0, 0.0); 2];
    for ((_, sample), will_buy) in now.iter().zip(buys) {
        let probability = fit.model.probability(sample);
        let profile = Profile::default().with(Figure::ProbabilityFirstPurchase, probability);
        let is_selected = audience.matches(&profile);
        assert_eq!(is_selected, probability >= 0.25, "{probability}");
        assert_eq!((likely.matches(&profile), unlikely.matches(&profile)), (is_selected, !is_selected));
        let (selected, bought, promised, variance) = &mut counts[usize::from(!is_selected)];
        (*selected, *bought) = (*selected + 1, *bought + u32::from(will_buy));
        (*promised, *variance) = (*promised + probability, *variance + probability * (1.0 - probability));
    }
    for (selected, bought, promised, variance) in counts {
        assert!(selected > 500, "{counts:?}");
        // Chance, three standard errors, and what two spans leave unknown of the model: as much again.
        assert!((f64::from(bought) - promised).abs() < 3.0 * (2.0 * variance).sqrt(), "{counts:?}");
    }
    let [of_selected, of_others] = counts.map(|(selected, bought, ..)| f64::from(bought) / f64::from(selected));
    assert!(of_selected > 2.5 * of_others, "{of_selected} {of_others}");

    // Of a customer nothing is said: neither this rule nor its contrary selects one.
    assert!([audience, likely, unlikely].iter().all(|rule| !rule.matches(&Profile::default())));
    Ok(())
}
