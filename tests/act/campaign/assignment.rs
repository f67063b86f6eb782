//! Who is held back.

use proptest::prelude::*;
use repurchase::Ratio;
use repurchase::act::campaign::{Assignment, Group};

use super::{TestResult, field, fixed_seed, ratio, rows};

#[test]
fn another_program_assigns_the_same() -> TestResult {
    for row in rows(include_str!("../../data/campaign_lots.csv")) {
        let assignment = Assignment::new(&row[0], ratio(1, 2))?;
        assert_eq!(assignment.hash(row[1].as_bytes()), field::<u64>(&row, 2), "{row:?}");
        let expected = if field::<u64>(&row, 2) >> 63 == 0 { Group::Control } else { Group::Treated };
        assert_eq!(assignment.group(&row[1]), expected);
        assert_eq!(assignment.group_of_bytes(row[1].as_bytes()), expected);
    }
    Ok(())
}

#[test]
fn groups_stay_as_they_are() -> TestResult {
    // A change here moves customers between the groups of campaigns that run.
    let spring = Assignment::new("spring sale", ratio(1, 10))?;
    let held_back: Vec<u32> = (0..60).filter(|id| spring.group(id) == Group::Control).collect();
    assert_eq!(held_back, HELD_BACK);
    assert_eq!((spring.campaign(), spring.control()), ("spring sale", ratio(1, 10)));
    Ok(())
}

/// By another program, from the written definition.
const HELD_BACK: [u32; 8] = [2, 17, 18, 26, 29, 31, 39, 51];

#[test]
fn shares_at_the_ends() -> TestResult {
    let at = |count, of| Assignment::new("a", ratio(count, of));
    let (nobody, everybody) = (at(0, 1)?, at(1, 1)?);
    let (least, most) = (at(1, u64::MAX)?, at(u64::MAX - 1, u64::MAX)?);
    for id in 0..2_000u32 {
        assert_eq!((nobody.group(id), everybody.group(id)), (Group::Treated, Group::Control));
        assert_eq!((least.group(id), most.group(id)), (Group::Treated, Group::Control));
    }
    let refused = Assignment::new("a", Ratio::new(0, 0)?).unwrap_err();
    let expected = "population of the share of control must lie between 1 and 18446744073709551615, found 0";
    assert_eq!(refused.to_string(), expected);
    Ok(())
}

#[test]
fn a_name_and_an_id_have_one_border() -> TestResult {
    let hash = |campaign: &str, id: &str| Assignment::new(campaign, ratio(1, 2)).map(|all| all.hash(id.as_bytes()));
    assert_ne!(hash("sale", "12")?, hash("sale1", "2")?);
    assert_ne!(hash("", "sale12")?, hash("sale12", "")?);
    Ok(())
}

/// Pearson's statistic of counts against equal shares.
#[allow(clippy::cast_precision_loss, reason = "small counts")]
fn chi_square(counts: &[u32]) -> f64 {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum()
}

const NAMES: [&str; 7] =
    ["", "sale", "sale1", "sale2", "ales", "双十一", "a campaign of a much longer name than the others"];

#[test]
fn hashes_are_even() -> TestResult {
    for name in NAMES {
        let assignment = Assignment::new(name, ratio(1, 2))?;
        // By the upper bits, which decide, and by the lower.
        for shift in [58, 0] {
            let mut counts = [0u32; 64];
            for id in 0..20_000u32 {
                counts[(assignment.hash(id.to_string().as_bytes()) >> shift & 63) as usize] += 1;
            }
            // 63 degrees of freedom: beyond 110.2 once in 5,000.
            assert!(chi_square(&counts) < 110.2, "{name:?}: {}", chi_square(&counts));
        }
    }
    Ok(())
}

#[test]
fn campaigns_assign_independently() -> TestResult {
    let text = |id: u32| id.to_string().into_bytes();
    let bytes = |id: u32| u64::from(id).to_le_bytes().to_vec();
    for ids in [text as fn(u32) -> Vec<u8>, bytes] {
        for (place, first) in NAMES.iter().enumerate() {
            for second in &NAMES[place + 1..] {
                let (a, b) = (Assignment::new(*first, ratio(1, 2))?, Assignment::new(*second, ratio(1, 2))?);
                let mut counts = [0u32; 16];
                for id in 0..4_000 {
                    let id = ids(id);
                    counts[(a.hash(&id) >> 62 << 2 | b.hash(&id) >> 62) as usize] += 1;
                }
                // 15 degrees of freedom: beyond 44.3 once in 10,000, of 42 pairs.
                assert!(chi_square(&counts) < 44.3, "{first:?} {second:?}: {}", chi_square(&counts));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn a_larger_share_holds_back_the_same_and_more(name in ".*", id in ".*", of in 1..1_000u64, a in 0..1_000u64, b in 0..1_000u64) {
        let (small, large) = (a.min(b).min(of), a.max(b).min(of));
        let group = |count| Assignment::new(name.as_str(), ratio(count, of)).unwrap().group(&id);
        prop_assert!(group(small) == Group::Treated || group(large) == Group::Control);
    }

    #[test]
    fn the_share_is_exact(name in ".*", id in any::<u64>(), count in any::<u64>(), of in 1..=u64::MAX) {
        let assignment = Assignment::new(name, ratio(count.min(of), of)).unwrap();
        let hash = assignment.hash(id.to_string().as_bytes());
        // hash / 2^64 < count / of by long division, in another way than the crate's.
        let quotient = (u128::from(count.min(of)) << 64) / u128::from(of);
        let rest = (u128::from(count.min(of)) << 64) % u128::from(of);
        let is_control = u128::from(hash) < quotient || u128::from(hash) == quotient && rest > 0;
        prop_assert_eq!(assignment.group(id) == Group::Control, is_control);
    }
}
