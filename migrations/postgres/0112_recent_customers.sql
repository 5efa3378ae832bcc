-- The customers whose pages an employee opened last: what the search offers before anything is typed.
CREATE TABLE recent_customers (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, customer_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    FOREIGN KEY (user_id) REFERENCES users (user_id)
);
