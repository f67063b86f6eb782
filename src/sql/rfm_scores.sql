-- RFM scores of five bins, 1 to 5, higher is better: R by the last purchase day, F by purchases, M by revenue.
-- Share below: of N buyers, those with a strictly smaller value, over N. So equal values always get equal scores,
-- which ntile does not do. floor() divides integers alike where / already truncates and where it does not.
create or replace view rfm_scores as
select
    customer_id,
    cast(1 + floor(5 * (rank() over (order by last_purchase) - 1) / count(*) over ()) as integer) as r,
    cast(1 + floor(5 * (rank() over (order by purchases) - 1) / count(*) over ()) as integer) as f,
    cast(1 + floor(5 * (rank() over (order by revenue) - 1) / count(*) over ()) as integer) as m
from buyers;
