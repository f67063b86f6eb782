//! What the 90% interval of a total holds: of every window of a shop's past that has three before it, by what was known then.
//!
//! `cargo test --release --all-features --test predict rolling::coverage -- --ignored --nocapture` prints the whole table.

use repurchase::predict::TrackRecord;
use repurchase::shop::{ShopModels, ShopOptions};

use super::*;
use crate::coverage::Held;

/// Windows that the interval of those before them holds, and all windows that have one; the sums of `ln(high / low)` and of
/// `|ln(actual / forecast)|`.
#[derive(Debug, Default, Clone, Copy)]
struct Coverage {
    held: u32,
    of: u32,
    width: f64,
    error: f64,
}

impl Coverage {
    fn add(&mut self, track: &TrackRecord, total: Total) {
        for (at, window) in track.windows.iter().enumerate() {
            let mut past = track.clone();
            past.windows.truncate(at);
            past.as_of = window.split;
            let Some(outcome) = window.outcome(total) else { continue };
            let forecast = past.total(total, outcome.expected, ninety());
            let Some(interval) = forecast.interval else { continue };
            self.of += 1;
            self.held += u32::from(interval.contains(outcome.actual));
            self.width += (interval.high / interval.low).ln();
            self.error += (outcome.actual / forecast.forecast).ln().abs();
        }
    }

    fn row(self, name: &str) -> String {
        let of = f64::from(self.of);
        format!(
            "{name}: {} of {} ({:.3}), mean ln(high / low) {:.2}, mean |ln(actual / forecast)| {:.3}",
            self.held,
            self.of,
            f64::from(self.held) / of,
            self.width / of,
            self.error / of
        )
    }
}

#[derive(Debug, Clone, Copy)]
enum Shop {
    Regular,
    Seasonal,
    Growing,
    Reviving,
}

const SHOPS: [Shop; 4] = [Shop::Regular, Shop::Seasonal, Shop::Growing, Shop::Reviving];

/// Three years of a shop: customers arrive, buy at rates of their own and leave after a purchase, in every second shop with
/// probabilities of their own.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "days are few")]
fn shop(kind: Shop, chance: &mut Chance) -> PurchaseLog<u32> {
    let (mut purchases, end) = (Vec::new(), 1_095.0);
    let customers = 300 + (chance.uniform() * 500.0) as u32;
    let (typical, leaving) = (20.0 + 60.0 * chance.uniform(), 0.05 + 0.2 * chance.uniform());
    let strength = 0.3 + 0.4 * chance.uniform();
    let (is_alike, of_all) = (chance.happens(0.5), leaving);
    for customer in 0..customers {
        let leaving = if is_alike { of_all } else { chance.beta(1.0, 1.0 / of_all - 1.0) };
        // Of a growing shop, three times as many arrive at the end as at the start.
        let arrival = chance.uniform();
        let arrival = if matches!(kind, Shop::Growing) { (1.0 + 8.0 * arrival).sqrt() / 2.0 - 0.5 } else { arrival };
        let (mut now, rate) = (end * arrival, chance.gamma(1.5) / 1.5 / typical);
        let mut gone = false;
        while now < end {
            // In high season more of the purchases that are made happen.
            let season = 1.0 + strength * (std::f64::consts::TAU * now / 365.0).sin();
            let happens = !matches!(kind, Shop::Seasonal) || chance.happens(season / (1.0 + strength));
            if happens || purchases.last().is_none_or(|&(last, _)| last != customer) {
                purchases.push((customer, now as i64));
                gone |= chance.happens(leaving);
            }
            let rate = if gone && matches!(kind, Shop::Reviving) { 0.1 * rate } else { rate };
            if gone && !matches!(kind, Shop::Reviving) {
                break;
            }
            let gap = if matches!(kind, Shop::Regular) { chance.gamma(3.0) / 3.0 } else { chance.exponential() };
            now += gap / rate;
        }
    }
    log_of(purchases)
}

const TOTALS: [Total; 3] = [Total::Purchases, Total::Buyers, Total::Revenue];

