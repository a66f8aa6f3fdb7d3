-- +goose Up
-- “办不成事”反映窗口 (W2): consultations and cases, each with its root instance. Name, phone and what the citizen has
-- said are encrypted; a pseudonym is the same for the same person and tells nothing else.
CREATE TABLE stuck_case (
  no           TEXT PRIMARY KEY,             -- BC-2022-001
  kind         TEXT NOT NULL CHECK (kind IN ('CONSULT', 'CASE', 'OUT')), -- of the scope (W05)
  category     TEXT NOT NULL,
  item         TEXT NOT NULL CHECK (item <> ''),
  service_item TEXT NOT NULL DEFAULT '',     -- its code
  unit         TEXT NOT NULL DEFAULT '',     -- that handles it
  joint        $JSON NOT NULL,               -- units that are consulted
  visits       INTEGER NOT NULL CHECK (visits >= 0),
  difficulty   TEXT NOT NULL DEFAULT '' CHECK (difficulty IN ('', 'spot', 'simple', 'complex', 'hard')),
  person_enc   $BYTES,
  phone_enc    $BYTES,
  reason_enc   $BYTES,
  key_id       TEXT NOT NULL DEFAULT '',
  person_mask  TEXT NOT NULL DEFAULT '',
  phone_mask   TEXT NOT NULL DEFAULT '',
  pseudonym    TEXT NOT NULL DEFAULT '',
  state        TEXT NOT NULL CHECK (state IN ('OPEN', 'LEVELLED', 'HANDLED', 'ANSWERED', 'BACK', 'CLOSED')),
  outcome      TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'consulted', 'out', 'resolved', 'explained', 'withdrawn')),
  reply        TEXT NOT NULL DEFAULT '',
  callback     TEXT NOT NULL DEFAULT '' CHECK (callback IN ('', 'satisfied', 'basic', 'unsatisfied', 'unreached')),
  backs        INTEGER NOT NULL DEFAULT 0,   -- once, with a supervisor
  issue        TEXT NOT NULL DEFAULT '',     -- rectification of what is wrong in general
  received_on  $DATE NOT NULL,
  due_on       $DATE,
  replied_on   $DATE,
  closed_on    $DATE,
  closed_at    $TIME,
  registrar    TEXT NOT NULL,
  desk         TEXT NOT NULL,                -- post at which it was registered
  handler      TEXT NOT NULL DEFAULT '',     -- who has handled it
  root         BIGINT NOT NULL DEFAULT 0,
  version      INTEGER NOT NULL DEFAULT 0,
  backfilled   $BOOL NOT NULL,
  created_at   $TIME NOT NULL,
  updated_at   $TIME NOT NULL
);
CREATE INDEX stuck_case_open ON stuck_case (due_on, no) WHERE state <> 'CLOSED';
CREATE INDEX stuck_case_received ON stuck_case (received_on, no);
CREATE INDEX stuck_case_unit ON stuck_case (unit, no);
CREATE INDEX stuck_case_pseudonym ON stuck_case (pseudonym) WHERE pseudonym <> '';

CREATE TABLE stuck_step (
  no            TEXT NOT NULL REFERENCES stuck_case(no),
  seq           INTEGER NOT NULL,
  action        TEXT NOT NULL,
  state         TEXT NOT NULL,
  text          TEXT NOT NULL,
  actor         TEXT NOT NULL,
  unit          TEXT NOT NULL DEFAULT '',
  at            $TIME NOT NULL,
  business_date $DATE NOT NULL,
  PRIMARY KEY (no, seq)
);
-- +goose StatementBegin
CREATE TRIGGER stuck_step_stays BEFORE UPDATE ON stuck_step $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stuck_step_kept BEFORE DELETE ON stuck_step $REFUSE;
-- +goose StatementEnd
