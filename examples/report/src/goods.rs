//! What is bought again, who is due with it, what comes second and what next: where the lines of orders say what was bought.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use repurchase::history::LineLog;
use repurchase::measure::{CategoryPaths, CycleOptions, CycleScale, CycleTable, ProductCycle};
use repurchase::predict::{Due, DueModel, DueOptions, NextCategories, NextCategoryOptions, NextCategoryTrial};
use repurchase::{Error, Ratio, Window};

use crate::shop::PERIOD;

/// The customers who bought a product again and on whom its median rests at least, and who began with a product of which
/// paths are told.
pub(crate) const LEAST: u64 = 20;

/// The customers who took a path at least.
pub(crate) const LEAST_OF_PATH: u64 = 5;

/// The days for which it is told who is due.
pub(crate) const WEEK: u64 = 7;

/// How many days ago it is looked who was due then.
const AGO: u64 = 13 * WEEK;

/// The rows of a table.
pub(crate) const MOST: usize = 10;

/// The products up to which it is told what comes next: of more, most pairs are of nobody.
const MOST_PAIRED: usize = 500;

/// How many of the products that are ranked first count as a hit.
pub(crate) const HITS: usize = 5;

/// A customer who is due with a product.
pub(crate) type DueProduct<'a> = Due<'a, String, String>;

/// What the lines of orders say up to the as-of day; days pass as in the calendar, whatever the quantity.
pub(crate) struct Goods<'a> {
    /// The products that somebody bought.
    pub(crate) products: usize,
    /// Of the products whose median is known those with the shortest, and how many there are.
    pub(crate) cycles: Vec<Cycle>,
    pub(crate) known: usize,
    pub(crate) week: Window,
    /// Customers who have bought a product again before, in the order of days.
    pub(crate) due: Vec<DueProduct<'a>>,
    /// What came of those who were due in a week of the past.
    pub(crate) checked: Option<Checked>,
    /// How many products have due days.
    pub(crate) with_due_days: usize,
    /// The products with which most are due.
    pub(crate) due_with: Vec<DueWith>,
    pub(crate) paths: Vec<Path>,
    /// The customers with two purchase days or more.
    pub(crate) of_paths: u64,
    pub(crate) next: Option<Next>,
}

/// What customers take up next of what they have not bought yet.
pub(crate) struct Next {
    /// On those who took up something in the last 13 weeks, by what was known before.
    pub(crate) trial: NextCategoryTrial,
    /// For each customer of the last 30 days, the most probable first; nothing where the trial is not won.
    pub(crate) products: Vec<NextProduct>,
}

/// The product that comes next with the highest probability.
pub(crate) struct NextProduct {
    pub(crate) customer: String,
    pub(crate) product: String,
    pub(crate) probability: f64,
    /// How many times as probable as for anybody.
    pub(crate) lift: f64,
    /// The product bought that says most for it, and how many took it after that.
    pub(crate) from: Option<(String, Ratio)>,
}

/// Who was due with what within a week, by what was known 13 weeks ago.
pub(crate) struct Checked {
    /// Those who bought it in that week.
    pub(crate) in_week: Ratio,
    /// Those who have bought it by now.
    pub(crate) by_now: Ratio,
}

/// How one product is bought again.
pub(crate) struct Cycle {
    pub(crate) product: String,
    pub(crate) again: Ratio,
    pub(crate) median_days: f64,
    pub(crate) customers_at_median: u64,
}

/// How many are due with one product.
pub(crate) struct DueWith {
    pub(crate) product: String,
    pub(crate) customers: u64,
    /// The share of its purchases that are followed by another one within the horizon.
    pub(crate) returning: f64,
}

/// From the product of the first purchase day to that of the second.
pub(crate) struct Path {
    pub(crate) first: String,
    /// Of those who began with it, those who took it again.
    pub(crate) again: Ratio,
    /// The other product that most took, with the lift.
    pub(crate) other: Option<(String, Ratio, Option<f64>)>,
}

impl<'a> Goods<'a> {
    /// `None` where nobody has bought anything by the day.
    pub(crate) fn of(lines: &'a LineLog<String, String>, as_of: NaiveDate) -> Result<Option<Self>, Error> {
        let cycles = CycleTable::of(lines, as_of, &CycleOptions::default().with_scale(CycleScale::Calendar));
        let after = as_of.checked_add_days(Days::new(1)).zip(as_of.checked_add_days(Days::new(WEEK)));
        let (false, Some((first, last))) = (cycles.is_empty(), after) else { return Ok(None) };
        let mut ranked = cycles.ranked(LEAST);
        // One customer's many purchases are no cycle of the product.
        ranked.retain(|(_, cycle)| cycle.repeat_customers.count() >= LEAST);
        let week = Window::through(first, last)?;
        let (model, due) = due_in(lines, as_of, week)?;
        let mut counts: BTreeMap<&String, u64> = BTreeMap::new();
        for one in &due {
            *counts.entry(one.product).or_default() += 1;
        }
        let with = |(product, customers): (&String, u64)| {
            let returning = model.product(product)?.returning;
            Some(DueWith { product: product.clone(), customers, returning })
        };
        let mut due_with: Vec<DueWith> = counts.into_iter().filter_map(with).collect();
        due_with.sort_by_key(|one| std::cmp::Reverse(one.customers));
        due_with.truncate(MOST);
        let paths = CategoryPaths::of(lines, as_of);
        Ok(Some(Self {
            products: cycles.len(),
            known: ranked.len(),
            cycles: ranked.into_iter().take(MOST).map(cycle).collect(),
            week,
            due,
            checked: checked(lines, as_of)?,
            with_due_days: model.iter().count(),
            due_with,
            of_paths: paths.customers(),
            paths: most_taken(&paths),
            next: next(lines, as_of)?,
        }))
    }

