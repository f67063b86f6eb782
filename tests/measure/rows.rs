//! Rows of plain fields, recomputed by hand or from the orders one by one, and the tables that a terminal shows, as literals.

use std::collections::BTreeMap;

use repurchase::measure::{
    CohortOptions, CohortRow, CohortTable, Life, RateOptions, buyer_mix, buyer_mix_in, group_cohort_rows,
    group_cohort_table, group_rate_rows, group_rate_table, mix_table, next_purchase_table, next_purchases, rate_table,
    repurchase_rates, repurchase_rates_by,
};
use repurchase::record::{Period, Windows};
use repurchase::scale::Bands;
use rust_decimal::Decimal;

use super::{TestResult, credit, date, log_of, order, small_shop, window};

fn months() -> Result<Windows, repurchase::Error> {
    Windows::periods(Period::Month, date("2026-01-15"), date("2026-04-30"))
}

#[test]
fn rates_of_windows() -> TestResult {
    let rates = repurchase_rates(&small_shop(), &months()?, &RateOptions::default());
    assert_eq!(
        rate_table(&rates).to_string(),
        "\
days                     customers  bought again  orders     repeats   returning
2026-01-01..=2026-01-31          0    0        -       0  0        -  0        -
2026-02-01..=2026-02-28          1    0    0.00%       1  0    0.00%  0    0.00%
2026-03-01..=2026-03-31          3    1   33.33%       4  1   25.00%  2   66.67%
2026-04-01..=2026-04-30          1    0    0.00%       1  0    0.00%  1  100.00%"
    );
    assert_eq!(
        rates[2].to_string(),
        "2026-03-01..=2026-03-31: users 1 of 3 (33.33%), orders 1 of 4 (25.00%), returning 2 of 3 (66.67%)"
    );
    // March: Ann once, Bo twice on one day, Cy who came in February.
    let march = rates[2].row();
    assert_eq!((march.first_day, march.last_day), (date("2026-03-01"), date("2026-03-31")));
    assert_eq!((march.customers, march.repeat_customers, march.user_rate), (3, 1, Some(1.0 / 3.0)));
    assert_eq!((march.occasions, march.repeat_occasions, march.order_rate), (4, 1, Some(0.25)));
    assert_eq!((march.returning_customers, march.returning_rate), (2, Some(2.0 / 3.0)));
    assert_eq!((rates[0].row().user_rate, rates[0].row().order_rate), (None, None), "nobody in January");
    assert_eq!(rate_table(&[]).to_string(), "days  customers  bought again  orders  repeats  returning");
    Ok(())
}

#[test]
fn rates_of_groups() {
    let march = Windows::from(window("2026-03-01", "2026-04-01"));
    let groups = repurchase_rates_by(&small_shop(), &march, &RateOptions::default(), |&who| {
        if who == "bo" { "小程序" } else { "web" }
    });
    assert_eq!(
        group_rate_table(&groups).to_string(),
        "\
group   days                     customers  bought again  orders     repeats   returning
web     2026-03-01..=2026-03-31          2    0    0.00%       2  0    0.00%  1   50.00%
小程序  2026-03-01..=2026-03-31          1    1  100.00%       2  1   50.00%  1  100.00%"
    );
    let rows: Vec<_> = group_rate_rows(&groups).collect();
    assert_eq!(rows.iter().map(|row| (*row.group, row.customers)).collect::<Vec<_>>(), [("web", 2), ("小程序", 1)]);
    let empty = BTreeMap::<u8, _>::new();
    assert_eq!(group_rate_rows(&empty).count(), 0);
}

