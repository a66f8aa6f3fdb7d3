-- +goose Up
-- An attempt after an incident must not be taken for the one before it.
ALTER TABLE job ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
