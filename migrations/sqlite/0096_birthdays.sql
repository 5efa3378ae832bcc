-- Whether Guerdon gives points on birthdays by itself.
ALTER TABLE tenants ADD COLUMN birthday_points INTEGER NOT NULL DEFAULT 0;
