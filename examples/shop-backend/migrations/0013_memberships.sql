-- Who has a paid card, since when.
CREATE TABLE memberships (
    -- By the id of then: who the person is now, `customers` says.
    customer_id TEXT NOT NULL,
    joined TEXT NOT NULL,
    -- The last day; NULL while it has no end.
    ends TEXT,
    -- What was paid for it, in minor units.
    fee BIGINT NOT NULL,
    PRIMARY KEY (customer_id, joined)
);
