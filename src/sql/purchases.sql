-- A purchase is a paid order that is not fully refunded; a paid order of amount 0 is one. It counts with what was not
-- given back, on the shop's calendar day.
create or replace view purchases as
select
    o.customer_id,
    cast(o.placed_at at time zone (select q.time_zone from question as q) as date) as day,
    o.amount - coalesce(o.refunded, 0) as amount
from orders as o
where o.amount >= 0
    and o.status = 'paid'
    and (coalesce(o.refunded, 0) = 0 or o.refunded < o.amount);

-- A credit is a row below 0, which names no order. It lowers the customer's revenue and is never a purchase.
create or replace view credits as
select
    o.customer_id,
    cast(o.placed_at at time zone (select q.time_zone from question as q) as date) as day,
    -o.amount as amount
from orders as o
where o.amount < 0;
