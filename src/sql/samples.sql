-- x, t_x and T in days with the number of buyers who share them: what the probability models are fitted on.
-- Sample::new(repeats, recency_days / 7.0, age_days / 7.0) is the sample in weeks; rows collect into Samples.
select repeats, recency_days, age_days, count(*) as customers
from buyers
group by repeats, recency_days, age_days
order by repeats, age_days, recency_days;
