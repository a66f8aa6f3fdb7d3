-- +goose Up
-- Start events of deployed processes that wait outside any instance.

CREATE TABLE start_subscription (
  process    TEXT NOT NULL,
  element    TEXT NOT NULL,
  definition INTEGER NOT NULL,       -- index of the event definition among those of the element
  kind       TEXT NOT NULL,          -- message, signal, timer
  name       TEXT NOT NULL DEFAULT '', -- of the message or signal
  due        $TIME,                  -- timer: the next moment; NULL when its cycle is over
  times      INTEGER NOT NULL DEFAULT 0, -- timer: moments that have passed
  bundle     TEXT NOT NULL REFERENCES bundle(digest), -- of the newest version of the process
  opened_at  $TIME NOT NULL,
  PRIMARY KEY (process, element, definition)
);
CREATE UNIQUE INDEX start_message ON start_subscription (name) WHERE kind = 'message'; -- a message begins one process
CREATE INDEX start_signal ON start_subscription (kind, name);
CREATE INDEX start_due ON start_subscription (due);

-- The correlation key of the message that began a root instance: one open instance of a process at a time.
ALTER TABLE root_state ADD COLUMN correlation_key TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX root_begun_by ON root_state (process, correlation_key) WHERE open AND correlation_key <> '';
