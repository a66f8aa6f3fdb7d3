-- +goose Up
-- Performance (绩效, domain/processes.md P11): what the unit says of itself, what the house makes of it, and what follows.
CREATE TABLE evaluation (
  no             TEXT PRIMARY KEY,               -- PJ-2026-001
  project        TEXT NOT NULL REFERENCES project(code),
  year           INTEGER NOT NULL,
  begun_by       TEXT NOT NULL,
  begun_on       $DATE NOT NULL,
  self           $JSON NOT NULL,                 -- indicators, use, problems, improvements
  self_score     $QTY,                           -- out of 100
  self_by        TEXT NOT NULL DEFAULT '',
  self_on        $DATE,
  documents      $JSON NOT NULL,
  review_score   $QTY,
  sampled        $BOOL NOT NULL DEFAULT FALSE,
  review         TEXT NOT NULL DEFAULT '',
  review_by      TEXT NOT NULL DEFAULT '',
  third          TEXT NOT NULL DEFAULT '',       -- who evaluated again
  third_score    $QTY,
  third_view     TEXT NOT NULL DEFAULT '',
  third_by       TEXT NOT NULL DEFAULT '',
  third_document $JSON NOT NULL,
  grade          TEXT NOT NULL DEFAULT '',       -- 优 良 中 差 (F02)
  use            TEXT NOT NULL DEFAULT '',       -- none, stopFunds, mergeReview (F03)
  closed_on      $DATE,
  UNIQUE (project, year)
);
