//! The logistic function and its integral.

/// `ln(1 + e^z)`, also where `e^z` overflows or is lost beside 1.
pub(crate) fn ln_1p_exp(z: f64) -> f64 {
    if z > 0.0 { z + libm::log1p(libm::exp(-z)) } else { libm::log1p(libm::exp(z)) }
}

/// `1 / (1 + e^-z)`: the probability whose log-odds are `z`.
pub(crate) fn logistic(z: f64) -> f64 {
    if z >= 0.0 {
        1.0 / (1.0 + libm::exp(-z))
    } else {
        let odds = libm::exp(z);
        odds / (1.0 + odds)
    }
}
