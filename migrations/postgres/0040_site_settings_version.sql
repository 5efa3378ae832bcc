-- Guards the settings of a site against lost updates, as rule_version guards its earning rule.
ALTER TABLE sites ADD COLUMN settings_version BIGINT NOT NULL DEFAULT 1;
