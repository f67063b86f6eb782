//! A log of some of the customers.

use proptest::prelude::*;
use repurchase::PurchaseLog;

use super::oracle::{assert_ledger, naive_fold};
use super::shop::{Event, any_shop, ledger_of};
use super::{END, credit, date, fixed_seed, log_of, money, order};

proptest! {
    #![proptest_config(fixed_seed(256))]

    /// The log of some customers is the log of their records.
    #[test]
    fn a_part_of_a_log_is_the_log_of_a_part(events in any_shop(), kept in prop::array::uniform6(any::<bool>())) {
        let log = log_of(events.iter().map(Event::record));
        let keep = |customer: &u8| kept[usize::from(*customer)];
        let part = log.of_customers(keep);
        let theirs: Vec<Event> = events.iter().filter(|event| keep(&event.customer)).cloned().collect();
        let expected = log_of(theirs.iter().map(Event::record));
        assert_ledger(&part.ledger(END).unwrap(), &naive_fold(&theirs));
        prop_assert_eq!(part.ledger(END).unwrap(), ledger_of(&theirs, END));
        prop_assert_eq!((part.purchases(), part.credits()), (expected.purchases(), expected.credits()));
        prop_assert_eq!(part.days(), expected.days());
        // What is passed over is not told apart by customer, and money keeps the whole shop's decimals.
        prop_assert_eq!((part.passed_over(), part.scale()), (0, log.scale()));

        let rest = log.of_customers(|customer| !keep(customer));
        let mut both = part.ledger(END).unwrap();
        both.merge(&rest.ledger(END).unwrap()).unwrap();
        prop_assert_eq!(&both, &log.ledger(END).unwrap());
        // All behind, as parts that come one after the other are.
        let cut = kept.iter().filter(|kept| **kept).count() as u8;
        let mut parts = [log.of_customers(|customer| *customer < cut), log.of_customers(|customer| *customer >= cut)]
            .map(|part| part.ledger(END).unwrap());
        let [first, second] = &mut parts;
        first.merge(second).unwrap();
        prop_assert_eq!((&*first, first.left_out(), first.scale()), (&both, both.left_out(), log.scale()));
        prop_assert_eq!((first.ids(), first.totals()), (both.ids(), both.totals()));
        prop_assert_eq!(part.purchases() + rest.purchases(), log.purchases());
        prop_assert_eq!(part.of_customers(|_| true).ledger(END), part.ledger(END));
    }
}

/// Amounts that a fact has no room for are kept aside: a part must find its own there.
#[test]
fn amounts_that_are_kept_aside() {
    // In cents 2^34 and more is aside: 171,798,691.84.
    let log = log_of([
        order("ann", "2026-03-01", "171798691.83"),
        order("bo", "2026-03-01", "171798691.84"),
        order("cy", "2026-03-02", "900000000000.01"),
        credit("bo", "2026-03-03", "700000000000"),
        order("bo", "2026-03-04", "792281625142643375.93"),
        credit("cy", "2026-03-05", "171798691.84"),
    ]);
    let revenue = |log: &PurchaseLog<&'static str>| {
        let ledger = log.ledger(END).unwrap();
        ledger.iter().map(|(&id, history)| (id, history.revenue())).collect::<Vec<_>>()
    };
    let (ann, bo, cy) = (money("171798691.83"), money("792280925314442067.77"), money("899828201308.17"));
    assert_eq!(revenue(&log), [("ann", ann), ("bo", bo), ("cy", cy)]);
    assert_eq!(revenue(&log.of_customers(|&id| id != "bo")), [("ann", ann), ("cy", cy)]);
    assert_eq!(revenue(&log.of_customers(|&id| id == "bo")), [("bo", bo)]);
    assert_eq!(revenue(&log.of_customers(|&id| id != "ann").of_customers(|&id| id == "cy")), [("cy", cy)]);
}

/// Whoever set the finest scale may not be among the customers who are kept.
#[test]
fn the_scale_is_the_whole_shops() {
    let log = log_of([order("ann", "2026-03-01", "19.9"), order("bo", "2026-03-02", "0.001")]);
    let ann = log.of_customers(|&id| id == "ann");
    assert_eq!((log.scale(), ann.scale()), (3, 3));
    assert_eq!(ann.ledger(END).unwrap().get(&"ann").unwrap().spend(), money("19.900"));
    assert_eq!(ann.ledger(END), log_of([order("ann", "2026-03-01", "19.90")]).ledger(END));
    assert_eq!(ann.days(), Some((date("2026-03-01"), date("2026-03-01"))));
}

#[test]
fn nobody_and_everybody() {
    let log = log_of([order("ann", "2026-03-01", "1"), credit("bo", "2026-03-02", "1")]);
    let nobody = log.of_customers(|_| false);
    assert_eq!((nobody.purchases(), nobody.credits(), nobody.days()), (0, 0, None));
    assert!(nobody.ledger(END).unwrap().is_empty());
    let everybody = log.of_customers(|_| true);
    assert_eq!((everybody.ledger(END), everybody.days()), (log.ledger(END), log.days()));
    let credits_alone = log.of_customers(|&id| id == "bo");
    assert_eq!((credits_alone.purchases(), credits_alone.credits()), (0, 1));
    assert_eq!(credits_alone.ledger(END).unwrap().without_purchase().count(), 1);
}
