-- RFM scores of five bins, 1 to 5, higher is better: R by the last purchase day, F by purchases, M by revenue.
-- F and M: 1 + 5 * below / N, where below of N buyers have a strictly smaller value. R counts from the top:
-- 5 - 5 * above / N, where above bought strictly later, so that who bought on the last day has R 5, however many they
-- are. Equal values always get equal scores, which ntile does not do. floor() divides integers alike where / already
-- truncates and where it does not.
create or replace view rfm_scores as
select
    customer_id,
    cast(5 - floor(5 * (rank() over (order by last_purchase desc) - 1) / count(*) over ()) as integer) as r,
    cast(1 + floor(5 * (rank() over (order by purchases) - 1) / count(*) over ()) as integer) as f,
    cast(1 + floor(5 * (rank() over (order by revenue) - 1) / count(*) over ()) as integer) as m
from buyers;
