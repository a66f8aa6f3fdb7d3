-- +goose Up
-- A conflict found after an expert has stated that there is none: who asked that his seat be void, what it
-- changes, and what a second person decided (domain/access.md §5, row 11).
CREATE TABLE seat_void (
  id           $SERIAL,
  project      TEXT NOT NULL REFERENCES project(code),
  cycle        INTEGER NOT NULL,
  person_id    TEXT NOT NULL,
  conclusion   TEXT NOT NULL,              -- of the group when it was asked; '': none yet
  reason       TEXT NOT NULL,
  evidence     $JSON NOT NULL,             -- document ids
  score_before TEXT NOT NULL,              -- mean of the experts, in points
  score_after  TEXT NOT NULL,              -- '': nobody is left
  holds        $BOOL NOT NULL,             -- the conclusion stands without him, by rule B04
  asked_by     TEXT NOT NULL,
  asked_at     $TIME NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused')),
  decision     TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'replace', 'keep', 'again')),
  decided_by   TEXT NOT NULL DEFAULT '' CHECK (decided_by <> asked_by),
  decided_at   $TIME,
  note         TEXT NOT NULL DEFAULT '',
  doc_no       TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX seat_void_waiting ON seat_void (project, person_id) WHERE state = 'waiting';
