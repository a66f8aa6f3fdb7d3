-- +goose Up
-- Entries of the annual plan. A project names the one that it draws on in its form.
CREATE TABLE plan_entry (
  id              TEXT PRIMARY KEY,  -- JH-2022-001
  fiscal_year     INTEGER NOT NULL,
  unit            TEXT NOT NULL,
  name            TEXT NOT NULL,
  type            TEXT NOT NULL DEFAULT '',
  est_amount      $MONEY NOT NULL,
  sources         $JSON,             -- [{type, amount}]
  state           TEXT NOT NULL,     -- IN_PLAN, DROPPED
  out_of_plan     $BOOL NOT NULL,
  instruction_doc TEXT NOT NULL DEFAULT '', -- document of the leader's instruction, of one outside the plan
  created_by      TEXT NOT NULL,
  created_at      $TIME NOT NULL
);
CREATE INDEX plan_entry_unit ON plan_entry (fiscal_year, unit);
