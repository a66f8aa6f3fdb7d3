-- +goose Up
-- C1: requests to change what was approved and contracted, and the baselines
-- that they make (domain/processes.md C1).
CREATE TABLE change_request (
  no              TEXT PRIMARY KEY,             -- BG-2026-001
  project         TEXT NOT NULL REFERENCES project(code),
  seq             INTEGER NOT NULL,             -- which of the project's
  contract_no     TEXT NOT NULL,
  origin          TEXT NOT NULL CHECK (origin IN ('unit', 'bureau')), -- asked by the unit, or found on the bureau's record
  state           TEXT NOT NULL,                -- DRAFT, ASKED, APPROVED, ADOPTED, REFUSED, WITHDRAWN
  kind            TEXT NOT NULL DEFAULT '',     -- content, amount, schedule, person, supplier, cancel
  reason          TEXT NOT NULL DEFAULT '',
  lines           $JSON,                        -- [{lineNo, name, old, new, approved}]
  persons         $JSON,                        -- [{role, old, new}]
  supplier        TEXT NOT NULL DEFAULT '',     -- who takes the contract over
  uscc            TEXT NOT NULL DEFAULT '',
  delta           $MONEY NOT NULL DEFAULT 0,    -- of the contract; may be negative
  grown           $MONEY NOT NULL DEFAULT 0,    -- of delta: what the approved total grew by
  days            INTEGER NOT NULL DEFAULT 0,   -- of the end and of what is not finished
  same_subject    $BOOL NOT NULL DEFAULT TRUE,  -- goes with the contract's subject (C15)
  goal_changed    $BOOL NOT NULL DEFAULT FALSE,
  begun_on        $DATE,                        -- work that was begun before the approval
  begun_why       TEXT NOT NULL DEFAULT '',
  documents       $JSON,
  class           TEXT NOT NULL DEFAULT '',     -- minor, filing, reapprove (D10)
  cumulative      $MONEY NOT NULL DEFAULT 0,    -- all approved changes and this, without signs
  ratio           $QTY NOT NULL DEFAULT 0,      -- percent of the approved total
  opinion         TEXT NOT NULL DEFAULT '',     -- supervisor's
  doc_no          TEXT NOT NULL DEFAULT '',     -- of approval or filing
  version         INTEGER NOT NULL DEFAULT 0,   -- baseline that it made
  note            TEXT NOT NULL DEFAULT '',     -- why it ended otherwise; what the bureau says of its filing
  asked_by        TEXT NOT NULL DEFAULT '',
  asked_on        $DATE,
  decided_on      $DATE,
  filed_on        $DATE,                        -- taken note of by the house
  fact            TEXT NOT NULL DEFAULT '',     -- natural key of the bureau's record of it
  root            BIGINT NOT NULL DEFAULT 0,
  at              $TIME NOT NULL,
  UNIQUE (project, seq)
);

CREATE TABLE baseline (                          -- append-only: what holds since a change
  project       TEXT NOT NULL REFERENCES project(code),
  version       INTEGER NOT NULL,                -- 1: as contracted
  change_no     TEXT NOT NULL DEFAULT '',
  contract_no   TEXT NOT NULL,
  amount        $MONEY NOT NULL,                 -- what the contract binds
  approved      $MONEY NOT NULL,                 -- of the project
  ends          $DATE,
  supplier      TEXT NOT NULL,
  lines         $JSON,                           -- {lineNo: amount} as far as changes named them
  milestones    $JSON,                           -- [{no, name, planDate}]
  actor         TEXT NOT NULL,
  business_date $DATE NOT NULL,
  at            $TIME NOT NULL,
  PRIMARY KEY (project, version)
);
