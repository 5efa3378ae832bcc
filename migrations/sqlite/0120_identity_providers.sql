-- Who signs the tokens of a shop's customers, beside Guerdon itself.
CREATE TABLE identity_providers (
    tenant_id   TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    audience    TEXT NOT NULL,
    -- The claim that holds the customer; dots lead into objects.
    claim       TEXT NOT NULL,
    -- Where the keys are fetched; NULL: they were pasted.
    jwks_url    TEXT,
    -- The keys (JWKS): as pasted, or as fetched last.
    jwks        TEXT NOT NULL,
    -- When they were fetched last, when that was tried last, and why it failed since.
    fetched_at  INTEGER,
    tried_at    INTEGER,
    fetch_error TEXT,
    enabled     INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, provider_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
) STRICT;
CREATE UNIQUE INDEX identity_providers_by_audience ON identity_providers (tenant_id, issuer, audience);
CREATE INDEX identity_providers_by_issuer ON identity_providers (issuer);
CREATE INDEX identity_providers_to_fetch ON identity_providers (tried_at) WHERE jwks_url IS NOT NULL;
