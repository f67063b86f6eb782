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
        let rule = |grid: crate::segment::GridBuilder, (key, english, chinese), r, f| {
            grid.rule(Label::preset(key, english, chinese), r, f, ALL)
        };
        let mut grid = Self::builder([5, 5, 1]);
        for (label, r, f) in [
            (("hibernating", "Hibernating", "沉睡客户"), 1..=2, 1..=2),
            (("at_risk", "At risk", "流失预警客户"), 1..=2, 3..=4),
            (("cant_lose", "Can't lose", "重点挽留客户"), 1..=2, 5..=5),
            (("about_to_sleep", "About to sleep", "濒临沉睡客户"), 3..=3, 1..=2),
            (("need_attention", "Need attention", "需关注客户"), 3..=3, 3..=3),
            (("loyal", "Loyal", "忠诚客户"), 3..=4, 4..=5),
            (("promising", "Promising", "潜力客户"), 4..=4, 1..=1),
            (("new", "New", "新客户"), 5..=5, 1..=1),
            (("potential_loyalist", "Potential loyalist", "潜在忠诚客户"), 4..=5, 2..=3),
            (("champions", "Champions", "核心客户"), 5..=5, 4..=5),
        ] {
            grid = rule(grid, label, r, f);
        }
        grid.preset()
    }

    /// The eight classes (八类) as a grid of two bins each: 1 for low, 2 for high.
    ///
    /// For scores of two bins; an [`OctantModel`](crate::segment::OctantModel) splits finer scores.
    pub fn octants() -> Self {
        let mut grid = Self::builder([2, 2, 2]);
        for octant in Octant::ALL {
            let level = |digit: u8| digit - b'0' + 1;
            let mut levels = [1; 3];
            levels.iter_mut().zip(octant.code().bytes()).for_each(|(cell, digit)| *cell = level(digit));
            grid = grid.cells(octant.label().clone(), &[levels]);
        }
        grid.preset()
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
        Self::builder([3, 3, 3])
            .cells(Label::preset("champions", "Champions", "核心客户"), &[[3, 3, 3], [3, 3, 2], [3, 2, 3]])
            .cells(
                Label::preset("loyal", "Loyal", "忠诚客户"),
                &[[3, 2, 1], [3, 2, 2], [3, 3, 1], [2, 3, 2], [2, 3, 3]],
            )
            .cells(
                Label::preset("recent", "Recent", "近期购买客户"),
                &[[3, 1, 2], [3, 1, 3], [3, 1, 1], [2, 2, 2], [2, 2, 3]],
            )
            .cells(
                Label::preset("needs_attention", "Needs attention", "需关注客户"),
                &[[2, 1, 3], [2, 2, 1], [1, 2, 3], [1, 3, 2], [1, 3, 3]],
            )
            .cells(
                Label::preset("at_risk", "At risk", "流失预警客户"),
                &[[2, 3, 1], [2, 1, 2], [1, 2, 2], [1, 3, 1], [2, 1, 1]],
            )
            .cells(Label::preset("inactive", "Inactive", "不活跃客户"), &[[1, 1, 1], [1, 1, 2], [1, 1, 3], [1, 2, 1]])
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
