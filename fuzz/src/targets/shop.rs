//! Any small shop, fitted: numbers that are numbers, one by one as all at once, stored and read back.

use chrono::Days;
use repurchase::scale::{Confidence, Language};
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Figure, Profile, ShopModels, ShopOptions, ShopTally, Trigger};
use repurchase::{Error, Ledger, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use crate::bytes::{Bytes, first_day};
use crate::used;

/// Orders of up to 40 customers on days that repeat.
pub(super) fn log_of(bytes: &mut Bytes<'_>) -> Option<PurchaseLog<u16>> {
    let mut orders = Vec::new();
    while !bytes.is_empty() && orders.len() < 300 {
        let (customer, first) = (u16::from(bytes.byte() % 40), u64::from(bytes.byte()) * 2);
        let (every, times) = (u64::from(bytes.byte() % 64), bytes.byte() % 8);
        let amount = if bytes.byte() < 250 { Decimal::new(i64::from(bytes.byte()) * 37, 2) } else { bytes.amount() };
        for time in 0..=u64::from(times) {
            let day = first_day() + Days::new(first + every * time);
            orders.push(Order::on(customer, day, amount).ok()?);
        }
    }
    PurchaseLog::from_records(orders, &ShopCalendar::utc()).ok()
}

/// All models of a shop, asked everything.
pub fn shop(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let as_of = first_day() + Days::new(200 + bytes.below(700) as u64);
    let horizon = 1 + u32::from(bytes.byte());
    let options = ShopOptions::default().with_horizon_days(horizon);
    let options = if bytes.flag() { options.with_fitted_bands() } else { options };
    let Some(log) = log_of(&mut bytes) else { return };
    let Ok(ledger) = log.ledger(as_of) else { return };
    let models = match ShopModels::fit(&ledger, &options) {
        Ok(models) => models,
        Err(error) => {
            let is_expected =
                matches!(error, Error::NoCustomers { .. } | Error::TooAlike { .. } | Error::AmountOverflow { .. });
            return assert!(is_expected || error.to_string().contains("fit"), "{error}");
        }
    };
    let profiles = models.profile_all(&ledger).expect("as of its day");
    assert_eq!(profiles.len(), ledger.len());
    for (place, (_, history)) in ledger.iter().enumerate() {
        let profile = models.profile(&history, as_of).expect("as of its day");
        asked(&profile);
        let same = profiles.get(place).expect("as many");
        assert!(Figure::ALL.into_iter().all(|figure| profile.figure(figure) == same.figure(figure)));
        assert!(Amount::ALL.into_iter().all(|amount| profile.amount(amount) == same.amount(amount)));
        assert!(LabelKind::ALL.into_iter().all(|kind| profile.label(kind) == same.label(kind)));
        for kind in LabelKind::ALL {
            assert_eq!(
                models.explain(&history, as_of, kind, Language::English).is_some(),
                profile.label(kind).is_some()
            );
        }
        used(models.next_action(&profile));
        assert!(profile.describe(Language::Chinese, |amount| amount.to_string()).is_some());
    }
    let listed = Trigger::ALL.into_iter().flat_map(|trigger| profiles.triggered(trigger)).chain(profiles.calls());
    assert!(listed.max().is_none_or(|position| position < profiles.len()));

    let text = serde_json::to_string(&models).expect("stores");
    assert_eq!(serde_json::from_str::<ShopModels>(&text).expect("is read back"), models);
    parts(&ledger, &models, &options);
    if ledger.len() < 12 && horizon > 20 {
        checked(&log, &ledger, &options);
    }
}

fn asked(profile: &Profile<'_>) {
    for figure in Figure::ALL {
        let Some(number) = profile.figure(figure) else { continue };
        assert!(number.is_finite() && number >= 0.0, "{figure:?} {number}");
        let is_share = matches!(figure, Figure::ProbabilityAlive | Figure::ProbabilityBuys);
        assert!(!is_share || number <= 1.0, "{figure:?} {number}");
    }
}

/// The shop in two parts is the shop.
fn parts(ledger: &Ledger<u16>, models: &ShopModels, options: &ShopOptions) {
    let mut tally = ShopTally::new(ledger.as_of(), options);
    let mut other = tally.clone();
    for (id, history) in ledger.iter() {
        let part = if id % 2 == 0 { &mut tally } else { &mut other };
        part.add(&history).expect("few customers");
    }
    tally.merge(&other).expect("parts of one shop");
    assert!(ShopModels::fit_tally(&tally, options).as_ref() == Ok(models), "parts are not the whole");
}

/// Fitted from the log, with the totals of what comes.
fn checked(log: &PurchaseLog<u16>, ledger: &Ledger<u16>, options: &ShopOptions) {
    let Ok(models) = ShopModels::fit_log(log, ledger.as_of(), options) else { return };
    let outlook = models
        .profile_all(ledger)
        .expect("of its day")
        .outlook(&models, Confidence::new(0.9).expect("a level"))
        .expect("of its day");
    if let Some(outlook) = &outlook {
        for total in [Some(&outlook.purchases), Some(&outlook.buyers), outlook.revenue.as_ref()].into_iter().flatten() {
            assert!(total.forecast.is_finite() && total.expected.is_finite());
            assert!(total.interval.is_none_or(|interval| interval.contains(total.forecast)));
            assert_eq!(total.interval.is_none(), total.no_interval.is_some());
        }
    }
    let findings = models.diagnosis(outlook.as_ref());
    assert!(findings.iter().all(|finding| !finding.describe(Language::English).contains("NaN")));
}
