-- +goose Up
-- What somebody filled in with his verdict stays with it: co-signers do not overwrite each other.
ALTER TABLE task_act ADD COLUMN answers $JSON;