    /// Customers who are due, those first whose own gaps tell most: each with the product that is known best, and with how
    /// many.
    pub(crate) fn known_best(&self) -> Vec<(&DueProduct<'a>, u64)> {
        let mut best: BTreeMap<&String, (&DueProduct<'a>, u64)> = BTreeMap::new();
        for one in &self.due {
            let (known, count) = best.entry(one.customer).or_insert((one, 0));
            *count += 1;
            if one.due.own_gaps > known.due.own_gaps {
                *known = one;
            }
        }
        let mut best: Vec<_> = best.into_values().collect();
        best.sort_by_key(|(one, _)| std::cmp::Reverse(one.due.own_gaps));
        best.truncate(MOST);
        best
    }

    /// The customers who are due with something.
    pub(crate) fn customers_due(&self) -> usize {
        self.due.iter().map(|one| one.customer).collect::<BTreeSet<_>>().len()
    }
}

/// Customers who have bought a product again before and are due in a window, by what was known on a day.
fn due_in(
    lines: &LineLog<String, String>,
    day: NaiveDate,
    window: Window,
) -> Result<(DueModel<String>, Vec<DueProduct<'_>>), Error> {
    let model = DueModel::fit(lines, day, &DueOptions::default().with_scale(CycleScale::Calendar))?;
    let mut due = model.due_in(lines, window);
    due.retain(|one| one.due.own_gaps > 0);
    Ok((model, due))
}

/// `None` where too few were due 13 weeks ago to tell.
fn checked(lines: &LineLog<String, String>, as_of: NaiveDate) -> Result<Option<Checked>, Error> {
    let back = |days| as_of.checked_sub_days(Days::new(days));
    let Some(((then, first), last)) = back(AGO).zip(back(AGO - 1)).zip(back(AGO - WEEK)) else { return Ok(None) };
    let (_, due) = due_in(lines, then, Window::through(first, last)?)?;
    let bought = |last: NaiveDate| {
        let came = |one: &&DueProduct<'_>| {
            let mut bought = lines.purchases_of(one.customer).filter(|bought| bought.product == one.product);
            bought.any(|bought| bought.day > then && bought.day <= last)
        };
        Ratio::new(due.iter().filter(came).count() as u64, due.len() as u64)
    };
    if (due.len() as u64) < LEAST {
        return Ok(None);
    }
    Ok(Some(Checked { in_week: bought(last)?, by_now: bought(as_of)? }))
}

/// `None` where products are too many, or too few took up something new in the last 13 weeks to try it on.
fn next(lines: &LineLog<String, String>, as_of: NaiveDate) -> Result<Option<Next>, Error> {
    let back = |days| as_of.checked_sub_days(Days::new(days));
    let (true, Some((tried, recent))) =
        (lines.products().len() <= MOST_PAIRED, back(AGO - 1).zip(back(u64::from(PERIOD) - 1)))
    else {
        return Ok(None);
    };
    let options = NextCategoryOptions::default();
    let trial = match NextCategories::trial(lines, Window::through(tried, as_of)?, HITS, &options) {
        Err(Error::NoCustomers { .. }) => return Ok(None),
        trial => trial?,
    };
    if trial.customers < LEAST {
        return Ok(None);
    }
    let mut products = Vec::new();
    if trial.is_better() {
        let model = NextCategories::fit(lines, as_of, &options)?;
        for customer in lines.customers() {
            let bought = || lines.purchases_of(customer).filter(|bought| bought.day <= as_of);
            if bought().all(|bought| bought.day < recent) {
                continue;
            }
            let ranked = model.rank(bought().map(|bought| bought.product), 1);
            products.extend(ranked.into_iter().map(|one| NextProduct {
                customer: customer.clone(),
                product: one.category.clone(),
                probability: one.probability,
                lift: one.lift(),
                from: one.from.map(|from| (from.clone(), one.support)),
            }));
        }
        products.sort_by(|one, other| other.probability.total_cmp(&one.probability));
    }
    Ok(Some(Next { trial, products }))
}

fn cycle((product, cycle): (&String, &ProductCycle)) -> Cycle {
    Cycle {
        product: product.clone(),
        again: cycle.repeat_customers,
        median_days: cycle.median_days().unwrap_or(f64::NAN),
        customers_at_median: cycle.customers_at_median.unwrap_or_default(),
    }
}

/// Of the products with which most customers began, what came second.
fn most_taken(paths: &CategoryPaths<String>) -> Vec<Path> {
    let mut by_first: BTreeMap<&String, Vec<(&String, u64)>> = BTreeMap::new();
    for (first, second, count) in paths.iter() {
        by_first.entry(first).or_default().push((second, count));
    }
    let mut firsts: Vec<_> = by_first.into_iter().filter(|(first, _)| paths.first(*first).count() >= LEAST).collect();
    firsts.sort_by_key(|(first, _)| std::cmp::Reverse(paths.first(*first).count()));
    let path = |(first, seconds): (&String, Vec<(&String, u64)>)| {
        let lift = |second: &String| paths.lift(first, second).unwrap_or_default();
        let others = seconds.into_iter().filter(|&(second, count)| second != first && count >= LEAST_OF_PATH);
        // Of several the one with the highest lift, of these the first name.
        let most = others.max_by(|(one, count), (other, counts)| {
            count.cmp(counts).then(lift(one).total_cmp(&lift(other))).then(other.cmp(one))
        });
        let other = most.map(|(second, _)| (second.clone(), paths.share(first, second), paths.lift(first, second)));
        Path { first: first.clone(), again: paths.share(first, first), other }
    };
    firsts.into_iter().take(MOST).map(path).collect()
}
