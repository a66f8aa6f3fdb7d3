-- +goose Up
-- What needs a second person's word: it is asked for here, and done when confirmed.
CREATE TABLE confirmation (
  id         $SERIAL,
  root       BIGINT NOT NULL,
  task       BIGINT NOT NULL,
  project    TEXT NOT NULL DEFAULT '',
  operation  TEXT NOT NULL,
  event      $JSON NOT NULL,         -- engine.Event that is applied when confirmed
  reason     TEXT NOT NULL,
  asked_by   TEXT NOT NULL,
  asked_at   $TIME NOT NULL,
  state      TEXT NOT NULL,          -- waiting, confirmed, refused
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  note       TEXT NOT NULL DEFAULT '',
  CHECK (decided_by <> asked_by)
);
CREATE INDEX confirmation_task ON confirmation (task, id);
