-- +goose Up
-- Detection of duplicates (rules A03, A04, B09, B10): what the county has, and
-- what was found for an application before its act, by what it was found in.
CREATE TABLE system_inventory (
  id          $SERIAL,
  unit        TEXT NOT NULL,
  name        TEXT NOT NULL,
  functions   TEXT NOT NULL DEFAULT '',  -- apart by 、
  built_year  INTEGER NOT NULL DEFAULT 0, -- 0: not known
  cost        $MONEY,
  users       INTEGER NOT NULL DEFAULT 0,
  last_active TEXT NOT NULL DEFAULT '',  -- day of the last business event; empty: not known
  source      TEXT NOT NULL DEFAULT '',  -- the file that it was imported from, or project
  project     TEXT NOT NULL DEFAULT '',  -- that built it
  created_by  TEXT NOT NULL,
  created_at  $TIME NOT NULL,
  UNIQUE (unit, name)
);

CREATE TABLE sim_result (
  project TEXT NOT NULL,
  digest  TEXT NOT NULL,               -- SHA-256 of its texts, of all that it was held against, and of the vocabulary
  body    $JSON NOT NULL,
  at      $TIME NOT NULL,
  PRIMARY KEY (project, digest)
);
