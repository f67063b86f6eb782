-- One text for PostgreSQL and SQLite: TEXT and BIGINT mean the same in both.
-- Money is BIGINT in minor units (cents), instants are BIGINT microseconds since 1970, days are TEXT such as 2026-03-31.

-- How the numbers below are to be read. It must not change once there are orders.
CREATE TABLE shop (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    currency_decimals BIGINT NOT NULL,
    utc_offset_seconds BIGINT NOT NULL
);

CREATE TABLE orders (
    order_id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    -- As it stands now.
    refunded BIGINT NOT NULL CHECK (refunded >= 0 AND refunded <= amount),
    status TEXT NOT NULL CHECK (status IN ('paid', 'unpaid', 'cancelled')),
    -- As it was first posted: a retry is known by it even after a refund.
    first_refunded BIGINT NOT NULL,
    first_status TEXT NOT NULL
);
-- To rebuild a customer's history; to read a window of days.
CREATE INDEX orders_of_customer ON orders (customer_id, placed_at);
CREATE INDEX orders_by_time ON orders (placed_at);

-- One row a customer: what the library knows, and beside it the three numbers that labels are ranges of.
CREATE TABLE customers (
    customer_id TEXT PRIMARY KEY,
    -- A `repurchase::CustomerHistory` as JSON.
    history TEXT NOT NULL,
    -- NULL while there is no purchase.
    last_purchase TEXT,
    purchases BIGINT NOT NULL,
    revenue BIGINT NOT NULL
);
CREATE INDEX customers_by_last_purchase ON customers (last_purchase, customer_id);
CREATE INDEX customers_by_revenue ON customers (revenue, customer_id);

CREATE TABLE models (
    version BIGINT PRIMARY KEY,
    fitted_at BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    customers BIGINT NOT NULL,
    -- Customers whose label is another than under the version before; NULL for the first version.
    segment_changes BIGINT,
    tier_changes BIGINT,
    -- A `Fitted` as JSON.
    model TEXT NOT NULL
);
