-- Orders that come back and were paid with coupons bought with points.

-- Whether the points come back: ASK an employee, GIVE_BACK by themselves, or KEEP them spent.
ALTER TABLE options ADD COLUMN when_returned TEXT NOT NULL DEFAULT 'ASK';

ALTER TABLE coupon_redemptions ALTER COLUMN order_code TYPE TEXT COLLATE "C";
CREATE INDEX coupon_redemptions_by_order ON coupon_redemptions (tenant_id, order_code) WHERE order_code IS NOT NULL;

CREATE TABLE returned_coupons (
    tenant_id     TEXT COLLATE "C" NOT NULL,
    -- A UUID of version 7: in the order in which the questions came up.
    case_id       TEXT COLLATE "C" NOT NULL,
    order_id      TEXT COLLATE "C" NOT NULL,
    code          TEXT COLLATE "C" NOT NULL,
    redemption_id TEXT COLLATE "C" NOT NULL,
    -- Whether all of the order came back.
    whole         BOOLEAN NOT NULL,
    -- open, given_back or kept.
    decision      TEXT COLLATE "C" NOT NULL,
    opened_at     BIGINT NOT NULL,
    decided_at    BIGINT,
    decided_kind  TEXT,
    decided_by    TEXT,
    PRIMARY KEY (tenant_id, case_id),
    FOREIGN KEY (tenant_id, redemption_id) REFERENCES redemptions (tenant_id, redemption_id)
);
CREATE UNIQUE INDEX returned_coupons_by_order ON returned_coupons (tenant_id, order_id, code);
CREATE INDEX returned_coupons_by_decision ON returned_coupons (tenant_id, decision, case_id);
