-- Files that came in whole, and what their reader noted about them.
CREATE TABLE imports (
    imported_at BIGINT NOT NULL,
    file TEXT NOT NULL,
    -- Orders and credits that the file has of customers.
    orders BIGINT NOT NULL,
    -- A list of `ImportNote`s as JSON.
    notes TEXT NOT NULL,
    PRIMARY KEY (imported_at, file)
);
