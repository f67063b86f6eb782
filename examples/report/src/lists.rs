//! Lists that leave the page: customers to act on, as CSV.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};
use repurchase::CustomerHistory;
use repurchase::predict::Due;
use repurchase::scale::{Label, Language};
use repurchase::segment::LabelKind;
use repurchase::shop::{Figure, Profile, Trigger};
use repurchase_segment::output::quoted;
use rust_decimal::Decimal;

use crate::goods::{Goods, Next, NextProduct};
use crate::shop::Buyers;
use crate::words::Words;

/// Customers of one segment, or with one reason to act, as CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The file's name, such as `late.csv` or `segment-champions.csv`.
    pub name: String,
    /// Its rows behind one of names, separated by commas; in Chinese behind a byte-order mark, by which spreadsheets know
    /// UTF-8.
    pub csv: String,
}

/// Why customers stand in a list.
#[derive(Clone, Copy)]
enum Why {
    Trigger(Trigger),
    Segment,
}

/// The name of the list of a reason to act.
pub(crate) fn of_trigger(trigger: Trigger) -> String {
    format!("{}.csv", trigger.label().key())
}

/// The name of the list of who is due with which product.
pub(crate) const DUE_PRODUCTS: &str = "due_products.csv";

/// The name of the list of what customers may take up next.
pub(crate) const NEXT_PRODUCTS: &str = "next_products.csv";

/// The name of the list of a segment.
pub(crate) fn of_segment(segment: &Label) -> String {
    // A shop's own key may hold what no file's name does.
    let plain = |letter: char| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' };
    format!("segment-{}.csv", segment.key().chars().map(plain).collect::<String>())
}

/// One for each reason to act, one for each segment; customers stand by what is at risk in them, the most first.
pub(crate) fn lists(words: Words<'_>, buyers: &Buyers<'_>) -> Vec<List> {
    let triggers = buyers.triggered.iter();
    let mut lists: Vec<List> = triggers
        .map(|(trigger, customers)| list(words, buyers, of_trigger(*trigger), Why::Trigger(*trigger), customers))
        .collect();
    let mut usual: Vec<f64> = Vec::new();
    if !buyers.segments.is_empty() {
        let unknown = |value: Option<f64>| value.unwrap_or(f64::NEG_INFINITY);
        usual = buyers.shop.profiles.figures(Figure::UsualValue).map(unknown).collect();
    }
    let at = |position: usize| usual.get(position).copied().unwrap_or(f64::NEG_INFINITY);
    for (segment, _) in &buyers.segments {
        let mut customers = buyers.members(segment);
        customers.sort_by(|&left, &right| at(right).total_cmp(&at(left)));
        lists.push(list(words, buyers, of_segment(segment), Why::Segment, &customers));
    }
    lists.extend(buyers.goods.as_ref().filter(|goods| !goods.due.is_empty()).map(|goods| due_products(words, goods)));
    let next = buyers.goods.as_ref().and_then(|goods| goods.next.as_ref());
    lists.extend(next.filter(|next| !next.products.is_empty()).map(|next| next_products(words, next)));
    lists
}

/// What customers may take up next, the most probable first.
fn next_products(words: Words<'_>, next: &Next) -> List {
    let mut csv = start(words);
    csv += words.of(
        "customer_id,product,probability,lift,after,took_it,of\n",
        "客户ID,商品,概率,提升度,依据商品,其后购买,共\n",
    );
    for NextProduct { customer, product, probability, lift, from } in &next.products {
        let after = from.as_ref().map_or_else(
            || ",,".to_owned(),
            |(from, support)| format!("{},{},{}", quoted(from), support.count(), support.of()),
        );
        let _ = writeln!(csv, "{},{},{probability:.4},{lift:.2},{after}", quoted(customer), quoted(product));
    }
    List { name: NEXT_PRODUCTS.to_owned(), csv }
}

