//! The race between the next purchase and the exit in a span of time.
//!
//! A customer with `λ ~ Gamma(k, A)` and `μ ~ Gamma(s, B)` buys at the hazard `k / (A + u)` and leaves at the hazard
//! `s / (B + u)`, `u` after now. Likelihoods and predictions of a silence are made of the three ends of this race, each
//! an integral of a positive function. The textbook's differences of Gauss hypergeometric functions lose all digits where
//! `A` and `B` differ much or a count is large.

use crate::number::special::{TWELVE_NODES, TWENTY_NODES, visit_nodes};

/// The race by `z = ln(1 + u / m)`, where `m` is the smaller of `A` and `B`, whose runner is the near one. In `z`, the
/// probability that nothing has happened is smooth over a length of about 1.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Race {
    /// Exponents: `k` and `s`, or the other way round.
    near: f64,
    far: f64,
    /// `m` over the larger of `A` and `B`.
    ratio: f64,
    /// The end of the span.
    end: Place,
    buys_near: bool,
}

/// A time within the span, seen from both runners.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// `ln(1 + u / m)`.
    near_log: f64,
    /// `u / m`.
    near_growth: f64,
    /// `ln(1 + u / M)`, `M` being the larger of `A` and `B`.
    far_log: f64,
}

/// A time within the span, seen from the purchase rate and from the dropout rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::predict) struct Moment {
    /// `ln(1 + u / A)`, `u / (A + u)`, `ln(1 + u / B)`, `u / (B + u)`.
    pub(in crate::predict) parts: [f64; 4],
}

/// The ends of the race; the three probabilities add up to 1.
#[derive(Debug, Clone, Copy)]
pub(in crate::predict) struct Ends {
    /// The probability that a purchase comes first.
    pub(in crate::predict) purchase: f64,
    /// The probability that the exit comes first.
    pub(in crate::predict) exit: f64,
    /// The log of the probability that neither comes in the span.
    pub(in crate::predict) ln_neither: f64,
}

/// An integrand whose logarithm has fallen this far is negligible.
const NOTHING: f64 = 40.0;
/// The most change of the logarithm of an integrand over one panel, and the longest panel, for the fine rule to be
/// exact to rounding.
const FINE_LIMITS: (f64, f64) = (20.0, 3.0);
/// The same for the coarse rule.
const COARSE_LIMITS: (f64, f64) = (6.0, 2.0);
/// The longest span, in units of the smaller of `A` and `B`.
const LONGEST_SPAN: f64 = 1e300;
/// A bound that no parameters within reason come near.
const MOST_PANELS: u32 = 512;

impl Race {
    /// A race over `span` between a purchase, `Gamma(k, A)`, and the exit, `Gamma(s, B)`.
    pub(in crate::predict) fn new((k, purchase_rate): (f64, f64), (s, exit_rate): (f64, f64), span: f64) -> Self {
        let buys_near = purchase_rate <= exit_rate;
        let (near, small, far, large) =
            if buys_near { (k, purchase_rate, s, exit_rate) } else { (s, exit_rate, k, purchase_rate) };
        // A longer span would overflow for the near runner, and its panels would not end.
        let span = f64::min(span, LONGEST_SPAN * small);
        let end = Place {
            near_log: libm::log1p(span / small),
            near_growth: span / small,
            far_log: libm::log1p(span / large),
        };
        Self { near, far, ratio: small / large, end, buys_near }
    }

    /// The probabilities of its ends.
    pub(in crate::predict) fn ends(&self) -> Ends {
        self.exits(|_, _| {})
    }

    /// The same; `f` gets the moments of the exit, each with its probability.
    pub(in crate::predict) fn exits(&self, mut f: impl FnMut(&Moment, f64)) -> Ends {
        let (mut near, mut far) = (0.0, 0.0);
        self.visit(|place, weight| {
            let near_weight = weight * self.near;
            let far_weight = weight * self.far * self.far_hazard(place.near_growth);
            near += near_weight;
            far += far_weight;
            f(&self.moment(place), if self.buys_near { far_weight } else { near_weight });
        });
        let (purchase, exit) = if self.buys_near { (near, far) } else { (far, near) };
        Ends { purchase, exit, ln_neither: self.ln_survival(&self.end) }
    }

    /// The length of the span as `z`.
    pub(in crate::predict) fn length(&self) -> f64 {
        self.end.near_log
    }

