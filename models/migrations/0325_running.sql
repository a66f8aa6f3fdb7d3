-- +goose Up
-- Projects that already run (存量项目), taken over in mid-life from a workbook: asked by one person, taken in by another.
CREATE TABLE running_import (
  id         $SERIAL,
  file_name  TEXT NOT NULL,
  digest     TEXT NOT NULL,                 -- SHA-256 of what the workbook says
  body       $JSON NOT NULL,                -- its rows, as they were read
  projects   INTEGER NOT NULL,              -- that can be taken in
  refused    INTEGER NOT NULL,              -- that cannot
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused')),
  reason     TEXT NOT NULL,
  asked_by   TEXT NOT NULL,
  asked_at   $TIME NOT NULL,
  decided_by TEXT,
  decided_at $TIME,
  note       TEXT NOT NULL DEFAULT '',
  CHECK ((state = 'waiting') = (decided_by IS NULL)),
  CHECK (decided_by IS NULL OR decided_by <> asked_by)
);
CREATE INDEX running_import_digest ON running_import (digest);

CREATE TABLE running_project (              -- 补录: what was taken in, and where its life goes on
  project   TEXT PRIMARY KEY REFERENCES project(code),
  import_id BIGINT NOT NULL REFERENCES running_import(id),
  ref       TEXT NOT NULL,                  -- its number in the workbook
  digest    TEXT NOT NULL,                  -- of its rows
  entry     TEXT NOT NULL,                  -- contract, building, trial, acceptance, final, operating
  at        $TIME NOT NULL
);
CREATE INDEX running_project_digest ON running_project (digest);
