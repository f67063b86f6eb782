-- Next-window rate (回购率): returned / buyers, of each window and the one that follows it in the table.
-- Population: the customers with a purchase in the window. How many purchases each has changes nothing.
with pairs as (
    select
        start_day, end_day,
        lead(start_day) over (order by start_day, end_day) as next_start_day,
        lead(end_day) over (order by start_day, end_day) as next_end_day
    from windows
),
bought as (
    select distinct w.start_day, w.end_day, p.customer_id
    from windows as w join purchases as p on p.day >= w.start_day and p.day < w.end_day
)
select
    pairs.start_day, pairs.end_day,
    count(a.customer_id) as buyers,
    count(b.customer_id) as returned
from pairs
    left join bought as a on a.start_day = pairs.start_day and a.end_day = pairs.end_day
    left join bought as b
        on b.start_day = pairs.next_start_day and b.end_day = pairs.next_end_day and b.customer_id = a.customer_id
where pairs.next_start_day is not null
group by pairs.start_day, pairs.end_day
order by pairs.start_day, pairs.end_day;
