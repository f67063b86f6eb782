-- The eight classes (八类): each of R, F and M is high where the score is above the mean score of all buyers, exactly
-- score * N > sum. A score that equals the mean is low.
with levels as (
    select
        customer_id,
        r * count(*) over () > sum(r) over () as r_high,
        f * count(*) over () > sum(f) over () as f_high,
        m * count(*) over () > sum(m) over () as m_high
    from rfm_scores
)
select
    customer_id,
    case
        when r_high and f_high and m_high then 'important_value'
        when r_high and m_high then 'important_develop'
        when f_high and m_high then 'important_keep'
        when m_high then 'important_retain'
        when r_high and f_high then 'general_value'
        when r_high then 'general_develop'
        when f_high then 'general_keep'
        else 'general_retain'
    end as octant
from levels
order by customer_id;
