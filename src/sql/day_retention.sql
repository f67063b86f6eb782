-- Retention by day of life, 0 being the day of the first purchase: on the day (N-day), active / customers, and on it or
-- later (unbounded), active_later / customers.
-- Population of a cohort: the customers whose first purchase lies in its calendar month. A day on which nobody buys has no
-- row. open is 1 while some of the cohort have not lived the day to its end: do not average it.
with bought as (
    select distinct
        f.cohort,
        f.first_day,
        f.day - f.first_day as day_of_life,
        f.buyer
    from cohort_facts as f
    where f.buyer is not null
),
marked as (
    select
        cohort, first_day, day_of_life,
        case when day_of_life = max(day_of_life) over (partition by buyer) then 1 else 0 end as is_last
    from bought
)
select
    cohort,
    day_of_life,
    count(*) as active,
    sum(sum(is_last)) over (partition by cohort order by day_of_life desc) as active_later,
    first_value(count(*)) over (partition by cohort order by day_of_life) as customers,
    case
        when max(max(first_day)) over (partition by cohort) + cast(day_of_life as integer)
            > (select q.as_of from question as q)
        then 1
        else 0
    end as open
from marked
group by cohort, day_of_life
order by cohort, day_of_life;
