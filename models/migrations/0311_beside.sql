-- +goose Up
-- An attempt to buy one package again beside the project's own attempts: its award was lost.
ALTER TABLE proc_round ADD COLUMN beside TEXT NOT NULL DEFAULT ''; -- number of the package
