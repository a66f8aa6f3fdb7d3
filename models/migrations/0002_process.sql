-- +goose Up
-- The state of processes (root_state is the truth) and what is projected from it.

CREATE TABLE bundle (
  digest      TEXT PRIMARY KEY,      -- SHA-256 over names and contents, lower-case hex
  deployed_at $TIME NOT NULL,
  deployed_by TEXT NOT NULL,
  reason      TEXT NOT NULL DEFAULT ''
);

CREATE TABLE bundle_file (
  bundle TEXT NOT NULL REFERENCES bundle(digest),
  name   TEXT NOT NULL,              -- qc_lifecycle.bpmn
  data   $BYTES NOT NULL,
  PRIMARY KEY (bundle, name)
);

CREATE TABLE definition (
  process     TEXT NOT NULL,
  version     INTEGER NOT NULL,      -- from 1; the newest one starts new instances
  bundle      TEXT NOT NULL REFERENCES bundle(digest),
  name        TEXT NOT NULL DEFAULT '',
  name_en     TEXT NOT NULL DEFAULT '',
  deployed_at $TIME NOT NULL,
  PRIMARY KEY (process, version)
);

CREATE TABLE root_state (
  key           $SERIAL,             -- key of the root instance; element keys are key·2^20 + counter
  bundle        TEXT NOT NULL REFERENCES bundle(digest),
  process       TEXT NOT NULL,
  business_key  TEXT NOT NULL DEFAULT '',
  project       TEXT NOT NULL DEFAULT '',
  dept          TEXT NOT NULL DEFAULT '',
  step          BIGINT NOT NULL,     -- events applied
  state         $BYTES NOT NULL,     -- engine.State
  next_due      $TIME,               -- earliest timer
  open          $BOOL NOT NULL,
  business_date $DATE,               -- of the newest event
  created_at    $TIME NOT NULL,
  updated_at    $TIME NOT NULL
);
CREATE INDEX root_due ON root_state (open, next_due);
CREATE INDEX root_project ON root_state (project, key);

CREATE TABLE process_instance (
  key            BIGINT PRIMARY KEY,
  root           BIGINT NOT NULL,
  parent         BIGINT NOT NULL,    -- calling instance, 0 for a root
  parent_element BIGINT NOT NULL,    -- element instance of the call activity
  process        TEXT NOT NULL,
  name           TEXT NOT NULL DEFAULT '',
  business_key   TEXT NOT NULL DEFAULT '',
  state          TEXT NOT NULL,      -- active, suspended, completed, terminated, failed
  started_at     $TIME NOT NULL,
  ended_at       $TIME
);
CREATE INDEX instance_root ON process_instance (root, key);

CREATE TABLE element_instance (
  key        BIGINT PRIMARY KEY,
  root       BIGINT NOT NULL,
  instance   BIGINT NOT NULL,
  scope      BIGINT NOT NULL,
  process    TEXT NOT NULL,
  element    TEXT NOT NULL,
  kind       TEXT NOT NULL,          -- BPMN local name
  name       TEXT NOT NULL DEFAULT '',
  loop       INTEGER NOT NULL DEFAULT 0,
  state      TEXT NOT NULL,          -- active, completed, terminated, failed
  entered_at $TIME NOT NULL,
  left_at    $TIME
);
CREATE INDEX element_root ON element_instance (root, key);

CREATE TABLE flow_taken (
  instance BIGINT NOT NULL,
  flow     TEXT NOT NULL,
  root     BIGINT NOT NULL,
  times    INTEGER NOT NULL,
  last_at  $TIME NOT NULL,
  PRIMARY KEY (instance, flow)
);
CREATE INDEX flow_root ON flow_taken (root);

CREATE TABLE task (
  key           BIGINT PRIMARY KEY,
  root          BIGINT NOT NULL,
  instance      BIGINT NOT NULL,
  element_key   BIGINT NOT NULL,
  bundle        TEXT NOT NULL,
  process       TEXT NOT NULL,
  element       TEXT NOT NULL,
  name          TEXT NOT NULL,
  name_en       TEXT NOT NULL DEFAULT '',
  view          TEXT NOT NULL DEFAULT '', -- page of the web client
  form          TEXT NOT NULL DEFAULT '',
  command       TEXT NOT NULL DEFAULT '',
  policy        TEXT NOT NULL DEFAULT '',
  batch         $BOOL NOT NULL,
  project       TEXT NOT NULL DEFAULT '',
  business_key  TEXT NOT NULL DEFAULT '', -- of the instance it belongs to, such as an issue number
  dept          TEXT NOT NULL DEFAULT '',
  assignee      TEXT NOT NULL DEFAULT '',
  version       INTEGER NOT NULL,
  round         INTEGER NOT NULL,
  priority      INTEGER NOT NULL,
  state         TEXT NOT NULL,       -- open, suspended, closed
  due_at        $TIME,
  due_workdays  INTEGER NOT NULL DEFAULT 0,
  created_at    $TIME NOT NULL,
  closed_at     $TIME,
  outcome       TEXT NOT NULL DEFAULT '', -- completed, terminated
  operation     TEXT NOT NULL DEFAULT '', -- that closed it
  closed_by     TEXT NOT NULL DEFAULT '',
  business_date $DATE,               -- of the closing act
  escalated     INTEGER NOT NULL DEFAULT 0, -- highest level of the due-time sweeper that was done
  detail        $JSON NOT NULL       -- users, groups, operations, seats, headers, inputs
);
CREATE INDEX task_root ON task (root, key);
CREATE INDEX task_due ON task (state, due_at, key);

