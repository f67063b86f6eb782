//! What is still to come of a customer: quantiles of purchases, the day of the next one, and what they bring; against 30
//! digits, against sums of the models' own probabilities, and laws.

use proptest::prelude::*;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, Nbd, NbdParams, NoMeanSpend,
    ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, TimeUnit, ValueModel,
};
use repurchase::scale::Confidence;

use super::chance::Chance;
use super::tables::{Row, close, table};

fn model(kind: &str, [r, alpha, third, fourth]: [f64; 4], unit: TimeUnit) -> AnyModel {
    let (a, b, s, beta) = (third, fourth, third, fourth);
    match kind {
        "nbd" => Nbd::from_params(NbdParams { r, alpha }, unit).unwrap().into(),
        "bg_nbd" => BgNbd::from_params(BgNbdParams { r, alpha, a, b }, unit).unwrap().into(),
        "mbg_nbd" => MbgNbd::from_params(MbgNbdParams { r, alpha, a, b }, unit).unwrap().into(),
        _ => ParetoNbd::from_params(ParetoNbdParams { r, alpha, s, beta }, unit).unwrap().into(),
    }
}

fn level(level: f64) -> Confidence {
    Confidence::new(level).unwrap()
}

/// A whole number in a column, `None` where the cell is empty.
fn days(row: &Row, column: &str) -> Option<u32> {
    Some(row.text(column)).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap())
}

#[test]
fn as_found_at_thirty_digits() {
    for row in table("predict/outlook.csv") {
        let parameter =
            |column| Some(row.text(column)).filter(|text| !text.is_empty()).map_or(1.0, |_| row.number(column));
        let model = model(row.text("model"), ["p1", "p2", "p3", "p4"].map(parameter), TimeUnit::Day);
        let sample = row.sample();
        let horizon: u32 = row.value("horizon");
        close(model.probability_buys(&sample, horizon), row.number("buys"), 1e-13, "P(buys)");
        for (column, probability) in [("q05", 0.05), ("q50", 0.5), ("q95", 0.95), ("q999", 0.999)] {
            assert_eq!(
                model.quantile_of_purchases(&sample, probability, horizon),
                days(&row, column),
                "{column} {row:?}"
            );
        }
        let next = model.next_purchase(&sample, horizon);
        let found = [next.median_days, next.early_days, next.late_days];
        assert_eq!(found, ["median", "early", "late"].map(|column| days(&row, column)), "{row:?}");

        let [p, q, gamma, mean] = row.numbers(["p", "q", "gamma", "m"]);
        let spend = GammaGamma::from_params(GammaGammaParams { p, q, gamma }).unwrap();
        let sample = if sample.repeats() > 0 { sample.with_mean_spend(mean).unwrap() } else { sample };
        let value = ValueModel { purchases: model, spend };
        for (column, probability) in [("v05", 0.05), ("v50", 0.5), ("v95", 0.95)] {
            let (found, right) = (value.value_quantile(&sample, probability, horizon).unwrap(), row.number(column));
            assert!((found - right).abs() <= 1e-9 * right, "{column}: {found} {right} {row:?}");
        }
        let interval = value.value_interval(&sample, level(0.9), horizon).unwrap();
        let right = row.numbers(["v05", "v95"]);
        assert!(
            (interval.low - right[0]).abs() <= 1e-9 * right[0] && (interval.high - right[1]).abs() <= 1e-9 * right[1]
        );
    }
}

const KINDS: [&str; 4] = ["nbd", "bg_nbd", "mbg_nbd", "pareto_nbd"];

/// Numbers from `10^low` to `10^high`.
fn sizes(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|exponent| 10.0_f64.powf(exponent))
}

/// Parameters of rates per week.
fn parameters() -> impl Strategy<Value = [f64; 4]> {
    [sizes(-1.0, 1.0), sizes(-0.5, 2.0), sizes(-2.0, 1.0), sizes(-1.0, 2.0)]
}

fn customers() -> impl Strategy<Value = Sample> {
    (0_u32..40, 0.01..1.0, 1_u32..1500).prop_map(|(repeats, share, age): (u32, f64, u32)| {
        let recency = if repeats == 0 { 0.0 } else { (share * f64::from(age)).ceil() };
        Sample::new(repeats, recency, age.into()).unwrap()
    })
}

