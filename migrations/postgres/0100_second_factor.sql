-- What somebody has beside their password: an app that shows codes.
CREATE TABLE second_factors (
    user_id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- Sealed with the installation's key.
    secret     TEXT NOT NULL,
    -- The newest step whose code was taken: neither it nor an older one is taken again.
    last_step  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (user_id)
);

-- Codes that are good once each, for who has lost the app.
CREATE TABLE recovery_codes (
    user_id   TEXT COLLATE "C" NOT NULL,
    -- A signature with the installation's key, so that the table alone lets nobody guess.
    code_hash TEXT COLLATE "C" NOT NULL,
    used_at   BIGINT,
    PRIMARY KEY (user_id, code_hash),
    FOREIGN KEY (user_id) REFERENCES users (user_id)
);

-- Whether members must have a second factor before they see anything of the tenant.
ALTER TABLE tenants ADD COLUMN demands_second_factor BOOLEAN NOT NULL DEFAULT FALSE;
