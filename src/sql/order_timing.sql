-- From the first order to the second (nth = 1) and from the second to the third (nth = 2): the steps of a Kaplan-Meier
-- curve. The share of customers for whom it takes longer is the product of 1 - returned / at_risk over the rows up to a
-- number of days.
-- Population: the customers with nth orders up to the day, one spell each; those without a next order are waiting, up to
-- the day asked about. Two orders on one day are 0 days apart.
with numbered as (
    select
        p.day,
        row_number() over each as nth,
        lead(p.day) over each as next_day
    from purchases as p
    where p.day <= (select q.as_of from question as q)
    window each as (partition by p.customer_id order by p.day)
),
spells as (
    select
        nth,
        coalesce(next_day, (select q.as_of from question as q)) - day as days,
        next_day
    from numbered
    where nth <= 2
)
select
    nth,
    days,
    sum(count(*)) over (partition by nth order by days desc) as at_risk,
    count(next_day) as returned,
    count(*) - count(next_day) as waiting
from spells
group by nth, days
order by nth, days;
