-- User repurchase rate: repeat_buyers / buyers. Population: the customers with a purchase in the window.
-- Order repurchase rate: repeat_purchases / purchases, where "second or later" counts inside the window;
-- lifetime_repeats / purchases, where only a customer's very first purchase is no repeat.
-- Returning-customer rate, as shop platforms show it: returning_buyers / buyers.
with numbered as (
    select customer_id, day, row_number() over (partition by customer_id order by day) as place
    from purchases
),
bought as (
    select
        w.start_day, w.end_day, n.customer_id,
        count(*) as purchases,
        count(case when n.place > 1 then 1 end) as lifetime_repeats
    from windows as w join numbered as n on n.day >= w.start_day and n.day < w.end_day
    group by w.start_day, w.end_day, n.customer_id
)
select
    w.start_day, w.end_day,
    count(b.customer_id) as buyers,
    count(case when b.purchases >= 2 then 1 end) as repeat_buyers,
    coalesce(sum(b.purchases), 0) as purchases,
    coalesce(sum(b.purchases - 1), 0) as repeat_purchases,
    coalesce(sum(b.lifetime_repeats), 0) as lifetime_repeats,
    count(case when b.lifetime_repeats > 0 then 1 end) as returning_buyers
from windows as w left join bought as b on b.start_day = w.start_day and b.end_day = w.end_day
group by w.start_day, w.end_day
order by w.start_day, w.end_day;
