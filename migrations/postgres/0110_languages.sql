-- The language in which a user reads the back office, as a tag such as `de`; NULL follows the browser.
ALTER TABLE users ADD COLUMN language TEXT;
