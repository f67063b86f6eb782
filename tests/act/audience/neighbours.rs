//! A figure beside a threshold: the number next to it is on the other side.

use repurchase::act::audience::Test;
use repurchase::shop::{Figure, Profile};
use rust_decimal::Decimal;

use super::{Audience, Rule, Schema};

/// The binary64 next below a number.
fn below(number: f64) -> f64 {
    match number.to_bits() {
        _ if number == 0.0 => -f64::from_bits(1),
        bits if number > 0.0 => f64::from_bits(bits - 1),
        bits => f64::from_bits(bits + 1),
    }
}

#[test]
fn the_next_number_is_below_or_above() {
    let numbers = ["1", "0.5", "0.1", "-0.1", "-1", "0", "30", "79000000000000000000000000000", "-1e-27"];
    for text in numbers {
        let exact = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text)).unwrap();
        let nearest: f64 = text.parse().unwrap();
        let is_in = |test: Test, value: f64| {
            let audience =
                Audience::compile(Rule::new(Figure::ExpectedLoss, test).unwrap(), &Schema::default()).unwrap();
            audience.matches(&Profile::default().with(Figure::ExpectedLoss, value))
        };
        assert!(is_in(Test::below(exact), below(nearest)) && !is_in(Test::below(exact), nearest), "{text}");
        assert!(is_in(Test::above(exact), -below(-nearest)) && !is_in(Test::above(exact), nearest), "{text}");
        assert!(is_in(Test::at_most(exact), nearest) && !is_in(Test::at_most(exact), -below(-nearest)), "{text}");
        assert!(is_in(Test::at_least(exact), nearest) && !is_in(Test::at_least(exact), below(nearest)), "{text}");
    }
}
