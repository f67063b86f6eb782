//! Intervals and the next purchase: of all as of each, and as the models say.

use proptest::prelude::*;
use repurchase::predict::{PurchaseModel, Sample, ValueModel};
use repurchase::scale::Confidence;
use repurchase::shop::{Figure, ShopOptions};

use super::{day, fit, fixed_seed, large, ledger, rows};

proptest! {
    #![proptest_config(fixed_seed(16))]

    #[test]
    fn of_all_as_of_each(rows in rows()) {
        let ledger = ledger(&rows);
        if ledger.is_empty() {
            return Ok(());
        }
        let (models, as_of) = (fit(&ledger, &ShopOptions::default()), ledger.as_of());
        let level = Confidence::new(0.9).unwrap();
        let each = || ledger.iter().map(|(_, history)| history);
        let purchases = each().map(|history| models.purchases_interval(&history, as_of, level));
        prop_assert_eq!(models.purchases_interval_all(&ledger, level), purchases.collect::<Vec<_>>());
        let values = each().map(|history| models.value_interval(&history, as_of, level));
        prop_assert_eq!(models.value_interval_all(&ledger, level), values.collect::<Vec<_>>());
        let next = each().map(|history| models.next_purchase(&history, as_of));
        prop_assert_eq!(models.next_purchase_all(&ledger), next.collect::<Vec<_>>());
    }
}

#[test]
fn as_the_models_say() {
    let ledger = ledger(&large(500));
    let (models, level) = (fit(&ledger, &ShopOptions::default()), Confidence::new(0.9).unwrap());
    let (purchases, spend) = (*models.purchases().model().unwrap(), *models.spend().model().unwrap());
    let value = ValueModel { purchases, spend };
    let (mut brings, mut credited) = (0, 0);
    for (_, history) in ledger.iter() {
        let sample = Sample::of(&history.repeat_summary(ledger.as_of()).unwrap());
        let (horizon, as_of) = (models.horizon_days(), ledger.as_of());
        let interval = models.purchases_interval(&history, as_of, level);
        assert_eq!(interval, purchases.interval_of_purchases(&sample, level, horizon));
        let amount = models.value_interval(&history, as_of, level);
        let (gross, kept) =
            (value.value_interval(&sample, level, horizon).unwrap(), models.kept().of_customer(&history));
        assert_eq!(amount.map(|amount| [amount.low, amount.high]), Some([gross.low * kept, gross.high * kept]));
        credited += u32::from(kept < 1.0);
        // Who may buy nothing may bring nothing.
        assert_eq!(interval.unwrap().low > 0.0, amount.unwrap().low > 0.0);
        brings += u32::from(interval.unwrap().high > 0.0);
        let next = models.next_purchase(&history, as_of).unwrap();
        let figure = models.profile(&history, as_of).unwrap().figure(Figure::NextPurchaseDays);
        assert_eq!(figure, next.median_days.map(f64::from));
        // Before the last purchase, nothing is said.
        assert_eq!(models.purchases_interval(&history, day(0) - chrono::Days::new(1), level), None);
    }
    assert!(brings > 100 && credited > 10, "{brings} {credited}");
}
