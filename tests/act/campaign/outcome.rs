//! Outcomes against a recount of all records, customer by customer.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use proptest::prelude::*;
use repurchase::act::campaign::{Comparison, Group, MoneySample, Outcome};
use repurchase::act::economics::Coupon;
use repurchase::record::{Credit, OrderStatus, Record};
use repurchase::scale::Confidence;
use repurchase::{Ledger, Order, PurchaseLog, ShopCalendar, Window};
use rust_decimal::Decimal;

use super::super::{date, fixed_seed, instant};
use super::{TestResult, cents, ratio};

/// Of a customer, on a day: an order that is paid or not, or a credit.
type Row = (u8, i64, i64, u8);

fn time(day: i64) -> DateTime<Utc> {
    instant("2026-03-01T12:00:00Z") + Duration::days(day)
}

fn record(&(customer, day, amount, kind): &Row) -> Record<u8> {
    let status = match kind {
        0 => return Credit::new(customer, time(day), cents(amount + 1)).expect("a credit").into(),
        1 => OrderStatus::Unpaid,
        2 => OrderStatus::Cancelled,
        _ => OrderStatus::Paid,
    };
    Order::new(customer, time(day), cents(amount)).expect("an order").with_status(status).into()
}

/// What a customer brought in a window, and whether the customer bought: all rows are gone through.
fn brought(rows: &[Row], customer: u8, window: Window) -> (Decimal, bool) {
    let own = |row: &&Row| row.0 == customer && window.contains(time(row.1).date_naive());
    rows.iter().filter(own).fold((Decimal::ZERO, false), |(sum, bought), &(_, _, amount, kind)| match kind {
        0 => (sum - cents(amount + 1), bought),
        1 | 2 => (sum, bought),
        _ => (sum + cents(amount), true),
    })
}

proptest! {
    #![proptest_config(fixed_seed(256))]

    #[test]
    fn outcomes_are_a_recount(
        rows in prop::collection::vec((0..12u8, 0..40i64, 0..9_000i64, 0..7u8), 0..80),
        groups in prop::collection::vec((0..20u8, any::<bool>()), 0..25).prop_shuffle(),
        start in 0..40u64, days in 1..30u64,
    ) {
        let start: NaiveDate = date("2026-03-01") + chrono::Days::new(start);
        let window = Window::new(start, start + chrono::Days::new(days)).expect("a window");
        let log = PurchaseLog::from_records(rows.iter().map(record), &ShopCalendar::utc()).expect("a log");
        let group = |is_control| if is_control { Group::Control } else { Group::Treated };
        let given = groups.iter().map(|&(customer, is_control)| (customer, group(is_control)));
        let outcome = Outcome::of(&log.ledger_in(window).expect("a ledger"), given.rev()).expect("an outcome");

        let is_in = |customer, is_control| groups.contains(&(customer, is_control));
        let in_both = (0..20).filter(|&customer| is_in(customer, false) && is_in(customer, true)).count();
        prop_assert_eq!(outcome.in_both(), in_both as u64);
        for is_control in [false, true] {
            let members = (0..20).filter(|&customer| is_in(customer, is_control) && !is_in(customer, !is_control));
            let found: Vec<_> = members.map(|customer| brought(&rows, customer, window)).collect();
            let buyers = found.iter().filter(|(_, bought)| *bought).count() as u64;
            let funnel = outcome.funnel(group(is_control));
            prop_assert_eq!((funnel.shown(), funnel.converted(), funnel.buyers()), (found.len() as u64, buyers, buyers));
            prop_assert_eq!(funnel.revenue(), found.iter().map(|(sum, _)| sum).sum::<Decimal>());
            let sample = MoneySample::of(found.into_iter().map(|(sum, _)| sum)).expect("a sample");
            prop_assert_eq!(outcome.money(group(is_control)), &sample);
        }
        // Customers cut in two, each with all groups in which they were given, add up to the same.
        let ledger = log.ledger_in(window).expect("a ledger");
        let part = |rest: u8| {
            let of_part = groups.iter().filter(|(customer, _)| customer % 2 == rest);
            Outcome::of(&ledger, of_part.map(|&(customer, is_control)| (customer, group(is_control)))).expect("a part")
        };
        let mut merged = part(0);
        merged.merge(&part(1)).expect("few");
        prop_assert_eq!(merged, outcome);
    }
}

