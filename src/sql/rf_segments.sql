-- The ten segments of the default grid, by R and F; every pair of scores has exactly one.
select
    customer_id,
    case
        when r <= 2 and f <= 2 then 'hibernating'
        when r <= 2 and f <= 4 then 'at_risk'
        when r <= 2 then 'cant_lose'
        when r = 3 and f <= 2 then 'about_to_sleep'
        when r = 3 and f = 3 then 'need_attention'
        when r <= 4 and f >= 4 then 'loyal'
        when r = 4 and f = 1 then 'promising'
        when f = 1 then 'new'
        when f <= 3 then 'potential_loyalist'
        else 'champions'
    end as segment
from rfm_scores
order by customer_id;
