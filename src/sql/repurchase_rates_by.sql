-- The repurchase rates of each window and key of an order: its channel, store, coupon; or of its customer.
-- They read keyed_purchases: a view of one's own that gives the view purchases a column order_key.
-- Population: the customers with a purchase in the window and of the key. Repeats are counted inside both; over the
-- lifetime, of several orders on a customer's first day that of the smallest key is the first. A key without a purchase
-- in a window has no row.
with numbered as (
    select
        customer_id, day, order_key,
        row_number() over (partition by customer_id order by day, order_key) as place
    from keyed_purchases
),
bought as (
    select
        w.start_day, w.end_day, n.order_key, n.customer_id,
        count(*) as purchases,
        count(case when n.place > 1 then 1 end) as lifetime_repeats
    from windows as w join numbered as n on n.day >= w.start_day and n.day < w.end_day
    group by w.start_day, w.end_day, n.order_key, n.customer_id
)
select
    start_day, end_day, order_key,
    count(*) as buyers,
    count(case when purchases >= 2 then 1 end) as repeat_buyers,
    sum(purchases) as purchases,
    sum(purchases - 1) as repeat_purchases,
    sum(lifetime_repeats) as lifetime_repeats,
    count(case when lifetime_repeats > 0 then 1 end) as returning_buyers
from bought
group by start_day, end_day, order_key
order by start_day, end_day, order_key;
