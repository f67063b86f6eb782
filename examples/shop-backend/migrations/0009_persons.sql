-- What was said later of an order that somebody placed by a joined id has taken the order to that id, and so out of the
-- person's history: it is the person's again. Where the person was forgotten meanwhile, it is a customer's of that id.
UPDATE shop SET history_form = 0 WHERE EXISTS (
    SELECT 1 FROM orders LEFT JOIN customers ON customers.customer_id = orders.customer_id
    WHERE orders.customer_id IS NOT NULL AND (customers.customer_id IS NULL OR customers.known_as IS NOT NULL)
);
UPDATE orders SET customer_id = (SELECT known_as FROM customers WHERE customers.customer_id = orders.customer_id)
WHERE customer_id IN (SELECT customer_id FROM customers WHERE known_as IS NOT NULL);
INSERT INTO customers (customer_id, history, purchases, revenue)
SELECT DISTINCT customer_id, '', 0, 0 FROM orders
WHERE customer_id IS NOT NULL AND customer_id NOT IN (SELECT customer_id FROM customers);
