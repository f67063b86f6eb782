//! B, AB, C: from a ledger or from orders to RFM scores and segments.

use std::hint::black_box;
use std::time::{Duration, Instant};

use repurchase::Ledger;
use repurchase::history::CustomerHistory;
use repurchase::scale::Label;
use repurchase::segment::{Grid, RfmModel, RfmOptions, RfmScore};

use super::log;
use crate::Result;
use crate::columns::{Orders, Shop};
use crate::stopwatch::Stopwatch;

/// How many customers `C` scores.
const ONE_BY_ONE: usize = 200_000;

/// Customers who are scored right after they were read, while they are at hand, as the one of a request is.
const AT_HAND: usize = 1_000;

pub(super) fn peers_grid(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    segments_of_ledger(shop, &eleven_segments()?, clock)
}

pub(super) fn default_grid(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    segments_of_ledger(shop, &Grid::rf(), clock)
}

fn segments_of_ledger(shop: &Shop, grid: &Grid, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let segmented = clock.time(|| Segmented::of(ledger, grid))?;
    Ok(segmented.histogram(grid))
}

pub(super) fn from_orders(shop: &Shop, orders: &Orders, clock: &mut Stopwatch) -> Result<String> {
    let grid = eleven_segments()?;
    let segmented = clock.time(|| Segmented::of(&log(orders)?.ledger(shop.as_of)?, &grid))?;
    Ok(segmented.histogram(&grid))
}

/// Of every customer, the scores and the place of the segment.
struct Segmented {
    scores: Vec<RfmScore>,
    segments: Vec<u8>,
}

impl Segmented {
    fn of(ledger: &Ledger<u64>, grid: &Grid) -> Result<Self> {
        let scores = RfmModel::fit(ledger, &RfmOptions::default())?.score_all(ledger)?;
        let table = places(grid)?;
        let segments = scores.iter().map(|score| table[index(score.to_array())]).collect();
        Ok(Self { scores, segments })
    }

    fn histogram(&self, grid: &Grid) -> String {
        let mut counts = vec![0_usize; grid.segments().len()];
        for &segment in &self.segments {
            counts[usize::from(segment)] += 1;
        }
        debug_assert_eq!(self.scores.len(), self.segments.len());
        counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// The place of each score's segment, as the peers have it in a table of their own.
fn places(grid: &Grid) -> Result<Vec<u8>> {
    let mut table = vec![u8::MAX; index([5; 3]) + 1];
    for r in 1..=5 {
        for f in 1..=5 {
            for m in 1..=5 {
                let place = grid.position(RfmScore::new([r, f, m], [5; 3])?)?;
                table[index([r, f, m])] = u8::try_from(place)?;
            }
        }
    }
    Ok(table)
}

fn index([r, f, m]: [u8; 3]) -> usize {
    (usize::from(r) * 6 + usize::from(f)) * 6 + usize::from(m)
}

/// The eleven segments of the peers, so that the histograms can be compared.
fn eleven_segments() -> Result<Grid> {
    let label = |name: &'static str| Label::new(name, name, name);
    let all = 1..=5;
    let grid = Grid::builder([5, 5, 5])
        .rule(label("Champions"), 4..=5, 4..=5, 4..=5)
        .rule(label("Promising"), 4..=5, 1..=2, 3..=5)
        .rule(label("Loyal Accounts"), 3..=5, 3..=5, 3..=5)
        .rule(label("Potential Loyalist"), 3..=5, 2..=3, 2..=4)
        .rule(label("New Active Accounts"), 5..=5, 1..=1, all.clone())
        .rule(label("Low Spenders"), 3..=5, all.clone(), 1..=2)
        .rule(label("Need Attention"), 2..=3, 1..=2, 4..=5)
        .rule(label("About to Sleep"), 2..=3, 1..=2, 1..=3)
        .rule(label("At Risk"), 1..=2, all.clone(), 3..=5)
        .rule(label("Lost"), 1..=2, all.clone(), all)
        .first_match_wins()
        .otherwise(label("Other"))
        .build()?;
    Ok(grid)
}

/// As the peers' C: the clock runs from the fit on; the check holds the time of the scoring alone.
pub(super) fn one_by_one(shop: &Shop, clock: &mut Stopwatch) -> Result<String> {
    let ledger = shop.ledger()?;
    let grid = eleven_segments()?;
    clock.time(|| {
        let model = RfmModel::fit(ledger, &RfmOptions::default())?;
        Ok(scored(ledger.iter().map(|(_, history)| history), &model, &grid))
    })
}

fn scored(customers: impl Iterator<Item = CustomerHistory>, model: &RfmModel, grid: &Grid) -> String {
    let mut customers = customers.take(ONE_BY_ONE);
    let mut at_hand = Vec::with_capacity(AT_HAND);
    let (mut sum, mut count, mut spent) = (0_u64, 0_u32, Duration::ZERO);
    loop {
        at_hand.clear();
        at_hand.extend(customers.by_ref().take(AT_HAND));
        if at_hand.is_empty() {
            break;
        }
        let start = Instant::now();
        for customer in &at_hand {
            // Hidden from the optimiser, so that each call stands alone as it does in a request.
            if let Some(segment) = model.score(black_box(customer)).and_then(|score| grid.position(score).ok()) {
                sum += segment as u64;
            }
            count += 1;
        }
        spent += start.elapsed();
    }
    format!("ns_per_customer={:.1} s={sum}", spent.as_secs_f64() * 1e9 / f64::from(count))
}
