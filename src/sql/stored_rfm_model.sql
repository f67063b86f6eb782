-- The cut points as the JSON that an RfmModel is read from (feature serde): fitted in the database at night, applied to
-- one customer in a request handler. One row; without buyers there is no model, and the library refuses the nulls.
with cuts as (
    select cut, last_purchase, purchases, cast(revenue as text) as revenue
    from rfm_cuts
)
select to_json(model) as model
from (
    select
        (select to_json(m) from (select 'purchases' as frequency, 'revenue' as monetary) as m) as measures,
        (select q.as_of from question as q) as as_of,
        (select count(*) from buyers) as customers,
        (select to_json(r) from (select array_agg(last_purchase order by cut) as quantiles_from_top from cuts) as r)
            as recency,
        (select to_json(f) from (select array_agg(purchases order by cut) as quantiles from cuts) as f) as frequency,
        (select to_json(m) from (select array_agg(revenue order by cut) as quantiles from cuts) as m) as monetary
) as model;
