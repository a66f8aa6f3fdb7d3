-- +goose Up
-- People: of the government or external, with numbers that are encrypted.
ALTER TABLE person ADD COLUMN kind TEXT NOT NULL DEFAULT 'internal'; -- internal, external
ALTER TABLE person ADD COLUMN employer_unit TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN mobile_enc $BYTES;
ALTER TABLE person ADD COLUMN idno_enc $BYTES;
ALTER TABLE person ADD COLUMN key_id TEXT NOT NULL DEFAULT '';       -- of the key that both are encrypted with
ALTER TABLE person ADD COLUMN left_at $TIME;                         -- NULL: has not left

-- What a person without a password sets his own with: once, before it ends.
CREATE TABLE one_time_code (
  person  TEXT PRIMARY KEY,
  digest  TEXT NOT NULL,               -- SHA-256 of the code
  made_at $TIME NOT NULL,
  ends_at $TIME NOT NULL,
  used_at $TIME
);

-- +goose StatementBegin
CREATE TRIGGER person_unit_moves_org AFTER UPDATE OF employer_unit ON person $MOVE_ORG;
-- +goose StatementEnd
