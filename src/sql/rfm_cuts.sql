-- The cut points behind the scores, which hold for customers who were not there, too. Purchases and revenue score 1 and
-- one more for each cut that is strictly below: cut j of 1 to 4 is the value at place j * N / 5, rounded up, from the
-- lowest. A last purchase scores 1 and one more for each cut that is not later: cut j is the day at place
-- (5 - j) * N / 5, rounded up, from the latest.
create or replace view rfm_cuts as
with placed as (
    select
        last_purchase, purchases, revenue,
        row_number() over (order by last_purchase desc) as r_place,
        row_number() over (order by purchases) as f_place,
        row_number() over (order by revenue) as m_place,
        count(*) over () as customers
    from buyers
)
select
    cut,
    max(
        case
            when 5 * (r_place - 1) < (5 - cut) * customers and (5 - cut) * customers <= 5 * r_place then last_purchase
        end
    ) as last_purchase,
    max(case when 5 * (f_place - 1) < cut * customers and cut * customers <= 5 * f_place then purchases end)
        as purchases,
    max(case when 5 * (m_place - 1) < cut * customers and cut * customers <= 5 * m_place then revenue end)
        as revenue
from placed cross join (values (1), (2), (3), (4)) as cuts (cut)
group by cut;
