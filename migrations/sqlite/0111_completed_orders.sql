-- The orders of a site in the order in which they were completed: for working out what another rule would have given.
CREATE INDEX orders_by_completion ON orders (tenant_id, site_code, completed_at, order_id) WHERE completed_at IS NOT NULL;
