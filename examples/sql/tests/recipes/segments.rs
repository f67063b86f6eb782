//! Labels on each customer.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use repurchase::chrono::NaiveDate;
use repurchase::scale::Label;
use repurchase::segment::{
    ChurnRisk, FrequencyBand, FrequencyBands, Grid, MissedCycles, NewCustomerBands, NewCustomerState, Octant,
    OctantModel, OctantSplit, RfmModel, RfmOptions, RfmScore, TierModel, TierScheme,
};
use repurchase::{CustomerHistory, Ledger, sql};

use crate::database::{Case, RFM_CUTS, RFM_SCORES, for_each_case};

type Labels = BTreeMap<String, String>;

/// What a recipe says of each customer, who must not appear twice.
#[track_caller]
fn labels(case: &Case, recipe: &str) -> Labels {
    let rows: Vec<(String, String)> = case.rows(recipe);
    let (count, labels) = (rows.len(), Labels::from_iter(rows));
    assert_eq!(labels.len(), count, "{}", case.name());
    labels
}

fn expected<'a>(ledger: &Ledger<String>, label: impl Fn(&CustomerHistory) -> Option<&'a str>) -> Labels {
    let label = |(id, history): (&String, CustomerHistory)| Some((id.clone(), label(&history)?.to_owned()));
    ledger.iter().filter_map(label).collect()
}

/// `None` for a shop in which nobody has bought.
fn fitted(ledger: &Ledger<String>) -> Option<(RfmModel, Vec<RfmScore>)> {
    let model = RfmModel::fit(ledger, &RfmOptions::default()).ok()?;
    let scores = model.score_all(ledger).unwrap();
    Some((model, scores))
}

#[test]
fn rfm_scores_and_cuts_are_the_library_s() {
    for_each_case(|case| {
        let ledger = case.shop.ledger(case.as_of);
        let scores: Vec<(String, u8, u8, u8)> = case.rows(RFM_SCORES);
        let scores: BTreeMap<_, _> = scores.into_iter().map(|(id, r, f, m)| (id, [r, f, m])).collect();
        let cuts: Vec<(usize, NaiveDate, u64, String)> = case.rows(RFM_CUTS);
        let Some((model, expected)) = fitted(&ledger) else {
            assert!(scores.is_empty() && cuts.is_empty(), "{}", case.name());
            return;
        };
        let expected = ledger.ids().iter().cloned().zip(expected.iter().map(|score| score.to_array()));
        assert_eq!(scores, expected.collect::<BTreeMap<_, _>>(), "{}", case.name());

        assert_eq!(cuts.len(), 4);
        for (cut, last_purchase, purchases, revenue) in cuts {
            let found = (last_purchase, purchases, revenue.parse().unwrap());
            let place = cut - 1;
            let (r, f, m) = (model.recency(), model.frequency(), model.monetary());
            let thresholds = (r.thresholds()[place], f.thresholds()[place], m.thresholds()[place]);
            assert_eq!(found, thresholds, "{}, cut {cut}", case.name());
        }
    });
}

#[test]
fn segments_and_octants_are_the_library_s() {
    for_each_case(|case| {
        let ledger = case.shop.ledger(case.as_of);
        let (segments, octants) = (labels(case, sql::RF_SEGMENTS), labels(case, sql::OCTANTS));
        let Some((model, scores)) = fitted(&ledger) else {
            assert!(segments.is_empty() && octants.is_empty(), "{}", case.name());
            return;
        };
        let grid = Grid::rf();
        let score = |history: &CustomerHistory| model.score(history).unwrap();
        assert_eq!(
            segments,
            expected(&ledger, |history| Some(grid.segment(score(history)).unwrap().key())),
            "{}",
            case.name()
        );
        let splits = OctantModel::fit(&scores, &OctantSplit::Mean).unwrap();
        assert_eq!(
            octants,
            expected(&ledger, |history| Some(splits.octant(score(history)).unwrap().label().key())),
            "{}",
            case.name()
        );
    });
}

#[test]
fn tiers_are_the_library_s() {
    for_each_case(|case| {
        let ledger = case.shop.ledger(case.as_of);
        let found = labels(case, sql::MEMBERSHIP_TIERS);
        match TierModel::fit(&ledger, &TierScheme::default()) {
            Ok(tiers) => {
                let tier = |history: &CustomerHistory| Some(tiers.tier(history.revenue()).key());
                assert_eq!(found, expected(&ledger, tier), "{}", case.name());
            }
            Err(_) => assert!(found.is_empty(), "{}", case.name()),
        }
    });
}

/// Every customer's standing: bands and cycles of those who came again, states of those who did not.
#[test]
fn bands_states_and_cycles_are_the_library_s() {
    for_each_case(|case| {
        let (ledger, as_of) = (case.shop.ledger(case.as_of), case.as_of);
        let bands = FrequencyBands::default();
        let band = |history: &CustomerHistory| bands.band(history).map(|band| band.label().key());
        assert_eq!(labels(case, sql::FREQUENCY_BANDS), expected(&ledger, band), "{}", case.name());

        let nodes = NewCustomerBands::default();
        let state = |history: &CustomerHistory| nodes.state(history, as_of).map(|state| state.label().key());
        assert_eq!(labels(case, sql::NEW_CUSTOMER_STATES), expected(&ledger, state), "{}", case.name());

        let rows: Vec<(String, u32, String)> = case.rows(sql::MISSED_CYCLES);
        let found: BTreeMap<_, _> = rows.into_iter().map(|(id, missed, risk)| (id, (missed, risk))).collect();
        let standing = |(id, history): (&String, CustomerHistory)| {
            let standing = MissedCycles::default().standing(&history, as_of)?;
            Some((id.clone(), (standing.cycles_missed()?, standing.risk().label().key().to_owned())))
        };
        let expected: BTreeMap<_, _> = ledger.iter().filter_map(standing).collect();
        assert_eq!(found, expected, "{}", case.name());
    });
}

/// A label that no customer of any shop has would be compared with nothing.
#[test]
fn every_label_occurs() {
    let grid = Grid::rf();
    let tiers = TierScheme::default();
    let keys = |labels: &mut dyn Iterator<Item = &Label>| -> BTreeSet<String> {
        labels.map(|label| label.key().to_owned()).collect()
    };
    let recipes = [
        (sql::RF_SEGMENTS, keys(&mut grid.segments().iter())),
        (sql::OCTANTS, keys(&mut Octant::ALL.iter().map(|octant| octant.label()))),
        (sql::MEMBERSHIP_TIERS, keys(&mut tiers.names().iter())),
        (sql::FREQUENCY_BANDS, keys(&mut FrequencyBand::ALL.iter().map(|band| band.label()))),
        (sql::NEW_CUSTOMER_STATES, keys(&mut NewCustomerState::ALL.iter().map(|state| state.label()))),
        (sql::MISSED_CYCLES, keys(&mut ChurnRisk::ALL.iter().map(|risk| risk.label()))),
    ];
    for (recipe, keys) in recipes {
        let seen = RefCell::new(BTreeSet::new());
        for_each_case(|case| {
            let rows: Vec<Vec<String>> = case.rows(recipe);
            seen.borrow_mut().extend(rows.into_iter().filter_map(|mut row| row.pop()));
        });
        assert_eq!(seen.into_inner(), keys);
    }
}
