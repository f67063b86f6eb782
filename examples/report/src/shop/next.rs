//! What each customer is expected to do next.

use chrono::NaiveDate;
use repurchase::predict::{
    AnyModel, CustomerForecast, Discount, Fit, FitOptions, GammaGamma, ModelKind, PurchaseModel, Sample, Samples,
    SpendSample, SpendSamples, ValueModel,
};
use repurchase::{CustomerHistory, Error, Ledger};

use super::Outlook;
use crate::words::Words;

/// For how many days purchases and revenue are expected.
pub(crate) const HORIZON_DAYS: u32 = 90;

/// What the models expect; what needs a model that there is not is `None`.
pub(crate) struct Next {
    pub(crate) kind: ModelKind,
    /// The model of purchases, in weeks, or why there is none, in words.
    pub(crate) purchases: Result<AnyModel, String>,
    /// The model of spend, or why there is none.
    pub(crate) spend: Result<GammaGamma, String>,
    /// In the order of the ledger.
    pub(crate) customers: Vec<Expected>,
}

/// Of one customer, within the horizon.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Expected {
    pub(crate) alive: Option<f64>,
    pub(crate) purchases: Option<f64>,
    pub(crate) value: Option<f64>,
}

impl Next {
    /// By the kind of model that the outlook chose, fitted to all that is known; by MBG/NBD without one.
    pub(crate) fn new(ledger: &Ledger<String>, outlook: Option<&Outlook>, words: Words) -> Result<Self, Error> {
        let kind = outlook.map_or(ModelKind::MbgNbd, |outlook| outlook.kind);
        let options = FitOptions::default();
        let samples: Vec<(Sample, SpendSample)> = ledger
            .iter()
            .filter_map(|(_, history)| history.repeat_summary(ledger.as_of()))
            .map(|summary| (Sample::in_weeks(&summary), SpendSample::of(&summary)))
            .collect();
        let weeks = f64::from(HORIZON_DAYS) / 7.0;
        let mut customers = vec![Expected::default(); samples.len()];

        let purchases = model_of(kind.fit(&Samples::in_weeks(ledger), &options), words);
        let spend = model_of(GammaGamma::fit(&SpendSamples::of(ledger), &options), words);
        if let Ok(purchases) = &purchases {
            let of_each: Vec<Sample> = samples.iter().map(|&(sample, _)| sample).collect();
            let alive = purchases.probabilities_alive(&of_each).into_iter();
            let expected = purchases.expected_purchases_of_all(&of_each, weeks)?;
            for (customer, (alive, purchases)) in customers.iter_mut().zip(alive.zip(expected)) {
                (customer.alive, customer.purchases) = (Some(alive), Some(purchases));
            }
        }
        if let (Ok(purchases), Ok(spend)) = (&purchases, &spend) {
            let model = ValueModel { purchases: *purchases, spend: *spend };
            let values = model.expected_values(&samples, weeks, Discount::NONE)?;
            customers.iter_mut().zip(values).for_each(|(customer, value)| customer.value = value);
        }
        Ok(Self { kind, purchases, spend, customers })
    }

    /// What is expected of one customer, with the reasons; `None` without a model of purchases.
    pub(crate) fn forecast(
        &self,
        history: &CustomerHistory,
        as_of: NaiveDate,
    ) -> Result<Option<CustomerForecast>, Error> {
        let (Ok(model), Some(summary)) = (&self.purchases, history.repeat_summary(as_of)) else { return Ok(None) };
        let forecast = CustomerForecast::in_weeks(model, &summary, HORIZON_DAYS)?;
        Ok(Some(match &self.spend {
            Ok(spend) => forecast.with_spend(spend, &SpendSample::of(&summary)),
            Err(_) => forecast,
        }))
    }

    /// Over all customers; `None` where it is unknown of one.
    pub(crate) fn sum(&self, of: impl FnMut(&Expected) -> Option<f64>) -> Option<f64> {
        self.customers.iter().map(of).sum::<Option<f64>>().filter(|sum| sum.is_finite())
    }
}

/// The model at the maximum, or why there is none.
fn model_of<M, P>(fit: Result<Fit<M, P>, Error>, words: Words) -> Result<M, String> {
    match fit {
        Ok(Fit::Interior(fitted)) => Ok(fitted.model),
        Ok(Fit::Boundary(boundary)) => {
            let limit = boundary.describe(words.language);
            Err(words.say(
                || format!("for these customers it runs to a simpler form ({limit})"),
                || format!("对这些客户，它趋于一种简化形式（{limit}）"),
            ))
        }
        Err(error) => Err(words.say(
            || error.to_string(),
            || match &error {
                Error::NoCustomers { .. } => "没有可用于拟合的客户".to_owned(),
                Error::NothingObserved { .. } => "所有客户都是当天才首次购买，观察期为零".to_owned(),
                Error::NotConverged { .. } => "拟合没有收敛".to_owned(),
                other => other.to_string(),
            },
        )),
    }
}
