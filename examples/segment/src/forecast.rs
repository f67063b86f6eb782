//! What customers will do next: models that are fitted or given, and what they expect of each customer.

use std::collections::BTreeMap;
use std::error::Error;
use std::str::FromStr;

use repurchase::Ledger;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, Discount, Fit, FitOptions, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams,
    ModelKind, ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, Samples, TimeUnit, ValueModel,
};
use repurchase::scale::Language;

/// What is asked of the models.
pub struct Question {
    pub model: ModelArgument,
    /// To apply in place of a fit.
    pub params: Option<Params>,
    pub spend_params: Option<Params>,
    pub horizon_days: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[allow(clippy::enum_variant_names, reason = "the models' names")]
pub enum ModelArgument {
    /// Customers may leave after any purchase.
    MbgNbd,
    /// Customers may leave after a repeat purchase.
    BgNbd,
    /// Customers may leave at any time.
    ParetoNbd,
}

/// Parameters by name, such as `r=0.5,alpha=6.2,a=0.9,b=1.6`.
#[derive(Debug, Clone)]
pub struct Params(BTreeMap<String, f64>);

/// What the models expect of a shop.
pub struct Forecast {
    pub horizon_days: u32,
    pub churn: Estimate<AnyModel>,
    pub spend: Estimate<GammaGamma>,
    /// In the order of the ledger.
    pub customers: Vec<Expected>,
}

/// A model, or why there is none.
pub struct Estimate<M> {
    /// As in the arguments.
    pub key: &'static str,
    /// As people read it.
    pub name: &'static str,
    pub model: Option<M>,
    pub params: Vec<(&'static str, f64)>,
    pub log_likelihood: Option<f64>,
    /// Who entered the likelihood.
    pub customers: u64,
    /// `fitted`, `given`, or why there is no model.
    pub status: String,
}

/// What is expected of one customer; `None` without the model that it needs.
#[derive(Clone, Copy, Default)]
pub struct Expected {
    pub alive: Option<f64>,
    pub purchases: Option<f64>,
    pub spend: Option<f64>,
    pub value: Option<f64>,
}

impl Forecast {
    pub fn new(ledger: &Ledger<String>, question: &Question) -> Result<Self, Box<dyn Error>> {
        let summaries = ledger.iter().filter_map(|(_, history)| history.repeat_summary(ledger.as_of()));
        let customers: Vec<Sample> = summaries.map(|summary| Sample::of(&summary)).collect();
        let samples = Samples::of(ledger);
        let (churn, spend) = (churn(&samples, question)?, spend(&samples, question)?);
        let mut expected: Vec<_> = customers
            .iter()
            .map(|sample| Expected {
                spend: spend.model.as_ref().and_then(|model| model.expected_spend(sample)),
                ..Expected::default()
            })
            .collect();
        if let Some(model) = churn.model {
            let alive = model.probability_alive_all(&customers).into_iter();
            let purchases = model.expected_purchases_all(&customers, question.horizon_days);
            for (expected, (alive, purchases)) in expected.iter_mut().zip(alive.zip(purchases)) {
                (expected.alive, expected.purchases) = (Some(alive), Some(purchases));
            }
        }
        if let (Some(purchases), Some(spend)) = (churn.model, spend.model) {
            let model = ValueModel { purchases, spend };
            let values = model.expected_value_all(&customers, question.horizon_days, Discount::NONE)?;
            expected.iter_mut().zip(values).for_each(|(expected, value)| expected.value = value);
        }
        Ok(Self { horizon_days: question.horizon_days, churn, spend, customers: expected })
    }
}

pub fn churn(samples: &Samples, question: &Question) -> Result<Estimate<AnyModel>, Box<dyn Error>> {
    let (key, kind, names) = match question.model {
        ModelArgument::MbgNbd => ("mbg-nbd", ModelKind::MbgNbd, ["r", "alpha", "a", "b"]),
        ModelArgument::BgNbd => ("bg-nbd", ModelKind::BgNbd, ["r", "alpha", "a", "b"]),
        ModelArgument::ParetoNbd => ("pareto-nbd", ModelKind::ParetoNbd, ["r", "alpha", "s", "beta"]),
    };
    let mut estimate = Estimate::none(key, kind.label().name(Language::English));
    if let Some(params) = &question.params {
        let [r, alpha, third, fourth] = params.named(key, names)?;
        let (a, b, s, beta) = (third, fourth, third, fourth);
        let model: AnyModel = match question.model {
            ModelArgument::MbgNbd => MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, TimeUnit::Week)?.into(),
            ModelArgument::BgNbd => BgNbd::from_params(BgNbdParams { r, alpha, a, b }, TimeUnit::Week)?.into(),
            ModelArgument::ParetoNbd => {
                ParetoNbd::from_params(ParetoNbdParams { r, alpha, s, beta }, TimeUnit::Week)?.into()
            }
        };
        #[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
        let ln_density = |(sample, customers)| customers as f64 * model.log_likelihood(&sample);
        let log_likelihood = samples.iter().map(ln_density).sum();
        estimate.given(model, log_likelihood, samples.customers());
    } else {
        estimate.fitted(kind.fit(samples, &FitOptions::default()));
    }
    estimate.params =
        estimate.model.as_ref().map(|model| names.into_iter().zip(values(model)).collect()).unwrap_or_default();
    Ok(estimate)
}

fn values(model: &AnyModel) -> Vec<f64> {
    match model {
        AnyModel::MbgNbd(model) => {
            let MbgNbdParams { r, alpha, a, b } = model.params();
            vec![r, alpha, a, b]
        }
        AnyModel::BgNbd(model) => {
            let BgNbdParams { r, alpha, a, b } = model.params();
            vec![r, alpha, a, b]
        }
        AnyModel::ParetoNbd(model) => {
            let ParetoNbdParams { r, alpha, s, beta } = model.params();
            vec![r, alpha, s, beta]
        }
        _ => Vec::new(),
    }
}

pub fn spend(samples: &Samples, question: &Question) -> Result<Estimate<GammaGamma>, Box<dyn Error>> {
    let mut estimate = Estimate::none("gamma-gamma", "Gamma-Gamma");
    if let Some(params) = &question.spend_params {
        let [p, q, gamma] = params.named("gamma-gamma", ["p", "q", "gamma"])?;
        let model = GammaGamma::from_params(GammaGammaParams { p, q, gamma })?;
        #[allow(clippy::cast_precision_loss, reason = "customers are fewer than 2^53")]
        let ln_density = |(repeats, mean, customers)| {
            // What is spent does not depend on when.
            let sample = Sample::new(repeats, 1.0, 1.0).and_then(|sample| sample.with_mean_spend(mean)).ok()?;
            Some(customers as f64 * model.log_likelihood(&sample)?)
        };
        let log_likelihood = samples.spends().filter_map(ln_density).sum();
        estimate.given(model, log_likelihood, samples.customers() - samples.left_out_of_spend());
    } else {
        estimate.fitted(GammaGamma::fit(samples, &FitOptions::default()));
    }
    if let Some(GammaGammaParams { p, q, gamma }) = estimate.model.map(|model| model.params()) {
        estimate.params = vec![("p", p), ("q", q), ("gamma", gamma)];
    }
    Ok(estimate)
}

impl<M> Estimate<M> {
    fn none(key: &'static str, name: &'static str) -> Self {
        let status = String::new();
        Self { key, name, model: None, params: Vec::new(), log_likelihood: None, customers: 0, status }
    }

