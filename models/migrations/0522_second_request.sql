-- +goose Up
-- What one person asks for outside a task and a second person confirms before it counts (access.md §5).
-- shown is what the second person is shown, and is looked at again when he confirms it.
CREATE TABLE second_request (
  id         $SERIAL,
  act        TEXT NOT NULL,             -- row of engine/seconds.json
  subject    TEXT NOT NULL,             -- what it is about: a project, an expert, a supplier, an address
  project    TEXT NOT NULL DEFAULT '',
  data       $JSON NOT NULL,
  shown      $JSON NOT NULL,            -- [{key, args}]
  reason     TEXT NOT NULL,
  digest     TEXT NOT NULL,             -- of what is asked for, with its reason: the same is not asked again once refused
  benefits   TEXT NOT NULL DEFAULT '',  -- persons whom it benefits, with commas: none of them confirms it
  state      TEXT NOT NULL,             -- waiting, doing, confirmed, refused, stale, expired, failed
  asked_by   TEXT NOT NULL,
  asked_post TEXT NOT NULL DEFAULT '',
  asked_at   $TIME NOT NULL,
  expires_at $TIME NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  note       TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX second_request_waiting ON second_request (act, subject, asked_by) WHERE state = 'waiting';
CREATE INDEX second_request_state ON second_request (state, id);

-- Suppliers that the county does not contract with for a while, beside what the procurement bureau says of them.
CREATE TABLE supplier_block (
  uscc       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  until      $DATE NOT NULL,            -- the last day
  why        TEXT NOT NULL,
  changed_at $TIME NOT NULL
);