proptest! {
    #![proptest_config(super::fixed_seed(40))]

    /// One after the other, by themselves, and as sums of the probabilities of each count.
    #[test]
    fn three_ways_to_so_many_or_more(parameters in parameters(), customer in customers(), horizon in 0_u32..400) {
        for kind in KINDS {
            let model = model(kind, parameters, TimeUnit::Week);
            let (mut fewer, mut n, mut last) = (0.0, 0, 1.0);
            let mut fits = true;
            model.probabilities_at_least(&customer, horizon, &mut |at_least| {
                fewer += model.probability_of_purchases(&customer, n, horizon);
                n += 1;
                let alone = model.probability_at_least(&customer, n, horizon);
                fits &= (at_least - alone).abs() < 2e-12 && (1.0 - fewer - alone).abs() < 2e-12 && at_least <= last;
                last = at_least;
                fits && n < 40
            });
            prop_assert!(fits, "{kind} {n}: {last} {}", 1.0 - fewer);
            let buys = model.probability_buys(&customer, horizon);
            prop_assert!((buys - (1.0 - model.probability_no_purchase(&customer, horizon))).abs() < 1e-13);
            prop_assert!((buys - model.probability_at_least(&customer, 1, horizon)).abs() <= 1e-12 * buys, "{kind}");
            prop_assert_eq!(model.probability_at_least(&customer, 0, horizon).to_bits(), 1_f64.to_bits());
        }
    }

    /// The definitions, and what must grow with what.
    #[test]
    fn quantiles_and_days_are_the_first(
        parameters in parameters(), customer in customers(), horizon in 1_u32..400, p in 0.01..0.99, more in 0.0..0.9,
    ) {
        for kind in KINDS {
            let model = model(kind, parameters, TimeUnit::Week);
            let quantile = |p, horizon| model.quantile_of_purchases(&customer, p, horizon).unwrap();
            let n = quantile(p, horizon);
            prop_assert!(model.probability_at_least(&customer, n + 1, horizon) <= 1.0 - p + 1e-11, "{kind} {n}");
            prop_assert!(n == 0 || model.probability_at_least(&customer, n, horizon) > 1.0 - p - 1e-11, "{kind} {n}");
            prop_assert!(quantile(p + more * (1.0 - p), horizon) >= n && quantile(p, 2 * horizon) >= n);
            let (inner, outer) = (level(p), level(p + more * (1.0 - p)));
            let [inner, outer] = [inner, outer].map(|one| model.interval_of_purchases(&customer, one, horizon).unwrap());
            prop_assert!(outer.low <= inner.low && inner.high <= outer.high);

            let day = model.days_until(&customer, p);
            if let Some(day) = day {
                prop_assert!(model.probability_buys(&customer, day) >= p, "{kind} {day}");
                prop_assert!(day == 0 || model.probability_buys(&customer, day - 1) < p, "{kind} {day}");
            } else {
                prop_assert!(model.probability_buys(&customer, u32::MAX) < p, "{kind}");
            }
            let next = model.next_purchase(&customer, horizon);
            prop_assert_eq!(next.median_days, model.days_until(&customer, 0.5));
            prop_assert!(next.early_days <= next.late_days && next.late_days <= Some(horizon));
        }
    }

    /// Weeks and days are one thing, and many at once are one at a time.
    #[test]
    fn in_other_units_and_all_at_once(
        parameters in parameters(), customers in prop::collection::vec(customers(), 1..30), horizon in 0_u32..400,
    ) {
        for kind in KINDS {
            let [r, alpha, third, fourth] = parameters;
            let fourth_in_days = if kind == "pareto_nbd" { 7.0 * fourth } else { fourth };
            let in_days = model(kind, [r, 7.0 * alpha, third, fourth_in_days], TimeUnit::Day);
            let model = model(kind, parameters, TimeUnit::Week);
            for customer in &customers {
                let [weeks, days] = [&model, &in_days].map(|model| model.probability_buys(customer, horizon));
                prop_assert!((weeks - days).abs() <= 1e-12 * weeks);
            }
            let interval = |customer: &Sample| model.interval_of_purchases(customer, level(0.9), horizon);
            let all = model.interval_of_purchases_all(&customers, level(0.9), horizon);
            prop_assert_eq!(all, customers.iter().map(interval).collect::<Vec<_>>());
            let bits = |all: Vec<f64>| all.into_iter().map(f64::to_bits).collect::<Vec<_>>();
            let buys = customers.iter().map(|customer| model.probability_buys(customer, horizon)).collect();
            prop_assert_eq!(bits(model.probability_buys_all(&customers, horizon)), bits(buys));
            let next = customers.iter().map(|customer| model.next_purchase(customer, horizon)).collect::<Vec<_>>();
            prop_assert_eq!(model.next_purchase_all(&customers, horizon), next);
            let days = customers.iter().map(|customer| model.days_until(customer, 0.5)).collect::<Vec<_>>();
            prop_assert_eq!(model.days_until_all(&customers, 0.5), days);
            let median = customers.iter().map(|customer| model.quantile_of_purchases(customer, 0.5, horizon));
            prop_assert_eq!(model.quantile_of_purchases_all(&customers, 0.5, horizon), median.collect::<Vec<_>>());
        }
    }

    /// Intervals of what customers bring are nested, grow in proportion with money, and are those of all at once.
    #[test]
    fn of_value(
        parameters in parameters(), customer in customers(), horizon in 0_u32..400, p in sizes(-0.7, 1.0),
        q in sizes(-0.5, 1.0), mean in 1.0..100.0,
    ) {
        let customer = if customer.repeats() > 0 { customer.with_mean_spend(mean).unwrap() } else { customer };
        for kind in KINDS {
            let of = |money: f64| {
                let spend = GammaGamma::from_params(GammaGammaParams { p, q, gamma: 15.0 * money }).unwrap();
                ValueModel { purchases: model(kind, parameters, TimeUnit::Week), spend }
            };
            let value = of(1.0);
            let [inner, outer] = [0.5, 0.9].map(|one| value.value_interval(&customer, level(one), horizon).unwrap());
            prop_assert!(0.0 <= outer.low && outer.low <= inner.low && inner.high <= outer.high, "{inner:?} {outer:?}");
            let median = value.value_quantile(&customer, 0.5, horizon).unwrap();
            prop_assert!(inner.low <= median && median <= inner.high);
            let all = value.value_interval_all(&[customer, customer], level(0.9), horizon);
            prop_assert_eq!(all, [Some(outer); 2]);
            let dear = if customer.repeats() > 0 { customer.with_mean_spend(100.0 * mean).unwrap() } else { customer };
            let scaled = of(100.0).value_interval(&dear, level(0.9), horizon).unwrap();
            prop_assert!((scaled.high - 100.0 * outer.high).abs() <= 1e-9 * scaled.high);
            // No purchase at all is as likely as the lower end says.
            let nothing = 1.0 - value.purchases.probability_buys(&customer, horizon);
            prop_assert!((outer.low > 0.0) == (nothing < 0.05) || (nothing - 0.05).abs() < 1e-12);
        }
    }
}

