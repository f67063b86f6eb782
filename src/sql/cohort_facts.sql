-- What cohorts are made of: the purchases and credits of every buyer from the first purchase day on. buyer is null for a
-- credit, whose amount is below 0. cohort is the first day of the calendar month of the first purchase, month_offset the
-- calendar months since then, month_of_life the spans of 30 days since the first purchase day.
-- Population: the customers with at least one purchase up to and including the day.
create or replace view cohort_facts as
with facts as (
    select p.customer_id, p.customer_id as buyer, p.day, p.amount
    from purchases as p
    where p.day <= (select q.as_of from question as q)
    union all
    select c.customer_id, null, c.day, -c.amount
    from credits as c
    where c.day <= (select q.as_of from question as q)
)
select
    f.customer_id,
    b.first_purchase as first_day,
    f.buyer,
    f.day,
    f.amount,
    b.first_purchase - cast(extract(day from b.first_purchase) as integer) + 1 as cohort,
    cast(
        12 * (extract(year from f.day) - extract(year from b.first_purchase))
            + extract(month from f.day) - extract(month from b.first_purchase)
        as integer
    ) as month_offset,
    cast(floor((f.day - b.first_purchase) / 30) as integer) as month_of_life
from facts as f join buyers as b on b.customer_id = f.customer_id and f.day >= b.first_purchase;
