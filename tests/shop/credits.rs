//! What credits leave of a customer's value: the definition by hand, and Online Retail, whose last months did not choose it.

#![allow(clippy::cast_precision_loss, reason = "there are few customers")]

use std::collections::HashMap;

use proptest::prelude::*;
use repurchase::predict::KeptShare;
use repurchase::record::{Credit, Record};
use repurchase::scale::Language;
use repurchase::shop::{Figure, ShopModels, ShopOptions};
use repurchase::{Error, Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{fixed_seed, ledger, rows};

proptest! {
    #![proptest_config(fixed_seed(64))]

    #[test]
    fn a_share_is_that_of_its_definition(rows in rows()) {
        let ledger = ledger(&rows);
        let kept = KeptShare::fit(&ledger).unwrap();
        let number = |amount: Decimal| amount.to_f64().unwrap();
        let spend: f64 = ledger.iter().map(|(_, history)| number(history.spend())).sum();
        let credited: f64 = ledger.iter().map(|(_, history)| number(history.credited())).sum();
        for (_, history) in ledger.iter() {
            let found = kept.of_customer(&history);
            let weight = spend / ledger.len() as f64;
            let by_hand = if credited > 0.0 {
                let back = number(history.credited()) + credited / spend * weight;
                (1.0 - back / (number(history.spend()) + weight)).max(0.0)
            } else {
                1.0
            };
            prop_assert!((found - by_hand).abs() < 1e-12, "{found} {by_hand}");
        }
    }
}

#[test]
fn a_share_of_nothing_is_a_number() {
    let of = |rows: &[(u16, u64, i64)]| KeptShare::fit(&ledger(rows)).unwrap();
    assert_eq!(of(&[]), KeptShare::ALL);
    assert_eq!(of(&[(1, 3, 500)]), KeptShare::ALL);
    // Credits of customers without a purchase are nobody's value.
    assert_eq!(of(&[(1, 3, 500), (2, 3, -500)]), KeptShare::ALL);
    // A free order, then a credit; more given back than paid.
    for rows in [&[(1, 3, 0), (1, 4, -500)][..], &[(1, 3, 100), (1, 4, -500), (2, 4, 100)]] {
        let ledger = ledger(rows);
        let kept = KeptShare::fit(&ledger).unwrap();
        assert!(ledger.iter().all(|(_, history)| kept.of_customer(&history) == 0.0), "{kept:?}");
    }
    for wrong in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(matches!(KeptShare::new(wrong, 1.0), Err(Error::Number { .. })));
        assert!(matches!(KeptShare::new(0.1, wrong), Err(Error::Number { .. })));
    }
}

/// Orders and credits of Online Retail, none of which is tied to another.
pub(super) fn online_retail() -> Vec<Record<u32>> {
    let text = include_str!("../data/online_retail_orders.csv");
    let record = |line: &str| -> Option<Record<u32>> {
        let mut fields = line.split(',');
        let (id, at, amount) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?.parse::<Decimal>().ok()?);
        let day = at.get(..10)?.parse().ok()?;
        Some(if amount.is_sign_negative() && !amount.is_zero() {
            Credit::on(id, day, -amount).ok()?.into()
        } else {
            Order::on(id, day, amount).ok()?.into()
        })
    };
    text.lines().skip(1).map(|line| record(line).expect("an order or a credit")).collect()
}

/// The 30 days after each of three days: absolute errors of what customers brought, net of credits, are smaller with the
/// share kept than without it, by more than two standard errors. Its weight was chosen on windows that end before July.
#[test]
fn the_share_kept_forecasts_net_revenue_better_where_it_was_not_chosen() {
    let log = PurchaseLog::from_records(online_retail(), &ShopCalendar::utc()).unwrap();
    let net = |ledger: &Ledger<u32>| -> HashMap<u32, f64> {
        ledger.iter().map(|(&id, history)| (id, history.revenue().to_f64().unwrap())).collect()
    };
    for (cut, end) in [("2011-07-31", "2011-08-30"), ("2011-08-31", "2011-09-30"), ("2011-09-30", "2011-10-30")] {
        let (known, later) = (log.ledger(cut.parse().unwrap()).unwrap(), log.ledger(end.parse().unwrap()).unwrap());
        let models = ShopModels::fit(&known, &ShopOptions::default().with_horizon_days(30)).unwrap();
        let (before, after) = (net(&known), net(&later));
        let mut gains = Vec::new();
        for (id, history) in known.iter() {
            let profile = models.profile(&history, known.as_of()).unwrap();
            let Some(value) = profile.figure(Figure::ExpectedValue) else { continue };
            let kept = models.kept().of_customer(&history);
            let gross =
                profile.figure(Figure::ExpectedPurchases).unwrap() * profile.figure(Figure::ExpectedSpend).unwrap();
            assert!((value - gross * kept).abs() <= 1e-12 * gross);
            let came = after[id] - before[id];
            gains.push((gross - came).abs() - (value - came).abs());
        }
        let count = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / count;
        let squares: f64 = gains.iter().map(|gain| (gain - mean) * (gain - mean)).sum();
        let error = (squares / (count * (count - 1.0))).sqrt();
        assert!(count > 2500.0 && mean > 2.0 * error, "{cut}: {mean} ± {error}");
    }
}

/// Who ordered for 168,469.60 and gave all of it back minutes later is no longer among the most valuable.
#[test]
fn a_cancelled_fortune_is_not_expected_again() {
    let ledger = Ledger::from_records(online_retail(), &ShopCalendar::utc(), "2011-12-09".parse().unwrap()).unwrap();
    let models = ShopModels::fit(&ledger, &ShopOptions::default()).unwrap();
    let history = ledger.get(&16446).unwrap();
    let profile = models.profile(&history, ledger.as_of()).unwrap();
    let gross = profile.figure(Figure::ExpectedPurchases).unwrap() * profile.figure(Figure::ExpectedSpend).unwrap();
    let value = profile.figure(Figure::ExpectedValue).unwrap();
    assert!(gross > 40_000.0 && value < 0.02 * gross, "{gross} {value}");
    let why = models.explain_figure(&history, ledger.as_of(), Figure::ExpectedValue, Language::English).unwrap();
    assert!(why.contains("% of it kept after credits"), "{why}");
}
