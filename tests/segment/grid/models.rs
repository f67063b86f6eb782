//! Grids beside the models whose scores they read.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use repurchase::scale::{Bands, Label};
use repurchase::segment::{BinRule, Grid, RfmModel, RfmOptions, RfmScore};
use repurchase::{Error, Ledger, Order, ShopCalendar};
use rust_decimal::Decimal;

use super::{label, pair, score};
use crate::common::fixed_seed;

/// An order of each customer on each of the days.
fn ledger_of(days_of: impl IntoIterator<Item = (u32, Vec<u64>)>) -> Ledger<u32> {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let at = |day| (first + Days::new(day)).and_hms_opt(12, 0, 0).unwrap().and_utc();
    let orders = days_of.into_iter().flat_map(|(id, days)| {
        days.into_iter().map(move |day| Order::new(id, at(day), Decimal::from(id)).expect("an order"))
    });
    Ledger::from_records(orders, &ShopCalendar::utc(), first + Days::new(365)).expect("a ledger")
}

#[track_caller]
fn model(ledger: &Ledger<u32>, options: &RfmOptions) -> RfmModel {
    RfmModel::fit(ledger, options).expect("a model")
}

fn keys<'a>(segments: &[&'a Label]) -> Vec<&'a str> {
    segments.iter().map(|segment| segment.key()).collect()
}

/// A shop of 85% one-timers: quantiles of F leave 2 to 4 empty, and what is made of them alone nobody can be.
#[test]
fn segments_that_nobody_can_be_in() {
    // 85 of 100 once, 15 three times; below is 0 or 85: F is 1, or 1 + 5 * 85 / 100 = 5.
    let shop = ledger_of((1..=100).map(|id| (id, if id <= 85 { vec![id.into()] } else { vec![1, 2, id.into()] })));
    let quantiles = model(&shop, &RfmOptions::default());
    assert_eq!(quantiles.empty_scores()[1], [2, 3, 4]);
    let rf = Grid::rf();
    let unreachable = keys(&rf.unreachable(&quantiles).unwrap());
    assert_eq!(unreachable, ["at_risk", "need_attention", "potential_loyalist"]);
    let inhabited: Vec<_> =
        quantiles.score_all(&shop).unwrap().into_iter().map(|score| rf.segment(score).unwrap().key()).collect();
    assert!(unreachable.iter().all(|key| !inhabited.contains(key)));

    // Bands of F leave none empty.
    let bands = BinRule::Bands(Bands::new(vec![2, 3, 4, 5]).unwrap());
    let given = model(&shop, &RfmOptions::default().with_frequency(bands));
    assert_eq!(rf.unreachable(&given).unwrap(), Vec::<&Label>::new());
    // A grid that does not ask F does not miss it.
    let only_r = Grid::builder([5, 1, 1]).otherwise(label("all")).build().unwrap();
    assert_eq!(only_r.unreachable(&quantiles).unwrap(), Vec::<&Label>::new());
}

#[test]
fn a_grid_of_other_bins_than_the_models() {
    let shop = ledger_of((1..=9).map(|id| (id, vec![id.into()])));
    let terciles = model(&shop, &RfmOptions::quantiles(3));
    let error = Grid::rf().unreachable(&terciles).unwrap_err();
    assert_eq!(error.to_string(), "the grid reads scores of [5, 5, 1] bins of R, F and M, found [3, 3, 3]");
    assert!(Grid::klaviyo().unreachable(&terciles).is_ok());
    let klaviyo = model(&shop, &RfmOptions::klaviyo());
    assert!(Grid::klaviyo().unreachable(&klaviyo).is_ok());
    let octants = model(&shop, &RfmOptions::quantiles(2));
    assert_eq!(Grid::octants().unreachable(&octants).unwrap(), Vec::<&Label>::new());
}

