-- +goose Up
-- Who asked for a batch takes it back before a second person has decided; it stays 'waiting' for the books, and is over.
ALTER TABLE running_import ADD COLUMN withdrawn_at $TIME;
