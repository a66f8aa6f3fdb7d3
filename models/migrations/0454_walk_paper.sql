-- +goose Up
-- The record of a walk (走流程体验记录表) is a numbered paper of its own.
ALTER TABLE walk ADD COLUMN paper TEXT NOT NULL DEFAULT '';
CREATE INDEX walk_paper ON walk (paper) WHERE paper <> '';
