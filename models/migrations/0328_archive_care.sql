-- +goose Up
-- After the hand-over nothing of an archive is changed. What is put right comes beside it as a new
-- version, asked for by the archivist and signed by the head of the section (access.md §5, 29).
CREATE TABLE archive_correction (
  project     TEXT NOT NULL REFERENCES project(code),
  version     INTEGER NOT NULL,            -- from 2 on: the hand-over is 1
  item        INTEGER NOT NULL,            -- record that it puts right; 0: one that was missing
  title       TEXT NOT NULL,
  note        TEXT NOT NULL,               -- what was wrong, and why
  documents   $JSON NOT NULL,
  old_digest  TEXT NOT NULL,               -- SM3 over the records as they stood
  new_digest  TEXT NOT NULL,               -- with this version
  state       TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused')),
  asked_by    TEXT NOT NULL,
  asked_at    $TIME NOT NULL,
  decided_by  TEXT,
  decided_at  $TIME,
  decided_why TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, version)
);

-- 保全: as long as one stands, nothing of the archive is put right or destroyed.
CREATE TABLE archive_hold (
  id          $SERIAL,
  project     TEXT NOT NULL REFERENCES project(code),
  basis       TEXT NOT NULL,               -- the letter or the case that asks for it
  reason      TEXT NOT NULL,
  placed_by   TEXT NOT NULL,
  placed_at   $TIME NOT NULL,
  lifted_by   TEXT,
  lifted_at   $TIME,
  lifted_why  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX archive_hold_project ON archive_hold (project);
