-- What is known of each customer as of the day: column by column what a CustomerHistory is stored as.
-- Population: everybody with a purchase or a credit up to and including the day.
create or replace view histories as
with purchase_days as (
    select p.customer_id, p.day, count(*) as purchases, sum(p.amount) as spend
    from purchases as p
    where p.day <= (select q.as_of from question as q)
    group by p.customer_id, p.day
),
-- A gap is the days between two consecutive purchase days, so it is 1 or more. The first day has none before it.
steps as (
    select
        purchase_days.*,
        cast(day - lag(day) over (partition by customer_id order by day) as bigint) as gap_days
    from purchase_days
),
bought as (
    select
        customer_id,
        cast(sum(purchases) as bigint) as purchases,
        count(*) as purchase_days,
        min(day) as first_purchase,
        max(day) as last_purchase,
        min(gap_days) as shortest_gap_days,
        max(gap_days) as longest_gap_days,
        cast(sum(gap_days * gap_days) as bigint) as gap_squares,
        -- ln(gap) in units of 2^-32, to the nearest: the library's integer of every gap up to 65,535 days.
        cast(sum(round(ln(cast(gap_days as double precision)) * 4294967296)) as bigint) as gap_logarithms,
        sum(spend) as spend,
        sum(case when gap_days is null then spend else 0 end) as first_day_spend
    from steps
    group by customer_id
),
credited as (
    select c.customer_id, count(*) as credits, sum(c.amount) as credited
    from credits as c
    where c.day <= (select q.as_of from question as q)
    group by c.customer_id
)
select
    customer_id,
    coalesce(purchases, 0) as purchases,
    coalesce(purchase_days, 0) as purchase_days,
    first_purchase,
    last_purchase,
    coalesce(shortest_gap_days, 0) as shortest_gap_days,
    coalesce(longest_gap_days, 0) as longest_gap_days,
    coalesce(gap_squares, 0) as gap_squares,
    coalesce(gap_logarithms, 0) as gap_logarithms,
    coalesce(spend, 0) as spend,
    coalesce(first_day_spend, 0) as first_day_spend,
    coalesce(credits, 0) as credits,
    coalesce(credited, 0) as credited
from bought full join credited using (customer_id);
