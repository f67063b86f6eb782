-- The orders that the library refuses, with the reason. Before anything else is asked, this must find none:
-- the other recipes pass over some of these rows in silence and count others.
select *
from (
    select *,
        case
            when customer_id is null then 'customer_id: expected an id'
            when placed_at is null then 'placed_at: expected a time'
            when amount is null then 'amount: expected a number'
            when status is null or status not in ('paid', 'unpaid', 'cancelled')
                then 'status: expected paid, unpaid or cancelled'
            when amount < 0 and status <> 'paid' then 'status: expected paid, since a negative amount is a credit'
            when amount < 0 and refunded <> 0 then 'refunded: expected 0, since a negative amount is a credit'
            when amount >= 0 and (refunded < 0 or refunded > amount) then 'refunded: expected 0 to the amount'
        end as reason
    from orders
) as o
where reason is not null;
