//! Funnels and arms.

use proptest::prelude::*;
use repurchase::Error;
use repurchase::act::campaign::{Arm, Funnel, FunnelFigures, FunnelMeasure, FunnelRate, Stage};
use rust_decimal::Decimal;

use super::{TestResult, cents, conversions, fixed_seed, ratio};

const NOTHING: FunnelFigures = FunnelFigures {
    shown: 0,
    clicked: 0,
    carted: 0,
    converted: 0,
    buyers: 0,
    cost: Decimal::ZERO,
    revenue: Decimal::ZERO,
};

#[test]
fn every_number_by_hand() -> TestResult {
    let funnel = Funnel::new(FunnelFigures {
        shown: 2_000,
        clicked: 100,
        carted: 40,
        converted: 20,
        buyers: 16,
        cost: cents(50_00),
        revenue: cents(800_40),
    })?;
    assert_eq!(funnel.click_through_rate(), Some(ratio(100, 2_000)));
    assert_eq!(funnel.add_to_cart_rate(), Some(ratio(40, 2_000)));
    assert_eq!(funnel.add_to_cart_of_clicks(), Some(ratio(40, 100)));
    assert_eq!(funnel.conversion_rate(), Some(ratio(20, 2_000)));
    assert_eq!(funnel.conversion_of_clicks(), Some(ratio(20, 100)));
    assert_eq!(funnel.cost_per_click(), Some(cents(50)));
    assert_eq!(funnel.cost_per_order(), Some(cents(2_50)));
    assert_eq!(funnel.value_per_contact(), Some(Decimal::new(4002, 4)));
    assert_eq!(funnel.value_per_buyer(), Some(Decimal::new(50_025, 3)));
    assert_eq!(funnel.return_on_investment(), Some(15.008));
    assert_eq!(funnel.return_on_ad_spend(), Some(16.008));
    let expected = [0.05, 0.02, 0.4, 0.01, 0.2, 0.5, 2.5, 15.008, 16.008, 0.4002, 50.025];
    assert_eq!(FunnelMeasure::ALL.map(|measure| measure.of(&funnel)), expected.map(Some));
    Ok(())
}

#[test]
fn the_undefined_is_none() -> TestResult {
    // Nothing was shown: nothing is defined.
    let nothing = Funnel::new(NOTHING)?;
    assert_eq!(nothing, Funnel::default());
    assert_eq!(FunnelMeasure::ALL.map(|measure| measure.of(&nothing)), [None; 11]);
    // Shown, and nobody moved: the rates of those shown are 0, the others are undefined.
    let ignored = Funnel::new(FunnelFigures { shown: 10, cost: cents(1), ..NOTHING })?;
    assert_eq!(ignored.conversion_rate(), Some(ratio(0, 10)));
    assert_eq!(ignored.conversion_of_clicks(), None);
    assert_eq!((ignored.cost_per_click(), ignored.cost_per_order(), ignored.value_per_buyer()), (None, None, None));
    assert_eq!((ignored.return_on_investment(), ignored.return_on_ad_spend()), (Some(-1.0), Some(0.0)));
    // A campaign that cost nothing has no return on its cost, but its orders cost 0 each.
    let free = Funnel::new(FunnelFigures { shown: 10, converted: 2, revenue: cents(5), ..NOTHING })?;
    assert_eq!((free.return_on_investment(), free.return_on_ad_spend()), (None, None));
    assert_eq!(free.cost_per_order(), Some(Decimal::ZERO));
    // More orders than clicks: some came without a click, and it is no share of the clicks.
    let direct = Funnel::new(FunnelFigures { shown: 10, clicked: 1, carted: 2, converted: 3, ..NOTHING })?;
    assert_eq!((direct.conversion_of_clicks(), direct.add_to_cart_of_clicks()), (None, None));
    assert_eq!(direct.conversion_rate(), Some(ratio(3, 10)));
    Ok(())
}

#[test]
fn revenue_below_zero_after_credits() -> TestResult {
    let figures = FunnelFigures { shown: 4, cost: cents(1_00), revenue: cents(-3_00), ..NOTHING };
    let funnel = Funnel::new(figures)?;
    assert_eq!((funnel.return_on_investment(), funnel.return_on_ad_spend()), (Some(-4.0), Some(-3.0)));
    assert_eq!(funnel.value_per_contact(), Some(Decimal::new(-75, 2)));
    // A change relative to a loss has no size.
    assert_eq!(FunnelMeasure::ValuePerContact.change(&funnel, &funnel), None);
    Ok(())
}

#[test]
fn figures_that_contradict_each_other_are_refused() {
    let refused = |figures: FunnelFigures| Funnel::new(figures).unwrap_err().to_string();
    let shown = FunnelFigures { shown: 10, ..NOTHING };
    assert_eq!(refused(FunnelFigures { clicked: 11, ..shown }), "clicked must lie between 0 and 10, found 11");
    assert_eq!(refused(FunnelFigures { carted: 11, ..shown }), "carted must lie between 0 and 10, found 11");
    assert_eq!(refused(FunnelFigures { converted: 11, ..shown }), "converted must lie between 0 and 10, found 11");
    let buyers = FunnelFigures { converted: 3, buyers: 4, ..shown };
    assert_eq!(refused(buyers), "buyers must lie between 0 and 3, found 4");
    assert_eq!(refused(FunnelFigures { cost: cents(-1), ..shown }), "cost must be 0 or more, found -0.01");
    let apart = FunnelFigures { cost: Decimal::MAX, revenue: Decimal::new(1, 28), ..shown };
    assert_eq!(Funnel::new(apart), Err(Error::AmountOverflow { field: "cost or revenue" }));
}

