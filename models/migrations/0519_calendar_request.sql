-- +goose Up
-- A year of the calendar that somebody has drafted and a second person publishes.
-- base is the version of the calendar that it was held against.
CREATE TABLE calendar_request (
  id $SERIAL,
  year INTEGER NOT NULL,
  days $JSON NOT NULL,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  base INTEGER NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at $TIME NOT NULL,
  expires_at $TIME NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  note TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX calendar_request_waiting ON calendar_request (year) WHERE state = 'waiting';
