-- What moved in each day of a tenant, so that the overview need not add up a year of entries each time.
-- Always to be had again from the entries: deleting rows loses nothing.
CREATE TABLE day_sums (
    tenant_id TEXT COLLATE "C" NOT NULL,
    -- The local day, and how far into it the entries are in the sums; up to ends_at when the day is over.
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    until     BIGINT NOT NULL,
    -- JSON: points and number of entries of each kind, in one row of numbers.
    sums      TEXT NOT NULL,
    -- JSON: times and points of each option that was exchanged for, cancelled exchanges included: those are taken off by
    -- whoever reads, as they may be cancelled any time later.
    exchanged TEXT NOT NULL,
    PRIMARY KEY (tenant_id, starts_at),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT day_sums_in_order CHECK (starts_at <= until AND until <= ends_at AND starts_at < ends_at)
);
-- How often a tenant's sums were taken back: who added up meanwhile begins again.
CREATE TABLE day_sums_taken_back (
    tenant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    times     BIGINT NOT NULL,
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
-- How often each option was had is read from the index alone.
DROP INDEX redemptions_by_time;
CREATE INDEX redemptions_by_time ON redemptions (tenant_id, created_at, option_id, points, cancelled_at);
CREATE INDEX redemptions_cancelled ON redemptions (tenant_id, created_at, option_id, points) WHERE cancelled_at IS NOT NULL;
