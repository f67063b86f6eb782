//! The shop as one JSON: read back the same, of one form, checked.

use proptest::prelude::*;
use repurchase::segment::{ChurnRisk, RfmOptions, SpendBands};
use repurchase::shop::{Action, PlaybookBuilder, ShopModels, ShopOptions, ShopTally};
use serde_json::{Value, json};

use super::{all_of, fit, fixed_seed, large, ledger, rows};

fn stored(models: &ShopModels) -> Value {
    serde_json::from_str(&serde_json::to_string(models).unwrap()).unwrap()
}

fn refused(json: &Value) -> String {
    super::common::refused::<ShopModels>(json)
}

proptest! {
    #![proptest_config(fixed_seed(24))]

    #[test]
    fn read_back_the_same(rows in rows()) {
        let ledger = ledger(&rows);
        let playbook = PlaybookBuilder::standard().action(ChurnRisk::Due, Action::GIFT).build().unwrap();
        let options = ShopOptions::default().with_spend_bands(SpendBands::default()).with_playbook(playbook);
        let text = serde_json::to_string(&options).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ShopOptions>(&text).unwrap(), &options);
        let tally = ShopTally::of(&ledger, &options);
        let text = serde_json::to_string(&tally).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ShopTally>(&text).unwrap(), &tally);
        if ledger.is_empty() {
            return Ok(());
        }
        let models = fit(&ledger, &options);
        let text = serde_json::to_string(&models).unwrap();
        prop_assert!(text.starts_with(r#"{"form":8,"as_of":"2026-07-20","#), "{}", text);
        let again: ShopModels = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&again, &models);
        let (one, other) = (again.profile_all(&ledger).unwrap(), models.profile_all(&ledger).unwrap());
        prop_assert_eq!(all_of(&one), all_of(&other));
    }
}

/// What refuses a customer must do so before anything was added.
#[test]
fn a_tally_whose_parts_do_not_fit_is_refused() {
    let (ledger, options) = (ledger(&large(100)), ShopOptions::default());
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut json = serde_json::to_value(ShopTally::of(&ledger, &options)).unwrap();
        change(&mut json);
        super::common::refused::<ShopTally>(&json)
    };
    assert_eq!(
        refused(&|json| json["rfm"]["in_window"] = true.into()),
        "the stored tally has R, F and M of a window: a shop counts whole histories"
    );
    let contradicts = "the stored tally contradicts itself: its parts count the same customers as of one day";
    assert_eq!(refused(&|json| json["mean_gaps"] = json!([[1, 101]])), contradicts);
}

#[test]
fn another_form_is_refused() {
    let json = stored(&fit(&ledger(&large(100)), &ShopOptions::default()));
    let of_form = |form: Value| {
        let mut json = json.clone();
        json["form"] = form;
        // What stands beside an unknown form is not looked at.
        json["tiers"] = json!("written otherwise");
        refused(&json)
    };
    assert_eq!(of_form(json!(2)), "the stored shop has form 2, but form 8 is read: fit again");
    assert_eq!(of_form(json!(0)), "the stored shop has form 0, but form 8 is read: fit again");
    let mut none = json.clone();
    none.as_object_mut().unwrap().shift_remove("form");
    assert_eq!(refused(&none), "the stored shop has no form, but form 8 is read: fit again");
    let earlier = json!({"as_of": "2026-07-20", "horizon_days": 90, "rfm": {}, "octants": {}, "tiers": {}});
    assert_eq!(refused(&earlier), "the stored shop has no form, but form 8 is read: fit again");
}

/// A database may hand back the fields in another order.
#[test]
fn the_form_is_found_wherever_it_stands() {
    let models = fit(&ledger(&large(100)), &ShopOptions::default());
    let Value::Object(fields) = stored(&models) else { panic!("an object") };
    let turned: serde_json::Map<_, _> = fields.into_iter().rev().collect();
    assert_eq!(serde_json::from_value::<ShopModels>(Value::Object(turned)).unwrap(), models);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let customers = ledger(&large(500));
    let json = stored(&fit(&customers, &ShopOptions::default()));
    let other = stored(&fit(&customers, &ShopOptions::default().with_rfm(RfmOptions::quantiles(4)).with_grid(None)));
    let mut grid = json.clone();
    grid["rfm"] = other["rfm"].clone();
    assert_eq!(refused(&grid), "the grid reads scores of [5, 5, 1] bins of R, F and M, found [4, 4, 4]");
    let mut octants = json.clone();
    octants["octants"] = other["octants"].clone();
    assert_eq!(refused(&octants), "the octant split reads scores of [4, 4, 4] bins of R, F and M, found [5, 5, 5]");
    let mut unknown = json.clone();
    unknown["tires"] = json!(1);
    assert!(refused(&unknown).starts_with("unknown field `tires`"));
    let mut missing = json.clone();
    missing.as_object_mut().unwrap().shift_remove("tiers");
    assert_eq!(refused(&missing), "missing field `tiers`");
    let mut gap = json.clone();
    gap["playbook"].as_object_mut().unwrap().shift_remove("octant");
    gap["playbook"]["segment"].as_array_mut().unwrap().remove(0);
    assert_eq!(refused(&gap), "the playbook has no action for segment/hibernating");
    let mut model = json;
    assert_eq!(model["spend"]["status"], "fitted");
    model["spend"]["model"] = Value::Null;
    assert_eq!(
        refused(&model),
        "the stored shop contradicts itself: an estimate has a model exactly where its status says so"
    );
}
