-- +goose Up
-- What a person decided about a parked event, and who confirmed it.
ALTER TABLE partner_inbox ADD COLUMN decision TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'link', 'dismiss'));
ALTER TABLE partner_inbox ADD COLUMN linked_project TEXT NOT NULL DEFAULT '';
ALTER TABLE partner_inbox ADD COLUMN linked_at $TIME;
ALTER TABLE partner_inbox ADD COLUMN confirmed_by TEXT CHECK (confirmed_by <> linked_by);
