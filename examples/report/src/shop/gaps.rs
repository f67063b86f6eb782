//! Repeat customers by their mean gap.

use repurchase::scale::Bands;
use repurchase::segment::{FrequencyBand, FrequencyBands, summarize};
use repurchase::{CustomerHistory, Error, Ledger};

/// The repeat customers whose mean gap lies in one stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GapBin {
    /// Its first day.
    pub(crate) from: u32,
    /// The day before which it ends; `None` for the last one, which is open.
    pub(crate) to: Option<u32>,
    /// `None` of nobody.
    pub(crate) band: Option<FrequencyBand>,
    pub(crate) customers: u64,
}

/// Days of one bin. It divides the default edges of the bands, so that no bin lies in two.
const WIDTH: u32 = 10;

/// The longest gap that has a bin of its own.
const LONGEST: u32 = 300;

/// From a gap of 0 days on, without a hole; none without a repeat customer.
pub(super) fn bins(ledger: &Ledger<String>, bands: FrequencyBands) -> Result<Vec<GapBin>, Error> {
    let gap = |history: &CustomerHistory| history.gaps().map(|gaps| gaps.whole_mean_days());
    let Some(longest) = ledger.iter().filter_map(|(_, history)| gap(&history)).max() else { return Ok(Vec::new()) };
    let [.., last_edge] = bands.edges();
    // The last band shows as more than a line.
    let least = (last_edge / WIDTH + 4) * WIDTH;
    let end = ((longest / WIDTH + 1) * WIDTH).clamp(least, LONGEST.max(least));
    let bins = Bands::new((1..=end / WIDTH).map(|bin| bin * WIDTH).collect())?;
    let of_bins = summarize(ledger, |_, history| Some((bins.position(&gap(history)?), bands.band(history)?)))?;
    let bin = |(position, from): (usize, u32)| {
        let found = of_bins.iter().find(|((bin, _), _)| *bin == position);
        GapBin {
            from,
            to: bins.edges().get(position).copied(),
            band: found.map(|((_, band), _)| *band),
            customers: found.map_or(0, |(_, sums)| sums.customers.count()),
        }
    };
    let starts = [0].into_iter().chain(bins.edges().iter().copied()).enumerate();
    Ok(starts.map(bin).filter(|bin| bin.to.is_some() || bin.customers > 0).collect())
}
