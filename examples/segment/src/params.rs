//! Models' parameters by name.

use std::collections::BTreeMap;
use std::error::Error;
use std::str::FromStr;

use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, ModelKind, Nbd, NbdParams,
    ParetoNbd, ParetoNbdParams, TimeUnit,
};

/// Parameters such as `r=0.5,alpha=6.2,a=0.9,b=1.6`.
#[derive(Debug, Clone)]
pub struct Params(BTreeMap<String, f64>);

/// A model's name in options and files.
pub fn name(kind: ModelKind) -> String {
    kind.label().key().replace('_', "-")
}

macro_rules! models {
    ($($model:ident: $params:ident { $($name:ident),* }),*) => {
        /// The parameters of a model of purchases.
        pub fn of_purchases(model: &AnyModel) -> Vec<(&'static str, f64)> {
            match model {
                $(AnyModel::$model(model) => {
                    let $params { $($name),* } = model.params();
                    vec![$((stringify!($name), $name)),*]
                })*
                _ => Vec::new(),
            }
        }

        impl Params {
            /// The model of purchases, in weeks.
            pub fn purchases(&self, kind: ModelKind) -> Result<AnyModel, Box<dyn Error>> {
                Ok(match kind {
                    $(ModelKind::$model => {
                        let [$($name),*] = self.named(&name(kind), [$(stringify!($name)),*])?;
                        $model::from_params($params { $($name),* }, TimeUnit::Week)?.into()
                    })*
                    _ => return Err(format!("parameters of {} cannot be given", name(kind)).into()),
                })
            }
        }
    };
}

models! {
    Nbd: NbdParams { r, alpha },
    MbgNbd: MbgNbdParams { r, alpha, a, b },
    BgNbd: BgNbdParams { r, alpha, a, b },
    ParetoNbd: ParetoNbdParams { r, alpha, s, beta }
}

/// The parameters of the model of spend.
pub fn of_spend(model: &GammaGamma) -> Vec<(&'static str, f64)> {
    let GammaGammaParams { p, q, gamma } = model.params();
    vec![("p", p), ("q", q), ("gamma", gamma)]
}

impl Params {
    /// The model of spend.
    pub fn spend(&self) -> Result<GammaGamma, Box<dyn Error>> {
        let [p, q, gamma] = self.named("gamma-gamma", ["p", "q", "gamma"])?;
        Ok(GammaGamma::from_params(GammaGammaParams { p, q, gamma })?)
    }

    /// Exactly these.
    fn named<const N: usize>(&self, model: &str, names: [&str; N]) -> Result<[f64; N], String> {
        let found = || self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.0.len() != N || names.iter().any(|&name| !self.0.contains_key(name)) {
            return Err(format!("parameters of {model}: expected {}, found {}", names.join(", "), found()));
        }
        Ok(names.map(|name| self.0.get(name).copied().unwrap_or(f64::NAN)))
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
