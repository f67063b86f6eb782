-- Membership tiers of 80 / 16 / 3.2 / 0.8% by revenue: a buyer is in a tier when at least the tier's share of all
-- buyers has a strictly smaller revenue. Equal revenues are in one tier.
with placed as (
    select customer_id, rank() over (order by revenue) - 1 as below, count(*) over () as customers
    from buyers
)
select
    customer_id,
    case
        when 1000 * below >= 992 * customers then 'supreme'
        when 100 * below >= 96 * customers then 'vip'
        when 10 * below >= 8 * customers then 'senior'
        else 'ordinary'
    end as tier
from placed
order by customer_id;
