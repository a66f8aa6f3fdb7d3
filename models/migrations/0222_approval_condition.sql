-- +goose Up
-- Conditions of a conditional approval: said at the decision, met before procurement.
CREATE TABLE approval_condition (
  project     TEXT NOT NULL REFERENCES project(code),
  approval_no TEXT NOT NULL,                  -- number of the 批复 that says it
  no          INTEGER NOT NULL,               -- from 1
  text        TEXT NOT NULL,
  due_on      TEXT NOT NULL DEFAULT '',
  report      TEXT NOT NULL DEFAULT '',       -- how it was met
  evidence    $JSON,                          -- document ids
  reported_by TEXT NOT NULL DEFAULT '',
  met_on      TEXT NOT NULL DEFAULT '',       -- '': open
  checked_by  TEXT NOT NULL DEFAULT '',
  lapsed      $BOOL NOT NULL,                 -- a later approval stands in the place of its own
  PRIMARY KEY (project, approval_no, no)
);