/// Amounts of simulated customers, of the definition: 200,000 of them leave a standard error of 0.0007.
#[test]
fn simulated_customers_bring_what_is_said() {
    let mut chance = Chance(17);
    let params = MbgNbdParams { r: 0.6, alpha: 20.0, a: 0.9, b: 2.5 };
    let purchases = MbgNbd::from_params(params, TimeUnit::Day).unwrap();
    for (p, q, gamma) in [(2.0, 3.0, 40.0), (0.5, 0.8, 9.0)] {
        let spend = GammaGamma::from_params(GammaGammaParams { p, q, gamma }).unwrap();
        let customer = Sample::new(3, 40.0, 50.0).unwrap().with_mean_spend(25.0).unwrap();
        let value = ValueModel { purchases, spend };
        let ends = [0.5, 0.75, 0.95].map(|p| value.value_quantile(&customer, p, 60).unwrap());
        let (alive, draws, mut below) = (purchases.probability_alive(&customer), 200_000, [0_u32; 3]);
        for _ in 0..draws {
            let mut sum = 0.0;
            if chance.happens(alive) {
                let rate = chance.gamma(params.r + 3.0) / (params.alpha + 50.0);
                let (leaves, scale) =
                    (chance.beta(params.a, params.b + 4.0), chance.gamma(p * 3.0 + q) / (gamma + 75.0));
                let mut now = chance.exponential() / rate;
                while now <= 60.0 {
                    sum += chance.gamma(p) / scale;
                    if chance.happens(leaves) {
                        break;
                    }
                    now += chance.exponential() / rate;
                }
            }
            below.iter_mut().zip(ends).for_each(|(below, end)| *below += u32::from(sum <= end));
        }
        for (below, right) in below.into_iter().zip([0.5, 0.75, 0.95]) {
            let share = f64::from(below) / f64::from(draws);
            assert!((share - right).abs() < 0.004, "{share} {right} {ends:?}");
        }
    }
}

