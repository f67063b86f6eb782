-- x and the mean spend per repeat purchase day with the number of buyers who share them: what Gamma-Gamma is fitted on.
-- Rows of SpendSample::new(repeats, mean_spend) collect into SpendSamples, which leave out those of mean 0.
-- Both sides are whole cents, which double precision holds, so that the quotient is rounded once. For a currency of
-- three decimals write 1000.
select
    repeats,
    case when repeats = 0 then 0 else cast(100 * repeat_spend as double precision) / (100 * repeats) end as mean_spend,
    count(*) as customers
from buyers
group by repeats, repeat_spend
order by repeats, repeat_spend;
