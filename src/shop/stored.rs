//! A shop's models in a file: one object, of a form that is told first.

use core::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::checks::ShopChecks;
use super::estimate::{Estimate, EstimateStatus};
use super::models::ShopModels;
use super::playbook::Playbook;
use super::tally::ShopTally;
use super::totals::{LabelTotals, ShopTotals};
use crate::error::Error;
use crate::number::ExactSum;
use crate::predict::{AnyModel, GammaGamma, Identification, KeptShare, Samples};
use crate::scale::{MoneyTally, Tally};
use crate::segment::{Grid, LabelKind, MissedCycles, OctantModel, RfmModel, RfmTally, SpendBands, TierModel};
use crate::stored::stored;

/// The form that is written, and the only one that is read. It changes with every change of a field below.
const FORM: u32 = 8;

/// The form, checked before anything else is interpreted, wherever it stands.
#[derive(serde::Deserialize)]
pub(super) struct Enveloped {
    #[serde(rename = "form")]
    _form: Form,
    #[serde(flatten)]
    fields: Fields,
}

struct Form;

/// The other fields; an unknown one is refused.
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
    kept: KeptShare,
    playbook: Playbook,
    checks: Option<ShopChecks>,
}

impl From<ShopModels> for StoredModels {
    fn from(models: ShopModels) -> Self {
        Self {
            form: FORM,
            as_of: models.as_of,
            horizon_days: models.horizon_days,
            rfm: models.rfm,
            octants: models.octants,
            grid: models.grid,
            tiers: models.tiers,
            cycles: models.cycles,
            spend_bands: models.spend_bands,
            purchases: models.purchases,
            spend: models.spend,
            kept: models.kept,
            playbook: models.playbook,
            checks: models.checks,
        }
    }
}

impl TryFrom<Enveloped> for ShopModels {
    type Error = Error;

    fn try_from(Enveloped { fields: Fields(stored), .. }: Enveloped) -> Result<Self, Error> {
        Self {
            as_of: stored.as_of,
            horizon_days: stored.horizon_days,
            rfm: stored.rfm,
            octants: stored.octants,
            grid: stored.grid,
            tiers: stored.tiers,
            cycles: stored.cycles,
            spend_bands: stored.spend_bands,
            purchases: stored.purchases,
            spend: stored.spend,
            kept: stored.kept,
            playbook: stored.playbook,
            checks: stored.checks,
        }
        .checked()
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

stored! {
    ShopTally {
        as_of: NaiveDate,
        rfm: RfmTally,
        revenues: Option<MoneyTally>,
        credited: MoneyTally,
        mean_gaps: Tally<u32>,
        samples: Samples,
    } => {
        if rfm.is_in_window() {
            return Err("the stored tally has R, F and M of a window: a shop counts whole histories");
        }
        let counted = [Some(samples.customers()), revenues.as_ref().map(MoneyTally::customers)];
        let is_same = counted.into_iter().flatten().all(|customers| customers == rfm.customers());
        // Nobody else is credited or has gaps.
        let is_of_them = credited.customers() <= rfm.customers() && mean_gaps.customers() <= rfm.customers();
        if samples.as_of() != Some(as_of) || !is_same || !is_of_them {
            return Err("the stored tally contradicts itself: its parts count the same customers as of one day");
        }
        Ok(Self { as_of, rfm, revenues, credited, mean_gaps, samples })
    }, &'static str
}

stored! {
    ShopTotals {
        as_of: NaiveDate,
        scale: u32,
        purchase_days: u64,
        repeat_customers: u64,
        customers_of_two_days: u64,
        credits: u64,
        all: LabelTotals,
        labels: Vec<Vec<LabelTotals>>,
        revenues: MoneyTally,
        expected_purchases: ExactSum,
        probability_buys: ExactSum,
        expected_value: ExactSum,
        valued: u64,
    } => {
        let all_labels = [&all].into_iter().chain(labels.iter().flatten());
        let is_counted = labels.iter().all(|kind| {
            let counted = kind.iter().try_fold(0_u64, |sum, label| sum.checked_add(label.customers));
            counted.is_some_and(|counted| counted <= all.customers)
        });
        let are_parts = customers_of_two_days <= repeat_customers && repeat_customers <= all.customers;
        let is_whole = labels.len() == LabelKind::ALL.len() && are_parts && valued <= all.customers;
        if !is_counted || !is_whole || revenues.customers() != all.customers || revenues.digits().is_some() {
            return Err("the stored sums contradict themselves: their customers are not the same");
        }
        if scale > Decimal::MAX_SCALE || all_labels.into_iter().any(|label| label.finest_scale() > scale) {
            return Err("the stored sums contradict themselves: an amount is finer than the finest");
        }
        Ok(Self {
            as_of,
            scale,
            purchase_days,
            repeat_customers,
            customers_of_two_days,
            credits,
            all,
            labels,
            revenues,
            expected_purchases,
            probability_buys,
            expected_value,
            valued,
        })
    }, &'static str
}

stored! {
    Estimate<M> {
        status: EstimateStatus,
        model: Option<M>,
        customers: u64,
        log_likelihood: Option<f64>,
        identified: Vec<Identification>,
    } => {
        if status.has_model() != model.is_some() {
            return Err("the stored shop contradicts itself: an estimate has a model exactly where its status says so");
        }
        Ok(Self { model, status, customers, log_likelihood, identified })
    }, &'static str
}
