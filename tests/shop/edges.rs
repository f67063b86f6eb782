//! Shops that are no special case.

use repurchase::predict::{AnyModel, Latent, MbgNbd, MbgNbdParams, ModelKind, TimeUnit};
use repurchase::scale::{Bands, Language};
use repurchase::segment::{BinRule, Grid, LabelKind, RfmOptions};
use repurchase::shop::{Amount, EstimateStatus, Figure, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Error};
use rust_decimal::Decimal;

use super::{AS_OF, Row, day, fit, large, ledger};

/// Each is fitted, asked and described without a panic; every label is there.
#[test]
fn shops_at_the_edges() {
    let shops: [(&str, Vec<Row>); 6] = [
        ("one customer", vec![(1, 10, 500)]),
        ("one customer on the as-of day", vec![(1, AS_OF, 500)]),
        ("only one-time buyers", (0..30).map(|id| (id, u64::from(id), 1000 + i64::from(id))).collect()),
        ("all equal", (0..30).map(|id| (id, 50, 1000)).collect()),
        ("refunds above revenue", vec![(1, 10, 500), (1, 20, -900), (2, 30, 100), (2, 40, 100)]),
        ("nothing but gifts", vec![(1, 10, 0), (2, 20, 0), (2, 50, 0)]),
    ];
    for (name, rows) in shops {
        let ledger = ledger(&rows);
        let models = fit(&ledger, &ShopOptions::default());
        let profiles = models.profile_all(&ledger).unwrap();
        for ((_, history), row) in ledger.iter().zip(profiles.iter()) {
            let profile = models.profile(&history, ledger.as_of()).unwrap();
            assert_eq!(profile, row, "{name}");
            let kinds = [LabelKind::Octant, LabelKind::Segment, LabelKind::LifecycleStage, LabelKind::Tier];
            assert!(kinds.into_iter().all(|kind| profile.label(kind).is_some()), "{name}");
        }
        for language in [Language::English, Language::Chinese] {
            assert!(!models.purchases().status().describe(language).is_empty(), "{name}");
            assert!(!models.spend().status().describe(language).is_empty(), "{name}");
        }
        assert_eq!(models.customers(), ledger.len() as u64);
        assert!(models.note(Language::English).is_some_and(|note| note.contains("say little")), "{name}");
        assert!(profiles.calls().len() <= ledger.len());
    }
}

#[test]
fn nobody() {
    for rows in [vec![], vec![(1, 10, -500)], vec![(1, AS_OF + 1, 500)]] {
        let error = ShopModels::fit(&ledger(&rows), &ShopOptions::default()).unwrap_err();
        assert_eq!(error, Error::NoCustomers { what: "a shop" });
    }
}

#[test]
fn a_customer_with_credits_only_and_one_of_the_future() {
    let models = fit(&ledger(&large(200)), &ShopOptions::default());
    assert_eq!(models.note(Language::Chinese), None, "enough for ranks");
    let mut history = CustomerHistory::new();
    history.record_credit(Decimal::TEN).unwrap();
    let profile = models.profile(&history, day(AS_OF)).unwrap();
    assert!(LabelKind::ALL.into_iter().all(|kind| profile.label(kind).is_none()));
    assert_eq!(profile.figure(Figure::Purchases), Some(0.0));
    assert_eq!(profile.amount(Amount::Revenue), Some(-Decimal::TEN));
    let figures = [Figure::DaysSinceLast, Figure::R, Figure::ProbabilityAlive, Figure::ExpectedValue];
    assert!(figures.into_iter().all(|figure| profile.figure(figure).is_none()));
    let english = Language::English;
    assert_eq!(models.explain(&history, day(AS_OF), LabelKind::Tier, english), None);
    assert_eq!(models.explain_figure(&history, day(AS_OF), Figure::ProbabilityAlive, english), None);

    history.record_purchase(day(AS_OF + 3), Decimal::ONE).unwrap();
    let error = Error::AfterAsOf { last: day(AS_OF + 3), as_of: day(AS_OF) };
    assert_eq!(models.profile(&history, day(AS_OF)), Err(error));
    assert_eq!(models.explain(&history, day(AS_OF), LabelKind::Tier, english), None);
}

#[test]
fn a_grid_of_other_bins() {
    let ledger = ledger(&large(100));
    let four = ShopOptions::default().with_rfm(RfmOptions::quantiles(4));
    let error = ShopModels::fit(&ledger, &four).unwrap_err();
    assert_eq!(error, Error::ScoreBins { what: "grid", expected: Grid::rf().bins(), found: [4; 3] });
    assert!(ShopModels::fit(&ledger, &four.with_grid(None)).is_ok());
    let bands = Bands::new(vec![30, 90]).unwrap();
    let three = RfmOptions::default().with_recency(BinRule::Bands(bands));
    assert!(matches!(ShopModels::fit(&ledger, &ShopOptions::default().with_rfm(three)), Err(Error::ScoreBins { .. })));
}

