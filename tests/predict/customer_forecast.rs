//! Forecasts of one customer: the models' own numbers, and their reasons in full.

use chrono::{Days, NaiveDate};
use repurchase::CustomerHistory;
use repurchase::predict::{
    AnyModel, BgNbd, BgNbdParams, CustomerForecast, Discount, GammaGamma, GammaGammaParams, MbgNbd, MbgNbdParams, Nbd,
    NbdParams, NoMeanSpend, ParetoNbd, ParetoNbdParams, PurchaseModel, Sample, TimeUnit, ValueModel,
};
use repurchase::scale::Language;
use rust_decimal::Decimal;

/// Purchases of 10, 11, 12... on these days, as of the last one.
fn sample(days: &[u64], as_of: u64) -> Sample {
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(day);
    let mut history = CustomerHistory::new();
    for (&on, amount) in days.iter().zip(10..) {
        history.record_purchase(day(on), Decimal::from(amount)).unwrap();
    }
    Sample::of(&history.repeat_summary(day(as_of)).unwrap())
}

fn models() -> [AnyModel; 4] {
    [
        Nbd::from_params(NbdParams { r: 0.5, alpha: 6.2 }, TimeUnit::Week).unwrap().into(),
        MbgNbd::from_params(MbgNbdParams { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, TimeUnit::Week).unwrap().into(),
        ParetoNbd::from_params(ParetoNbdParams { r: 0.55, alpha: 10.6, s: 0.6, beta: 11.7 }, TimeUnit::Week)
            .unwrap()
            .into(),
        BgNbd::from_params(BgNbdParams { r: 0.24, alpha: 4.4, a: 0.8, b: 2.4 }, TimeUnit::Week).unwrap().into(),
    ]
}

fn spend(q: f64) -> GammaGamma {
    GammaGamma::from_params(GammaGammaParams { p: 6.25, q, gamma: 15.44 }).unwrap()
}

#[track_caller]
fn assert_bits(found: f64, expected: f64) {
    assert_eq!(found.to_bits(), expected.to_bits(), "{found} {expected}");
}

#[test]
fn the_numbers_are_those_of_the_models() {
    let spend = spend(3.74);
    for model in models() {
        for (days, as_of) in [(&[0][..], 0), (&[0], 40), (&[0, 9, 30], 100), (&[3, 4, 5, 6, 7], 400)] {
            let sample = sample(days, as_of);
            let value_model = ValueModel { purchases: model, spend };
            for horizon in [0, 1, 90, u32::MAX] {
                let forecast = CustomerForecast::new(&model, None, &sample, horizon);
                assert_bits(forecast.probability_alive, model.probability_alive(&sample));
                assert_bits(forecast.expected_purchases, model.expected_purchases(&sample, horizon));
                assert_eq!((forecast.expected_spend, forecast.expected_value()), (None, None));
                let forecast = CustomerForecast::new(&model, Some(&spend), &sample, horizon);
                let value = value_model.expected_value(&sample, horizon, Discount::NONE).unwrap();
                assert_eq!(forecast.expected_spend, spend.expected_spend(&sample));
                assert!(value.is_some() && forecast.expected_value() == value);
            }
        }
    }
}

/// One day is not "1 days", and who came once has not come again.
#[test]
fn reasons_are_whole_sentences() {
    // Nobody leaves, so the expectation is (r + x) / (alpha + T) * t = 2.5 / 8.4 * 2 in weeks.
    let nbd = Nbd::from_params(NbdParams { r: 1.5, alpha: 5.4 }, TimeUnit::Week).unwrap().into();
    let forecast = CustomerForecast::new(&nbd, None, &sample(&[0, 20], 21), 14);
    assert_eq!(
        forecast.explain_alive(Language::English),
        "NBD: bought again on 1 day in the 21 days since the first, the last time 1 day ago; NBD cannot see \
         anybody leave"
    );
    assert_eq!(
        forecast.explain_purchases(Language::English),
        "NBD: bought again on 1 day in the 21 days since the first, the last time 1 day ago; 0.60 purchase days expected \
         in the next 14 days"
    );
    assert_eq!(
        forecast.explain_alive(Language::Chinese),
        "NBD：首购后 21 天内有 1 个复购日，最近一次距今 1 天；NBD 看不出有人流失"
    );
    assert_eq!(
        forecast.explain_purchases(Language::Chinese),
        "NBD：首购后 21 天内有 1 个复购日，最近一次距今 1 天；预计未来 14 天内有 0.60 个购买日"
    );

    // 1.5 / (5.4 + 1) * 1 / 7.
    let once = sample(&[0], 7);
    let forecast = CustomerForecast::new(&nbd, None, &once, 1);
    assert_eq!(
        forecast.explain_purchases(Language::English),
        "NBD: bought on one day, 7 days ago; 0.03 purchase days expected in the next 1 day"
    );
    assert_eq!(
        forecast.explain_purchases(Language::Chinese),
        "NBD：仅有 1 个购买日，距今 7 天；预计未来 1 天内有 0.03 个购买日"
    );

    // The mean over all customers, p gamma / (q - 1) = 5 * 10 / (3.5 - 1).
    let spend = GammaGamma::from_params(GammaGammaParams { p: 5.0, q: 3.5, gamma: 10.0 }).unwrap();
    let forecast = CustomerForecast::new(&nbd, Some(&spend), &once, 1);
    let english = forecast.explain_value(2, Language::English).unwrap();
    assert!(english.ends_with("; 0.03 purchase days of 20.00 each expected in the next 1 day"), "{english}");
    assert_eq!(
        forecast.explain_value(0, Language::Chinese).unwrap(),
        "NBD：仅有 1 个购买日，距今 7 天；预计未来 1 天内有 0.03 个购买日，平均每个购买日消费 20"
    );
    let many = forecast.explain_value(u32::MAX, Language::English).unwrap();
    assert!(many.contains(&format!(" of 20.{} each", "0".repeat(28))), "{many}");
}

/// Of one customer: the mean 10 / (1.5 - 1); the median `s` has `1 - (10 / (s + 10))^1.5 = 1/2`, so `10 (2^(2/3) - 1)`.
#[test]
fn where_spend_is_uneven_half_of_it_is_said_beside_the_mean() {
    let [model, ..] = models();
    let spend = |q| GammaGamma::from_params(GammaGammaParams { p: 1.0, q, gamma: 10.0 }).unwrap();
    let says = |q, language| {
        CustomerForecast::new(&model, Some(&spend(q)), &sample(&[0], 7), 90).explain_value(2, language).unwrap()
    };
    let english = says(1.5, Language::English);
    assert!(
        english.contains(" of 20.00 each") && english.ends_with("; spends are uneven: half of them stay below 5.87")
    );
    assert!(says(1.5, Language::Chinese).ends_with("；消费金额不均：其中一半低于 5.87"));
    // 10 / 2 over 10 (2^(1/3) - 1) is 1.92.
    assert!(says(3.0, Language::English).ends_with("days"), "{}", says(3.0, Language::English));
}

/// Nobody is still a customer by 100.0%, nor gone.
#[test]
fn no_probability_is_rounded_to_certainty() {
    let [nbd, modified, pareto, bg] = models();
    let says = |model: &AnyModel, days: &[u64], as_of, language| {
        let words = CustomerForecast::new(model, None, &sample(days, as_of), 90).explain_alive(language);
        let separator = if language == Language::Chinese { '；' } else { ';' };
        words.rsplit_once(separator).unwrap().1.trim().to_owned()
    };
    let weekly: Vec<u64> = (0..60).map(|week| 7 * week).collect();
    for model in [&modified, &pareto, &bg] {
        for (as_of, english, chinese) in [
            (413, "still a customer with a probability of more than 99.9%", "仍活跃的概率为 99.9% 以上"),
            (3000, "still a customer with a probability of less than 0.1%", "仍活跃的概率为 0.1% 以下"),
        ] {
            // After a purchase, only a customer of Pareto/NBD is sure to be there.
            if as_of > 413 || model == &pareto {
                assert_eq!(says(model, &weekly, as_of, Language::English), english);
                assert_eq!(says(model, &weekly, as_of, Language::Chinese), chinese);
            }
        }
        assert!(says(model, &[0, 30], 60, Language::English).ends_with('%'));
    }
    for as_of in [0, 60, 5000] {
        assert_eq!(says(&nbd, &[0], as_of, Language::English), "NBD cannot see anybody leave");
        let once = "BG/NBD cannot see a customer of one purchase day leave";
        assert_eq!(says(&bg, &[0], as_of, Language::English), once);
    }
    assert_eq!(says(&bg, &[0], 60, Language::Chinese), "BG/NBD 看不出只有 1 个购买日的客户是否流失");
}

#[test]
fn without_a_mean_spend_there_is_no_value() {
    let once = sample(&[0], 7);
    let [model, ..] = models();
    let forecast = CustomerForecast::new(&model, None, &once, 90);
    assert_eq!(forecast.explain_value(2, Language::English), None);
    let forecast = CustomerForecast::new(&model, Some(&spend(0.9)), &once, 90);
    assert_eq!(forecast.expected_value(), None);
    // 6.25 x + 0.9 is above 1 from the first repeat purchase on.
    let median = spend(0.9).median_spend(&once).unwrap();
    assert!(forecast.explain_value(2, Language::English).unwrap().ends_with(&format!(
        "; spends are so uneven that those of customers of fewer than 1 repeat purchase day have no mean: half of them stay \
         below {median:.2}"
    )));
    assert!(
        forecast
            .explain_value(2, Language::Chinese)
            .unwrap()
            .ends_with(&format!("；消费金额差异过大，复购日少于 1 天的客户没有均值：其中一半低于 {median:.2}"))
    );
    assert_eq!(forecast.without_mean, Some(NoMeanSpend::Infinite { least_repeats: Some(1) }));
    let unknown = Sample::new(2, 7.0, 9.0).unwrap();
    let forecast = CustomerForecast::new(&model, Some(&spend(3.0)), &unknown, 90);
    assert_eq!((forecast.explain_value(2, Language::English), forecast.median_spend), (None, None));
    assert_eq!(forecast.without_mean, Some(NoMeanSpend::UnknownSpend));
}

#[test]
fn the_next_purchase_in_words() {
    let nbd = Nbd::from_params(NbdParams { r: 1.0, alpha: 9.0 }, TimeUnit::Day).unwrap().into();
    let forecast = CustomerForecast::new(&nbd, None, &Sample::NEW, 91);
    assert_eq!(
        forecast.explain_next(Language::English),
        "NBD: bought on one day, 0 days ago; a purchase within 9 days is as likely as not; of the purchases that come \
         within 91 days, one in ten comes by day 1, nine in ten by day 41"
    );
    assert_eq!(
        forecast.explain_next(Language::Chinese),
        "NBD：仅有 1 个购买日，距今 0 天；9 天内购买与不购买的可能性各半；若在 91 天内购买，十分之一的可能在第 1 天前，\
         十分之九的可能在第 41 天前"
    );
    assert_eq!(
        forecast.explain_buys(Language::English),
        "NBD: bought on one day, 0 days ago; buys within the next 91 days with a probability of 91.0%"
    );
    assert_eq!(
        forecast.explain_buys(Language::Chinese),
        "NBD：仅有 1 个购买日，距今 0 天；未来 91 天内购买的概率为 91.0%"
    );
    let [_, modified, ..] = models();
    let gone = CustomerForecast::new(&modified, None, &sample(&[0, 1, 2, 3], 900), 0);
    assert!(gone.explain_next(Language::English).ends_with("; on no day is a purchase as likely as not"));
    assert!(gone.explain_buys(Language::Chinese).ends_with("；未来 0 天内购买的概率为 0.1% 以下"));
}
