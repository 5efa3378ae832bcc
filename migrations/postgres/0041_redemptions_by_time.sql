-- For how often each option was redeemed in the last weeks.
CREATE INDEX redemptions_by_time ON redemptions (tenant_id, created_at);
