-- +goose Up
-- What we tell a bureau is a numbered stream, as theirs is: it can be asked for again, and a gap shows.
ALTER TABLE outbox ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;      -- of events for a bureau, from the first attempt on; 0: not sent yet
ALTER TABLE outbox ADD COLUMN prev_id TEXT NOT NULL DEFAULT '';   -- the event before it in the stream
ALTER TABLE outbox ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0; -- how often the bureau has asked for it again
CREATE UNIQUE INDEX outbox_stream ON outbox (target, seq) WHERE seq > 0;
CREATE TABLE outbox_head (
  target  TEXT PRIMARY KEY,
  seq     BIGINT NOT NULL,
  last_id TEXT NOT NULL
);

-- The epoch of a stream up to which the books were compared whole: a bureau that was restored may have lost what it told.
ALTER TABLE stream_head ADD COLUMN compared INTEGER NOT NULL DEFAULT 1;
UPDATE stream_head SET compared = epoch;

-- When a bureau was last heard, and how far its clock is from ours.
CREATE TABLE partner_contact (
  source        TEXT PRIMARY KEY,
  heard_at      $TIME NOT NULL,
  drift_seconds INTEGER NOT NULL DEFAULT 0
);

-- Messages that were not believed, kept apart for who looks into it: never read as events.
CREATE TABLE partner_quarantine (
  id       $SERIAL,
  source   TEXT NOT NULL,
  event_id TEXT NOT NULL,             -- as the message called itself
  why      TEXT NOT NULL,
  remote   TEXT NOT NULL,
  body     $BYTES NOT NULL,           -- its beginning
  digest   TEXT NOT NULL,             -- SM3 of the whole body
  size     INTEGER NOT NULL,
  at       $TIME NOT NULL
);
CREATE INDEX partner_quarantine_recent ON partner_quarantine (source, at);

-- Files in which a bureau tells the events of a day: each once, by its digest.
CREATE TABLE partner_file (
  id      $SERIAL,
  source  TEXT NOT NULL,
  name    TEXT NOT NULL,
  digest  TEXT NOT NULL,              -- SM3 of the file
  events  INTEGER NOT NULL,
  fresh   INTEGER NOT NULL,           -- that were new
  amount  $MONEY NOT NULL,            -- sum of its trailer
  actor   TEXT NOT NULL,
  at      $TIME NOT NULL,
  UNIQUE (source, digest)
);

-- A month whose differences with a bureau are all resolved or explained.
CREATE TABLE reconciliation_month (
  partner   TEXT NOT NULL,
  month     TEXT NOT NULL,            -- 2026-11
  matched   INTEGER NOT NULL,
  explained INTEGER NOT NULL,         -- differences that a person has closed
  reason    TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  closed_at $TIME NOT NULL,
  PRIMARY KEY (partner, month)
);
