-- Each process keeps in memory what rules ask of customers, and reads again only who was changed since it last looked.

-- When the row, or what is said of the customer, was last changed. In PostgreSQL the number of the transaction, so that no
-- writer waits for another; in SQLite, which has one writer at a time, its count of transactions, `changes`.
ALTER TABLE customers ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX customers_by_change ON customers (changed, customer_id);
ALTER TABLE shop ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
-- How many customers were forgotten: of them no row says so.
ALTER TABLE shop ADD COLUMN forgotten BIGINT NOT NULL DEFAULT 0;
