-- The most points that managers and admins add or remove at once without a second person; NULL: no limit.
ALTER TABLE tenants ADD COLUMN manager_limit INTEGER;
ALTER TABLE tenants ADD COLUMN admin_limit INTEGER;
