-- +goose Up
-- What somebody holds who leaves goes to others: asked for, confirmed by a second person, done item by item.
CREATE TABLE handover (
  id         $SERIAL,
  person     TEXT NOT NULL,
  items      $JSON NOT NULL,         -- list: task, seat, receiver, and once done the result
  reason     TEXT NOT NULL,
  asked_by   TEXT NOT NULL,
  asked_at   $TIME NOT NULL,
  state      TEXT NOT NULL,          -- waiting, confirmed, refused
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  note       TEXT NOT NULL DEFAULT '',
  CHECK (decided_by <> asked_by)
);
CREATE UNIQUE INDEX handover_waiting ON handover (person) WHERE state = 'waiting';