/// Nobody was asked, one group is empty, the shop sold nothing.
#[test]
fn edges() -> TestResult {
    let confidence = Confidence::default();
    let empty = Ledger::<&str>::from_histories([], date("2026-03-31"))?;
    let nobody = Outcome::of(&empty, std::iter::empty::<(&str, Group)>())?;
    assert_eq!((nobody.conversion(confidence), nobody.in_both()), (None, 0));
    assert_eq!(nobody.conversion_since(&nobody, confidence), None);
    let treated = Outcome::of(&empty, [("ann", Group::Treated), ("ann", Group::Treated)])?;
    assert_eq!((treated.funnel(Group::Treated).shown(), treated.funnel(Group::Control).shown()), (1, 0));
    assert_eq!(treated.conversion(confidence), None);
    assert_eq!(treated.revenue(confidence).difference(), None);
    Ok(())
}

/// The comparisons are those of the groups' numbers, and all cost is the treated group's.
#[test]
fn comparisons_are_of_the_groups() -> TestResult {
    let rows = [(1, 3, 500, 3), (1, 20, 700, 3), (2, 4, 100, 3), (3, 21, 900, 3), (4, 21, 300, 3), (5, 30, 100, 3)];
    let log = PurchaseLog::from_records(rows.iter().map(record), &ShopCalendar::utc())?;
    let groups = |customer: u8| (customer, if customer < 4 { Group::Treated } else { Group::Control });
    let [before, during] =
        ["2026-03-01", "2026-03-15"].map(|start| Window::new(date(start), date(start) + Duration::days(14)));
    let before = Outcome::of(&log.ledger_in(before?)?, (1..=6).map(groups))?;
    let during = Outcome::of(&log.ledger_in(during?)?, (1..=6).map(groups))?.with_messages(8, cents(50))?;
    let confidence = Confidence::default();
    let (treated, control) = (ratio(2, 3), ratio(1, 3));
    assert_eq!(during.conversion(confidence), Some(Comparison::of_rates(treated, control, confidence)));
    let changes = Comparison::of_changes([ratio(2, 3), treated], [ratio(0, 3), control], confidence);
    assert_eq!(during.conversion_since(&before, confidence), Some(changes));
    let amounts = |amounts: [i64; 3]| MoneySample::of(amounts.map(cents));
    let money = Comparison::of_money(amounts([700, 0, 900])?, amounts([300, 0, 0])?, confidence);
    assert_eq!(during.revenue(confidence), money);
    assert_eq!(during.funnel(Group::Treated).return_on_investment(), Some(3.0));
    assert_eq!(during.funnel(Group::Control).cost(), Decimal::ZERO);
    let mut twice = during;
    twice.merge(&during)?;
    assert_eq!((twice.funnel(Group::Treated).shown(), twice.funnel(Group::Treated).cost()), (6, Decimal::from(8)));
    assert!(during.with_messages(1, cents(-1)).is_err());
    assert!(during.with_messages(u64::MAX, Decimal::MAX).is_err());
    // 10 off 100 at a margin of 30%, used by everybody: b u (p m - c) - b c, by hand.
    let coupon = Coupon::new(Decimal::from(100), Decimal::new(3, 1), Decimal::TEN)?;
    let change = during.profit_change(&coupon).expect("somebody of the control group bought");
    let expected = Decimal::from(20) / Decimal::from(3) - Decimal::from(10) / Decimal::from(3);
    assert!((change - expected).abs() < Decimal::new(1, 20), "{change}");
    assert_eq!(before.profit_change(&coupon), None);
    Ok(())
}
