-- When the coupon was taken over from another service; NULL: it was made here.
ALTER TABLE coupons ADD COLUMN imported_at INTEGER;
-- How often it was used there: these uses count, and have no rows here.
ALTER TABLE coupons ADD COLUMN uses_before INTEGER NOT NULL DEFAULT 0;
