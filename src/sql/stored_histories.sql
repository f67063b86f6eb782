-- Each customer's history as the JSON that a CustomerHistory is read from (feature serde), for Ledger::from_histories.
-- Money is text, so that no reader takes it for a float.
select
    h.customer_id,
    (
        select to_json(stored)
        from (
            select
                h.purchases, h.purchase_days, h.first_purchase, h.last_purchase,
                h.shortest_gap_days, h.longest_gap_days, h.gap_squares, h.gap_logarithms,
                cast(h.spend as text) as spend, cast(h.first_day_spend as text) as first_day_spend,
                h.credits, cast(h.credited as text) as credited
        ) as stored
    ) as history
from histories as h
order by h.customer_id;