-- An inbox is one index range: principal, then due moment.
CREATE TABLE task_candidate (
  principal TEXT NOT NULL,           -- person id, or post ROLE@DEPT
  due       BIGINT NOT NULL,         -- milliseconds since 1970; no due time sorts last
  key       BIGINT NOT NULL,
  PRIMARY KEY (principal, due, key)
);
CREATE INDEX candidate_task ON task_candidate (key);

CREATE TABLE task_done (             -- the newest act of a person on a task: the done list
  person TEXT NOT NULL,
  task   BIGINT NOT NULL,
  at     BIGINT NOT NULL,            -- milliseconds since 1970
  PRIMARY KEY (person, task)
);
CREATE INDEX done_recent ON task_done (person, at, task);

CREATE TABLE task_act (              -- every act on a task: the thread of opinions
  id            $SERIAL,
  task          BIGINT NOT NULL,
  root          BIGINT NOT NULL,
  element       TEXT NOT NULL,
  task_name     TEXT NOT NULL,
  round         INTEGER NOT NULL,
  person        TEXT NOT NULL,
  post          TEXT NOT NULL DEFAULT '',
  principal     TEXT NOT NULL DEFAULT '', -- whose authority, when it is not the actor's own
  operation     TEXT NOT NULL,
  opinion       TEXT NOT NULL DEFAULT '',
  reason        TEXT NOT NULL DEFAULT '',
  target        TEXT NOT NULL DEFAULT '', -- person or element that it was sent to
  digest        TEXT NOT NULL DEFAULT '',
  event         TEXT NOT NULL,
  void          $BOOL NOT NULL,
  at            $TIME NOT NULL,
  business_date $DATE
);
CREATE INDEX act_root ON task_act (root, id);
CREATE INDEX act_task ON task_act (task, id);

CREATE TABLE task_draft (
  task     BIGINT NOT NULL,
  person   TEXT NOT NULL,
  data     $JSON,
  opinion  TEXT NOT NULL DEFAULT '',
  saved_at $TIME NOT NULL,
  PRIMARY KEY (task, person)
);

CREATE TABLE job (
  key         BIGINT PRIMARY KEY,
  root        BIGINT NOT NULL,
  instance    BIGINT NOT NULL,
  element_key BIGINT NOT NULL,
  element     TEXT NOT NULL,
  type        TEXT NOT NULL,
  headers     $JSON,
  variables   $JSON,
  retries     INTEGER NOT NULL,
  not_before  $TIME,
  failed      $BOOL NOT NULL,        -- no retries left; an incident waits
  created_at  $TIME NOT NULL
);
CREATE INDEX job_root ON job (root, key);

CREATE TABLE timer (
  key         BIGINT PRIMARY KEY,
  root        BIGINT NOT NULL,
  instance    BIGINT NOT NULL,
  element_key BIGINT NOT NULL,
  element     TEXT NOT NULL,
  due         $TIME NOT NULL,
  refused     $BOOL NOT NULL         -- its event was refused; an incident waits
);
CREATE INDEX timer_root ON timer (root, due);

CREATE TABLE subscription (
  key             BIGINT PRIMARY KEY,
  root            BIGINT NOT NULL,
  instance        BIGINT NOT NULL,
  element         TEXT NOT NULL,
  kind            TEXT NOT NULL,     -- message, signal
  name            TEXT NOT NULL,
  correlation_key TEXT NOT NULL,
  opened_at       $TIME NOT NULL
);
CREATE INDEX subscription_name ON subscription (kind, name, correlation_key, key);
CREATE INDEX subscription_root ON subscription (root);

CREATE TABLE message (
  id              TEXT PRIMARY KEY,  -- event id of the publisher
  name            TEXT NOT NULL,
  correlation_key TEXT NOT NULL,
  variables       $JSON,
  state           TEXT NOT NULL,     -- buffered, delivering, correlated, expired
  subscription    BIGINT NOT NULL DEFAULT 0,
  root            BIGINT NOT NULL DEFAULT 0,
  attempts        INTEGER NOT NULL DEFAULT 0,
  refusal         TEXT NOT NULL DEFAULT '', -- code of the newest refused delivery
  business_date   $DATE,
  published_at    $TIME NOT NULL,
  expires_at      $TIME NOT NULL
);
CREATE INDEX message_pair ON message (name, correlation_key, state, published_at);
CREATE INDEX message_state ON message (state, expires_at);

CREATE TABLE incident (
  key         BIGINT PRIMARY KEY,
  root        BIGINT NOT NULL,
  instance    BIGINT NOT NULL,
  element_key BIGINT NOT NULL,
  element     TEXT NOT NULL,
  code        TEXT NOT NULL,
  message     TEXT NOT NULL DEFAULT '',
  event       $JSON,                 -- the refused event, applied again by a retry
  project     TEXT NOT NULL DEFAULT '',
  raised_at   $TIME NOT NULL,
  resolved_at $TIME
);
CREATE INDEX incident_open ON incident (resolved_at, raised_at, key);
CREATE INDEX incident_root ON incident (root, key);

CREATE TABLE variable (
  scope    BIGINT NOT NULL,          -- instance or element instance
  name     TEXT NOT NULL,
  root     BIGINT NOT NULL,
  instance BIGINT NOT NULL,
  value    $JSON NOT NULL,
  PRIMARY KEY (scope, name)
);
CREATE INDEX variable_root ON variable (root);

CREATE TABLE event_outcome (
  event   TEXT PRIMARY KEY,
  root    BIGINT NOT NULL,
  digest  TEXT NOT NULL,             -- of the caller's request
  verdict TEXT NOT NULL,             -- applied, refused, defect
  body    $JSON NOT NULL,            -- contract.Outcome
  at      $TIME NOT NULL
);
CREATE INDEX outcome_root ON event_outcome (root, at);