#[test]
fn huge_figures_are_exact_or_refused() -> TestResult {
    let all = FunnelFigures {
        shown: u64::MAX,
        clicked: u64::MAX,
        converted: u64::MAX,
        buyers: u64::MAX,
        carted: u64::MAX,
        cost: Decimal::MAX,
        revenue: -Decimal::MAX,
    };
    let funnel = Funnel::new(all)?;
    assert_eq!(funnel.conversion_rate().and_then(|rate| rate.value()), Some(1.0));
    assert_eq!(funnel.return_on_investment(), Some(-2.0));
    assert_eq!(funnel.merge(&conversions(1, 0)), Err(Error::CountOverflow { field: "shown" }));
    let rich = Funnel::new(FunnelFigures { cost: Decimal::MAX, ..NOTHING })?;
    assert_eq!(rich.merge(&rich), Err(Error::AmountOverflow { field: "cost" }));
    Ok(())
}

#[test]
fn the_articles_changes() -> TestResult {
    // A campaign by model beside a shop's own: CTR +65%, ROI (as platforms print it, revenue by cost) +133%, cost per
    // conversion -51%, value per customer +134%. The four agree where value is per customer addressed.
    let own = FunnelFigures {
        shown: 100_000,
        clicked: 2_000,
        converted: 100,
        buyers: 100,
        cost: cents(5_000_00),
        revenue: cents(10_000_00),
        ..NOTHING
    };
    let model = FunnelFigures {
        clicked: 3_300,
        converted: 205,
        buyers: 205,
        cost: cents(5_022_50),
        revenue: cents(23_404_85),
        ..own
    };
    let (own, model) = (Funnel::new(own)?, Funnel::new(model)?);
    let change = |measure: FunnelMeasure| measure.change(&model, &own).map(|change| (change * 100.0).round());
    assert_eq!(change(FunnelMeasure::Rate(FunnelRate::ClickThrough)), Some(65.0));
    assert_eq!(change(FunnelMeasure::ReturnOnAdSpend), Some(133.0));
    assert_eq!(change(FunnelMeasure::CostPerOrder), Some(-51.0));
    assert_eq!(change(FunnelMeasure::ValuePerContact), Some(134.0));
    Ok(())
}

#[test]
fn stages_of_an_arm() -> TestResult {
    let arm = Stage::ALL
        .into_iter()
        .zip([10, 20, 30])
        .fold(Arm::new(), |arm, (stage, shown)| arm.with(stage, conversions(shown, shown / 10)));
    assert_eq!(*arm.stage(Stage::During), conversions(20, 2));
    assert_eq!(arm.total()?, conversions(60, 6));
    assert_eq!(arm.merge(&arm)?.stage(Stage::After), &conversions(60, 6));
    assert_eq!(arm.merge(&Arm::new())?, arm);
    // An arm without that stage cannot be compared in it.
    let control = Arm::new().with(Stage::Before, conversions(10, 1));
    assert!(arm.against(&control, Stage::Before, FunnelRate::Conversion).is_some());
    assert!(arm.against(&control, Stage::During, FunnelRate::Conversion).is_none());
    assert!(arm.change_against(&control, [Stage::Before, Stage::During], FunnelRate::Conversion).is_none());
    Ok(())
}

prop_compose! {
    fn any_funnel()(
        shown in 0..1_000_000u64, parts in [0.0..=1.0f64, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0],
        cost in 0..1_000_000_000i64, revenue in -1_000_000_000..1_000_000_000i64, scale in 0..4u32,
    ) -> Funnel {
        #[allow(clippy::cast_precision_loss, reason = "small counts")]
        let part = |share: f64, of: u64| (share * of as f64) as u64;
        let converted = part(parts[2], shown);
        Funnel::new(FunnelFigures {
            shown, clicked: part(parts[0], shown), carted: part(parts[1], shown), converted,
            buyers: part(parts[3], converted), cost: Decimal::new(cost, scale), revenue: Decimal::new(revenue, 2),
        }).expect("figures that go together")
    }
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn parts_merge_to_the_whole_in_any_order(a in any_funnel(), b in any_funnel(), c in any_funnel()) {
        let left = a.merge(&b).unwrap().merge(&c).unwrap();
        prop_assert_eq!(left, c.merge(&b).unwrap().merge(&a).unwrap());
        prop_assert_eq!(left.figures().revenue, a.figures().revenue + b.figures().revenue + c.figures().revenue);
        prop_assert_eq!(a.merge(&Funnel::default()).unwrap(), a);
        if let (Some(a), Some(b)) = (a.conversion_rate(), b.conversion_rate()) {
            let joint = left.merge(&Funnel::default()).unwrap();
            prop_assert!(joint.conversion_rate().unwrap().of() >= a.of() + b.of());
        }
    }

    #[test]
    fn returns_agree(funnel in any_funnel()) {
        match (funnel.return_on_investment(), funnel.return_on_ad_spend()) {
            (Some(roi), Some(roas)) => prop_assert!((roi - (roas - 1.0)).abs() <= 1e-12 * roas.abs().max(1.0)),
            (roi, roas) => prop_assert!(roi.is_none() && roas.is_none() && funnel.figures().cost.is_zero()),
        }
    }
}
