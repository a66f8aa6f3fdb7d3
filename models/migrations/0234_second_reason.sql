-- A cut has one reason, and where another one bears on it too, that as well (domain/processes.md P4).
-- +goose Up
ALTER TABLE sheet_line ADD COLUMN second_reason TEXT NOT NULL DEFAULT '';
