-- +goose Up
-- Open cases that nothing can move any more, as long as it is so: the alarm, told once.
CREATE TABLE stuck_root (
  root    BIGINT PRIMARY KEY REFERENCES root_state(key),
  step    BIGINT NOT NULL,           -- at which it stands still
  since   $TIME NOT NULL,            -- when it last moved
  told_at $TIME NOT NULL
);
CREATE INDEX root_open ON root_state (key) WHERE open;