/// Who is due within a week with which product, in the order of days.
fn due_products(words: Words<'_>, goods: &Goods<'_>) -> List {
    let mut csv = start(words);
    csv += words
        .of("customer_id,product,due_day,earliest,latest,own_gaps\n", "客户ID,商品,回购日,区间起,区间止,自身间隔数\n");
    for Due { customer, product, due, .. } in &goods.due {
        let days = [due.day, due.earliest, due.latest].map(|day| date(day).unwrap_or_default());
        let _ = writeln!(csv, "{},{},{},{}", quoted(customer), quoted(product), days.join(","), due.own_gaps);
    }
    List { name: DUE_PRODUCTS.to_owned(), csv }
}

/// A byte-order mark, where spreadsheets need one.
fn start(words: Words<'_>) -> String {
    if words.language == Language::Chinese { "\u{feff}".to_owned() } else { String::new() }
}

/// A day that spreadsheets know.
fn date(day: NaiveDate) -> Option<String> {
    Some(day).filter(|day| day.year() <= 9999).map(|day| day.to_string())
}

fn list(words: Words<'_>, buyers: &Buyers<'_>, name: String, why: Why, customers: &[usize]) -> List {
    let days = buyers.models.horizon_days();
    let mut csv = start(words);
    csv += &words.of(
        "customer_id,last_purchase,due_day,days_late,p_buys,value_at_risk,action,reason\n".to_owned(),
        format!("客户ID,最近购买日,应回购日,已超天数,{days}天购买概率,{days}天正常复购金额,建议动作,理由\n"),
    );
    for &position in customers {
        let ledger = &buyers.shop.ledger;
        let id = ledger.ids().get(position);
        let history = id.and_then(|id| ledger.get(id));
        if let (Some(id), Some(history), Some(profile)) = (id, history, buyers.shop.profiles.get(position)) {
            row(&mut csv, words, buyers, (id, &history, &profile), why);
        }
    }
    List { name, csv }
}

fn row(
    csv: &mut String,
    words: Words<'_>,
    buyers: &Buyers<'_>,
    (id, history, profile): (&str, &CustomerHistory, &Profile<'_>),
    why: Why,
) {
    let (models, as_of) = (buyers.models, buyers.as_of);
    let ahead = profile.figure(Figure::DueDays).map(|days| Days::new(days as u64));
    let due = ahead.and_then(|days| as_of.checked_add_days(days)).or_else(|| due_day(buyers, history));
    let late = due.filter(|due| *due <= as_of).map(|due| (as_of - due).num_days().to_string());
    let number = |figure, decimals: usize| profile.figure(figure).map(|number| format!("{number:.decimals$}"));
    let reason = match why {
        Why::Trigger(Trigger::WindowClosing) => {
            models.explain(history, as_of, LabelKind::NewCustomerState, words.language)
        }
        Why::Trigger(Trigger::NearTier) => models.explain_tier(history.revenue(), Decimal::ZERO, words.language).ok(),
        Why::Trigger(Trigger::DueSoon) => models.explain_figure(history, as_of, Figure::DueDays, words.language),
        Why::Trigger(_) => models.explain(history, as_of, LabelKind::ChurnRisk, words.language),
        Why::Segment => models.explain(history, as_of, LabelKind::Segment, words.language),
    };
    let action = models.next_action(profile).map(|(_, action)| action.name(words.language).to_owned());
    let cells = [
        Some(id.to_owned()),
        history.last_purchase().and_then(date),
        due.and_then(date),
        late,
        number(Figure::ProbabilityBuys, 4),
        number(Figure::UsualValue, 2),
        action,
        reason,
    ];
    for (at, cell) in cells.iter().enumerate() {
        let mark = if at == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(csv, "{mark}{}", quoted(cell.as_deref().unwrap_or_default()));
    }
    csv.push('\n');
}

/// From which day on the next purchase is due: a cycle after the last one; after the only one, where new customers cool down.
pub(crate) fn due_day(buyers: &Buyers<'_>, history: &CustomerHistory) -> Option<NaiveDate> {
    if history.purchase_days() == 1 {
        let [cools, ..] = buyers.models.lifecycle().new_customers.edges();
        return history.last_purchase()?.checked_add_days(Days::new(cools.into()));
    }
    buyers.models.cycles().standing(history, buyers.as_of)?.next_expected_day()
}
