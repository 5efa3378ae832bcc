-- What somebody has beside their password: an app that shows codes.
CREATE TABLE second_factors (
    user_id    TEXT NOT NULL PRIMARY KEY,
    -- Sealed with the installation's key.
    secret     TEXT NOT NULL,
    -- The newest step whose code was taken: neither it nor an older one is taken again.
    last_step  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (user_id)
) STRICT;

-- Codes that are good once each, for who has lost the app.
CREATE TABLE recovery_codes (
    user_id   TEXT NOT NULL,
    -- A signature with the installation's key, so that the table alone lets nobody guess.
    code_hash TEXT NOT NULL,
    used_at   INTEGER,
    PRIMARY KEY (user_id, code_hash),
    FOREIGN KEY (user_id) REFERENCES users (user_id)
) STRICT;

-- Whether members must have a second factor before they see anything of the tenant.
ALTER TABLE tenants ADD COLUMN demands_second_factor INTEGER NOT NULL DEFAULT 0;
