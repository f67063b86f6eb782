-- All that labels are ranges of stands in both indexes: whoever is not of a label is passed over without a look at the row,
-- and labels are counted without the rows.
DROP INDEX customers_by_last_purchase;
DROP INDEX customers_by_revenue;
CREATE INDEX customers_by_last_purchase ON customers (last_purchase, customer_id, purchases, revenue);
CREATE INDEX customers_by_revenue ON customers (revenue, customer_id, last_purchase, purchases);
