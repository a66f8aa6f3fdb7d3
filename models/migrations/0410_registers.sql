-- +goose Up
-- Registers (台账) as data: a register is a definition; its entries are rows with typed slots that the definition
-- gives to its fields. The newest revision of an entry stands in register_entry, all of them in register_revision.
CREATE TABLE register_def (
  id          TEXT NOT NULL,
  version     INTEGER NOT NULL,
  body        TEXT NOT NULL,                 -- the file
  digest      TEXT NOT NULL,
  deployed_at $TIME NOT NULL,
  deployed_by TEXT NOT NULL,
  PRIMARY KEY (id, version)
);

CREATE TABLE register_entry (
  id          $SERIAL,
  key_live    TEXT,                          -- the key of an entry that counts; NULL: void, or without a key
  created_at  $TIME NOT NULL,
  created_by  TEXT NOT NULL,
  register    TEXT NOT NULL,
  def_version INTEGER NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('recorded', 'verified', 'void')),
  revision    INTEGER NOT NULL,
  owner       TEXT NOT NULL DEFAULT '',      -- unit
  on_date     TEXT NOT NULL,                 -- business date
  recorded_at $TIME NOT NULL,                -- of this revision
  backfilled  $BOOL NOT NULL,                -- 补录: the business date was given under the back-registration permission
  actor       TEXT NOT NULL,
  post        TEXT NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  import      BIGINT NOT NULL DEFAULT 0,     -- the import that brought it, 0: none
  body        $JSON NOT NULL,                -- every field by key
  -- What the definition gives a slot. Numbers are whole ten-thousandths, so that both databases compare and sum them
  -- exactly; dates are 2022-06-30, "" none, so that both sort them alike.
  t1 TEXT NOT NULL DEFAULT '',
  t2 TEXT NOT NULL DEFAULT '',
  t3 TEXT NOT NULL DEFAULT '',
  t4 TEXT NOT NULL DEFAULT '',
  t5 TEXT NOT NULL DEFAULT '',
  t6 TEXT NOT NULL DEFAULT '',
  t7 TEXT NOT NULL DEFAULT '',
  t8 TEXT NOT NULL DEFAULT '',
  t9 TEXT NOT NULL DEFAULT '',
  t10 TEXT NOT NULL DEFAULT '',
  t11 TEXT NOT NULL DEFAULT '',
  t12 TEXT NOT NULL DEFAULT '',
  n1 BIGINT NOT NULL DEFAULT 0,
  n2 BIGINT NOT NULL DEFAULT 0,
  n3 BIGINT NOT NULL DEFAULT 0,
  n4 BIGINT NOT NULL DEFAULT 0,
  n5 BIGINT NOT NULL DEFAULT 0,
  n6 BIGINT NOT NULL DEFAULT 0,
  n7 BIGINT NOT NULL DEFAULT 0,
  n8 BIGINT NOT NULL DEFAULT 0,
  d1 TEXT NOT NULL DEFAULT '',
  d2 TEXT NOT NULL DEFAULT '',
  d3 TEXT NOT NULL DEFAULT '',
  d4 TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX register_entry_key ON register_entry (register, key_live);
CREATE INDEX register_entry_date ON register_entry (register, on_date, id);
CREATE INDEX register_entry_owner ON register_entry (register, owner, on_date, id);
CREATE INDEX register_entry_import ON register_entry (import) WHERE import <> 0;

CREATE TABLE register_revision (
  id          BIGINT NOT NULL,               -- of the entry
  register    TEXT NOT NULL,
  def_version INTEGER NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('recorded', 'verified', 'void')),
  revision    INTEGER NOT NULL,
  owner       TEXT NOT NULL DEFAULT '',      -- unit
  on_date     TEXT NOT NULL,                 -- business date
  recorded_at $TIME NOT NULL,                -- of this revision
  backfilled  $BOOL NOT NULL,                -- 补录: the business date was given under the back-registration permission
  actor       TEXT NOT NULL,
  post        TEXT NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  import      BIGINT NOT NULL DEFAULT 0,     -- the import that brought it, 0: none
  body        $JSON NOT NULL,                -- every field by key
  -- What the definition gives a slot. Numbers are whole ten-thousandths, so that both databases compare and sum them
  -- exactly; dates are 2022-06-30, "" none, so that both sort them alike.
  t1 TEXT NOT NULL DEFAULT '',
  t2 TEXT NOT NULL DEFAULT '',
  t3 TEXT NOT NULL DEFAULT '',
  t4 TEXT NOT NULL DEFAULT '',
  t5 TEXT NOT NULL DEFAULT '',
  t6 TEXT NOT NULL DEFAULT '',
  t7 TEXT NOT NULL DEFAULT '',
  t8 TEXT NOT NULL DEFAULT '',
  t9 TEXT NOT NULL DEFAULT '',
  t10 TEXT NOT NULL DEFAULT '',
  t11 TEXT NOT NULL DEFAULT '',
  t12 TEXT NOT NULL DEFAULT '',
  n1 BIGINT NOT NULL DEFAULT 0,
  n2 BIGINT NOT NULL DEFAULT 0,
  n3 BIGINT NOT NULL DEFAULT 0,
  n4 BIGINT NOT NULL DEFAULT 0,
  n5 BIGINT NOT NULL DEFAULT 0,
  n6 BIGINT NOT NULL DEFAULT 0,
  n7 BIGINT NOT NULL DEFAULT 0,
  n8 BIGINT NOT NULL DEFAULT 0,
  d1 TEXT NOT NULL DEFAULT '',
  d2 TEXT NOT NULL DEFAULT '',
  d3 TEXT NOT NULL DEFAULT '',
  d4 TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (id, revision)
);
CREATE INDEX register_revision_recorded ON register_revision (register, recorded_at);

CREATE TABLE register_import (
  id        $SERIAL,
  register  TEXT NOT NULL,
  file_name TEXT NOT NULL,
  digest    TEXT NOT NULL,                   -- SHA-256 of the file
  added     INTEGER NOT NULL,
  changed   INTEGER NOT NULL,
  same      INTEGER NOT NULL,
  refused   INTEGER NOT NULL,
  refusals  $JSON NOT NULL,                  -- row, column and words of what was sent back
  at        $TIME NOT NULL,
  actor     TEXT NOT NULL,
  withdrawn_at $TIME,
  withdrawn_by TEXT NOT NULL DEFAULT ''
);

CREATE TABLE register_begin (                -- what an entry has begun
  entry   BIGINT NOT NULL,
  subject TEXT NOT NULL,                     -- number of the rectification
  at      $TIME NOT NULL,
  actor   TEXT NOT NULL,
  PRIMARY KEY (entry, subject)
);

-- History and published definitions are read, never rewritten.
-- +goose StatementBegin
CREATE TRIGGER register_revision_stays BEFORE UPDATE ON register_revision $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER register_revision_kept BEFORE DELETE ON register_revision $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER register_def_stays BEFORE UPDATE ON register_def $REFUSE;
-- +goose StatementEnd