    /// The moment `z`.
    pub(in crate::predict) fn at(&self, z: f64) -> Moment {
        self.moment(&self.place(z))
    }

    /// The hazard of the exit by `z`.
    pub(in crate::predict) fn exit_hazard(&self, z: f64) -> f64 {
        if self.buys_near { self.far * self.far_hazard(libm::expm1(z)) } else { self.near }
    }

    /// The hazard of the purchase by `z`, per exponent.
    pub(in crate::predict) fn purchase_hazard(&self, z: f64) -> f64 {
        if self.buys_near { 1.0 } else { self.far_hazard(libm::expm1(z)) }
    }

    /// The end of the span.
    pub(in crate::predict) fn end(&self) -> Moment {
        self.moment(&self.end)
    }

    fn moment(&self, place: &Place) -> Moment {
        let far_growth = self.ratio * place.near_growth;
        let near = [place.near_log, place.near_growth / (1.0 + place.near_growth)];
        let far = [place.far_log, far_growth / (1.0 + far_growth)];
        let (purchase, dropout) = if self.buys_near { (near, far) } else { (far, near) };
        Moment { parts: [purchase[0], purchase[1], dropout[0], dropout[1]] }
    }

    fn ln_survival(&self, place: &Place) -> f64 {
        -self.near * place.near_log - self.far * place.far_log
    }

    /// The far runner's hazard by `z`, per exponent; the near one's is 1.
    fn far_hazard(&self, near_growth: f64) -> f64 {
        self.ratio * (1.0 + near_growth) / (1.0 + self.ratio * near_growth)
    }

    fn place(&self, near_log: f64) -> Place {
        let near_growth = libm::expm1(near_log);
        Place { near_log, near_growth, far_log: libm::log1p(self.ratio * near_growth) }
    }

    /// Gives `f` the nodes and weights of a quadrature, by `z`, of the probability that nothing has happened, as far as the
    /// far runner's end, which comes later than that of the near one.
    fn visit(&self, mut f: impl FnMut(&Place, f64)) {
        let slope = |growth: f64| (1.0 - self.near) - (self.far + 1.0) * self.far_hazard(growth);
        let growth = |z: f64| if z < self.end.near_log { libm::expm1(z) } else { self.end.near_growth };
        let (mut low, mut slope_low, mut top) = (0.0, slope(0.0), 0.0);
        if self.end.near_log <= 0.0 {
            return;
        }
        for _ in 0..MOST_PANELS {
            let mut width = f64::min(self.end.near_log - low, FINE_LIMITS.1);
            if width * slope_low.abs() > FINE_LIMITS.0 {
                width = FINE_LIMITS.0 / slope_low.abs();
            }
            let (mut high, mut slope_high);
            // Slopes fall with `z`, so that the steepest is at an end.
            loop {
                high = f64::min(low + width, self.end.near_log);
                slope_high = slope(growth(high));
                if width * slope_high.abs() > FINE_LIMITS.0 {
                    width *= 0.5;
                } else {
                    break;
                }
            }
            let steepest = f64::max(slope_low.abs(), slope_high.abs());
            let is_gentle = width <= COARSE_LIMITS.1 && width * steepest <= COARSE_LIMITS.0;
            visit_nodes(low, high, if is_gentle { TWELVE_NODES } else { TWENTY_NODES }, |z, weight| {
                let place = self.place(z);
                f(&place, weight * libm::exp(self.ln_survival(&place)));
            });
            if high >= self.end.near_log {
                return;
            }
            let place = self.place(high);
            let height = self.ln_survival(&place) + high - place.far_log;
            if slope_high < 0.0 && height < top - NOTHING {
                return;
            }
            (low, slope_low, top) = (high, slope_high, f64::max(height, top));
        }
    }
}

impl Ends {
    /// The log of the probability that no purchase comes in the span.
    pub(in crate::predict) fn ln_no_purchase(&self) -> f64 {
        // The one of two forms that is precise.
        if self.purchase < 0.5 {
            return libm::log1p(-self.purchase);
        }
        libm::log(self.exit + libm::exp(self.ln_neither))
    }

    /// The log odds that the customer is still there, given that no purchase comes in the span.
    pub(in crate::predict) fn logit_alive(&self) -> f64 {
        self.ln_neither - libm::log(self.exit)
    }
}