#[test]
fn mixes() -> TestResult {
    let mixes = buyer_mix(&small_shop(), Period::Month, date("2026-04-30"))?;
    assert_eq!(
        mix_table(&mixes).to_string(),
        "\
days                     customers         new   returning  orders  net revenue  of new  of returning  a customer
2026-02-01..=2026-02-28          1  1  100.00%  0    0.00%       1         5.00    5.00          0.00        5.00
2026-03-01..=2026-03-31          3  2   66.67%  1   33.33%       4        40.00   42.00          7.00       13.33
2026-04-01..=2026-04-30          1  0    0.00%  1  100.00%       1        25.00    0.00         25.00       25.00"
    );
    assert_eq!(
        mixes[1].to_string(),
        "2026-03-01..=2026-03-31: new 2 of 3 (66.67%) bring 42.00, returning 1 of 3 (33.33%) bring 7.00, \
         net revenue 40.00"
    );
    // March: Ann 20 less 3, Bo 10 and 15, Cy 7; Di gets 9 back and buys nothing.
    let march = mixes[1].row();
    assert_eq!((march.new_customers, march.returning_customers, march.customers), (2, 1, 3));
    assert_eq!((march.new_purchases, march.returning_purchases, march.purchases), (3, 1, 4));
    let money = [march.new_revenue, march.returning_revenue, march.other_credits, march.net_revenue];
    assert_eq!(money, [4200, 700, 900, 4000].map(|cents| Decimal::new(cents, 2)));
    assert_eq!(march.returning_share, Some(1.0 / 3.0));
    // Nobody buys, and one gets money back.
    let none = buyer_mix_in(&log_of([credit("di", "2026-03-07", 900)]), window("2026-03-01", "2026-04-01"))?;
    assert_eq!(none.row().returning_share, None);
    assert_eq!(
        mix_table(&[none]).to_string().lines().last(),
        Some(
            "2026-03-01..=2026-03-31          0  0        -  0        -       0        -9.00    0.00          0.00           -"
        )
    );
    Ok(())
}

/// The one shape of a mean of money, in both.
#[test]
fn revenue_per_customer_is_a_decimal() -> TestResult {
    let mix = buyer_mix_in(&small_shop(), window("2026-03-01", "2026-04-01"))?;
    assert_eq!(mix.new.revenue_per_customer(), Some(Decimal::new(21, 0)));
    assert_eq!(mix.revenue_per_customer().map(|mean| mean.round_dp(4)), Some(Decimal::new(133_333, 4)));
    let before = buyer_mix_in(&small_shop(), window("2025-01-01", "2025-02-01"))?;
    assert_eq!((before.new.revenue_per_customer(), before.revenue_per_customer()), (None, None));
    Ok(())
}

#[test]
fn cohorts() -> TestResult {
    let table = CohortTable::of(&small_shop(), date("2026-04-15"), &CohortOptions::default())?;
    assert_eq!(
        table.to_string(),
        "\
Customers who buy, by calendar month of life (* open: some have not lived it to its end)
cohort   customers           0            1            2
2026-02          1  1  100.00%   1  100.00%   0    0.00%*
2026-03          2  2  100.00%   1   50.00%*
all              3  3  100.00%   1  100.00%

Customers who buy then or later
cohort   customers           0            1            2
2026-02          1  1  100.00%   1  100.00%   0    0.00%*
2026-03          2  2  100.00%   1   50.00%*
all              3  3  100.00%   1  100.00%

Net revenue per customer up to then
cohort   customers      0       1       2
2026-02          1   5.00   12.00   12.00*
2026-03          2  21.00   33.50*
all              3  15.67   12.00"
    );
    let rows: Vec<_> = table.rows().collect();
    let of = |row: &CohortRow| (row.offset, row.open, row.active_customers, row.purchases);
    assert_eq!(
        rows.iter().map(of).collect::<Vec<_>>(),
        [(0, false, 1, 1), (1, false, 1, 1), (2, true, 0, 0), (0, false, 2, 3), (1, true, 1, 1)]
    );
    let last = rows.last().ok_or("March's April")?;
    assert_eq!((last.cohort_first_day, last.cohort_last_day), (date("2026-03-01"), date("2026-03-31")));
    assert_eq!((last.customers, last.retention), (2, Some(0.5)));
    let money = [Some(last.revenue), last.cumulative_revenue, last.value_per_customer];
    assert_eq!(money, [2500, 6700, 3350].map(|cents| Some(Decimal::new(cents, 2))));
    Ok(())
}

