-- How often a buyer of two purchase days or more comes: by the mean gap, (last - first) / (purchase days - 1), in bands
-- of [0, 30), [30, 50), [50, 80) and [80, ..) days. Both sides are multiplied out, so that nothing is rounded.
select
    customer_id,
    case
        when recency_days < 30 * repeats then 'high'
        when recency_days < 50 * repeats then 'medium'
        when recency_days < 80 * repeats then 'low'
        else 'occasional'
    end as band
from buyers
where purchase_days >= 2
order by customer_id;
