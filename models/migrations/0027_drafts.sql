-- +goose Up
ALTER TABLE task_draft ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE task_draft ADD COLUMN revision INTEGER NOT NULL DEFAULT 1; -- grows with each save: who saves names the one he saw

CREATE TABLE incomplete_line (                -- rows of a draft that are no budget lines yet; cells as they were typed
  project    TEXT NOT NULL REFERENCES project(code),
  line_no    INTEGER NOT NULL CHECK (line_no > 0), -- place among all rows of the draft
  category   TEXT NOT NULL,
  name       TEXT NOT NULL,
  spec       TEXT NOT NULL,
  unit       TEXT NOT NULL,
  qty        TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  remark     TEXT NOT NULL,
  PRIMARY KEY (project, line_no)
);
