-- Cohorts by calendar month and by a key of the first order: its channel, product, coupon, region.
-- They read keyed_purchases: a view of one's own that gives the view purchases a column order_key. Of several keys on a
-- customer's first purchase day the smallest counts, so that every customer is in one group with all that was bought after.
-- Population, columns and open: as in the cohorts of the whole shop.
with first_keys as (
    select p.customer_id, min(p.order_key) as order_key
    from keyed_purchases as p join buyers as b on b.customer_id = p.customer_id and p.day = b.first_purchase
    group by p.customer_id
)
select
    order_key,
    cohort,
    month_offset,
    count(distinct buyer) as active,
    first_value(count(distinct buyer)) over (partition by order_key, cohort order by month_offset) as customers,
    count(buyer) as purchases,
    sum(amount) as revenue,
    sum(sum(amount)) over (partition by order_key, cohort order by month_offset) as revenue_through,
    case
        when (select extract(day from q.as_of + 1) from question as q) > 1
            and 12 * extract(year from cohort) + extract(month from cohort) + month_offset
                = (select 12 * extract(year from q.as_of) + extract(month from q.as_of) from question as q)
        then 1
        else 0
    end as open
from cohort_facts as f join first_keys as k on k.customer_id = f.customer_id
group by order_key, cohort, month_offset
order by order_key, cohort, month_offset;
