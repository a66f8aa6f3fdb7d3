-- +goose Up
-- What rules C01, C03, C04 and C07 ask of a package: its catalogue class, what it reserves for small
-- firms, the reason for another method with its evidence, and the days of its publicity.
ALTER TABLE proc_package ADD COLUMN item_class TEXT NOT NULL DEFAULT '';
ALTER TABLE proc_package ADD COLUMN sme_amount $MONEY NOT NULL DEFAULT 0;
ALTER TABLE proc_package ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';  -- APPROVED, FAILED, URGENT, SOLE, ADDON
ALTER TABLE proc_package ADD COLUMN evidence $JSON;                       -- document ids
ALTER TABLE proc_package ADD COLUMN publicity_from $DATE;
ALTER TABLE proc_package ADD COLUMN publicity_to $DATE;
