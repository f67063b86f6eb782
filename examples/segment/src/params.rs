//! Models' parameters by name.

use std::error::Error;

use order_files::Said;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, CnbdParams, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, ModelKind, Nbd,
    NbdParams, ParetoNbd, ParetoNbdParams, TimeUnit,
};

/// A name and its number.
pub type Param = (String, f64);

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
                AnyModel::MbgCnbd(model) => of_rhythm(model.params()),
                AnyModel::BgCnbd(model) => of_rhythm(model.params()),
                _ => Vec::new(),
            }
        }

        /// The model of purchases with these parameters, in weeks.
        pub fn purchases(params: &[Param], kind: ModelKind) -> Result<AnyModel, Box<dyn Error>> {
            Ok(match kind {
                $(ModelKind::$model => {
                    let [$($name),*] = named("--params", params, &name(kind), [$(stringify!($name)),*])?;
                    $model::from_params($params { $($name),* }, TimeUnit::Week)?.into()
                })*
                _ => {
                    let name = name(kind);
                    return Err(Said::from([
                        format!("--params: {name} takes none; use another --model or leave them out"),
                        format!("--params：{name} 没有可给的参数；请换一个 --model，或去掉 --params"),
                    ]).into());
                }
            })
        }
    };
}

models! {
    Nbd: NbdParams { r, alpha },
    MbgNbd: MbgNbdParams { r, alpha, a, b },
    BgNbd: BgNbdParams { r, alpha, a, b },
    ParetoNbd: ParetoNbdParams { r, alpha, s, beta }
}

/// The shares are those of customers by the phases of their rhythm.
fn of_rhythm(CnbdParams { r, alpha, a, b, shares: [k1, k2, k3, k5, k8] }: CnbdParams) -> Vec<(&'static str, f64)> {
    vec![("r", r), ("alpha", alpha), ("a", a), ("b", b), ("k1", k1), ("k2", k2), ("k3", k3), ("k5", k5), ("k8", k8)]
}

/// The parameters of the model of spend.
pub fn of_spend(model: &GammaGamma) -> Vec<(&'static str, f64)> {
    let GammaGammaParams { p, q, gamma } = model.params();
    vec![("p", p), ("q", q), ("gamma", gamma)]
}

/// The model of spend with these parameters.
pub fn spend(params: &[Param]) -> Result<GammaGamma, Box<dyn Error>> {
    let [p, q, gamma] = named("--spend-params", params, "gamma-gamma", ["p", "q", "gamma"])?;
    Ok(GammaGamma::from_params(GammaGammaParams { p, q, gamma })?)
}

/// Exactly these.
fn named<const N: usize>(option: &str, params: &[Param], model: &str, names: [&str; N]) -> Result<[f64; N], Said> {
    let values = names.map(|name| params.iter().find(|(found, _)| found == name).map(|&(_, value)| value));
    if params.len() != N || values.contains(&None) {
        let mut found: Vec<_> = params.iter().map(|(name, _)| name.as_str()).collect();
        found.sort_unstable();
        let (found, names) = (found.join(", "), names.join(", "));
        return Err(Said::from([
            format!("{option} of {model}: found {found}, expected {names}"),
            format!("{option}（{model}）：给出的是 {found}，应为 {names}"),
        ]));
    }
    Ok(values.map(Option::unwrap_or_default))
}

/// From a text such as `r=0.5`.
pub fn param(text: &str) -> Result<Param, Said> {
    let pair = text.split_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse().ok()?)));
    pair.map(|(name, value)| (name.to_owned(), value)).ok_or_else(|| {
        Said::from([format!("expected name=number, found {text:?}"), format!("应为 名称=数字，实际为 {text:?}")])
    })
}
