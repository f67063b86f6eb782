-- Second-purchase rate within some days: returned / observed, of the cohort whose first purchase lies in the window.
-- Population: those of the cohort who have been known for that many days as of the day. The younger ones are
-- unobserved, whether they have returned or not. A second order on the first day counts, after 0 days.
with numbered as (
    select p.customer_id, p.day, row_number() over (partition by p.customer_id order by p.day) as place
    from purchases as p
    where p.day <= (select q.as_of from question as q)
),
first_two as (
    select
        customer_id,
        max(case when place = 1 then day end) as first_day,
        max(case when place = 2 then day end) as second_day
    from numbered
    group by customer_id
),
newcomers as (
    select
        first_day,
        second_day - first_day <= (select q.within_days from question as q) as has_returned,
        (select q.as_of - q.within_days from question as q) >= first_day as is_observed
    from first_two
)
select
    w.start_day, w.end_day,
    count(case when n.is_observed then 1 end) as observed,
    count(case when n.is_observed and n.has_returned then 1 end) as returned,
    count(case when not n.is_observed then 1 end) as unobserved
from windows as w left join newcomers as n on n.first_day >= w.start_day and n.first_day < w.end_day
group by w.start_day, w.end_day
order by w.start_day, w.end_day;
