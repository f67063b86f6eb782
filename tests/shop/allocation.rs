//! One customer in one call allocates nothing.

use repurchase::segment::SpendBands;
use repurchase::shop::{Figure, ShopOptions};

use super::{fit, large, ledger};

#[test]
fn a_profile_allocates_nothing() {
    let ledger = ledger(&large(500));
    let models = fit(&ledger, &ShopOptions::default().with_spend_bands(SpendBands::default()));
    assert!(models.purchases().model().is_some() && models.spend().model().is_some());
    let histories: Vec<_> = ledger.iter().map(|(_, history)| history).collect();
    let mut alive = 0.0;
    let allocations = allocation_counter::measure(|| {
        for history in &histories {
            let profile = models.profile(history, ledger.as_of()).unwrap();
            alive += profile.figure(Figure::ProbabilityAlive).unwrap();
        }
    });
    assert!(alive > 0.0);
    assert_eq!(allocations.count_total, 0, "{allocations:?}");
}
