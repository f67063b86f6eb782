//! A tally of notes in a file.

use core::cmp::Reverse;

use chrono::NaiveDate;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::MOST_EXAMPLES;
use super::alike::Spellings;
use super::scan::{DOMINANT_PART, DOMINANT_PURCHASES, NoteTally};
use crate::history::Times;
use crate::record::CustomerId;
use crate::stored::stored;

/// Customers of whom examples are taken: how many, their spend, and the smallest ids.
type Half<Id> = (u64, String, Vec<Id>);

/// Facts up to this sum add up in any number of tallies that there can be.
const MOST_FACTS: u64 = 1 << 53;

stored! {
    NoteTally<Id: CustomerId>(tally) {
        as_of: NaiveDate = tally.as_of.date(),
        scale: u32 = tally.scale,
        purchases: u64 = tally.purchases,
        credits: u64 = tally.credits,
        buyers: u64 = tally.buyers,
        ids: Option<Vec<Id>> = tally.ascending().map(|ids| ids.into_iter().cloned().collect()),
        spellings: Spellings = tally.spellings.clone(),
        dominant: Vec<(u64, Id)> = tally.dominant.clone(),
        repeated: u64 = tally.repeated,
        unmatched: u64 = tally.unmatched,
        spend: String = tally.spend.to_string(),
        credited_above_half: Half<Id> = (tally.half_customers, tally.half_spend.to_string(), tally.half.clone()),
        days: Vec<(NaiveDate, u64)> = by_day(tally),
        after: u64 = tally.after,
        after_days: Option<(NaiveDate, NaiveDate)> = tally.after_days.map(|(first, last)| (first.date(), last.date())),
        has_no_refund: bool = tally.has_no_refund,
        at_midnight_on_other_days: (bool, bool) = tally.times.kept(),
    } <=> {
        let (half_customers, half_spend, half) = credited_above_half;
        let mut tally = NoteTally {
            as_of: as_of.into(),
            scale,
            keeps_facts: false,
            purchases,
            credits,
            buyers,
            ids,
            spellings,
            dominant,
            repeated,
            unmatched,
            spend: money(&spend)?,
            half_spend: money(&half_spend)?,
            half_customers,
            half,
            days: HashMap::with_hasher(FixedState::with_seed(0)),
            after,
            after_days: after_days.map(|(first, last)| (first.into(), last.into())),
            has_no_refund,
            times: Times::of_kept(at_midnight_on_other_days),
        };
        check(&tally, &days)?;
        tally.days.extend(days.into_iter().map(|(day, facts)| (day.into(), facts)));
        Ok(tally)
    }, &'static str
}

/// Facts by day, ascending.
fn by_day<Id>(tally: &NoteTally<Id>) -> Vec<(NaiveDate, u64)> {
    let mut days: Vec<_> = tally.days.iter().map(|(&day, &facts)| (day.date(), facts)).collect();
    days.sort_unstable();
    days
}

fn money(text: &str) -> Result<i128, &'static str> {
    let minor = text.parse().ok().filter(|&minor| minor >= 0);
    minor.ok_or("the spend of stored notes must be a whole number, 0 or more")
}

/// Refuses what no log has.
fn check<Id: Ord>(tally: &NoteTally<Id>, days: &[(NaiveDate, u64)]) -> Result<(), &'static str> {
    let refuse = |holds: bool, why: &'static str| if holds { Ok(()) } else { Err(why) };
    let &NoteTally { purchases, credits, buyers, half_customers, ref half, ref dominant, .. } = tally;
    let is_counted = [purchases, credits, tally.after].iter().all(|&count| count <= MOST_FACTS)
        && (purchases.min(1)..=purchases).contains(&buyers)
        && tally.repeated <= purchases - buyers
        && tally.unmatched <= credits
        && tally.scale <= Decimal::MAX_SCALE;
    refuse(is_counted, "the stored notes contradict themselves: a count or the decimals are more than there can be")?;
    let is_known = tally.ids.as_ref().map_or_else(
        || tally.spellings == Spellings::default(),
        |ids| (buyers..=purchases + credits).contains(&(ids.len() as u64)),
    );
    refuse(is_known, "the stored notes contradict themselves: each customer has an id, or none has")?;
    let is_half = half_customers <= buyers
        && tally.half_spend <= tally.spend
        && half.len() as u64 == half_customers.min(MOST_EXAMPLES as u64)
        && half.is_sorted_by(|left, right| left < right);
    refuse(is_half, "the stored notes contradict themselves: customers credited above half are some of all, by id")?;
    let theirs = dominant.iter().try_fold(0_u64, |sum, (purchases, _)| sum.checked_add(*purchases));
    let is_dominant = theirs.is_some_and(|theirs| theirs <= purchases)
        && dominant.len() as u64 <= buyers.min(DOMINANT_PART)
        && dominant.iter().all(|(purchases, _)| *purchases >= DOMINANT_PURCHASES)
        && dominant.is_sorted_by(|(left, one), (right, other)| (Reverse(left), one) < (Reverse(right), other));
    refuse(
        is_dominant,
        "the stored notes contradict themselves: ids of many purchases have a part of all, most first",
    )?;
    let facts = days.iter().try_fold(0_u64, |sum, (_, facts)| sum.checked_add(*facts));
    let are_days = facts == Some(purchases + credits)
        && days.is_sorted_by(|(left, _), (right, _)| left < right)
        && days.iter().all(|&(day, facts)| facts > 0 && day <= tally.as_of.date());
    refuse(are_days, "the stored notes contradict themselves: purchases and credits have a day each, in order")?;
    let is_after = match tally.after_days {
        Some((first, last)) => tally.as_of < first && first <= last && tally.after > u64::from(first < last),
        None => tally.after == 0,
    };
    refuse(is_after, "the stored notes contradict themselves: what came after the as-of day has a first and a last day")
}
