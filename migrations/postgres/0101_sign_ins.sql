-- Who signed in or tried to, from where; kept for 90 days.
CREATE TABLE sign_ins (
    user_id    TEXT COLLATE "C" NOT NULL,
    sign_in_id TEXT COLLATE "C" NOT NULL,
    at         BIGINT NOT NULL,
    outcome    TEXT NOT NULL,
    -- Empty when it is not known.
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    PRIMARY KEY (user_id, sign_in_id)
);
CREATE INDEX sign_ins_by_time ON sign_ins (at);
