-- Ids are ordered and compared byte by byte in every table, so that an index serves a join between them.
ALTER TABLE coupons ALTER COLUMN issued_to TYPE TEXT COLLATE "C";
ALTER TABLE sessions ALTER COLUMN user_id TYPE TEXT COLLATE "C";

-- History is only ever inserted: not even emptied as a whole.
CREATE TRIGGER entries_not_emptied BEFORE TRUNCATE ON entries EXECUTE FUNCTION refuse_change();
CREATE TRIGGER usages_not_emptied BEFORE TRUNCATE ON usages EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lots_not_emptied BEFORE TRUNCATE ON lots EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_not_emptied BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change();
CREATE TRIGGER earning_rules_not_emptied BEFORE TRUNCATE ON earning_rules EXECUTE FUNCTION refuse_change();
