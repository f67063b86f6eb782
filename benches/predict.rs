//! Models: fitted, asked about all customers and about one, and compared.

mod common;

use std::hint::black_box;

use chrono::NaiveDate;
use common::{Random, Result};
use criterion::{Criterion, Throughput};
use repurchase::history::LineLog;
use repurchase::predict::{
    AnyModel, Backtest, Baseline, Bdw, BgBb, DueModel, DueOptions, Fit, FitOptions, GammaGamma, Holdout, ModelKind,
    NextCategories, NextCategoryOptions, OpportunitySample, OpportunitySamples, PurchaseModel, RenewalCohort,
    RollingBacktest, Sample, Samples, Sbg, SbgParams, ValueModel, opportunity_samples,
};
use repurchase::record::{OrderLine, Period, Windows};
use repurchase::scale::Confidence;
use repurchase::segment::MissedCycles;
use repurchase::{CustomerHistory, Ledger, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

/// Days.
const HORIZON: u32 = 90;

fn main() -> Result {
    let mut criterion = common::criterion();
    let (log, simulated) = (common::cdnow()?, Simulated::new(100_000)?);
    let ledger = log.ledger(day(1997, 9, 30)?)?;

    samples(&mut criterion, &simulated);
    let models = repeat_purchases(&mut criterion, "cdnow", &Samples::of(&ledger))?;
    repeat_purchases(&mut criterion, "simulated", &simulated.repeats.iter().copied().collect())?;
    let spend = spends(&mut criterion, "cdnow", &Samples::of(&ledger))?;
    spends(&mut criterion, "simulated", &simulated.spends.iter().copied().collect())?;
    renewals(&mut criterion)?;
    opportunities(&mut criterion, &log, &simulated)?;
    all(&mut criterion, &models, &simulated.repeats);
    one(&mut criterion, &models, spend, &ledger)?;
    backtest(&mut criterion, &log)?;
    next(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// What comes next, and who is due: customers of ten purchases each, among 500 categories.
fn next(criterion: &mut Criterion) -> Result {
    let as_of = day(2025, 12, 31)?;
    let mut group = criterion.benchmark_group("predict");
    for customers in [25_000, 50_000, 100_000_u32] {
        let mut random = Random(20_261_129);
        let lines = (0..10 * customers).map(|line| {
            let category = random.below(500).min(random.below(500));
            let on = as_of - chrono::Days::new(random.below(730));
            OrderLine::on(line / 10, on, category, Decimal::ONE, Decimal::ONE)
        });
        let log = LineLog::from_lines(lines.collect::<Result<Vec<_>, _>>()?, &ShopCalendar::utc())?;
        let next = NextCategories::fit(&log, as_of, &NextCategoryOptions::default())?;
        group.throughput(Throughput::Elements(customers.into()));
        group.bench_function(format!("next_categories_fit/500/{customers}"), |bencher| {
            bencher.iter(|| NextCategories::fit(&log, as_of, &NextCategoryOptions::default()));
        });
        group.bench_function(format!("next_categories_all/500/{customers}"), |bencher| {
            bencher.iter_with_large_drop(|| next.rank_all(&log, 5));
        });
        let due = DueModel::fit(&log, as_of, &DueOptions::default())?;
        let week = Window::new(as_of, as_of + chrono::Days::new(7))?;
        group.bench_function(format!("due_in/500/{customers}"), |bencher| {
            bencher.iter_with_large_drop(|| due.due_in(&log, week));
        });
    }
    group.finish();
    Ok(())
}

/// From rows to what a fit looks at.
fn samples(criterion: &mut Criterion, simulated: &Simulated) {
    let mut group = criterion.benchmark_group("predict");
    group.throughput(Throughput::Elements(simulated.repeats.len() as u64));
    group.bench_function(format!("samples/simulated/{}", simulated.repeats.len()), |bencher| {
        bencher.iter_with_large_drop(|| simulated.repeats.iter().copied().collect::<Samples>());
    });
    group.bench_function(format!("spend_samples/simulated/{}", simulated.spends.len()), |bencher| {
        bencher.iter_with_large_drop(|| simulated.spends.iter().copied().collect::<Samples>());
    });
    group.finish();
}

/// One fit, that must come to a maximum.
fn fit<M, P>(
    criterion: &mut Criterion,
    id: &str,
    customers: u64,
    fit: impl Fn() -> repurchase::Result<Fit<M, P>>,
) -> Result<M> {
    let model = fit()?.interior()?.model;
    let mut group = criterion.benchmark_group("predict");
    group.throughput(Throughput::Elements(customers));
    group.bench_function(format!("fit_{id}/{customers}"), |bencher| bencher.iter(&fit));
    group.finish();
    Ok(model)
}

fn repeat_purchases(criterion: &mut Criterion, shape: &str, samples: &Samples) -> Result<Vec<AnyModel>> {
    let models = ModelKind::ALL.into_iter().map(|kind| {
        let id = format!("{}/{shape}", kind.label().key());
        fit(criterion, &id, samples.customers(), || kind.fit(samples, &FitOptions::default()))
    });
    models.collect()
}

fn spends(criterion: &mut Criterion, shape: &str, samples: &Samples) -> Result<GammaGamma> {
    let id = format!("gamma_gamma/{shape}");
    fit(criterion, &id, samples.customers(), || GammaGamma::fit(samples, &FitOptions::default()))
}

/// The regular customers of Fader and Hardie (2007), and a cohort of each of 24 months, the older the further.
fn renewals(criterion: &mut Criterion) -> Result {
    let paper = RenewalCohort::new(vec![1000, 631, 468, 382, 326, 289, 262, 241])?;
    let truth = Sbg::from_params(SbgParams { alpha: 0.7, beta: 2.5 })?;
    let left = |renewals| (4000.0 * truth.survival(renewals)).round() as u64;
    let months = (1..=24).map(|age| RenewalCohort::new((0..=age).map(left).collect()));
    for (shape, cohorts) in [("paper", vec![paper]), ("months", months.collect::<Result<_, _>>()?)] {
        let customers = cohorts.iter().map(|cohort| cohort.customers()).sum();
        fit(criterion, &format!("sbg/{shape}"), customers, || Sbg::fit(&cohorts, &FitOptions::default()))?;
        fit(criterion, &format!("bdw/{shape}"), customers, || Bdw::fit(&cohorts, &FitOptions::default()))?;
    }
    Ok(())
}

fn opportunities(criterion: &mut Criterion, log: &PurchaseLog<String>, simulated: &Simulated) -> Result {
    let months = Windows::periods(Period::Month, day(1997, 2, 1)?, day(1997, 9, 30)?)?;
    let cdnow = opportunity_samples(log, &months)?.into_iter().map(|(_, sample)| sample).collect();
    let simulated = simulated.opportunities.iter().copied().collect();
    for (shape, samples) in [("cdnow", cdnow), ("simulated", simulated)] {
        let samples: OpportunitySamples = samples;
        let id = format!("bg_bb/{shape}");
        fit(criterion, &id, samples.customers(), || BgBb::fit(&samples, &FitOptions::default()))?;
    }
    Ok(())
}

/// What is expected of every customer.
fn all(criterion: &mut Criterion, models: &[AnyModel], samples: &[Sample]) {
    let mut group = criterion.benchmark_group("predict");
    group.throughput(Throughput::Elements(samples.len() as u64));
    for model in models {
        let shape = format!("{}/{}", model.kind().label().key(), samples.len());
        model.expected_purchases_all(samples, HORIZON);
        group.bench_function(format!("probability_alive_all/{shape}"), |bencher| {
            bencher.iter_with_large_drop(|| model.probability_alive_all(samples));
        });
        group.bench_function(format!("expected_purchases_all/{shape}"), |bencher| {
            bencher.iter_with_large_drop(|| model.expected_purchases_all(samples, HORIZON));
        });
    }
    group.finish();
}

/// One call after another, each as a request handler would make it.
fn one(criterion: &mut Criterion, models: &[AnyModel], spend: GammaGamma, ledger: &Ledger<String>) -> Result {
    let as_of = ledger.as_of();
    let histories: Vec<CustomerHistory> = ledger.iter().take(1000).map(|(_, history)| history).collect();
    let summaries: Vec<_> = histories.iter().filter_map(|history| history.repeat_summary(as_of)).collect();
    let samples: Vec<Sample> = summaries.iter().map(Sample::of).collect();
    let rule = MissedCycles::default();

    for model in models {
        let shape = model.kind().label().key();
        each(criterion, "probability_alive", shape, &samples, |sample| model.probability_alive(sample))?;
        each(criterion, "expected_purchases", shape, &samples, |sample| model.expected_purchases(sample, HORIZON))?;
        each(criterion, "probability_of_purchases", shape, &samples, |sample| {
            model.probability_of_purchases(sample, 2, HORIZON)
        })?;
    }
    let level = Confidence::new(0.9)?;
    let mut group = criterion.benchmark_group("predict");
    group.throughput(Throughput::Elements(samples.len() as u64));
    for &purchases in models {
        let (shape, value) = (purchases.kind().label().key(), ValueModel { purchases, spend });
        let of_all = |answer: &dyn Fn(&Sample)| samples.iter().for_each(answer);
        group.bench_function(format!("interval_of_purchases/{shape}/{}", samples.len()), |bencher| {
            bencher.iter(|| {
                of_all(&|sample| {
                    black_box(purchases.interval_of_purchases(sample, level, HORIZON));
                });
            });
        });
        group.bench_function(format!("next_purchase/{shape}/{}", samples.len()), |bencher| {
            bencher.iter(|| {
                of_all(&|sample| {
                    black_box(purchases.next_purchase(sample, HORIZON));
                });
            });
        });
        group.bench_function(format!("value_interval/{shape}/{}", samples.len()), |bencher| {
            bencher.iter(|| {
                of_all(&|sample| {
                    black_box(value.value_interval(sample, level, HORIZON));
                });
            });
        });
    }
    group.finish();
    each(criterion, "expected_spend", "gamma_gamma", &samples, |sample| spend.expected_spend(sample))?;
    each(criterion, "missed_cycles", "default", &histories, |history| {
        rule.standing(history, as_of).map(|standing| (standing.risk(), standing.cycles_missed()))
    })
}

/// What is said of one customer, said of each, and that it allocates nothing.
fn each<T, A>(criterion: &mut Criterion, name: &str, shape: &str, of: &[T], answer: impl Fn(&T) -> A) -> Result {
    let answers = || {
        for customer in of {
            black_box(answer(black_box(customer)));
        }
    };
    let allocations = allocation_counter::measure(answers);
    if allocations.count_total > 0 {
        return Err(format!("{name} of {shape} allocates: {allocations:?}").into());
    }
    let mut group = criterion.benchmark_group("predict");
    group.throughput(Throughput::Elements(of.len() as u64));
    group.bench_function(format!("{name}/{shape}/{}", of.len()), |bencher| bencher.iter(answers));
    group.finish();
    Ok(())
}

fn backtest(criterion: &mut Criterion, log: &PurchaseLog<String>) -> Result {
    let holdout = Holdout::of(log, day(1997, 9, 30)?, day(1998, 6, 30)?)?;
    let customers = holdout.customers().len();
    Backtest::run(&holdout, &FitOptions::default())?;
    let mut group = criterion.benchmark_group("predict");
    group.throughput(Throughput::Elements(customers as u64));
    group.bench_function(format!("backtest/cdnow/{customers}"), |bencher| {
        bencher.iter(|| Backtest::run(&holdout, &FitOptions::default()));
    });
    let rolling = |as_of| RollingBacktest::run(log, as_of, 35, &[ModelKind::MbgNbd], &FitOptions::default());
    let as_of = day(1998, 6, 30)?;
    let windows = rolling(as_of)?.windows.len();
    group
        .bench_function(format!("rolling_backtest/cdnow/{windows}_windows"), |bencher| bencher.iter(|| rolling(as_of)));
    // The same windows one by one: a hold-out, samples, a cold fit and scores.
    let split = |back: u64| Ok::<_, repurchase::Error>(as_of - chrono::Days::new(35 * back));
    group.bench_function(format!("rolling_backtest/by_hand/{windows}_windows"), |bencher| {
        bencher.iter(|| {
            (1..=windows as u64).try_fold(0.0, |sum, back| {
                let holdout = Holdout::of(log, split(back)?, split(back - 1)?)?;
                let fit = ModelKind::MbgNbd.fit(&holdout.samples(), &FitOptions::default())?;
                for baseline in Baseline::ALL {
                    black_box(holdout.score_baseline(baseline));
                }
                Ok::<_, repurchase::Error>(sum + holdout.score(fit.model()).expected.unwrap_or(0.0))
            })
        });
    });
    group.finish();
    Ok(())
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate> {
    Ok(NaiveDate::from_ymd_opt(year, month, day).ok_or("no such day")?)
}

/// Customers who live by the models' stories: the same on every run.
struct Simulated {
    /// Whose times are whole days.
    repeats: Vec<Sample>,
    /// Whose spends are whole cents.
    spends: Vec<Sample>,
    opportunities: Vec<OpportunitySample>,
}

impl Simulated {
    fn new(customers: usize) -> Result<Self> {
        let mut random = Random(19_970_101);
        let mut simulated = Self { repeats: Vec::new(), spends: Vec::new(), opportunities: Vec::new() };
        for _ in 0..customers {
            let repeats = repeats(&mut random)?;
            simulated.repeats.push(repeats);
            simulated.spends.push(spending(&mut random, repeats)?);
            simulated.opportunities.push(yearly(&mut random)?);
        }
        Ok(simulated)
    }
}

/// Even on `(0, 1)`.
fn number(random: &mut Random) -> f64 {
    (f64::from((random.next() >> 32) as u32) + 0.5) / 4_294_967_296.0
}

/// From the Gamma distribution of a whole shape and the rate 1.
fn gamma(random: &mut Random, shape: u32) -> f64 {
    (0..shape).map(|_| -number(random).ln()).sum()
}

/// From `Beta(1, b)`.
fn beta(random: &mut Random, b: f64) -> f64 {
    1.0 - number(random).powf(1.0 / b)
}

/// Won on a day of two years, with `r = 1`, `alpha = 10` weeks, `a = 1`, `b = 3`: leaves after any purchase, or stays.
fn repeats(random: &mut Random) -> Result<Sample> {
    let age = 1 + random.below(730) as u32;
    let (rate, dropout) = (gamma(random, 1) / 70.0, beta(random, 3.0));
    let (mut repeats, mut last, mut time) = (0, 0, 0.0);
    while number(random) > dropout {
        time += gamma(random, 1) / rate;
        // Two purchases on one day are one.
        let today = time.ceil().min(1e9) as u32;
        if today > age {
            break;
        }
        (repeats, last) = (repeats + u32::from(today > last), today);
    }
    Ok(Sample::new(repeats, last.into(), age.into())?)
}

/// `p = 6`, `q = 4`, `gamma = 15`.
fn spending(random: &mut Random, sample: Sample) -> Result<Sample> {
    if sample.repeats() == 0 {
        return Ok(sample);
    }
    let rate = gamma(random, 4) / 15.0;
    let cents: f64 = (0..sample.repeats()).map(|_| (gamma(random, 6) / rate * 100.0).ceil()).sum();
    Ok(sample.with_mean_spend(cents / 100.0 / f64::from(sample.repeats()))?)
}

/// Members of one to twelve years, with Beta(1, 2) for purchases and Beta(1, 4) for leaving.
fn yearly(random: &mut Random) -> Result<OpportunitySample> {
    let years = 1 + random.below(12) as u32;
    let (buys, leaves) = (beta(random, 2.0), beta(random, 4.0));
    let (mut repeats, mut last) = (0, 0);
    for year in 1..=years {
        if number(random) < leaves {
            break;
        }
        if number(random) < buys {
            (repeats, last) = (repeats + 1, year);
        }
    }
    Ok(OpportunitySample::new(repeats, last, years)?)
}