/// Rows say what the table's own methods say, cell by cell, and cells of nobody stand between the others.
#[test]
fn rows_of_days_and_of_brackets() -> TestResult {
    let log = log_of([
        order("ann", "2026-01-01", 1000),
        order("ann", "2026-01-08", 500),
        order("bo", "2026-01-02", 700),
        credit("bo", "2026-02-20", 900),
        order("cy", "2026-02-02", 100),
    ]);
    let brackets = Life::Brackets(Bands::new(vec![1, 8, 31])?);
    for life in [Life::Days(1), Life::Days(30), brackets.clone()] {
        let options = CohortOptions::default().with_life(life);
        let table = CohortTable::of(&log, date("2026-02-25"), &options)?;
        let mut rows = table.rows();
        for cohort in &table.cohorts {
            for offset in 0..cohort.offsets {
                let row = rows.next().ok_or("a row for each offset that has begun")?;
                assert_eq!((row.cohort_first_day, row.offset), (cohort.window.start(), offset));
                assert_eq!(row.open, offset >= cohort.complete_offsets);
                assert_eq!(
                    Some((row.active_customers, row.revenue)),
                    cohort.at(offset).map(|at| (at.customers, at.revenue))
                );
                assert_eq!(row.retention, cohort.retention(offset).and_then(|ratio| ratio.value()));
                let unbounded = cohort.unbounded_retention(offset).ok_or("begun")?;
                assert_eq!((row.unbounded_customers, row.unbounded_retention), (unbounded.count(), unbounded.value()));
                let through = cohort.through(offset).ok_or("begun")?;
                assert_eq!(row.cumulative_revenue, Some(through.revenue));
                assert_eq!(row.value_per_customer, through.revenue_per_customer());
            }
        }
        assert!(rows.next().is_none());
    }
    let table = CohortTable::of(&log, date("2026-02-25"), &CohortOptions::default().with_life(brackets))?;
    assert_eq!(
        table.to_string(),
        "\
Customers who buy, by bracket of days of each customer's life (* open: some have not lived it to its end)
cohort   customers           0          1-7         8-30          31+
2026-01          2  2  100.00%   1   50.00%   0    0.00%   0    0.00%*
2026-02          1  1  100.00%   0    0.00%   0    0.00%*
all              3  3  100.00%   1   33.33%   0    0.00%

Customers who buy then or later
cohort   customers           0          1-7         8-30          31+
2026-01          2  2  100.00%   1   50.00%   0    0.00%   0    0.00%*
2026-02          1  1  100.00%   0    0.00%   0    0.00%*
all              3  3  100.00%   1   33.33%   0    0.00%

Net revenue per customer up to then
cohort   customers     0     1-7    8-30    31+
2026-01          2  8.50   11.00   11.00   6.50*
2026-02          1  1.00    1.00    1.00*
all              3  6.00    7.67   11.00"
    );
    Ok(())
}

/// Each group's table stands below its name, and its rows are the table's own with the group in front.
#[test]
fn cohorts_of_groups() -> TestResult {
    let groups = CohortTable::by(&small_shop(), date("2026-04-15"), &CohortOptions::default(), |&who| who == "cy")?;
    let table = |group: bool| groups[&group].to_string();
    assert_eq!(group_cohort_table(&groups).to_string(), format!("false\n{}\n\ntrue\n{}", table(false), table(true)));
    let plain = |row: &CohortRow| format!("{row:?}").replacen("CohortRow { ", "", 1);
    let expected: Vec<String> = groups
        .iter()
        .flat_map(|(group, table)| {
            table.rows().map(move |row| format!("GroupCohortRow {{ group: {group}, {}", plain(&row)))
        })
        .collect();
    assert_eq!(group_cohort_rows(&groups).map(|row| format!("{row:?}")).collect::<Vec<_>>(), expected);
    assert_eq!(expected.len(), 5);
    let nobody = BTreeMap::<bool, CohortTable>::new();
    assert_eq!((group_cohort_table(&nobody).to_string(), group_cohort_rows(&nobody).count()), (String::new(), 0));
    Ok(())
}

