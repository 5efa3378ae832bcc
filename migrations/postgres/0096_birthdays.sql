-- Whether Guerdon gives points on birthdays by itself.
ALTER TABLE tenants ADD COLUMN birthday_points BOOLEAN NOT NULL DEFAULT FALSE;
