-- +goose Up
-- The clocks of tasks: what they were counted by, when they stood still, and what is kept of those that ran out.
ALTER TABLE task ADD COLUMN calendar INTEGER NOT NULL DEFAULT 0; -- version of the calendar that due_at was counted by; 0: due_at is a fixed moment
UPDATE task SET calendar = 1 WHERE due_workdays > 0 AND due_at IS NOT NULL;

CREATE TABLE task_pause (            -- the clock of a task stands still
  task    BIGINT NOT NULL,
  from_at $TIME NOT NULL,
  to_at   $TIME,                     -- NULL: until now
  PRIMARY KEY (task, from_at)
);

CREATE TABLE duty_record (           -- 履职记录: a task that was not done long after its due time; never edited
  id           $SERIAL,
  task         BIGINT NOT NULL,
  root         BIGINT NOT NULL,
  project      TEXT NOT NULL DEFAULT '',
  matter       TEXT NOT NULL,        -- name of the project, or number of the issue
  name         TEXT NOT NULL,
  name_en      TEXT NOT NULL DEFAULT '',
  holders      $JSON NOT NULL,       -- person ids, as they were then
  due_at       $TIME NOT NULL,
  due_workdays INTEGER NOT NULL,
  recorded_at  $TIME NOT NULL,
  UNIQUE (task, due_at)
);
-- +goose StatementBegin
CREATE TRIGGER duty_record_no_update BEFORE UPDATE ON duty_record $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_record_no_delete BEFORE DELETE ON duty_record $REFUSE;
-- +goose StatementEnd
