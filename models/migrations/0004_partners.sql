-- +goose Up
-- Sessions, remembered answers, and what partners send us.

CREATE TABLE session (
  id         TEXT PRIMARY KEY,       -- SHA-256 of the token, lower-case hex: the token itself is nowhere
  person_id  TEXT NOT NULL REFERENCES person(id),
  created_at $TIME NOT NULL,
  seen_at    $TIME NOT NULL,
  expires_at $TIME NOT NULL,
  ended_at   $TIME,                  -- signed out or revoked
  remote     TEXT NOT NULL DEFAULT '',
  agent      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_at);

-- What a register command answered, under the caller's Idempotency-Key. Moves
-- of tokens have their outcome in event_outcome.
CREATE TABLE request_outcome (
  id     TEXT PRIMARY KEY,           -- u:<person>:<Idempotency-Key>
  digest TEXT NOT NULL,              -- of method, path and body: the same key with another request is refused
  status INTEGER NOT NULL,
  answer $JSON,
  at     $TIME NOT NULL
);

CREATE TABLE partner_inbox (
  id            $SERIAL,
  source        TEXT NOT NULL,       -- finance, procurement
  event_id      TEXT NOT NULL,       -- theirs, unique per source for ever; OFF-… for an offline registration
  event_type    TEXT NOT NULL,
  body          $BYTES NOT NULL,     -- as received, stored before anything is read from it
  digest        TEXT NOT NULL,       -- SM3 of body
  state         TEXT NOT NULL,       -- received, applied, parked, duplicate, failed
  project       TEXT NOT NULL DEFAULT '',
  natural_key   TEXT NOT NULL DEFAULT '',
  amount        $MONEY,
  received_at   $TIME NOT NULL,
  occurred_at   $TIME NOT NULL,
  processed_at  $TIME,
  next_at       $TIME NOT NULL,      -- received: when the worker tries (again)
  attempts      INTEGER NOT NULL DEFAULT 0,
  receipts      INTEGER NOT NULL DEFAULT 1, -- how often it arrived
  offline       $BOOL NOT NULL,
  parked_reason TEXT NOT NULL DEFAULT '',
  note          TEXT NOT NULL DEFAULT '',
  candidates    $JSON,
  linked_by     TEXT NOT NULL DEFAULT '', -- who decided where a parked event belongs
  linked_reason TEXT NOT NULL DEFAULT '',
  UNIQUE (source, event_id)
);
CREATE INDEX partner_inbox_due ON partner_inbox (state, next_at);
CREATE INDEX partner_inbox_project ON partner_inbox (project, id);

-- The same id with another body: kept raw, without effect (FT02).
CREATE TABLE partner_conflict (
  id          $SERIAL,
  source      TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  body        $BYTES NOT NULL,
  digest      TEXT NOT NULL,
  received_at $TIME NOT NULL,
  UNIQUE (source, event_id, digest)
);
