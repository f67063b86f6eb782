//! Reasons, in both languages.

use repurchase::predict::ModelKind;
use repurchase::scale::Language;
use repurchase::segment::{LabelKind, SpendBands};
use repurchase::shop::{CustomerLabel, Figure, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{CustomerHistory, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

use super::{AS_OF, day, fit, large, ledger};

const BOTH: [Language; 2] = [Language::English, Language::Chinese];

fn shop() -> (ShopModels, CustomerHistory) {
    let ledger = ledger(&large(500));
    let mut history = CustomerHistory::new();
    for (on, amount) in [(20, 30), (60, 40), (100, 20)] {
        history.record_purchase(day(on), Decimal::from(amount)).unwrap();
    }
    (fit(&ledger, &ShopOptions::default().with_spend_bands(SpendBands::default())), history)
}

/// Each label that a profile has comes with its reason, which begins with the label's name where the label is named.
#[test]
fn every_label_and_every_forecast_has_a_reason() {
    let (models, repeat) = shop();
    let mut once = CustomerHistory::new();
    once.record_purchase(day(150), Decimal::TEN).unwrap();
    for history in [repeat, once] {
        let profile = models.profile(&history, day(AS_OF)).unwrap();
        for language in BOTH {
            for kind in LabelKind::ALL {
                let reason = models.explain(&history, day(AS_OF), kind, language);
                assert_eq!(reason.is_some(), profile.label(kind).is_some(), "{kind:?}");
                if let (Some(reason), Some(label)) = (&reason, profile.label(kind)) {
                    let named = !matches!(kind, LabelKind::SpendBand | LabelKind::LifecycleStage);
                    assert!(!named || reason.starts_with(label.name(language)), "{kind:?}: {reason}");
                }
            }
            for figure in [
                Figure::R,
                Figure::CyclesMissed,
                Figure::ProbabilityAlive,
                Figure::ProbabilityBuys,
                Figure::NextPurchaseDays,
                Figure::ExpectedPurchases,
                Figure::ExpectedSpend,
                Figure::ExpectedValue,
                Figure::UsualValue,
                Figure::ExpectedLoss,
            ] {
                assert!(models.explain_figure(&history, day(AS_OF), figure, language).is_some(), "{figure:?}");
            }
            assert_eq!(models.explain_figure(&history, day(AS_OF), Figure::Purchases, language), None);
        }
    }
}

/// Where nobody is seen to leave, what a customer is usually worth is what is expected of one.
#[test]
fn the_usual_value_of_a_shop_that_nobody_leaves() {
    let options = ShopOptions::default().with_purchases(PurchaseChoice::Fit(ModelKind::Nbd));
    let (models, (_, history)) = (fit(&ledger(&large(500)), &options), shop());
    for language in BOTH {
        let [usual, expected] = [Figure::UsualValue, Figure::ExpectedValue]
            .map(|figure| models.explain_figure(&history, day(AS_OF), figure, language).unwrap());
        assert_eq!(usual, expected);
    }
}

/// Advice on a profile is the advice on each of its labels.
#[test]
fn advice_on_every_label() {
    let (models, history) = shop();
    let (profile, playbook) = (models.profile(&history, day(AS_OF)).unwrap(), models.playbook());
    let one_by_one: Vec<_> = playbook
        .kinds()
        .filter_map(|kind| {
            let label = CustomerLabel::new(kind, profile.label(kind)?.key());
            Some((kind, playbook.action_for(label).expect("covers the standard labels")))
        })
        .collect();
    assert_eq!(playbook.advise(&profile).collect::<Vec<_>>(), one_by_one);
    assert!(one_by_one.len() >= 6);
}

#[test]
fn the_loss_in_words() {
    let (models, history) = shop();
    let profile = models.profile(&history, day(AS_OF)).unwrap();
    let [alive, value, loss] = [Figure::ProbabilityAlive, Figure::ExpectedValue, Figure::ExpectedLoss]
        .map(|figure| profile.figure(figure).unwrap());
    let kept = value / alive;
    assert!((loss - (1.0 - alive) * kept).abs() < 1e-12);
    let percent = 100.0 * alive;
    let why = BOTH.map(|language| models.explain_figure(&history, day(AS_OF), Figure::ExpectedLoss, language).unwrap());
    assert_eq!(
        why,
        [
            format!(
                "MBG/NBD: bought again on 2 days in the 180 days since the first, the last time 100 days ago; still a \
                 customer with a probability of {percent:.1}%, and then worth {kept:.2} in the next 90 days: {loss:.2} \
                 of it expected to be lost"
            ),
            format!(
                "MBG/NBD：首购后 180 天内有 2 个复购日，最近一次距今 100 天；仍活跃的概率为 {percent:.1}%，若仍活跃，未来 \
                 90 天预计贡献 {kept:.2}：其中预计损失 {loss:.2}"
            ),
        ]
    );
}

/// A shop in yen has no decimals, one in dinars three.
#[test]
fn money_has_the_shops_own_decimals() {
    let (_, history) = shop();
    for scale in [0, 2, 3] {
        let rows = large(500).into_iter().filter(|&(.., amount)| amount > 0);
        let orders = rows.map(|(id, on, amount)| Order::on(id, day(on), Decimal::new(amount, scale)).unwrap());
        let ledger = Ledger::from_records(orders, &ShopCalendar::utc(), day(AS_OF)).unwrap();
        let models = fit(&ledger, &ShopOptions::default());
        for (figure, before, after) in
            [(Figure::ExpectedValue, " of ", " each"), (Figure::ExpectedLoss, ": ", " of it")]
        {
            let why = models.explain_figure(&history, day(AS_OF), figure, Language::English).unwrap();
            let money = why.rsplit_once(after).and_then(|(start, _)| start.rsplit_once(before)).unwrap().1;
            let decimals = money.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            assert_eq!(decimals, scale as usize, "{why}");
        }
    }
}
