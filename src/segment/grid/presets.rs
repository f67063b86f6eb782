//! The grids that ship with the crate.

use crate::scale::{Bands, Label};
use crate::segment::{BinRule, Grid, Octant, RfmOptions};

const ALL: core::ops::RangeInclusive<u8> = 1..=5;

impl Grid {
    /// The default: ten segments of R and F in five bins each.
    ///
    /// | R \ F | 1 | 2 | 3 | 4 | 5 |
    /// |---|---|---|---|---|---|
    /// | 5 | New | Potential loyalist | Potential loyalist | Champions | Champions |
    /// | 4 | Promising | Potential loyalist | Potential loyalist | Loyal | Loyal |
    /// | 3 | About to sleep | About to sleep | Need attention | Loyal | Loyal |
    /// | 2 | Hibernating | Hibernating | At risk | At risk | Can't lose |
    /// | 1 | Hibernating | Hibernating | At risk | At risk | Can't lose |
    pub fn rf() -> Self {
        let label = Label::preset;
        Self::builder([5, 5, 1])
            .rule(label("hibernating", "Hibernating", "沉睡客户"), 1..=2, 1..=2, ALL)
            .rule(label("at_risk", "At risk", "流失预警客户"), 1..=2, 3..=4, ALL)
            .rule(label("cant_lose", "Can't lose", "重点挽留客户"), 1..=2, 5..=5, ALL)
            .rule(label("about_to_sleep", "About to sleep", "濒临沉睡客户"), 3..=3, 1..=2, ALL)
            .rule(label("need_attention", "Need attention", "需关注客户"), 3..=3, 3..=3, ALL)
            .rule(label("loyal", "Loyal", "忠诚客户"), 3..=4, 4..=5, ALL)
            .rule(label("promising", "Promising", "潜力客户"), 4..=4, 1..=1, ALL)
            .rule(label("new", "New", "新客户"), 5..=5, 1..=1, ALL)
            .rule(label("potential_loyalist", "Potential loyalist", "潜在忠诚客户"), 4..=5, 2..=3, ALL)
            .rule(label("champions", "Champions", "核心客户"), 5..=5, 4..=5, ALL)
            .preset()
    }

    /// The eight classes (八类) as a grid of two bins each: 1 for low, 2 for high.
    ///
    /// For scores of two bins; an [`OctantModel`](crate::segment::OctantModel) splits finer scores.
    pub fn octants() -> Self {
        Octant::ALL
            .into_iter()
            .fold(Self::builder([2, 2, 2]), |grid, octant| {
                let mut levels = [1; 3];
                levels.iter_mut().zip(octant.code().bytes()).for_each(|(level, digit)| *level = digit - b'0' + 1);
                grid.cells(octant.label().clone(), &[levels])
            })
            .preset()
    }

    /// Klaviyo's six segments of R, F and M in three bins each; scored by [`RfmOptions::klaviyo`].
    ///
    /// | segment | R F M |
    /// |---|---|
    /// | Champions | 333 332 323 |
    /// | Loyal | 321 322 331 232 233 |
    /// | Recent | 312 313 311 222 223 |
    /// | Needs attention | 213 221 123 132 133 |
    /// | At risk | 231 212 122 131 211 |
    /// | Inactive | 111 112 113 121 |
    pub fn klaviyo() -> Self {
        let label = Label::preset;
        let recent = [[3, 1, 2], [3, 1, 3], [3, 1, 1], [2, 2, 2], [2, 2, 3]];
        let needs_attention = [[2, 1, 3], [2, 2, 1], [1, 2, 3], [1, 3, 2], [1, 3, 3]];
        let at_risk = [[2, 3, 1], [2, 1, 2], [1, 2, 2], [1, 3, 1], [2, 1, 1]];
        Self::builder([3, 3, 3])
            .cells(label("champions", "Champions", "核心客户"), &[[3, 3, 3], [3, 3, 2], [3, 2, 3]])
            .cells(label("loyal", "Loyal", "忠诚客户"), &[[3, 2, 1], [3, 2, 2], [3, 3, 1], [2, 3, 2], [2, 3, 3]])
            .cells(label("recent", "Recent", "近期购买客户"), &recent)
            .cells(label("needs_attention", "Needs attention", "需关注客户"), &needs_attention)
            .cells(label("at_risk", "At risk", "流失预警客户"), &at_risk)
            .cells(label("inactive", "Inactive", "不活跃客户"), &[[1, 1, 1], [1, 1, 2], [1, 1, 3], [1, 2, 1]])
            .preset()
    }

    /// The ten segments of the R package `rfm` 0.3.0 and the rest, `Others`; five bins each, the first match wins.
    pub fn r_rfm() -> Self {
        let label = Label::preset;
        Self::builder([5, 5, 5])
            .rule(label("champions", "Champions", "核心客户"), 5..=5, 5..=5, 5..=5)
            .rule(label("potential_loyalist", "Potential Loyalist", "潜在忠诚客户"), 3..=5, 3..=5, 2..=5)
            .rule(label("loyal", "Loyal", "忠诚客户"), 2..=4, 2..=4, 2..=4)
            .rule(label("promising", "Promising", "潜力客户"), 3..=4, 1..=3, 3..=5)
            .rule(label("new", "New", "新客户"), 4..=5, 1..=3, 1..=5)
            .rule(label("cant_lose", "Can't Lose", "重点挽留客户"), 1..=2, 3..=4, 4..=5)
            .rule(label("at_risk", "At Risk", "流失预警客户"), 1..=2, 2..=5, 4..=5)
            .rule(label("need_attention", "Need Attention", "需关注客户"), 1..=3, 3..=5, 3..=5)
            .rule(label("about_to_sleep", "About To Sleep", "濒临沉睡客户"), 2..=3, 1..=3, 1..=4)
            .rule(label("lost", "Lost", "流失客户"), 1..=1, 1..=5, 1..=5)
            .first_match_wins()
            .otherwise(label("others", "Others", "其他客户"))
            .preset()
    }
}

impl RfmOptions {
    /// Klaviyo's scores: R 3 within the last 180 days, 2 within 365, 1 before; terciles of F and M.
    pub fn klaviyo() -> Self {
        Self::quantiles(3).with_recency(BinRule::Bands(Bands::ascending(vec![180, 365])))
    }
}
