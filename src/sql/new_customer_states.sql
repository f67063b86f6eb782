-- What became of a buyer of exactly one purchase day: by the days since it, in [0, 30), [30, 50), [50, 80), [80, ..).
select
    customer_id,
    case
        when days_since_last < 30 then 'active'
        when days_since_last < 50 then 'cooling'
        when days_since_last < 80 then 'at_risk'
        else 'lost'
    end as state
from buyers
where purchase_days = 1
order by customer_id;
