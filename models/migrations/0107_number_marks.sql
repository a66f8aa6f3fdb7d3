-- +goose Up
-- Marks of personal numbers: the same for equal numbers, so that one that somebody has already is found.
ALTER TABLE person ADD COLUMN mobile_mark TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN idno_mark TEXT NOT NULL DEFAULT '';
CREATE INDEX person_mobile_mark ON person (mobile_mark);
CREATE INDEX person_idno_mark ON person (idno_mark);
