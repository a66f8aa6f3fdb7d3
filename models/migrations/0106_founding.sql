-- +goose Up
-- The town that moved in, and the one-time link to the page where that is done.
CREATE TABLE town (
  id          INTEGER PRIMARY KEY CHECK (id = 1), -- one row: a town is founded once
  name        TEXT NOT NULL,
  name_en     TEXT NOT NULL DEFAULT '',
  region_code TEXT NOT NULL DEFAULT '', -- 行政区划代码, GB/T 2260
  doc_series  TEXT NOT NULL DEFAULT '', -- 机关代字
  founded_at  $TIME NOT NULL
);
CREATE TABLE setup_link (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  digest  TEXT NOT NULL,               -- SHA-256 of the token
  made_at $TIME NOT NULL,
  ends_at $TIME NOT NULL,
  used_at $TIME
);
