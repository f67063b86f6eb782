-- Cycles missed: the days since the last purchase over the expected cycle, rounded down. Population: the buyers of two
-- purchase days or more. The expected cycle is the upper edge of the frequency band, 30, 50 or 80 days; in the open
-- last band it is the buyer's own mean gap. It is cycle_days / per here, so that nothing is rounded.
-- From 3 missed cycles on a customer is churn-inclined.
with expected as (
    select
        customer_id,
        days_since_last,
        case
            when recency_days < 30 * repeats then 30
            when recency_days < 50 * repeats then 50
            when recency_days < 80 * repeats then 80
            else recency_days
        end as cycle_days,
        case when recency_days < 80 * repeats then 1 else repeats end as per
    from buyers
    where purchase_days >= 2
),
counted as (
    select customer_id, cast(floor(days_since_last * per / cycle_days) as integer) as cycles_missed
    from expected
)
select
    customer_id,
    cycles_missed,
    case
        when cycles_missed = 0 then 'in_cycle'
        when cycles_missed = 1 then 'due'
        when cycles_missed = 2 then 'overdue'
        else 'churn_inclined'
    end as risk
from counted
order by customer_id;
