-- What the shop says of its customers beside their orders: tags and attributes.

CREATE TABLE traits (
    -- The person, by the name under which the person is known.
    customer_id TEXT PRIMARY KEY,
    -- `Traits` as JSON.
    said TEXT NOT NULL
);

-- Which there are, and how many customers have them: rules may ask for these, and an attribute is of one kind.
CREATE TABLE trait_names (
    name TEXT NOT NULL,
    is_tag BIGINT NOT NULL CHECK (is_tag IN (0, 1)),
    kind TEXT NOT NULL CHECK (kind IN ('tag', 'number', 'text')),
    customers BIGINT NOT NULL,
    PRIMARY KEY (name, is_tag)
);
