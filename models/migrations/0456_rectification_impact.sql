-- +goose Up
-- What rule R01 grades a finding by, as who dispatches it has said; '' where he has set the grade himself.
ALTER TABLE rectification ADD COLUMN impact TEXT NOT NULL DEFAULT '' CHECK (impact IN ('', 'stop', 'delay', 'inconvenience'));
ALTER TABLE rectification ADD COLUMN scope TEXT NOT NULL DEFAULT '' CHECK (scope IN ('', 'many', 'one'));
