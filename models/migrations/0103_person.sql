-- +goose Up
-- People: of the government or external, with numbers that are encrypted.
ALTER TABLE person ADD COLUMN kind TEXT NOT NULL DEFAULT 'internal'; -- internal, external
ALTER TABLE person ADD COLUMN employer_unit TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN mobile_enc $BYTES;
ALTER TABLE person ADD COLUMN idno_enc $BYTES;
ALTER TABLE person ADD COLUMN mobile_mark TEXT NOT NULL DEFAULT ''; -- the same for equal numbers: who has it twice
ALTER TABLE person ADD COLUMN idno_mark TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN key_id TEXT NOT NULL DEFAULT '';       -- of the key that both are encrypted with
ALTER TABLE person ADD COLUMN left_at $TIME;                         -- NULL: has not left

-- +goose StatementBegin
CREATE TRIGGER person_unit_moves_org AFTER UPDATE OF employer_unit ON person $MOVE_ORG;
-- +goose StatementEnd
