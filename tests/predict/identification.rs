//! Whether dropout and differences are identified, against the likelihoods that other programs found at their maxima.

use repurchase::predict::{
    BgNbd, FitOptions, FitReport, Identification, Latent, MbgNbd, ModelKind, Nbd, ParetoNbd, Sample, Samples,
};
use repurchase::scale::Language;

use super::tables::{cdnow, close, counted};

fn of(report: &FitReport, latent: Latent) -> Identification {
    *report.identification(latent).expect("a model with it")
}

/// `ln L` of customers who all buy at one rate, in weeks, from the definition.
fn poisson(samples: &Samples) -> f64 {
    let (mut repeats, mut weeks) = (0.0, 0.0);
    for (sample, customers) in samples.iter() {
        let customers = f64::from(u32::try_from(customers).unwrap());
        repeats += customers * f64::from(sample.repeats());
        weeks += customers * sample.age_days() / 7.0;
    }
    let rate: f64 = repeats / weeks;
    repeats * rate.ln() - rate * weeks
}

/// The likelihoods and standard errors of `fits.rs`, by mpmath.
#[test]
fn cdnow_customers_differ_and_leave() {
    let (samples, options, nbd) = (cdnow(), FitOptions::default(), -9_763.657_614_672_615);
    let bg = *BgNbd::fit(&samples, &options).unwrap().report();
    let modified = *MbgNbd::fit(&samples, &options).unwrap().report();
    let pareto = *ParetoNbd::fit(&samples, &options).unwrap().report();
    for (report, dropout, ln_l) in [
        (bg, Latent::DropoutProbability, -9_582.429_206_673_93),
        (modified, Latent::DropoutProbability, -9_582.135_715_553_75),
        (pareto, Latent::DropoutRate, -9_594.976_178_939_543),
    ] {
        let [rate, dropout] = [Latent::PurchaseRate, dropout].map(|latent| of(&report, latent));
        close(dropout.likelihood_ratio, 2.0 * (ln_l - nbd), 1e-9, "likelihood ratio");
        close(rate.likelihood_ratio, 2.0 * (nbd - poisson(&samples)), 1e-9, "of the rate");
        assert!(dropout.is_identified() && rate.is_identified());
        assert_eq!(report.identifications().count(), 2);
    }
    let words = of(&modified, Latent::DropoutProbability);
    assert_eq!(words.to_string(), "customers can be seen to leave (likelihood ratio 363.04, 6 needed)");
    assert_eq!(
        of(&modified, Latent::PurchaseRate).describe(Language::Chinese).split_once('（').unwrap().0,
        "客户的购买频率各不相同"
    );
    let nbd = *Nbd::fit(&samples, &options).unwrap().report();
    assert!(nbd.identification(Latent::DropoutProbability).is_none());
    assert!(of(&nbd, Latent::PurchaseRate).is_identified());
}

/// A maximum that says nothing: a whole year of Online Retail. The likelihood of MBG/NBD is that of `fits.rs`, that of NBD,
/// -37645.65733053998, was found apart by a search in Python.
#[test]
fn online_retail_shows_nobody_leave() {
    let samples = counted("predict/online_retail_full.csv");
    let report = *MbgNbd::fit(&samples, &FitOptions::default()).unwrap().report();
    let dropout = of(&report, Latent::DropoutProbability);
    assert!((dropout.likelihood_ratio - 0.035_345_5).abs() < 1e-6, "{dropout:?}");
    assert!(!dropout.is_identified());
    assert_eq!(dropout.describe(Language::English), "nobody can be seen to leave (likelihood ratio 0.04, 6 needed)");
    assert_eq!(dropout.describe(Language::Chinese), "看不出有客户流失（似然比 0.04，至少需 6）");
    assert!(of(&report, Latent::PurchaseRate).is_identified());
    // Its first nine months have no maximum.
    let samples = counted("predict/online_retail_cal.csv");
    for (kind, latent) in [
        (ModelKind::MbgNbd, Latent::DropoutProbability),
        (ModelKind::BgNbd, Latent::DropoutProbability),
        (ModelKind::ParetoNbd, Latent::DropoutRate),
    ] {
        let dropout = of(kind.fit(&samples, &FitOptions::default()).unwrap().report(), latent);
        assert!(!dropout.is_identified() && dropout.likelihood_ratio < 1e-3, "{kind:?} {dropout:?}");
    }
}

/// The threshold belongs to what is identified; customers of one rate and of none.
#[test]
fn where_it_begins() {
    let samples = |rows: &[(u32, f64, f64)]| -> Samples {
        rows.iter().map(|&(repeats, recency, age)| Sample::new(repeats, recency, age).unwrap()).collect()
    };
    let alike = samples(&[(3, 20.0, 30.0), (4, 25.0, 30.0), (3, 29.0, 30.0), (2, 10.0, 30.0)]);
    let rate = of(Nbd::fit(&alike, &FitOptions::default()).unwrap().report(), Latent::PurchaseRate);
    assert!(rate.likelihood_ratio < 1e-6 && !rate.is_identified(), "{rate:?}");
    assert!(rate.describe(Language::English).starts_with("customers cannot be told apart by their purchase rates ("));
    let nobody = samples(&[(0, 0.0, 30.0), (0, 0.0, 50.0)]);
    let report = *MbgNbd::fit(&nobody, &FitOptions::default()).unwrap().report();
    assert!(report.identifications().all(|one| one.likelihood_ratio < 1e-5 && !one.is_identified()), "{report:?}");

    let mut at = of(MbgNbd::fit(&cdnow(), &FitOptions::default()).unwrap().report(), Latent::DropoutProbability);
    at.likelihood_ratio = 6.0;
    assert!(at.is_identified());
    at.likelihood_ratio = 5.999;
    assert!(!at.is_identified());
    assert_eq!(at.describe(Language::Chinese), "看不出有客户流失（似然比 6.00，至少需 6）");
}
