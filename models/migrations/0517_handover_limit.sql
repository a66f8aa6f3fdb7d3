-- +goose Up
-- A handover waits for its second person for a limited time.
ALTER TABLE handover ADD COLUMN expires_at $TIME;