/// By the model that each shop uses; and of the customers of the last window, by the model of the day before it.
fn of_shops(kind: Shop, shops: u64) -> ([Coverage; 3], Held) {
    let (mut held, mut of_customers) = ([Coverage::default(); 3], Held::default());
    for number in 0..shops {
        let mut chance = Chance(1_000 * kind as u64 + number);
        let log = shop(kind, &mut chance);
        let models = ShopModels::fit_log(&log, day(1_094), &ShopOptions::default()).expect("a shop");
        let track = models.track().expect("windows");
        for (held, total) in held.iter_mut().zip(TOTALS) {
            held.add(track, total);
        }
        let holdout = Holdout::of(&log, day(1_004), day(1_094)).expect("a window");
        let before = ShopModels::fit_log(&log, day(1_004), &ShopOptions::default()).expect("a shop");
        let model = before.purchases().model().expect("a model");
        for customer in holdout.customers() {
            of_customers.see(model, &customer.sample, customer.purchases(), &mut chance);
        }
    }
    (held, of_customers)
}

/// Three shops of each kind.
#[test]
fn simulated_shops() {
    let mut all = Coverage::default();
    for kind in SHOPS {
        let ([purchases, ..], _) = of_shops(kind, 3);
        println!("{}", purchases.row(&format!("{kind:?}")));
        for (sum, more) in [(&mut all.held, purchases.held), (&mut all.of, purchases.of)] {
            *sum += more;
        }
    }
    assert!(all.of >= 84 && f64::from(all.held) >= 0.85 * f64::from(all.of), "{} of {}", all.held, all.of);
}

#[test]
#[ignore = "minutes; in release"]
fn table() {
    let mut pooled = [(0, 0); 3];
    for kind in SHOPS {
        let (held, of_customers) = of_shops(kind, 50);
        for (at, held) in held.iter().enumerate() {
            println!("{}", held.row(&format!("50 shops, {kind:?}, {:?}", TOTALS[at])));
            pooled[at] = (pooled[at].0 + held.held, pooled[at].1 + held.of);
        }
        of_customers.share(&format!("50 shops, {kind:?}, one customer"));
    }
    for (total, (held, of)) in TOTALS.into_iter().zip(pooled) {
        assert!(f64::from(held) >= 0.85 * f64::from(of), "{total:?}: {held} of {of}");
    }
    for (name, log, as_of) in [("CDNOW", cdnow(), "1998-06-30"), ("Online Retail", online_retail(), "2011-12-09")] {
        for horizon in [28, 60, 90] {
            let mut held = [Coverage::default(); 3];
            // Cuts that begin every ten days.
            for back in (0..horizon / 10).map(|step| chrono::Duration::days(10 * i64::from(step))) {
                let options = FitOptions::default();
                let rolling =
                    RollingBacktest::run(&log, date(as_of) - back, horizon, &KINDS, &options).expect("windows");
                let chosen = rolling.chosen.expect("a model");
                for (held, total) in held.iter_mut().zip(TOTALS) {
                    held.add(&rolling.track(chosen), total);
                }
            }
            for (held, total) in held.iter().zip(TOTALS) {
                println!("{}", held.row(&format!("{name}, {horizon} days, {total:?}")));
            }
            let rolling = run(&log, as_of, horizon);
            let track = rolling.track(rolling.chosen.expect("a model"));
            for total in TOTALS {
                println!("  next {total:?}: {}", track.total(total, 1000.0, ninety()).describe(0, Language::English));
            }
            println!("  {:?} {:?}", rolling.chosen, rolling.records);
            for window in &rolling.windows {
                let (split, end) = (window.backtest.split, window.backtest.end);
                let model =
                    window.backtest.candidate(ModelKind::MbgNbd).and_then(|row| row.fit.as_ref()).expect("a fit");
                let returns = Returns::of(&Holdout::of(&log, split, end).expect("a hold-out"), model.model());
                println!("  {split} {:?} {:?}", returns.in_force(), returns);
            }
        }
    }
}
