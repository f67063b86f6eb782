-- Do 20% of customers bring 80% of revenue? Population: the buyers whose revenue is above 0; the others are counted in
-- without_revenue. Of equal revenues it makes no difference which is taken first.
-- top_customers are the 20% with the highest revenue, rounded up; customers_for_80 the fewest who bring 80%.
with ranked as (
    select
        revenue,
        row_number() over (order by revenue desc) as place,
        count(*) over () as customers,
        sum(revenue) over () as total,
        sum(revenue) over (order by revenue desc rows between unbounded preceding and 1 preceding) as above
    from buyers
    where revenue > 0
)
select
    count(*) as customers,
    (select count(*) from buyers where revenue <= 0) as without_revenue,
    coalesce(sum(revenue), 0) as revenue,
    count(case when 5 * (place - 1) < customers then 1 end) as top_customers,
    coalesce(sum(case when 5 * (place - 1) < customers then revenue end), 0) as top_revenue,
    count(case when 5 * coalesce(above, 0) < 4 * total then 1 end) as customers_for_80
from ranked;
