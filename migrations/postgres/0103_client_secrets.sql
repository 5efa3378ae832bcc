-- The secret before the present one, and until when it is good, too.
ALTER TABLE api_clients ADD COLUMN old_secret_hash TEXT;
ALTER TABLE api_clients ADD COLUMN old_secret_until BIGINT;
-- Since when the present secret is.
ALTER TABLE api_clients ADD COLUMN secret_since BIGINT NOT NULL DEFAULT 0;
UPDATE api_clients SET secret_since = created_at;
