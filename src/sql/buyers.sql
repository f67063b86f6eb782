-- The population of every label below: the customers with at least one purchase up to and including the day.
create or replace view buyers as
select
    h.customer_id,
    h.purchases,
    h.purchase_days,
    h.first_purchase,
    h.last_purchase,
    -- What the customer brought, below 0 when more was credited than spent.
    h.spend - h.credited as revenue,
    -- R of RFM counts back from the day.
    (select q.as_of from question as q) - h.last_purchase as days_since_last,
    -- x, t_x and T of the probability models.
    h.purchase_days - 1 as repeats,
    h.last_purchase - h.first_purchase as recency_days,
    (select q.as_of from question as q) - h.first_purchase as age_days,
    -- The sum of ln(gap) over gaps in days, in units of 2^-32.
    h.gap_logarithms,
    -- Without the first purchase day; credits, which name no order, are not taken off.
    h.spend - h.first_day_spend as repeat_spend,
    -- Null for a customer of one purchase day.
    cast(h.last_purchase - h.first_purchase as double precision) / nullif(h.purchase_days - 1, 0) as mean_gap_days
from histories as h
where h.purchases > 0;
