//! The same bits everywhere: checksums over what the library says of a whole shop, the sample of CDNOW, are the same on
//! every platform, with and without the feature `rayon`. The oracle is another machine: `.ci/platforms` runs this on 64-bit
//! Arm, on a big-endian machine, on 32 bits and in WebAssembly, and the numbers here are those of 64-bit x86.
//!
//! A checksum that changes on all platforms is a number that changed: see CHANGELOG's Value-breaking.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test without its shop fails")]

use std::fmt::Write;

use repurchase::act::campaign::{BootstrapOptions, Comparison};
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, IntervalKind, Occasion, RateOptions, SurvivalCurve, buyer_mix, notes,
    repurchase_rates,
};
use repurchase::predict::{FitOptions, GammaGamma, ModelKind, PurchaseModel, Sample, Samples, ValueModel};
use repurchase::record::{Period, Windows};
use repurchase::scale::{Confidence, Language};
use repurchase::segment::LabelKind;
use repurchase::shop::{Amount, Figure, PurchaseChoice, ShopModels, ShopOptions};
use repurchase::{Ledger, PurchaseLog};
use rust_decimal::Decimal;
use serde::Serialize;

#[path = "common/mod.rs"]
mod common;

/// Fowler, Noll and Vo's FNV-1a of 64 bits.
struct Checksum(u64);

impl Checksum {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    }

    /// Serialised numbers stand for their bits: the shortest text that is read back as the same number.
    fn add_stored(&mut self, value: &impl Serialize) {
        self.add(&serde_json::to_vec(value).unwrap());
    }

    fn add_number(&mut self, number: impl Into<Option<f64>>) {
        self.add(&number.into().map_or([0xff; 8], |number| number.to_bits().to_le_bytes()));
    }
}

#[test]
fn a_shop_has_the_same_bits_everywhere() {
    let (log, level) = (cdnow(), Confidence::new(0.9).unwrap());
    let ledger = log.ledger(common::date("1998-06-30")).unwrap();
    let options = ShopOptions::default().with_purchases(PurchaseChoice::AutoWithRhythm);
    let models = ShopModels::fit_log(&log, ledger.as_of(), &options).unwrap();
    let found = [
        ("histories", histories(&ledger)),
        ("numbers", numbers(&log, &ledger)),
        ("fits", fits(&log)),
        ("models", stored(&models)),
        ("labels and figures", profiles(&models, &ledger)),
        ("forecasts", forecasts(&models, &ledger, level)),
        ("words", words(&models, &ledger, level)),
        ("campaign", campaign(&ledger, level)),
    ];
    let mut text = String::new();
    for (name, Checksum(sum)) in found {
        writeln!(text, "{name}: {sum:016x}").unwrap();
    }
    println!("{text}");
    assert_eq!(text, SUMS);
}

/// Of 64-bit x86.
const SUMS: &str = "\
histories: 796716feb872f81d
numbers: d591e2b870790ebf
fits: 12d213cbb21251d5
models: f2577718d0e14792
labels and figures: a115e7797048704a
forecasts: 6149a7a033fa8dd1
words: f16a60079c1d104f
campaign: e04bbd4e91310155
";

/// The sample that ships with the crate.
fn cdnow() -> PurchaseLog<String> {
    let rows = include_str!("../examples/data/cdnow_orders.csv").lines().skip(1);
    let order = |row: &str| {
        let mut fields = row.split(',');
        let (Some(id), Some(day), Some(amount)) = (fields.next(), fields.next(), fields.next()) else {
            panic!("three fields: {row}");
        };
        common::order(id.to_owned(), day, amount)
    };
    common::log_of(rows.map(order))
}

fn stored(value: &impl Serialize) -> Checksum {
    let mut sum = Checksum::new();
    sum.add_stored(value);
    sum
}

fn histories(ledger: &Ledger<String>) -> Checksum {
    let mut sum = stored(&ledger.iter().map(|(id, history)| (id.clone(), history)).collect::<Vec<_>>());
    let mut bytes = Vec::new();
    ledger.write_to(&mut bytes).unwrap();
    sum.add(&bytes);
    sum
}

/// Rates, cohorts, mixes, shares and curves.
fn numbers(log: &PurchaseLog<String>, ledger: &Ledger<String>) -> Checksum {
    let as_of = ledger.as_of();
    let months = Windows::periods(Period::Month, common::date("1997-01-01"), as_of).unwrap();
    let rates = repurchase_rates(log, &months, &RateOptions::default());
    let mut sum = stored(&rates);
    for rates in &rates {
        sum.add_stored(&rates.row());
    }
    sum.add_stored(&CohortTable::of(log, as_of, &CohortOptions::default()).unwrap());
    sum.add_stored(&buyer_mix(log, Period::Month, as_of).unwrap());
    let concentration = Concentration::of(ledger).unwrap();
    sum.add_number(concentration.gini());
    sum.add_stored(&concentration.lorenz(20).collect::<Vec<_>>());
    let curve = SurvivalCurve::of_nth_purchase(log, 1, as_of, Occasion::Day).unwrap();
    for percent in [10, 25, 40] {
        for kind in [IntervalKind::LogLog, IntervalKind::Plain] {
            let level = Confidence::new(0.95).unwrap();
            sum.add_stored(&curve.quantile_interval(Decimal::new(percent, 2), level, kind).unwrap());
        }
    }
    sum.add_stored(&curve);
    sum.add_stored(&notes(log, as_of));
    sum
}

