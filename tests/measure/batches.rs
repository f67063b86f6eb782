//! Any cut into batches in any order gives the answers of the whole log: rates, mixes, cohorts, notes and concentration, counted of
//! each part of the customers and merged.

use std::io;

use proptest::prelude::*;
use repurchase::history::{Spill, SpilledFold};
use repurchase::measure::{
    CohortOptions, CohortTable, Concentration, Life, NoteTally, PeriodMix, RateOptions, RepurchaseRates, buyer_mix_in,
    notes, repurchase_rates,
};
use repurchase::record::{Credit, Record, Windows};
use repurchase::scale::Bands;
use repurchase::{Error, Order, PurchaseLog, ShopCalendar};
use rust_decimal::Decimal;

use super::oracle::{Kind, Row, on, rows};
use super::{OCCASIONS, PERIODS, SCOPES, fixed_seed};

struct Parts(Vec<Vec<u8>>);

impl Spill for Parts {
    fn append(&mut self, part: usize, bytes: &[u8]) -> io::Result<()> {
        self.0[part].extend_from_slice(bytes);
        Ok(())
    }

    fn read(&mut self, part: usize) -> io::Result<Vec<u8>> {
        Ok(std::mem::take(&mut self.0[part]))
    }
}

/// With finer money in every third row, so that batches differ in scale.
fn log(rows: &[(usize, Row)]) -> PurchaseLog<u32> {
    let records = rows.iter().filter(|(_, row)| !matches!(row.kind, Kind::Unpaid)).map(|&(at, row)| -> Record<u32> {
        let amount = Decimal::new(row.cents, if at % 3 == 0 { 4 } else { 1 });
        let (customer, at) = (u32::from(row.customer), row.day.and_hms_opt(8, 0, 0).unwrap().and_utc());
        match row.kind {
            Kind::Credit => Credit::new(customer, at, amount).unwrap().into(),
            _ => Order::new(customer, at, amount).unwrap().into(),
        }
    });
    PurchaseLog::from_records(records, &ShopCalendar::utc()).unwrap()
}

/// Of a log, or of parts of one.
type Answers = (Vec<RepurchaseRates>, Vec<PeriodMix>, CohortTable, NoteTally<u32>);

proptest! {
    #![proptest_config(fixed_seed(192))]

    #[test]
    fn any_cut_into_batches_is_the_whole(
        rows in rows(),
        cuts in prop::collection::vec(0_usize..50, 0..5),
        memory in 0_usize..400,
        last in 20_u64..150,
        of in (0_usize..PERIODS.len(), 0_usize..2, 0_usize..2, 0_usize..3),
    ) {
        let rows: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
        let (as_of, period) = (on(last), PERIODS[of.0]);
        let windows = Windows::periods(period, on(0), as_of).unwrap();
        let rates = RateOptions::default().with_occasion(OCCASIONS[of.1]).with_scope(SCOPES[of.2]);
        let life = [Life::Calendar, Life::Days(10), Life::Brackets(Bands::new(vec![1, 8, 31]).unwrap())][of.3].clone();
        let cohorts = CohortOptions::default().with_period(period).with_life(life);

        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.len() + 1)).chain([0, rows.len()]).collect();
        cuts.sort_unstable();
        let mut fold = SpilledFold::new(as_of, memory, Parts(vec![Vec::new(); SpilledFold::PARTS]));
        for pair in cuts.windows(2) {
            fold.add(&log(&rows[pair[0]..pair[1]])).unwrap();
        }
        let answers = |log: &PurchaseLog<u32>| -> Result<Answers, Error> {
            let mixes = windows.iter().map(|window| buyer_mix_in(log, window)).collect::<Result<_, _>>()?;
            let notes = NoteTally::of(log, as_of);
            Ok((repurchase_rates(log, &windows, &rates), mixes, CohortTable::of(log, as_of, &cohorts)?, notes))
        };
        let mut merged: Option<Answers> = None;
        let ledger = fold.finish_parts(|log| {
            let more = answers(log)?;
            match &mut merged {
                None => merged = Some(more),
                Some(all) => {
                    all.0.iter_mut().zip(&more.0).try_for_each(|(all, more)| all.merge(more))?;
                    all.1.iter_mut().zip(&more.1).try_for_each(|(all, more)| all.merge(more))?;
                    all.2.merge(&more.2)?;
                    all.3.merge(&more.3)?;
                }
            }
            Ok(())
        });
        let (ledger, whole) = (ledger.unwrap(), log(&rows));
        let of_all = whole.ledger(as_of).unwrap();
        prop_assert_eq!(&ledger, &of_all);
        prop_assert_eq!(Concentration::of(&ledger).unwrap(), Concentration::of(&of_all).unwrap());
        prop_assert!(merged.is_some() || of_all.is_empty());
        let Some(merged) = merged else { return Ok(()) };
        let expected = answers(&whole).unwrap();
        prop_assert_eq!((&merged.0, &merged.1, &merged.2), (&expected.0, &expected.1, &expected.2));
        // What lies after the as-of day was left out.
        let known: Vec<(usize, Row)> = rows.iter().copied().filter(|(_, row)| row.day <= as_of).collect();
        let of_columns: Vec<_> = notes(&log(&known), as_of);
        prop_assert_eq!(merged.3.notes(), of_columns);
    }
}

#[test]
fn parts_of_different_questions_do_not_merge() {
    let log = log(&[(0, Row { customer: 1, day: on(3), kind: Kind::Order, cents: 900 })]);
    let months = Windows::periods(PERIODS[0], on(0), on(140)).unwrap();
    let mut rates = repurchase_rates(&log, &months, &RateOptions::default());
    let (first, second) = rates.split_at_mut(1);
    let before = first[0];
    let error = first[0].merge(&second[0]).unwrap_err();
    let expected = format!(
        "tallies of different things cannot merge: one counts {}, the other {}",
        before.window, second[0].window
    );
    assert_eq!((error.to_string(), first[0]), (expected, before));

    let [mut first, second] = [0, 1].map(|at| buyer_mix_in(&log, months.iter().nth(at).unwrap()).unwrap());
    assert!(matches!(first.merge(&second), Err(Error::TallyMismatch { .. })));
    let table = |options: CohortOptions, day| CohortTable::of(&log, on(day), &options).unwrap();
    let mut table_of_all = table(CohortOptions::default(), 100);
    let before = table_of_all.clone();
    let other = CohortOptions::default().with_life(Life::Days(7));
    assert!(matches!(table_of_all.merge(&table(other, 100)), Err(Error::TallyMismatch { .. })));
    let tomorrow = table(CohortOptions::default(), 101);
    assert!(matches!(table_of_all.merge(&tomorrow), Err(Error::AsOfMismatch { .. })));
    assert_eq!(table_of_all, before);
}
