//! A shop's models in a file: one object, of a form that is told first.

use core::fmt;

use chrono::NaiveDate;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::estimate::{Estimate, EstimateStatus};
use super::models::ShopModels;
use crate::error::Error;
use crate::predict::{AnyModel, GammaGamma};
use crate::segment::{Grid, MissedCycles, OctantModel, RfmModel, SpendBands, TierModel};

/// The form that is written, and the only one that is read. It changes with every change of a field below.
const FORM: u32 = 1;

/// The form, checked before anything else is interpreted, wherever it stands.
#[derive(serde::Deserialize)]
pub(super) struct Enveloped {
    #[serde(rename = "form")]
    _form: Form,
    #[serde(flatten)]
    fields: Fields,
}

struct Form;

/// The other fields, none of which may be unknown.
struct Fields(StoredModels);

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredModels {
    #[serde(skip_deserializing)]
    form: u32,
    as_of: NaiveDate,
    horizon_days: u32,
    rfm: RfmModel,
    octants: OctantModel,
    grid: Option<Grid>,
    tiers: TierModel,
    cycles: MissedCycles,
    spend_bands: Option<SpendBands>,
    purchases: Estimate<AnyModel>,
    spend: Estimate<GammaGamma>,
}

impl From<ShopModels> for StoredModels {
    fn from(models: ShopModels) -> Self {
        let ShopModels { as_of, horizon_days, rfm, octants, grid, tiers, cycles, spend_bands, purchases, spend } =
            models;
        Self { form: FORM, as_of, horizon_days, rfm, octants, grid, tiers, cycles, spend_bands, purchases, spend }
    }
}

impl TryFrom<Enveloped> for ShopModels {
    type Error = Error;

    fn try_from(Enveloped { fields: Fields(stored), .. }: Enveloped) -> Result<Self, Error> {
        let StoredModels {
            form: _,
            as_of,
            horizon_days,
            rfm,
            octants,
            grid,
            tiers,

            cycles,
            spend_bands,
            purchases,
            spend,
        } = stored;
        Self { as_of, horizon_days, rfm, octants, grid, tiers, cycles, spend_bands, purchases, spend }.checked()
    }
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A field that is missing reads as `None`.
        let found = match Option::<u64>::deserialize(deserializer)? {
            Some(form) if form == FORM.into() => return Ok(Self),
            Some(form) => format!("form {form}"),
            None => "no form".to_owned(),
        };
        Err(D::Error::custom(format_args!("the stored shop has {found}, but form {FORM} is read: fit again")))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the models of a shop")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fields, A::Error> {
                StoredModels::deserialize(MapAccessDeserializer::new(map)).map(Fields)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredEstimate<M> {
    status: EstimateStatus,
    model: Option<M>,
    customers: u64,
    log_likelihood: Option<f64>,
}

impl<M> From<Estimate<M>> for StoredEstimate<M> {
    fn from(Estimate { model, status, customers, log_likelihood }: Estimate<M>) -> Self {
        Self { status, model, customers, log_likelihood }
    }
}

impl<M> TryFrom<StoredEstimate<M>> for Estimate<M> {
    type Error = Error;

    fn try_from(StoredEstimate { status, model, customers, log_likelihood }: StoredEstimate<M>) -> Result<Self, Error> {
        Self::new(model, status, customers, log_likelihood)
    }
}
