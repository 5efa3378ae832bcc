-- Hours in which customers may cancel a coupon that they did not use; 0: they may not.
ALTER TABLE tenants ADD COLUMN customer_cancel_hours BIGINT NOT NULL DEFAULT 0;
-- One more with every change of the settings, so that nobody writes over another's.
ALTER TABLE tenants ADD COLUMN settings_version BIGINT NOT NULL DEFAULT 1;
