-- One more with every link to choose a password: only the newest is good.
ALTER TABLE users ADD COLUMN link_version BIGINT NOT NULL DEFAULT 0;
-- Until when the link of somebody is good who was invited and has not chosen a password yet.
ALTER TABLE users ADD COLUMN invited_until BIGINT;
-- The tenant whose admin deactivated the user; none when the operator did.
ALTER TABLE users ADD COLUMN disabled_by TEXT COLLATE "C";
