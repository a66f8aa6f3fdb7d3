-- +goose Up
-- A county's own rule packs: drafted, compared, rehearsed, and published by a second person.
ALTER TABLE rule_pack ADD COLUMN valid_to $DATE;                       -- the last day; NULL: until another begins
ALTER TABLE rule_pack ADD COLUMN base TEXT NOT NULL DEFAULT '';        -- the pack that the draft began from
ALTER TABLE rule_pack ADD COLUMN reason TEXT NOT NULL DEFAULT '';      -- why, in the drafter's words
ALTER TABLE rule_pack ADD COLUMN drafted_at $TIME;
ALTER TABLE rule_pack ADD COLUMN rehearsed TEXT NOT NULL DEFAULT '';   -- digest that was rehearsed last
ALTER TABLE rule_pack ADD COLUMN rehearsed_at $TIME;
ALTER TABLE rule_pack ADD COLUMN rehearsal $JSON;                      -- what it said, in numbers
