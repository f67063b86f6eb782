-- Cohort retention (留存) by calendar month: active / customers, by months after the month of the first purchase.
-- Population of a cohort: the customers whose first purchase lies in its month. Offset 0 holds all of them; an offset
-- in which nobody bought has no row. The as-of day's own month may still grow.
with active as (
    select distinct p.customer_id, p.day - cast(extract(day from p.day) as integer) + 1 as month
    from purchases as p
    where p.day <= (select q.as_of from question as q)
),
of_cohort as (
    select customer_id, month, min(month) over (partition by customer_id) as cohort
    from active
)
select
    cohort,
    cast(
        12 * (extract(year from month) - extract(year from cohort))
            + extract(month from month) - extract(month from cohort)
        as integer
    ) as month_offset,
    count(*) as active,
    first_value(count(*)) over (partition by cohort order by month) as customers
from of_cohort
group by cohort, month
order by cohort, month;