    fn given(&mut self, model: M, log_likelihood: f64, customers: u64) {
        (self.model, self.log_likelihood, self.customers) = (Some(model), Some(log_likelihood), customers);
        "given".clone_into(&mut self.status);
    }

    /// A fit without a maximum leaves what needs it empty; the rest of the run is not lost.
    fn fitted<P>(&mut self, fit: repurchase::Result<Fit<M, P>>) {
        let fitted = fit.and_then(|fit| {
            (self.log_likelihood, self.customers) = (Some(fit.report().log_likelihood), fit.report().customers);
            fit.interior()
        });
        match fitted {
            Ok(fitted) => (self.model, self.status) = (Some(fitted.model), "fitted".to_owned()),
            Err(error) => self.status = error.to_string(),
        }
    }
}

impl FromStr for Params {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut params = BTreeMap::new();
        for part in text.split(',') {
            let pair = part.split_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse().ok()?)));
            let (name, value) = pair.ok_or(format!("expected name=number, found {part:?}"))?;
            if params.insert(name.to_owned(), value).is_some() {
                return Err(format!("{name} appears twice"));
            }
        }
        Ok(Self(params))
    }
}

impl Params {
    /// Exactly these.
    fn named<const N: usize>(&self, model: &str, names: [&str; N]) -> Result<[f64; N], String> {
        let found = || self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.0.len() != N || names.iter().any(|&name| !self.0.contains_key(name)) {
            return Err(format!("parameters of {model}: expected {}, found {}", names.join(", "), found()));
        }
        Ok(names.map(|name| self.0.get(name).copied().unwrap_or(f64::NAN)))
    }
}
