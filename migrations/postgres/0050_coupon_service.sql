-- What a coupon of the coupon service has beyond one that is bought with points.
ALTER TABLE coupons ADD COLUMN discount_calculation TEXT NOT NULL DEFAULT 'SUBTOTAL';
ALTER TABLE coupons ADD COLUMN category_restricted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE coupons ADD COLUMN segment_restricted BOOLEAN NOT NULL DEFAULT FALSE;
-- JSON object: what the shop keeps with the coupon.
ALTER TABLE coupons ADD COLUMN mixins TEXT;
-- JSON object: the addresses of the mixins' schemas.
ALTER TABLE coupons ADD COLUMN mixin_links TEXT NOT NULL DEFAULT '{}';
-- Whether the customer it was issued to shares it, to win others.
ALTER TABLE coupons ADD COLUMN referral BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX coupons_by_time ON coupons (tenant_id, created_at, code);
-- One for each customer.
CREATE UNIQUE INDEX coupons_by_referrer ON coupons (tenant_id, issued_to) WHERE referral AND deleted_at IS NULL;

-- One use of a coupon at checkout; not to be confused with redemptions, which are exchanges of points.
CREATE TABLE coupon_redemptions (
    tenant_id            TEXT COLLATE "C" NOT NULL,
    coupon_redemption_id TEXT COLLATE "C" NOT NULL,
    code                 TEXT COLLATE "C" NOT NULL,
    -- NULL: a guest.
    customer_id          TEXT COLLATE "C",
    legal_entity_id      TEXT,
    order_code           TEXT,
    -- Exact decimals.
    order_amount         TEXT NOT NULL,
    order_currency       TEXT NOT NULL,
    discount_amount      TEXT NOT NULL,
    discount_currency    TEXT NOT NULL,
    redeemed_at          BIGINT NOT NULL,
    actor_kind           TEXT NOT NULL,
    actor_id             TEXT NOT NULL,
    -- When the use was given back; then it no longer counts.
    deleted_at           BIGINT,
    PRIMARY KEY (tenant_id, coupon_redemption_id),
    FOREIGN KEY (tenant_id, code) REFERENCES coupons (tenant_id, code)
);
CREATE INDEX coupon_redemptions_by_code ON coupon_redemptions (tenant_id, code, redeemed_at, coupon_redemption_id);
CREATE INDEX coupon_redemptions_by_customer ON coupon_redemptions (tenant_id, customer_id, code);
