-- Cohorts by calendar month: retention (留存) is active / customers, by months after the month of the first purchase;
-- the value of a customer up to an offset is revenue_through / customers.
-- Population of a cohort: the customers whose first purchase lies in its month. Offset 0 holds all of them; an offset
-- in which nothing happened has no row. Credits count in the month in which they were issued, from the first purchase
-- day on. open is 1 for the as-of day's own month while it is not over.
-- By a key of the first order: cohorts_by.sql.
select
    cohort,
    month_offset,
    count(distinct buyer) as active,
    first_value(count(distinct buyer)) over (partition by cohort order by month_offset) as customers,
    count(buyer) as purchases,
    sum(amount) as revenue,
    sum(sum(amount)) over (partition by cohort order by month_offset) as revenue_through,
    case
        when (select extract(day from q.as_of + 1) from question as q) > 1
            and 12 * extract(year from cohort) + extract(month from cohort) + month_offset
                = (select 12 * extract(year from q.as_of) + extract(month from q.as_of) from question as q)
        then 1
        else 0
    end as open
from cohort_facts
group by cohort, month_offset
order by cohort, month_offset;
