-- +goose Up
-- A leader has an eye on an open task (督办): a tighter clock beside its own, which stays.
CREATE TABLE supervision (
  id $SERIAL,
  task BIGINT NOT NULL,
  root BIGINT NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  due_at $TIME NOT NULL,
  at $TIME NOT NULL,
  ended_at $TIME,
  told_at $TIME
);
CREATE INDEX supervision_task ON supervision (task);
CREATE INDEX supervision_person ON supervision (person, id);
CREATE UNIQUE INDEX supervision_open ON supervision (task, person) WHERE ended_at IS NULL;
