-- Cohorts by month of life: 30 days from each customer's own first purchase day. The value of a customer up to a month
-- is revenue_through / customers, the retention in it active / customers; the cost of winning a customer is paid back
-- in the first month where revenue_through >= cost * customers.
-- Population of a cohort: the customers whose first purchase lies in its calendar month. A month in which nothing
-- happened has no row. open is 1 while some of the cohort have not lived the month to its end: do not average it.
select
    cohort,
    month_of_life,
    count(distinct buyer) as active,
    first_value(count(distinct buyer)) over (partition by cohort order by month_of_life) as customers,
    count(buyer) as purchases,
    sum(amount) as revenue,
    sum(sum(amount)) over (partition by cohort order by month_of_life) as revenue_through,
    case
        when max(max(first_day)) over (partition by cohort) + 30 * month_of_life + 29
            > (select q.as_of from question as q)
        then 1
        else 0
    end as open
from cohort_facts
group by cohort, month_of_life
order by cohort, month_of_life;