/// Every model fitted, and what it says of every fiftieth customer.
fn fits(log: &PurchaseLog<String>) -> Checksum {
    let ledger = log.ledger(common::date("1997-09-30")).unwrap();
    let (samples, days, level) = (Samples::of(&ledger), 273, Confidence::new(0.9).unwrap());
    let rows = ledger.iter().filter_map(|(_, history)| history.repeat_summary(ledger.as_of()));
    let rows: Vec<Sample> = rows.step_by(50).map(|summary| Sample::of(&summary)).collect();
    let spend = GammaGamma::fit(&samples, &FitOptions::default()).unwrap();
    let mut sum = stored(&spend);
    for kind in ModelKind::ALL {
        let fit = kind.fit(&samples, &FitOptions::default()).unwrap();
        sum.add_stored(&fit);
        let purchases = *fit.model();
        let value = ValueModel { purchases, spend: *spend.model() };
        for row in &rows {
            sum.add_number(purchases.probability_alive(row));
            sum.add_number(purchases.expected_purchases(row, days));
            sum.add_number(purchases.probability_of_purchases(row, 2, days));
            sum.add_stored(&purchases.next_purchase(row, days));
            sum.add_stored(&purchases.interval_of_purchases(row, level, days));
            sum.add_stored(&value.value_interval(row, level, days));
        }
    }
    sum
}

/// All that is said of each customer.
fn profiles(models: &ShopModels, ledger: &Ledger<String>) -> Checksum {
    let (profiles, mut sum) = (models.profile_all(ledger).unwrap(), Checksum::new());
    for profile in profiles.iter() {
        for kind in LabelKind::ALL {
            sum.add(profile.label(kind).map_or("-", |label| label.key()).as_bytes());
        }
        for figure in Figure::ALL {
            sum.add_number(profile.figure(figure));
        }
        for amount in Amount::ALL {
            sum.add_stored(&profile.amount(amount));
        }
        sum.add(models.next_action(&profile).map_or("-", |(_, action)| action.key()).as_bytes());
    }
    let calls: Vec<u64> = profiles.calls().into_iter().map(|position| position as u64).collect();
    sum.add_stored(&calls);
    sum
}

fn forecasts(models: &ShopModels, ledger: &Ledger<String>, level: Confidence) -> Checksum {
    let mut sum = stored(&models.profile_all(ledger).unwrap().outlook(models, level).unwrap());
    sum.add_stored(&models.next_purchase_all(ledger));
    for (_, history) in ledger.iter().step_by(20) {
        sum.add_stored(&models.purchases_interval(&history, ledger.as_of(), level));
    }
    sum
}

/// Reasons, in both languages: numbers are rounded for print, too.
fn words(models: &ShopModels, ledger: &Ledger<String>, level: Confidence) -> Checksum {
    let mut sum = Checksum::new();
    let outlook = models.profile_all(ledger).unwrap().outlook(models, level).unwrap();
    for language in [Language::English, Language::Chinese] {
        for finding in models.diagnosis(outlook.as_ref()) {
            sum.add(finding.describe(language).as_bytes());
        }
        for (_, history) in ledger.iter().step_by(100) {
            for kind in LabelKind::ALL {
                sum.add_stored(&models.explain(&history, ledger.as_of(), kind, language));
            }
            for figure in Figure::ALL {
                sum.add_stored(&models.explain_figure(&history, ledger.as_of(), figure, language));
            }
        }
    }
    sum
}

/// The revenue of every second customer against that of the others, by the bootstrap.
fn campaign(ledger: &Ledger<String>, level: Confidence) -> Checksum {
    let revenues: Vec<Decimal> = ledger.iter().map(|(_, history)| history.revenue()).collect();
    let [treated, control] = [0, 1].map(|first| revenues.iter().skip(first).step_by(2).copied().collect::<Vec<_>>());
    let options = BootstrapOptions::default().with_confidence(level);
    let mut sum = stored(&Comparison::of_amounts(&treated, &control, &options).unwrap().row());
    let [treated, control] = [common::ratio(217, 1200), common::ratio(171, 1157)];
    sum.add_stored(&Comparison::of_rates(treated, control, level).row());
    sum
}
