-- +goose Up
-- A county's own rule packs: drafted, compared, rehearsed, and published by a second person.
ALTER TABLE rule_pack ADD COLUMN valid_to $DATE;                       -- the last day; NULL: until another begins
ALTER TABLE rule_pack ADD COLUMN base TEXT NOT NULL DEFAULT '';        -- the pack that the draft began from
ALTER TABLE rule_pack ADD COLUMN reason TEXT NOT NULL DEFAULT '';      -- why, in the drafter's words
ALTER TABLE rule_pack ADD COLUMN drafted_at $TIME;
ALTER TABLE rule_pack ADD COLUMN rehearsed TEXT NOT NULL DEFAULT '';   -- digest that was rehearsed last
ALTER TABLE rule_pack ADD COLUMN rehearsed_at $TIME;
ALTER TABLE rule_pack ADD COLUMN rehearsal $JSON;                      -- what it said, in numbers

-- A project's pinned pack is changed by two persons.
CREATE TABLE rule_repin (
  id         $SERIAL,
  project    TEXT NOT NULL,
  from_pack  TEXT NOT NULL,
  to_pack    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  changes    $JSON NOT NULL,         -- what the rehearsal of this project said when it was asked
  state      TEXT NOT NULL,          -- waiting, confirmed, refused, stale
  asked_by   TEXT NOT NULL,
  asked_at   $TIME NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  note       TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX rule_repin_waiting ON rule_repin (project) WHERE state = 'waiting';