/// All buy once: nobody can be told to leave, and the shop says so instead of failing.
#[test]
fn models_that_cannot_be_fitted() {
    let once: Vec<Row> = (0..30).map(|id| (id, u64::from(id), 1000)).collect();
    let models = fit(&ledger(&once), &ShopOptions::default());
    assert_eq!(models.purchases().model(), None);
    assert_eq!(models.purchases().status(), &EstimateStatus::NoRepeats);
    assert_eq!(models.spend().status(), &EstimateStatus::NoRepeats);
    assert_eq!(models.spend().status().describe(Language::English), "nobody has a second purchase day");
    assert_eq!(models.spend().status().describe(Language::Chinese), "没有客户有第二个购买日");

    // Repeat purchases of nothing.
    let free: Vec<Row> = (0..30).flat_map(|id| [(id, 3, 1000), (id, 40 + u64::from(id), 0)]).collect();
    let models = fit(&ledger(&free), &ShopOptions::default());
    assert_eq!(models.spend().status(), &EstimateStatus::NoCustomers);
    assert_eq!(
        models.spend().status().describe(Language::English),
        "nobody has spent anything on a second purchase day"
    );
    assert_eq!(models.spend().status().describe(Language::Chinese), "没有客户在第二个购买日有过消费");

    let today: Vec<Row> = (0..30).map(|id| (id, AS_OF, 1000)).collect();
    let models = fit(&ledger(&today), &ShopOptions::default());
    assert_eq!(models.purchases().status(), &EstimateStatus::NothingObserved);
    assert_eq!(models.spend().status(), &EstimateStatus::NoRepeats);

    // Regular customers who never leave: MBG/NBD runs to NBD, which is used.
    let regular: Vec<Row> = (0..60u16)
        .flat_map(|id| {
            let gap = 5 + u64::from(id % 12) * 4;
            (0..=AS_OF / gap).map(move |visit| (id, visit * gap, 1000 + i64::from(id)))
        })
        .collect();
    let models = fit(&ledger(&regular), &ShopOptions::default());
    let status = models.purchases().status();
    if let EstimateStatus::Instead { of, because } = status {
        assert_eq!(*of, ModelKind::MbgNbd);
        assert!(matches!(**because, EstimateStatus::NoMaximum { .. }));
        assert_eq!(models.purchases().model().map(AnyModel::kind), Some(ModelKind::Nbd));
        assert!(status.describe(Language::English).starts_with("fitted in place of MBG/NBD: for these customers"));
        assert!(status.describe(Language::Chinese).starts_with("代替 MBG/NBD 拟合：对这些客户"));
        // What MBG/NBD says of them, whose place it takes.
        let [rate, dropout] = models.purchases().identifications() else { panic!("two quantities") };
        assert_eq!((rate.of, dropout.of), (Latent::PurchaseRate, Latent::DropoutProbability));
        assert!(!dropout.is_identified());
        // Nobody is said to be still there, or lost, by a model that cannot see anybody leave.
        let profiles = models.profile_all(&ledger(&regular)).unwrap();
        for figure in [Figure::ProbabilityAlive, Figure::ExpectedLoss] {
            assert!(profiles.iter().all(|profile| profile.figure(figure).is_none()));
        }
        assert!(profiles.iter().all(|profile| profile.figure(Figure::ExpectedPurchases).is_some()));
    } else {
        panic!("{status:?}");
    }
}

#[test]
fn given_models() {
    let ledger = ledger(&large(500));
    let params = MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 };
    let given: AnyModel = MbgNbd::from_params(params, TimeUnit::Week).unwrap().into();
    let spend = *fit(&ledger, &ShopOptions::default()).spend().model().unwrap();
    let options = ShopOptions::default().with_purchases(PurchaseChoice::Given(given)).with_spend(spend);
    let models = fit(&ledger, &options);
    assert_eq!((models.purchases().model(), models.spend().model()), (Some(&given), Some(&spend)));
    assert_eq!(models.purchases().status(), &EstimateStatus::Given);
    assert_eq!(models.purchases().customers(), 500);
    let fitted = fit(&ledger, &ShopOptions::default());
    assert!(fitted.purchases().log_likelihood() > models.purchases().log_likelihood());
    let (by_fit, by_hand) = (fitted.spend().log_likelihood().unwrap(), models.spend().log_likelihood().unwrap());
    assert!((by_fit - by_hand).abs() < 1e-6 * by_fit.abs(), "{by_fit} {by_hand}");
    assert_eq!(fitted.spend().customers(), models.spend().customers());
}
