//! A rule of ten conditions on a million customers, beside the same conditions as a closure.

mod common;

use std::hint::black_box;

use chrono::{DateTime, TimeDelta};
use common::{Random, Result};
use criterion::Throughput;
use repurchase::ShopCalendar;
use repurchase::act::audience::{Audience, Field, Rule, Schema, Test};
use repurchase::act::contact::{Cap, Channel, ContactRules, Touch, Wish};
use repurchase::scale::{Label, Language};
use repurchase::segment::{LabelKind, Octant, TierScheme};
use repurchase::shop::{Activity, Amount, Attribute, Figure, LastActivity, Profile, Profiles};
use rust_decimal::Decimal;

const CUSTOMERS: usize = 1_000_000;

/// A customer as a shop might hold it.
struct Row {
    purchases: u32,
    days_since_last: u32,
    revenue: Decimal,
    scores: [u8; 3],
    probability_alive: f64,
    tier: usize,
    octant: Octant,
    activities: [LastActivity<'static>; 2],
    attributes: [Attribute<'static>; 2],
    tags: [&'static str; 1],
}

fn main() -> Result {
    let mut criterion = common::criterion();
    let (rows, four) = (rows(), TierScheme::default());
    let tiers = four.names();
    let schema = Schema::default()
        .with_number(Label::new("age", "age", "年龄"))?
        .with_text(Label::new("region", "region", "地区"))?;
    let audience = Audience::compile(rule()?, &schema)?;
    let profiles: Vec<Profile<'_>> = rows.iter().map(|row| profile(row, tiers)).collect();

    let by_rule = || profiles.iter().filter(|profile| audience.matches(profile)).count();
    let by_rule_of_rows = || rows.iter().filter(|row| audience.matches(&profile(row, tiers))).count();
    let by_closure = || rows.iter().filter(|row| closure(row)).count();
    let table = Profiles::of(rows.iter().map(|row| profile(row, tiers)))?;
    let by_table = || audience.matches_all(&table).selected().count() as usize;
    let selected = [by_rule(), by_rule_of_rows(), by_table(), by_closure()];
    if selected[0] == 0 || selected.iter().any(|&count| count != selected[0]) {
        return Err(format!("the rule and the closure differ: {selected:?}").into());
    }
    let allocations = allocation_counter::measure(|| {
        black_box(by_rule());
        black_box(by_rule_of_rows());
    });
    if allocations.count_total > 0 {
        return Err(format!("a rule allocates: {allocations:?}").into());
    }

    let mut group = criterion.benchmark_group("act");
    group.throughput(Throughput::Elements(CUSTOMERS as u64));
    group.bench_function(format!("audience/closure/{CUSTOMERS}"), |bencher| bencher.iter(by_closure));
    group.bench_function(format!("audience/matches/{CUSTOMERS}"), |bencher| bencher.iter(by_rule));
    group.bench_function(format!("audience/profile_and_matches/{CUSTOMERS}"), |bencher| bencher.iter(by_rule_of_rows));
    group.bench_function(format!("audience/matches_all/{CUSTOMERS}"), |bencher| bencher.iter(by_table));
    group.bench_function(format!("audience/table/{CUSTOMERS}"), |bencher| {
        bencher.iter_with_large_drop(|| Profiles::of(rows.iter().map(|row| profile(row, tiers))));
    });
    group.bench_function(format!("audience/report/{CUSTOMERS}"), |bencher| {
        bencher.iter_with_large_drop(|| audience.report(&table, Language::English));
    });
    group.finish();
    growth(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// What must not take four times as long for each twice as many.
fn growth(criterion: &mut criterion::Criterion) -> Result {
    let mut group = criterion.benchmark_group("act");
    let rules = ContactRules::default().with_cap(Cap::new(1000, 30)?);
    let any =
        Audience::compile(Rule::new(Field::days_since(Activity::Cart, None), Test::below(30))?, &Schema::default())?;
    for count in [25_000_i64, 50_000, 100_000] {
        group.throughput(Throughput::Elements(count as u64));
        // One customer, on the days of a quarter.
        let at = |step: i64| DateTime::UNIX_EPOCH + TimeDelta::days(step % 90) + TimeDelta::seconds(step);
        let touches: Vec<_> = (0..count).map(|step| Touch::new(1, Channel::SMS, at(step))).collect();
        let wish = |step: i64| Wish::new(1, Channel::EMAIL, at(step), Decimal::from(step), "spring");
        let wishes: Vec<_> = (0..count).map(wish).collect();
        group.bench_function(format!("contact/one_customer/{count}"), |bencher| {
            bencher.iter_with_large_drop(|| rules.plan(touches.clone(), wishes.clone(), &ShopCalendar::utc()));
        });
        // Each customer in a category of her own.
        let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let activity = |category| [LastActivity { activity: Activity::Cart, category, days_ago: 9 }];
        let activities: Vec<_> = names.iter().map(|name| activity(name.as_str())).collect();
        let table = Profiles::of(activities.iter().map(|one| Profile::default().with_activities(one)))?;
        group.bench_function(format!("audience/any_of_many_categories/{count}"), |bencher| {
            bencher.iter(|| any.matches_all(&table).selected().count());
        });
    }
    group.finish();
    Ok(())
}

/// Each condition holds for most customers, so that most are asked for all ten.
fn rule() -> Result<Rule> {
    Ok(Rule::all([
        Rule::new(Figure::Purchases, Test::at_least(2))?,
        Rule::new(Figure::DaysSinceLast, Test::below(330))?,
        Rule::new(Amount::Revenue, Test::at_least(Decimal::new(20_00, 2)))?,
        Rule::new(Figure::R, Test::between(2, 5))?,
        Rule::any([
            Rule::new(Figure::ProbabilityAlive, Test::above(Decimal::new(1, 1)))?,
            Rule::new(LabelKind::Octant, Test::one_of(["important_value", "important_keep"]))?,
        ])?,
        Rule::new(LabelKind::Tier, Test::not_equal("supreme"))?,
        Rule::new(Field::days_since(Activity::Cart, "shoes"), Test::at_most(80))?,
        Rule::new(Field::attribute("age"), Test::at_least(18))?,
        Rule::not(Rule::tag("employee")?)?,
    ])?)
}

fn closure(row: &Row) -> bool {
    let carted = row.activities.iter().filter(|last| last.activity == Activity::Cart && last.category == "shoes");
    row.purchases >= 2
        && row.days_since_last < 330
        && row.revenue >= Decimal::new(20_00, 2)
        && (2..=5).contains(&row.scores[0])
        && (row.probability_alive > 0.1 || [Octant::ImportantValue, Octant::ImportantKeep].contains(&row.octant))
        && row.tier != 3
        && carted.map(|last| last.days_ago).min().is_some_and(|days| days <= 80)
        && matches!(row.attributes[0], Attribute::Number(age) if age >= 18.0)
        && !row.tags.contains(&"employee")
}

fn profile<'a>(row: &'a Row, tiers: &'a [Label]) -> Profile<'a> {
    let [r, f, m] = row.scores.map(f64::from);
    Profile::default()
        .with(Figure::Purchases, f64::from(row.purchases))
        .with(Figure::DaysSinceLast, f64::from(row.days_since_last))
        .with_amount(Amount::Revenue, row.revenue)
        .with(Figure::R, r)
        .with(Figure::F, f)
        .with(Figure::M, m)
        .with(Figure::ProbabilityAlive, row.probability_alive)
        .with_label(LabelKind::Tier, &tiers[row.tier])
        .with_label(LabelKind::Octant, row.octant.label())
        .with_activities(&row.activities)
        .with_attributes(&row.attributes)
        .with_tags(&row.tags)
}

fn rows() -> Vec<Row> {
    let mut random = Random(7);
    let mut below = |bound: u32| u32::try_from(random.next() % u64::from(bound)).unwrap_or(0);
    let pick = |list: [&'static str; 4], at: u32| list[at as usize % 4];
    let mut row =
        || Row {
            purchases: 1 + below(10),
            days_since_last: below(365),
            revenue: Decimal::new(i64::from(below(100_000)), 2),
            scores: [1, 2, 3].map(|_| u8::try_from(1 + below(5)).unwrap_or(1)),
            probability_alive: f64::from(below(1000)) / 1000.0,
            tier: [0, 0, 0, 0, 1, 1, 2, 3][below(8) as usize],
            octant: [Octant::ImportantValue, Octant::ImportantKeep, Octant::GeneralValue, Octant::GeneralRetain]
                [below(4) as usize],
            activities: [(Activity::View, "hats"), (Activity::Cart, "shoes")]
                .map(|(activity, category)| LastActivity { activity, category, days_ago: below(90) }),
            attributes: [
                Attribute::Number(f64::from(12 + below(70))),
                Attribute::Text(pick(["north", "east", "south", "west"], below(4))),
            ],
            tags: [if below(20) == 0 { "employee" } else { "newsletter" }],
        };
    (0..CUSTOMERS).map(|_| row()).collect()
}
