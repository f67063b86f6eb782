//! Pictures: what all charts share. Each is drawn twice, for a page and for a phone, so that its text has one size.

mod lines;
mod scale;

use maud::{Markup, PreEscaped, html};

pub(crate) use lines::{Series, path};
pub(crate) use scale::{ceiling, ticks};

/// Colours that are told apart by everyone, on light and on dark paper: after Okabe and Ito.
pub(crate) const BLUE: &str = "var(--blue)";
pub(crate) const VERMILLION: &str = "var(--gold)";
pub(crate) const GREY: &str = "var(--soft)";
/// The paper.
pub(crate) const PAPER: &str = "var(--paper)";

/// What a chart is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// A page on a desk.
    Wide,
    /// A phone, or half a sheet of paper.
    Narrow,
}

impl Size {
    /// One of two values.
    pub(crate) fn of<T>(self, wide: T, narrow: T) -> T {
        if self == Self::Wide { wide } else { narrow }
    }

    pub(crate) fn width(self) -> f64 {
        self.of(520.0, 340.0)
    }
}

/// The plane of a chart: where numbers lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
    /// The first and the last number of each axis.
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

impl Plane {
    pub(crate) fn x(&self, value: f64) -> f64 {
        self.left + share(value, self.x) * (self.width - self.left - self.right)
    }

    pub(crate) fn y(&self, value: f64) -> f64 {
        self.height - self.bottom - share(value, self.y) * (self.height - self.top - self.bottom)
    }

    pub(crate) fn floor(&self) -> f64 {
        self.height - self.bottom
    }

    pub(crate) fn end(&self) -> f64 {
        self.width - self.right
    }

    /// Lines across, their numbers at the left, and what they count above them.
    pub(crate) fn y_axis(&self, marks: &[(f64, String)], title: &str) -> Markup {
        html! {
            text class="axis" x="0" y="12" { (title) }
            @for (value, name) in marks {
                line class="grid" x1=(px(self.left)) x2=(px(self.end())) y1=(px(self.y(*value))) y2=(px(self.y(*value))) {}
                text class="tick" x=(px(self.left - 7.0)) y=(px(self.y(*value) + 4.0)) text-anchor="end" { (name) }
            }
        }
    }

    /// Numbers below the plane, and what they count below them.
    pub(crate) fn x_axis(&self, marks: &[(f64, String)], title: &str) -> Markup {
        let middle = f64::midpoint(self.left, self.end());
        html! {
            line class="base" x1=(px(self.left)) x2=(px(self.end())) y1=(px(self.floor())) y2=(px(self.floor())) {}
            @for (value, name) in marks {
                text class="tick" x=(px(self.x(*value))) y=(px(self.floor() + 17.0)) text-anchor="middle" { (name) }
            }
            text class="axis" x=(px(middle)) y=(px(self.height - 4.0)) text-anchor="middle" { (title) }
        }
    }

    /// The picture, and what it says for those who do not see it.
    pub(crate) fn svg(&self, says: &str, drawing: &Markup) -> Markup {
        html! {
            svg viewBox=(format!("0 0 {} {}", px(self.width), px(self.height))) role="img" aria-label=(says) {
                (drawing)
            }
        }
    }
}

/// Where a value lies between two numbers; at the first one when they are equal.
fn share(value: f64, (from, to): (f64, f64)) -> f64 {
    let share = (value - from) / (to - from);
    if share.is_finite() { share } else { 0.0 }
}

/// A coordinate, to a tenth.
pub(crate) fn px(value: f64) -> String {
    let text = format!("{:.1}", if value.is_finite() { value } else { 0.0 });
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A chart in both sizes, under its title, with its numbers beside it.
pub(crate) fn figure(id: &str, title: &str, draw: impl Fn(Size) -> Markup, numbers: &str, table: &Markup) -> Markup {
    html! {
        figure id=(id) {
            figcaption { (title) }
            div class="wide" { (draw(Size::Wide)) }
            div class="narrow" { (draw(Size::Narrow)) }
            details {
                summary { (numbers) }
                div class="scroll" tabindex="0" role="region" aria-label=(title) { (table) }
            }
        }
    }
}

/// A bar in a cell of a table, beside the number that it shows.
pub(crate) fn bar(share: Option<f64>, most: f64, class: &str) -> Markup {
    let width = share.map_or(0.0, |share| 100.0 * (share / most).clamp(0.0, 1.0));
    let width = px(if width.is_finite() { width } else { 0.0 });
    PreEscaped(format!(
        r#"<svg class="bar {class}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="{width}" height="10"/></svg>"#
    ))
}

/// Which of the ten shades of a heat map: 0 for nothing, 9 for the most.
pub(crate) fn shade(value: f64, most: f64) -> &'static str {
    const SHADES: [&str; 10] = ["q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9"];
    let share = value / most;
    if share > 0.0 {
        // A root, so that the many small ones differ, too.
        let step = (share.min(1.0).sqrt() * 9.0).ceil().clamp(1.0, 9.0) as usize;
        return SHADES.get(step).copied().unwrap_or(SHADES[9]);
    }
    SHADES[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_drawn_outside_numbers() {
        let plane = Plane {
            width: 100.0,
            height: 100.0,
            left: 10.0,
            right: 10.0,
            top: 10.0,
            bottom: 10.0,
            x: (0.0, 0.0),
            y: (0.0, 4.0),
        };
        assert_eq!(px(plane.x(7.0)), "10");
        assert_eq!(px(plane.y(4.0)), "10");
        assert_eq!(px(f64::NAN), "0");
        assert_eq!(
            [shade(0.0, 0.0), shade(1.0, 1.0), shade(f64::NAN, 1.0), shade(1e-9, 1.0)],
            ["q0", "q9", "q0", "q1"]
        );
        assert!(bar(Some(0.3), 0.0, "one").into_string().contains("width=\"100\""));
        assert!(bar(None, 0.0, "one").into_string().contains("width=\"0\""));
    }
}