/// Who is in no segment today may be tomorrow; where ties emptied the bins, nobody ever is.
#[test]
fn unoccupied_is_not_unreachable() {
    // All bought once, on different days: F is 1 for all, and 5 for whoever buys twice.
    let shop = ledger_of((1..=100).map(|id| (id, vec![id.into()])));
    let (rf, fitted) = (Grid::rf(), model(&shop, &RfmOptions::default()));
    let unreachable = rf.unreachable(&fitted).unwrap();
    assert_eq!(keys(&unreachable), ["at_risk", "need_attention", "potential_loyalist"]);
    let scores = fitted.score_all(&shop).unwrap();
    let unoccupied = rf.unoccupied(&scores).unwrap();
    let expected = ["at_risk", "cant_lose", "need_attention", "loyal", "potential_loyalist", "champions"];
    assert_eq!(keys(&unoccupied), expected);

    // Tomorrow: one who was not there has come twice.
    let mut tomorrow = scores.clone();
    let mut twice = shop.get(&100).unwrap();
    twice.record_purchase(twice.last_purchase().unwrap(), Decimal::ZERO).unwrap();
    tomorrow.push(fitted.score(&twice).unwrap());
    let left = ["at_risk", "cant_lose", "need_attention", "loyal", "potential_loyalist"];
    assert_eq!(keys(&rf.unoccupied(&tomorrow).unwrap()), left);
}

#[test]
fn unoccupied_by_nobody_and_by_strangers() {
    let grid = pair().build().unwrap();
    assert_eq!(keys(&grid.unoccupied(&[]).unwrap()), ["low", "high"]);
    let unoccupied = |cells: &[[u8; 3]]| {
        let scores: Vec<_> = cells.iter().map(|&cell| score(&grid, cell)).collect();
        keys(&grid.unoccupied(&scores).unwrap()).join(" ")
    };
    assert_eq!(unoccupied(&[[2, 1, 9]]), "high");
    assert_eq!(unoccupied(&[[1, 1, 1], [3, 3, 1]]), "");
    let stranger = RfmScore::new([4, 1, 1], [5; 3]).unwrap();
    assert!(matches!(grid.unoccupied(&[stranger]), Err(Error::ScoreBins { .. })));
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    /// Nobody is in a segment that nobody can be in, and the others are those whose segment somebody has.
    #[test]
    fn the_unreachable_are_unoccupied(shop in prop::collection::vec((1..4u64, 0..30u64), 1..60)) {
        let ledger = ledger_of((1..).zip(shop).map(|(id, (times, day))| (id, (day..day + times).collect())));
        let fitted = model(&ledger, &RfmOptions::default());
        let scores = fitted.score_all(&ledger).unwrap();
        for grid in [Grid::rf(), Grid::r_rfm()] {
            let unoccupied = grid.unoccupied(&scores).unwrap();
            prop_assert!(grid.unreachable(&fitted).unwrap().iter().all(|segment| unoccupied.contains(segment)));
            let occupied = |segment: &Label| scores.iter().any(|&score| grid.segment(score) == Ok(segment));
            let expected: Vec<&Label> = grid.segments().iter().filter(|segment| !occupied(segment)).collect();
            prop_assert_eq!(unoccupied, expected);
        }
    }
}

#[test]
fn a_grid_is_checked_against_a_model() {
    let shop = ledger_of((1..=9).map(|id| (id, vec![id.into()])));
    let (fifths, terciles) = (model(&shop, &RfmOptions::default()), model(&shop, &RfmOptions::quantiles(3)));
    assert_eq!(Grid::rf().check(&fifths), Ok(()));
    assert_eq!(Grid::r_rfm().check(&fifths), Ok(()));
    assert_eq!(Grid::klaviyo().check(&terciles), Ok(()));
    assert_eq!(Grid::klaviyo().check(&model(&shop, &RfmOptions::klaviyo())), Ok(()));
    let mismatch = |expected, found| Err(Error::ScoreBins { what: "grid", expected, found });
    assert_eq!(Grid::rf().check(&terciles), mismatch([5, 5, 1], [3, 3, 3]));
    assert_eq!(Grid::klaviyo().check(&fifths), mismatch([3, 3, 3], [5, 5, 5]));
    // What the grid does not ask may have any bins; what it asks may not, even where all else fits.
    let other_m = model(&shop, &RfmOptions::default().with_monetary(BinRule::Quantiles(7)));
    assert_eq!(Grid::rf().check(&other_m), Ok(()));
    assert_eq!(Grid::r_rfm().check(&other_m), mismatch([5, 5, 5], [5, 5, 7]));
    let other_f = model(&shop, &RfmOptions::default().with_frequency(BinRule::Quantiles(4)));
    assert_eq!(Grid::rf().check(&other_f), mismatch([5, 5, 1], [5, 4, 5]));
}
