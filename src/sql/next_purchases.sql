-- The days to the customer's next purchase day, by day of purchase, where it follows within within_days days:
-- returned / observed come again in time, after mean_days and median_days.
-- Population of a day: its customers, if they have been known for that many days since as of the day asked about. The
-- others are unobserved, whether they have come again or not.
with bought as (
    select distinct p.customer_id, p.day
    from purchases as p
    where p.day <= (select q.as_of from question as q)
),
steps as (
    select
        day,
        lead(day) over (partition by customer_id order by day) - day as gap_days,
        (select q.as_of - q.within_days from question as q) >= day as is_observed
    from bought
),
followed as (
    select
        day,
        is_observed,
        case when is_observed and gap_days <= (select q.within_days from question as q) then gap_days end as days
    from steps
)
select
    day,
    count(case when is_observed then 1 end) as observed,
    count(days) as returned,
    count(case when not is_observed then 1 end) as unobserved,
    cast(sum(days) as double precision) / nullif(count(days), 0) as mean_days,
    percentile_cont(0.5) within group (order by days) as median_days
from followed
group by day
order by day;
