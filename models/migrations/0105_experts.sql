-- +goose Up
-- The expert pool: what experts know, whom they worked for, and until when one is not drawn.
CREATE TABLE expert (
  person          TEXT PRIMARY KEY REFERENCES person(id),
  specialties     $JSON NOT NULL,      -- list of texts
  blacklist_until $DATE,               -- not drawn until then; NULL: may be drawn
  blacklist_why   TEXT NOT NULL DEFAULT '',
  updated_at      $TIME NOT NULL
);
CREATE TABLE expert_employer (
  person    TEXT NOT NULL REFERENCES person(id),
  org_name  TEXT NOT NULL,
  uscc      TEXT NOT NULL DEFAULT '',
  tie       TEXT NOT NULL,             -- employed, consultant, shareholder, relative
  from_year INTEGER NOT NULL,
  to_year   INTEGER,                   -- NULL: to this day
  PRIMARY KEY (person, org_name, tie, from_year)
);
