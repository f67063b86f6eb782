-- x, t_x and T in days and the logarithms of gaps, in units of 2^-32, with the number of buyers who share them: what the
-- probability models are fitted on. Sample::new(repeats, recency_days, age_days) is the sample, with
-- .with_ln_gaps(gap_logarithms / 4294967296.0) for models of regular customers; Samples::from_rows takes the rows.
select repeats, recency_days, age_days, gap_logarithms, count(*) as customers
from buyers
group by repeats, recency_days, age_days, gap_logarithms
order by repeats, age_days, recency_days, gap_logarithms;
