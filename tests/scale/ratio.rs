//! Ratios and Wilson's interval.
//!
//! Wilson's intervals: statsmodels 0.15.0 (scipy 1.17.1, Python 3.11.7),
//! `proportion_confint(count, nobs, alpha, method='wilson')`, with z = `scipy.stats.norm.isf(alpha / 2)`; relative
//! tolerance 1e-12.

use proptest::prelude::*;
use repurchase::scale::Confidence;
use repurchase::{Error, Ratio};

use super::{fixed_seed, merged, ratio};

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    let error = (found - expected).abs();
    assert!(error <= 1e-12 * expected.abs(), "found {found}, expected {expected}");
}

#[test]
fn a_ratio_is_a_part_of_its_whole() {
    assert_eq!((ratio(30, 100).count(), ratio(30, 100).of()), (30, 100));
    let error = Ratio::new(3, 2).unwrap_err();
    assert_eq!(error, Error::OutOfRange { field: "count", found: 3, min: 0, max: 2 });
    assert_eq!(error.to_string(), "count must lie between 0 and 2, found 3");
    assert!(Ratio::new(1, 0).is_err());
    // Not the same population, so not the same ratio.
    assert_ne!(ratio(1, 2), ratio(2, 4));
    assert_eq!(Ratio::default(), ratio(0, 0));
}

#[test]
fn the_share_of_nobody_is_none() {
    assert_eq!((ratio(0, 0).value(), ratio(0, 0).wilson(Confidence::default())), (None, None));
    let cases = [(0, 5, 0.0), (5, 5, 1.0), (1, 3, 1.0 / 3.0), (u64::MAX, u64::MAX, 1.0), (u64::MAX - 1, u64::MAX, 1.0)];
    for (count, of, value) in cases {
        assert_eq!(ratio(count, of).value().map(f64::to_bits), Some(f64::to_bits(value)), "{count} of {of}");
    }
    assert_eq!(ratio(1, u64::MAX).value().map(f64::to_bits), Some(2f64.powi(-64).to_bits()));
}

#[test]
fn a_ratio_prints_its_population() {
    let cases =
        [(30, 100, "30 of 100 (30.00%)"), (0, 0, "0 of 0"), (1, 3, "1 of 3 (33.33%)"), (2, 2, "2 of 2 (100.00%)")];
    for (count, of, text) in cases {
        assert_eq!(ratio(count, of).to_string(), text);
    }
}

fn sum(left: Ratio, right: Ratio) -> Result<Ratio, Error> {
    merged(&left, &right, Ratio::merge)
}

#[test]
fn populations_add_up() {
    assert_eq!(sum(ratio(30, 100), ratio(5, 20)), Ok(ratio(35, 120)));
    assert_eq!(sum(ratio(30, 100), ratio(0, 0)), Ok(ratio(30, 100)));
    assert_eq!(sum(ratio(0, u64::MAX), ratio(0, 0)), Ok(ratio(0, u64::MAX)));
    let overflow = Error::CountOverflow { field: "population of a ratio" };
    assert_eq!(sum(ratio(0, u64::MAX), ratio(0, 1)), Err(overflow.clone()));
    assert_eq!(sum(ratio(u64::MAX, u64::MAX), ratio(u64::MAX, u64::MAX)), Err(overflow.clone()));
    assert_eq!(overflow.to_string(), "population of a ratio is beyond its limit");
}

#[test]
fn wilson_as_statsmodels() {
    let cases = [
        (0, 1, 0.95, 0.0, 0.793_450_685_622_762_7),
        (1, 1, 0.95, 0.206_549_314_377_237_4, 1.0),
        (1, 10, 0.95, 0.017_876_213_095_072_924, 0.404_150_026_795_238_54),
        (0, 10, 0.95, 0.0, 0.277_532_799_862_889_26),
        (5, 10, 0.95, 0.236_593_090_512_563_94, 0.763_406_909_487_436_1),
        (81, 263, 0.95, 0.255_288_519_878_274_2, 0.366_209_576_982_800_04),
        (15, 148, 0.95, 0.062_386_399_530_736_28, 0.160_487_241_723_308_03),
        (1152, 2357, 0.95, 0.468_611_265_265_594_43, 0.508_939_112_036_541_2),
        (1152, 2357, 0.99, 0.462_304_223_301_169_1, 0.515_272_685_858_441_2),
        (1, 1_000_000, 0.95, 1.765_245_767_453_717_6e-7, 5.664_911_804_311_445e-6),
        (999_999, 1_000_000, 0.9, 0.999_995_517_561_529, 0.999_999_776_907_747_4),
        (123_456_789, 9_876_543_210, 0.95, 0.012_497_808_940_558_902, 0.012_502_191_210_852_607),
    ];
    for (count, of, level, low, high) in cases {
        let interval = ratio(count, of).wilson(confidence(level)).unwrap();
        assert_close(interval.low, low);
        assert_close(interval.high, high);
    }
}

fn confidence(level: f64) -> Confidence {
    Confidence::new(level).unwrap()
}

#[track_caller]
fn assert_interval(ratio: Ratio, level: f64) {
    let (share, interval) = (ratio.value().unwrap(), ratio.wilson(confidence(level)).unwrap());
    let ordered = 0.0 <= interval.low && interval.low <= share && share <= interval.high && interval.high <= 1.0;
    assert!(ordered, "{ratio} at a level of {level}: {interval:?}");
}

/// The more certainty is asked for, the closer the interval comes to 0..=1; it never becomes NaN.
#[test]
fn wilson_of_extreme_levels_is_an_interval() {
    for (count, of) in [(0, 1), (1, 1), (1, 2), (1, u64::MAX), (u64::MAX - 1, u64::MAX), (u64::MAX, u64::MAX)] {
        for level in [1e-8, 1e-7, 0.5, 0.999_999, 1.0 - 1e-12, 1.0 - f64::EPSILON / 2.0] {
            assert_interval(ratio(count, of), level);
        }
    }
}

fn any_ratio() -> impl Strategy<Value = Ratio> {
    let small = (0..50u64, 0..50u64);
    let any = (any::<u64>(), any::<u64>());
    prop_oneof![small, any].prop_map(|(left, right)| ratio(left.min(right), left.max(right)))
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn merging_is_adding(left in any_ratio(), right in any_ratio()) {
        let sums = left.count().checked_add(right.count()).zip(left.of().checked_add(right.of()));
        prop_assert_eq!(sum(left, right).ok(), sums.map(|(count, of)| ratio(count, of)));
        prop_assert_eq!(sum(left, right), sum(right, left));
    }

    #[test]
    fn intervals_hold_the_share(ratio in any_ratio(), level in 1e-3..0.999_999f64) {
        if ratio.of() > 0 {
            assert_interval(ratio, level);
        } else {
            prop_assert_eq!(ratio.wilson(confidence(level)), None);
        }
    }

    #[test]
    fn more_certainty_is_wider(ratio in any_ratio(), level in 1e-3..0.999_999f64) {
        if let (Some(narrow), Some(wide)) = (ratio.wilson(confidence(level)), ratio.wilson(confidence(f64::midpoint(level, 1.0)))) {
            let slack = 1e-12;
            prop_assert!(wide.low <= narrow.low + slack && narrow.high <= wide.high + slack);
        }
    }
}
