-- +goose Up
-- How people are told outside the platform: which ways there are, what each person chose, and what leaves together.
ALTER TABLE outbox ADD COLUMN batch TEXT NOT NULL DEFAULT ''; -- of notices: what was handed over in one message, so that trying again says the same once
ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN standing $BOOL NOT NULL DEFAULT FALSE; -- stands in the list of things to do until its task is done
CREATE INDEX outbox_standing ON outbox (id) WHERE standing;
CREATE INDEX outbox_notice ON outbox (target, event_type, state, next_at) WHERE kind = 'notice';
CREATE INDEX outbox_notice_recent ON outbox (target, event_type, created_at) WHERE kind = 'notice';
CREATE INDEX outbox_batch ON outbox (batch) WHERE batch <> '';

CREATE TABLE notice_channel (        -- ways that the house has set up: mail, chat, todo
  channel TEXT PRIMARY KEY,
  since   $TIME NOT NULL,
  trouble TEXT NOT NULL DEFAULT '',  -- what is wrong with it now
  told_at $TIME                      -- when the administrators were told of it
);

CREATE TABLE notice_choice (         -- what a person chose otherwise than the house
  person  TEXT NOT NULL,
  topic   TEXT NOT NULL,
  channel TEXT NOT NULL,
  mode    TEXT NOT NULL CHECK (mode IN ('now', 'digest', 'off')),
  PRIMARY KEY (person, topic, channel)
);

CREATE TABLE notice_setting (
  person  TEXT PRIMARY KEY,
  mail    TEXT NOT NULL DEFAULT '',  -- his address at work; empty: none
  digests TEXT NOT NULL,             -- when what is gathered is sent: "08:30 14:30"
  quiet   TEXT NOT NULL DEFAULT ''   -- when nothing but what must be is sent: "20:00-07:30"; empty: never
);
