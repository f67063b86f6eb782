//! Lines, with their names at their ends.

use maud::{Markup, html};

use super::{PAPER, Plane, px};

/// One line and what it is called.
pub(crate) struct Series<'a> {
    pub(crate) name: String,
    pub(crate) colour: &'static str,
    /// Only what was expected and did not happen is dashed.
    pub(crate) dashed: bool,
    /// With a dot on each point.
    pub(crate) dots: bool,
    pub(crate) points: &'a [(f64, f64)],
}

impl Plane {
    /// Lines, each with its name right of its last point.
    pub(crate) fn lines(&self, series: &[Series<'_>]) -> Markup {
        let ends: Vec<f64> = series.iter().map(|line| line.points.last().map_or(0.0, |&(_, y)| self.y(y))).collect();
        let places = dodge(&ends, 16.0, (self.top + 4.0, self.floor() - 8.0));
        html! {
            @for line in series {
                path class="line" d=(path(line.points.iter().map(|&(x, y)| (self.x(x), self.y(y)))))
                    stroke=(line.colour) stroke-dasharray=[line.dashed.then_some("6 4")] {}
                @if line.dots {
                    @for &(x, y) in line.points {
                        circle cx=(px(self.x(x))) cy=(px(self.y(y))) r="3.5" stroke=(line.colour)
                            fill=(if line.dashed { PAPER } else { line.colour }) stroke-width="1.5" {}
                    }
                }
            }
            @for (line, y) in series.iter().zip(places) {
                @if let Some(&(x, _)) = line.points.last() {
                    text class="name" x=(px(self.x(x) + 8.0)) y=(px(y + 4.0)) fill=(line.colour) { (line.name) }
                }
            }
        }
    }
}

/// A line through points.
pub(crate) fn path(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        path.push(if path.is_empty() { 'M' } else { 'L' });
        path.push_str(&px(x));
        path.push(' ');
        path.push_str(&px(y));
    }
    path
}

/// Moves places apart, so that each has `gap` and none leaves the bounds where there is room.
pub(crate) fn dodge(places: &[f64], gap: f64, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    let at = |index: usize| places.get(index).copied().unwrap_or(0.0);
    order.sort_by(|&left, &right| at(left).total_cmp(&at(right)));
    let mut moved: Vec<f64> = order.iter().map(|&index| at(index).clamp(top, bottom)).collect();
    for _ in 0..20 {
        for upper in 1..moved.len() {
            let [above, below] = [moved.get(upper - 1), moved.get(upper)].map(|place| place.copied().unwrap_or(0.0));
            let missing = (gap - (below - above)).max(0.0) / 2.0;
            for (index, place) in [(upper - 1, above - missing), (upper, below + missing)] {
                if let Some(old) = moved.get_mut(index) {
                    *old = place.clamp(top, bottom);
                }
            }
        }
    }
    let mut result = vec![0.0; places.len()];
    for (index, place) in order.into_iter().zip(moved) {
        if let Some(old) = result.get_mut(index) {
            *old = place;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_cover_each_other() {
        let places = dodge(&[50.0, 48.0, 10.0], 16.0, (0.0, 100.0));
        assert!(places[0] - places[1] > 15.0, "{places:?}");
        assert!((places[2] - 10.0).abs() < 1e-9);
        assert!(dodge(&[99.0, 99.0], 16.0, (0.0, 100.0)).iter().all(|place| *place <= 100.0));
    }

    #[test]
    fn a_path_starts_once() {
        assert_eq!(path([(0.0, 1.0), (2.25, 3.0)]), "M0 1L2.2 3");
    }
}
