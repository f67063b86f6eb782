//! How many customers come how often.

use repurchase::Ledger;
use repurchase::segment::{FrequencyBand, FrequencyBands};

/// The repeat customers whose mean gap lies in one stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GapBin {
    /// Its first day.
    pub(crate) from: u32,
    /// The day before which it ends; `None` for the last one, which is open.
    pub(crate) to: Option<u32>,
    pub(crate) band: FrequencyBand,
    pub(crate) customers: u64,
}

/// Days of one bin. It divides the default edges of the bands, so that no bin lies in two.
const WIDTH: u32 = 10;

/// The longest gap that has a bin of its own.
const LONGEST: u32 = 300;

/// From a gap of 0 days on, without a hole; none without a repeat customer.
pub(crate) fn bins(ledger: &Ledger<String>, bands: FrequencyBands) -> Vec<GapBin> {
    let gaps = || ledger.iter().filter_map(|(_, history)| history.gaps()).map(|gaps| gaps.mean_days());
    let Some(longest) = gaps().max_by(f64::total_cmp) else { return Vec::new() };
    let [.., last_edge] = bands.edges();
    // The last band shows as more than a line.
    let end = (longest as u32 / WIDTH + 1) * WIDTH;
    let end = end.clamp((last_edge / WIDTH + 4) * WIDTH, LONGEST.max((last_edge / WIDTH + 4) * WIDTH));
    let mut counts = vec![0; (end / WIDTH) as usize + 1];
    for gap in gaps() {
        let bin = ((gap as u32).min(end) / WIDTH) as usize;
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    let mut bins: Vec<GapBin> = (0..)
        .zip(counts)
        .map(|(bin, customers)| {
            let from = bin * WIDTH;
            GapBin { from, to: (from < end).then_some(from + WIDTH), band: band_of(bands, from), customers }
        })
        .collect();
    if bins.last().is_some_and(|last| last.customers == 0) {
        bins.pop();
    }
    bins
}

fn band_of(bands: FrequencyBands, days: u32) -> FrequencyBand {
    let [first, second, third] = bands.edges();
    match days {
        _ if days < first => FrequencyBand::High,
        _ if days < second => FrequencyBand::Medium,
        _ if days < third => FrequencyBand::Low,
        _ => FrequencyBand::Occasional,
    }
}
