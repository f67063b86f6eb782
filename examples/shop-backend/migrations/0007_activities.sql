-- What customers did last with which product or category, so that rules can ask how long ago that was.
CREATE TABLE activities (
    -- The person, by the name under which the person is known.
    customer_id TEXT NOT NULL,
    -- The key of the library's `Activity`.
    activity TEXT NOT NULL,
    category TEXT NOT NULL,
    -- The last time.
    at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, activity, category)
);
