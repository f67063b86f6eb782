-- Orders by their identity: a row holds all that was said of one order or credit, and what it adds up to.
DROP INDEX orders_of_customer;
DROP INDEX orders_by_time;
ALTER TABLE orders RENAME TO orders_before;

CREATE TABLE orders (
    order_id TEXT NOT NULL,
    -- Ids of credits and of orders do not get in each other's way.
    is_credit BIGINT NOT NULL CHECK (is_credit IN (0, 1)),
    -- A list of `ShopEvent`s as JSON: each statement once, in the order in which they came in. They make the columns
    -- below, which are NULL while nothing has placed the order.
    statements TEXT NOT NULL,
    -- The person, by the name under which the person is known.
    customer_id TEXT,
    placed_at BIGINT,
    amount BIGINT CHECK (amount >= 0),
    refunded BIGINT CHECK (refunded >= 0 AND refunded <= amount),
    status TEXT CHECK (status IN ('paid', 'unpaid', 'cancelled')),
    PRIMARY KEY (order_id, is_credit)
);

-- What was changed after it was posted is said a microsecond later, so that a retry of the order is still that order.
INSERT INTO orders (order_id, is_credit, statements, customer_id, placed_at, amount, refunded, status)
SELECT
    order_id,
    0,
    '[{"placed":{"customer":"' || replace(replace(customer_id, '\', '\\'), '"', '\"') || '","at":' || placed_at
        || ',"amount":' || amount || '}},{"' || status || '":{"at":'
        || (placed_at + CASE WHEN status = first_status THEN 0 ELSE 1 END) || '}}'
        || CASE
            WHEN refunded = 0 AND first_refunded = 0 THEN ''
            ELSE ',{"refunded_in_all":{"at":' || (placed_at + CASE WHEN refunded = first_refunded THEN 0 ELSE 1 END)
                || ',"amount":' || refunded || '}}'
        END || ']',
    customer_id,
    placed_at,
    amount,
    refunded,
    status
FROM orders_before;

DROP TABLE orders_before;
CREATE INDEX orders_of_customer ON orders (customer_id, placed_at);
CREATE INDEX orders_by_time ON orders (placed_at);

-- Ids of one person: each pair as it was given, and the name under which the person is known.
CREATE TABLE aliases (
    from_id TEXT NOT NULL,
    to_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    PRIMARY KEY (from_id, to_id)
);
CREATE INDEX aliases_of_customer ON aliases (customer_id);
-- Where an id is another name of somebody: under which the person is known. Such a row has no purchases.
ALTER TABLE customers ADD COLUMN known_as TEXT;
CREATE INDEX customers_by_name ON customers (known_as);
