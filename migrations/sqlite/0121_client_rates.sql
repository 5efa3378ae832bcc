-- Requests per second that a client may send; NULL: without limit.
ALTER TABLE api_clients ADD COLUMN rate_limit INTEGER;
