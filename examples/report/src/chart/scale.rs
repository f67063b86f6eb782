//! Round numbers for axes.

/// The first number, from 0 up in round steps, that is not below `most`; 1 when nothing is above 0.
pub(crate) fn ceiling(most: f64, steps: u32) -> f64 {
    if !(most > 0.0 && most.is_finite()) {
        return 1.0;
    }
    let step = step(most, steps);
    (most / step - 1e-9).ceil().max(1.0) * step
}

/// Round numbers from 0 to `end`, which is one of them.
pub(crate) fn ticks(end: f64, steps: u32) -> Vec<f64> {
    let step = step(end, steps);
    let count = (end / step + 1e-9).floor().clamp(1.0, 50.0) as u32;
    (0..=count).map(|mark| f64::from(mark) * step).collect()
}

/// 1, 2, 2.5 or 5 of a power of ten, so that about a given number of them make `end`.
fn step(end: f64, steps: u32) -> f64 {
    let rough = end / f64::from(steps.max(1));
    if !(rough > 0.0 && rough.is_finite()) {
        return 1.0;
    }
    let power = 10_f64.powf(rough.log10().floor());
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|round| round * power >= rough * 0.999);
    round.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert!((ceiling(143.0, 5) - 150.0).abs() < 1e-9);
        assert!((ceiling(0.0, 5) - 1.0).abs() < 1e-9);
        assert_eq!(ticks(150.0, 5).len(), 4);
        assert_eq!(ticks(1.0, 4).len(), 5);
        assert!(ticks(f64::NAN, 4).iter().all(|mark| mark.is_finite()));
    }
}