/// Ann's 1 March is followed after 31 days, Bo's 5 March and Cy's 31 March are not; Ann's 1 April is too late to tell.
#[test]
fn days_to_the_next_purchase() -> TestResult {
    let months = next_purchases(&small_shop(), Period::Month, 31, date("2026-05-01"))?;
    assert_eq!(
        next_purchase_table(&months).to_string(),
        "\
days                     purchase days    followed  mean days  median days  unobserved
2026-02-01..=2026-02-28              1  0    0.00%          -            -           0
2026-03-01..=2026-03-31              3  1   33.33%       31.0         31.0           0
2026-04-01..=2026-04-30              0  0        -          -            -           1"
    );
    assert_eq!(
        months[1].to_string(),
        "2026-03-01..=2026-03-31: followed 1 of 3 (33.33%), mean 31.0 days, median 31.0, unobserved 0"
    );
    let row = months[1].row();
    assert_eq!((row.first_day, row.last_day), (date("2026-03-01"), date("2026-03-31")));
    assert_eq!((row.purchase_days, row.followed, row.rate, row.unobserved), (3, 1, Some(1.0 / 3.0), 0));
    assert_eq!((row.mean_days, row.median_days), (Some(31.0), Some(31.0)));
    assert_eq!(next_purchase_table(&[]).to_string().lines().count(), 1);
    Ok(())
}

/// A record of the wrong century makes a table of tens of thousands of days: the first 60 are printed, rows are all there.
#[test]
fn a_table_of_many_offsets() -> TestResult {
    let log = log_of([order("ann", "1926-01-01", 1000), order("bo", "2026-01-01", 700)]);
    let options = CohortOptions::default().with_life(Life::Days(1)).with_period(Period::Year);
    let table = CohortTable::of(&log, date("2026-01-31"), &options)?;
    let text = table.to_string();
    assert!(text.starts_with("Customers who buy, by span of 1 day of each customer's life"), "{text}");
    assert!(text.ends_with("\nof 36556 periods the first 60"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 120), "{text}");
    assert_eq!(table.rows().count(), 36_556 + 31);
    let nobody = CohortTable::of(&log_of::<u32>([]), date("2026-01-31"), &CohortOptions::default())?;
    assert_eq!(nobody.to_string().lines().nth(2), Some("all             0"));
    assert_eq!(nobody.rows().count(), 0);
    Ok(())
}

/// The header of a file is the names of the fields, and money is text without a loss.
#[cfg(feature = "serde")]
#[test]
fn rows_of_a_file() -> TestResult {
    let mut file = csv::Writer::from_writer(Vec::new());
    let table = CohortTable::of(&small_shop(), date("2026-04-15"), &CohortOptions::default())?;
    table.rows().filter(|row| row.offset < 2).try_for_each(|row| file.serialize(row))?;
    assert_eq!(
        String::from_utf8(file.into_inner()?)?,
        "\
cohort_first_day,cohort_last_day,customers,offset,open,active_customers,retention,unbounded_customers,unbounded_retention,purchases,revenue,cumulative_revenue,value_per_customer
2026-02-01,2026-02-28,1,0,false,1,1.0,1,1.0,1,5.00,5.00,5.00
2026-02-01,2026-02-28,1,1,false,1,1.0,1,1.0,1,7.00,12.00,12.00
2026-03-01,2026-03-31,2,0,false,2,1.0,2,1.0,3,42.00,42.00,21.00
2026-03-01,2026-03-31,2,1,true,1,0.5,1,0.5,1,25.00,67.00,33.50
"
    );
    let mut file = csv::Writer::from_writer(Vec::new());
    for mix in buyer_mix(&small_shop(), Period::Quarter, date("2026-03-31"))? {
        file.serialize(mix.row())?;
    }
    assert_eq!(
        String::from_utf8(file.into_inner()?)?,
        "\
first_day,last_day,customers,new_customers,returning_customers,returning_share,purchases,new_purchases,returning_purchases,net_revenue,new_revenue,returning_revenue,other_credits
2026-01-01,2026-03-31,3,3,0,0.0,5,5,0,45.00,54.00,0.00,9.00
"
    );
    let groups = repurchase_rates_by(&small_shop(), &months()?, &RateOptions::default(), |&who| who == "cy");
    let mut file = csv::Writer::from_writer(Vec::new());
    group_rate_rows(&groups).filter(|row| *row.group).skip(1).take(1).try_for_each(|row| file.serialize(row))?;
    assert_eq!(
        String::from_utf8(file.into_inner()?)?,
        "\
group,first_day,last_day,customers,repeat_customers,user_rate,occasions,repeat_occasions,order_rate,returning_customers,returning_rate
true,2026-02-01,2026-02-28,1,0,0.0,1,0,0.0,0,0.0
"
    );
    Ok(())
}