/// From a probability that is none to customers of four billion purchases: an answer, or none, and none of it slow.
#[test]
fn at_the_extremes() {
    let samples = [
        Sample::NEW,
        Sample::new(1, 1e-15, 1e-15).unwrap(),
        Sample::new(u32::MAX, 1.0, 1.0).unwrap(),
        Sample::new(5000, 300.0, 300.0).unwrap(),
        Sample::new(3, 5.0, 1e15).unwrap(),
    ];
    let spend = GammaGamma::from_params(GammaGammaParams { p: 0.5, q: 0.4, gamma: 1e-9 }).unwrap();
    for parameters in [[0.5, 6.0, 0.9, 1.6], [1e-9, 1e-9, 1e-9, 1e-9], [1e6, 1e9, 1e6, 1e9], [1e-3, 1e30, 1e3, 1e-3]] {
        for (kind, sample) in KINDS.iter().flat_map(|kind| samples.iter().map(move |sample| (kind, sample))) {
            let model = model(kind, parameters, TimeUnit::Week);
            for horizon in [0, 1, 90, u32::MAX] {
                let buys = model.probability_buys(sample, horizon);
                assert!((0.0..=1.0).contains(&buys) && (horizon > 0 || buys <= 0.0), "{kind} {sample:?} {buys}");
                let interval = model.interval_of_purchases(sample, level(0.9), horizon);
                assert!(interval.is_none_or(|interval| interval.low <= interval.high));
                let next = model.next_purchase(sample, horizon);
                assert!(next.late_days.is_none_or(|late| late <= horizon));
                assert_eq!(next.late_days.is_some(), buys > 0.0, "{kind} {sample:?} {horizon} {next:?}");
                if sample.repeats() < 10_000 {
                    let sample = if sample.repeats() > 0 { sample.with_mean_spend(1e9).unwrap() } else { *sample };
                    let value = ValueModel { purchases: model, spend }.value_interval(&sample, level(0.9), horizon);
                    assert!(value.is_none_or(|value| value.low <= value.high), "{kind} {sample:?} {value:?}");
                }
            }
            for probability in [-0.1, 1.0, f64::NAN, f64::INFINITY] {
                assert_eq!(model.quantile_of_purchases(sample, probability, 90), None);
                assert_eq!(model.days_until(sample, probability), None);
            }
            assert_eq!(model.quantile_of_purchases(sample, 0.0, 90), Some(0));
            assert_eq!(model.days_until(sample, 0.0), Some(0));
        }
    }
    // Far more than 32 bits count.
    let much = model("nbd", [1.0, 1e-6, 1.0, 1.0], TimeUnit::Day);
    assert_eq!(much.interval_of_purchases(&Sample::new(9, 1e-6, 1e-6).unwrap(), level(0.9), u32::MAX), None);
}

/// Many purchases: by groups of counts, against the law of large numbers of one customer's sum.
#[test]
fn a_customer_of_thousands_of_purchases() {
    let purchases = model("nbd", [1.0, 10.0, 1.0, 1.0], TimeUnit::Day);
    let spend = GammaGamma::from_params(GammaGammaParams { p: 5.0, q: 4.0, gamma: 20.0 }).unwrap();
    // 4000 in 4000 days, of 10 each: the next 4000 days bring as many and as much, give or take.
    let sample = Sample::new(4000, 4000.0, 4000.0).unwrap().with_mean_spend(10.0).unwrap();
    let value = ValueModel { purchases, spend }.value_interval(&sample, level(0.9), 4000).unwrap();
    // Of the count, √(4000 + 4000) / 4000; of the mean of 4000 and of the known 4000, √(2 / (4000 * 5)) each: together 2.4%.
    let spread = (2.0_f64 / 4000.0 + 2.0 / 20_000.0).sqrt() * 1.645;
    assert!((value.low / 39_900.0 - (1.0 - spread)).abs() < 0.004, "{value:?}");
    assert!((value.high / 39_900.0 - (1.0 + spread)).abs() < 0.004, "{value:?}");
}

#[test]
fn for_whom_spend_has_no_mean() {
    let spend = |p, q| GammaGamma::from_params(GammaGammaParams { p, q, gamma: 40.0 }).unwrap();
    for (p, q, least) in [(6.25, 3.74, 0), (6.25, 1.0, 1), (0.25, 0.5, 3), (0.3, 0.5, 2), (1.0, 1e-9, 1), (0.1, 0.3, 7)]
    {
        let model = spend(p, q);
        assert_eq!(model.least_repeats(), Some(least), "{p} {q}");
        for repeats in 0..10 {
            let (recency, age) = (f64::from(repeats), 90.0);
            let sample = Sample::new(repeats, recency, age).unwrap();
            let known = if repeats > 0 { sample.with_mean_spend(25.0).unwrap() } else { sample };
            let why = model.without_mean(&known);
            assert_eq!(why.is_none(), model.expected_spend(&known).is_some());
            assert_eq!(why, (repeats < least).then_some(NoMeanSpend::Infinite { least_repeats: Some(least) }));
            // With hardly a shape, the median is beyond the largest number.
            let shape = p * f64::from(repeats) + q;
            assert_eq!(model.median_spend(&known).is_some_and(|median| median > 0.0), shape > 1e-3);
            if repeats > 0 {
                assert_eq!(model.without_mean(&sample), Some(NoMeanSpend::UnknownSpend));
                assert_eq!(model.median_spend(&sample), None);
            }
        }
    }
    assert_eq!(spend(1e-30, 0.5).least_repeats(), None);
}
