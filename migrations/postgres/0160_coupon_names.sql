-- A coupon's name as it is searched: without case and accents, as customers' names are. NULL in rows that were written
-- before, until the server has looked at them.
ALTER TABLE coupons ADD COLUMN name_search TEXT;
CREATE INDEX coupons_without_name_search ON coupons (tenant_id, code) WHERE name_search IS NULL;
