//! The eight classes: splits against rational oracles, codes and names.

use proptest::prelude::*;
use repurchase::Error;
use repurchase::scale::Language;
use repurchase::segment::{Octant, OctantModel, OctantSplit, RfmScore};

use super::score;

fn scores() -> impl Strategy<Value = Vec<RfmScore>> {
    let one = prop::array::uniform3(1..=10u8).prop_map(|[r, f, m]| score(r, f, m));
    prop::collection::vec(one, 1..40)
}

/// Above the mean: `score * N > sum`, in integers.
fn above_mean(all: &[u8], score: u8) -> bool {
    usize::from(score) * all.len() > all.iter().map(|&score| usize::from(score)).sum()
}

/// Above the middle one, or above half the sum of the two in the middle.
fn above_median(all: &[u8], score: u8) -> bool {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    let (half, odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
    if odd { score > sorted[half] } else { 2 * score > sorted[half - 1] + sorted[half] }
}

fn octant(scores: &[RfmScore], score: RfmScore, is_high: impl Fn(&[u8], u8) -> bool) -> Octant {
    let high = |dimension: usize| {
        let column: Vec<u8> = scores.iter().map(|score| score.to_array()[dimension]).collect();
        is_high(&column, score.to_array()[dimension])
    };
    Octant::new(high(0), high(1), high(2))
}

proptest! {
    #![proptest_config(super::fixed_seed(192))]

    #[test]
    fn splits_are_exact(scores in scores(), others in scores()) {
        let model = |split| OctantModel::fit(&scores, &split).unwrap();
        let own = others[0];
        let (mean, median) = (model(OctantSplit::Mean), model(OctantSplit::Median));
        let from = model(OctantSplit::From(own));
        for &one in scores.iter().chain(&others) {
            prop_assert_eq!(mean.octant(one).unwrap(), octant(&scores, one, above_mean));
            prop_assert_eq!(median.octant(one).unwrap(), octant(&scores, one, above_median));
            let high = |at: usize| one.to_array()[at] >= own.to_array()[at];
            prop_assert_eq!(from.octant(one).unwrap(), Octant::new(high(0), high(1), high(2)));
        }
        let mut backwards = scores.clone();
        backwards.reverse();
        prop_assert_eq!(OctantModel::fit(&backwards, &OctantSplit::Mean).unwrap(), mean);
        prop_assert_eq!(OctantModel::fit(&backwards, &OctantSplit::Median).unwrap(), median);
    }
}

#[test]
fn a_score_that_equals_the_split_is_low() {
    let three = [score(1, 1, 2), score(2, 1, 2), score(3, 4, 2)];
    for (split, expected) in [
        // Means 2, 2, 2; medians 2, 1, 2.
        (OctantSplit::Mean, ["000", "000", "110"]),
        (OctantSplit::Median, ["000", "000", "110"]),
        (OctantSplit::From(score(2, 4, 2)), ["001", "101", "111"]),
    ] {
        let model = OctantModel::fit(&three, &split).unwrap();
        assert_eq!(three.map(|score| model.octant(score).unwrap().code()), expected, "{split:?}");
    }
    // Means 2.5, medians 1.5 of an even number.
    let four = [score(1, 1, 1), score(1, 1, 1), score(2, 2, 2), score(6, 6, 6)];
    for (split, expected) in [(OctantSplit::Mean, "000"), (OctantSplit::Median, "111")] {
        assert_eq!(OctantModel::fit(&four, &split).unwrap().octant(four[2]).unwrap().code(), expected);
    }
    assert_eq!(OctantSplit::default(), OctantSplit::Mean);
}

/// In binary64 a mean such as 2.1 of ten scores is not exact; here nothing is rounded.
#[test]
fn means_of_thousands_are_exact() {
    let mut scores = vec![score(3, 3, 3); 9_999];
    scores.push(score(2, 4, 3));
    let model = OctantModel::fit(&scores, &OctantSplit::Mean).unwrap();
    // R: 3 is above the mean by 1/10,000; F: 3 is below it by as much; M: 3 is the mean.
    assert_eq!(model.octant(score(3, 3, 3)).unwrap().code(), "100");
}

#[test]
fn all_alike_are_low() {
    for split in [OctantSplit::Mean, OctantSplit::Median] {
        let model = OctantModel::fit(&[score(4, 4, 4); 3], &split).unwrap();
        assert_eq!(model.octant(score(4, 4, 4)).unwrap(), Octant::GeneralRetain);
        assert_eq!(model.octant(score(5, 4, 3)).unwrap(), Octant::GeneralDevelop);
    }
}

#[test]
fn nobody_has_no_mean() {
    for split in [OctantSplit::Mean, OctantSplit::Median] {
        let error = OctantModel::fit(&[], &split).unwrap_err();
        assert_eq!(error, Error::NoCustomers { what: "the octants" });
        assert_eq!(error.to_string(), "the octants cannot be fitted without a customer");
    }
    let given = OctantModel::fit(&[], &OctantSplit::From(score(3, 3, 3))).unwrap();
    assert_eq!(given.octant(score(3, 2, 5)).unwrap().code(), "101");
}

/// A score of other bins is high or low by other measures; it is refused, never split.
#[test]
fn scores_of_other_bins_are_refused() {
    let five = |scores| RfmScore::new(scores, [5; 3]).unwrap();
    let ten = score(5, 4, 3);
    let error = |what| Error::ScoreBins { what, expected: [5; 3], found: [10; 3] };
    let model = OctantModel::fit(&[five([1, 1, 1]), five([5, 5, 5])], &OctantSplit::Mean).unwrap();
    assert_eq!(model.bins(), [5; 3]);
    assert_eq!(model.octant(ten), Err(error("octant split")));
    assert_eq!(model.octant_all(&[five([5, 1, 1]), ten]), Err(error("octant split")));
    assert_eq!(model.octant_all(&[five([5, 1, 1])]), Ok(vec![Octant::GeneralDevelop]));
    assert_eq!(model.explain(ten, Language::English), Err(error("octant split")));
    for split in [OctantSplit::Mean, OctantSplit::From(five([1, 1, 1]))] {
        let fitted = OctantModel::fit(&[five([1, 1, 1]), ten], &split);
        assert_eq!(fitted, Err(error("split")));
    }
    assert_eq!(
        error("octant split").to_string(),
        "the octant split reads scores of [5, 5, 5] bins of R, F and M, found [10, 10, 10]"
    );
    assert!(OctantModel::new([5, 5, 5], 1, [5, 5, 6]).is_err(), "a sum beyond the bins");
}

#[test]
fn codes_and_names() {
    // DESIGN's table: 1 = high, R F M.
    let table = [
        ("111", "important_value", "Important value", "重要价值客户"),
        ("101", "important_develop", "Important development", "重要发展客户"),
        ("011", "important_keep", "Important keeping", "重要保持客户"),
        ("001", "important_retain", "Important retention", "重要挽留客户"),
        ("110", "general_value", "General value", "一般价值客户"),
        ("100", "general_develop", "General development", "一般发展客户"),
        ("010", "general_keep", "General keeping", "一般保持客户"),
        ("000", "general_retain", "General retention", "一般挽留客户"),
    ];
    for (octant, (code, key, english, chinese)) in Octant::ALL.into_iter().zip(table) {
        let high: Vec<bool> = code.bytes().map(|digit| digit == b'1').collect();
        assert_eq!(Octant::new(high[0], high[1], high[2]), octant);
        let label = octant.label();
        let found = (octant.code(), label.key(), label.name(Language::English), label.name(Language::Chinese));
        assert_eq!(found, (code, key, english, chinese));
    }
}
