//! Every type that can be read has a file, or stands in that of another.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Types whose fields are checked one by one: one too many or too few is refused.
pub(crate) const CHECKED: [&str; 23] = [
    "ratio",
    "interval",
    "window",
    "order",
    "credit",
    "order_line",
    "funnel",
    "money_sample",
    "sample_plan",
    "assignment",
    "points_program",
    "points_account",
    "cap",
    "quiet_hours",
    "rfm_model",
    "rfm_tally",
    "missed_cycles",
    "tier_model",
    "spend_bands",
    "shop_tally",
    "past_tally",
    "kept_share",
    "note_tally",
];

/// Types that are stored within others, each with the file in which it stands.
const WITHIN: &[(&str, &str)] = &[
    ("BaselineScores", "backtest"),
    ("BetterRule", "outlook"),
    ("Baseline", "backtest"),
    ("Boundary", "fit_boundary"),
    ("Calibration", "backtest"),
    ("Candidate", "backtest"),
    ("Choice", "backtest"),
    ("Cohort", "cohort_table"),
    ("DayEdges", "frequency_bands"),
    ("Difference", "backtest"),
    ("ExpectedTotals", "rolling_backtest"),
    ("FitReport", "fit_boundary"),
    ("Fitted", "fit_interior"),
    ("Fit", "fit_interior"),
    ("Identification", "fit_interior"),
    ("Latent", "fit_boundary"),
    ("Limit", "fit_boundary"),
    ("Spread", "fit_boundary"),
    ("StopReason", "fit_interior"),
    ("LiabilityMonth", "liability"),
    ("Lot", "points_account"),
    ("ModelRecord", "rolling_backtest"),
    ("MoneyBins", "rfm_model"),
    ("NoInterval", "outlook"),
    ("RenewalHoldout", "renewal_choice"),
    ("RollingWindow", "rolling_backtest"),
    ("RuleTotal", "track_record"),
    ("Scores", "backtest"),
    ("Sum", "past_tally"),
    ("TotalOutcome", "track_record"),
    ("NewCustomers", "referred_new_customers"),
    ("RhythmCheck", "shop_models"),
    ("Suppression", "decisions"),
    ("Total", "totals"),
    ("TotalForecast", "outlook"),
    ("TrackWindow", "track_record"),
    ("YearAgo", "outlook"),
    ("ProductCycle", "cycle_table"),
    ("ProductDue", "due_model"),
    ("VisitorCheck", "visitor_fit"),
    ("EstimateStatus", "shop_models"),
    ("Estimate", "shop_models"),
    ("ShopChecks", "shop_models"),
];

fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// The types that the list of public items says can be read.
fn readable() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/public_items.txt");
    let list = fs::read_to_string(path).unwrap();
    let name = |item: &str| item.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    let stored = list.lines().filter_map(|line| line.split_once("stored! for ").map(|(_, item)| name(item)));
    let derived = list.lines().filter(|line| line.contains(" Deserialize")).filter_map(|line| {
        let after = |word| line.split_once(word).map(|(_, item)| name(item));
        after("pub struct ").or_else(|| after("pub enum "))
    });
    let labels = list.lines().filter_map(|line| line.split_once("labels! :: pub enum ").map(|(_, item)| name(item)));
    let models = ["parameters! :: ", "model! :: "]
        .into_iter()
        .flat_map(|head| list.lines().filter_map(move |line| line.split_once(head).map(|(_, item)| item.to_owned())));
    stored.chain(derived).chain(labels).chain(models.map(|item| name(&item))).collect()
}

#[test]
fn every_type_that_can_be_read_has_a_file() {
    let is_there = |file: &str| super::file(file).exists();
    let within = |name: &str| WITHIN.iter().find(|(of, _)| *of == name).map(|(_, file)| *file);
    let missing: Vec<_> = readable()
        .into_iter()
        .filter(|name| {
            let own = snake(name);
            let plural = if let Some(stem) = own.strip_suffix('y') { format!("{stem}ies") } else { own.clone() + "es" };
            !within(name)
                .map_or_else(|| [&own, &plural, &(own.clone() + "s")].into_iter().any(|file| is_there(file)), is_there)
        })
        .collect();
    assert!(missing.is_empty(), "types without a file of their form: {missing:?}");
}
