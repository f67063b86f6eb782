-- When the cost of winning a customer is paid back (回本): the first month of life, 30 days from each customer's own first
-- purchase day, by whose end a cohort has brought its customers' cost; null while it has not.
-- It reads winning_costs: a view of one's own with the first day of a calendar month, cohort, and cost_per_customer above 0.
-- Population: the customers whose first purchase lies in the month. A month of life that some have not lived to its end
-- counts with what was brought so far. A cohort without a cost, or without a customer, has no row.
with brought as (
    select
        cohort,
        month_of_life,
        first_value(count(distinct buyer)) over (partition by cohort order by month_of_life) as customers,
        sum(sum(amount)) over (partition by cohort order by month_of_life) as revenue_through
    from cohort_facts
    group by cohort, month_of_life
)
select
    b.cohort,
    max(b.customers) as customers,
    min(case when b.revenue_through >= c.cost_per_customer * b.customers then b.month_of_life end) as payback_month
from brought as b join winning_costs as c on c.cohort = b.cohort
group by b.cohort
order by b.cohort;
