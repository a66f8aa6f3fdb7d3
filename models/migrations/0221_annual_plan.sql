-- +goose Up
-- P0: the call of a year, the units that answer it, and the pool of what they want. What the joint meeting
-- decides becomes entries of the annual plan (plan_entry), numbered at publication.
CREATE TABLE plan_call (
  fiscal_year INTEGER PRIMARY KEY,
  opens_on    TEXT NOT NULL,
  closes_on   TEXT NOT NULL,
  contact     TEXT NOT NULL DEFAULT '',
  control     $MONEY NOT NULL,               -- what the treasury lets the year have
  state       TEXT NOT NULL CHECK (state IN ('OPEN', 'CLOSED', 'RANKED', 'DECIDED', 'PUBLISHED')),
  meeting     $JSON,                         -- {no, on, place, chair, present[], absent[], recorder, minutes}
  published_on TEXT NOT NULL DEFAULT '',
  digest      TEXT NOT NULL DEFAULT '',      -- SM3 of the plan as published
  root        BIGINT NOT NULL DEFAULT 0,
  created_by  TEXT NOT NULL,
  created_at  $TIME NOT NULL,
  CHECK (closes_on >= opens_on)
);

CREATE TABLE plan_unit (
  fiscal_year INTEGER NOT NULL REFERENCES plan_call(fiscal_year),
  unit        TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('OPEN', 'ANSWERED', 'SENT', 'NONE', 'SILENT')),
  revision    INTEGER NOT NULL DEFAULT 0,    -- moves with every change of the unit's entries
  answered    INTEGER NOT NULL DEFAULT -1,   -- the revision that the clerk handed to his leader
  none        $BOOL NOT NULL,                -- it says that it has no project
  sent_on     TEXT NOT NULL DEFAULT '',
  urged       INTEGER NOT NULL DEFAULT 0,
  root        BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (fiscal_year, unit)
);

CREATE TABLE pool_entry (
  id           TEXT PRIMARY KEY,             -- CB-2023-DP14-03
  fiscal_year  INTEGER NOT NULL,
  unit         TEXT NOT NULL,
  name         TEXT NOT NULL,
  type         TEXT NOT NULL,
  est_amount   $MONEY NOT NULL,
  year_amount  $MONEY NOT NULL,              -- the share of the fiscal year
  priority     INTEGER NOT NULL,             -- 1 first
  body         $JSON NOT NULL,               -- the form
  state        TEXT NOT NULL CHECK (state IN ('DRAFT', 'SENT', 'RETURNED', 'PASSED', 'MERGED', 'REJECTED', 'DEFERRED', 'CARRIED', 'IN_PLAN', 'DROPPED')),
  urgent       $BOOL NOT NULL,
  instruction  TEXT NOT NULL DEFAULT '',     -- document of the leader's instruction
  revision     INTEGER NOT NULL DEFAULT 1,
  sent         INTEGER NOT NULL DEFAULT 0,   -- the revision that was sent
  digest       TEXT NOT NULL DEFAULT '',     -- SM3 of what was sent
  sent_on      TEXT NOT NULL DEFAULT '',
  alike        $JSON,                        -- what it was like when it was sent
  decision     TEXT NOT NULL DEFAULT '',     -- of the pre-check: pass, return, merge, reject
  reason       TEXT NOT NULL DEFAULT '',
  merged_into  TEXT NOT NULL DEFAULT '',     -- entry or project
  decided_by   TEXT NOT NULL DEFAULT '',
  score        INTEGER NOT NULL DEFAULT -1,  -- 0 to 100; -1: none yet
  score_note   TEXT NOT NULL DEFAULT '',
  verdict      TEXT NOT NULL DEFAULT '',     -- of the joint meeting: in, defer, reject
  verdict_note TEXT NOT NULL DEFAULT '',
  carried_from TEXT NOT NULL DEFAULT '',     -- entry of the year before
  plan_entry   TEXT NOT NULL DEFAULT '',
  returns      INTEGER NOT NULL DEFAULT 0,   -- times that the pre-check sent it back
  root         BIGINT NOT NULL DEFAULT 0,    -- of its urgent way, or of its return
  created_by   TEXT NOT NULL,
  created_at   $TIME NOT NULL
);
CREATE INDEX pool_entry_year ON pool_entry (fiscal_year, unit);

ALTER TABLE plan_entry ADD COLUMN pool TEXT NOT NULL DEFAULT '';       -- the pool entry that it was made of; '': back-registered
ALTER TABLE plan_entry ADD COLUMN reason TEXT NOT NULL DEFAULT '';     -- of a back-registration
ALTER TABLE document ADD COLUMN plan_year INTEGER NOT NULL DEFAULT 0;  -- the annual plan that a file belongs to
CREATE INDEX document_plan_year ON document (plan_year) WHERE plan_year <> 0;
