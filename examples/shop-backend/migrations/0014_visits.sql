-- Who came and has not bought is asked how likely a first purchase is: by what was done on which days, of which `activities`
-- has the last ones alone.
CREATE TABLE visits (
    -- The person, by the name under which the person is known.
    customer_id TEXT NOT NULL,
    -- Of the shop.
    day TEXT NOT NULL,
    -- The key of the library's `InteractionKind`.
    activity TEXT NOT NULL,
    category TEXT NOT NULL,
    -- Once a day, so that what is said again changes nothing.
    PRIMARY KEY (customer_id, day, activity, category)
);
CREATE INDEX visits_by_day ON visits (day);

-- What came of the last fit.
CREATE TABLE visitor_fit (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    as_of TEXT NOT NULL,
    -- An `Outcome` as JSON.
    outcome TEXT NOT NULL
);
