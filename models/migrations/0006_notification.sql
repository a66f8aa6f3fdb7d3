-- +goose Up
-- What a person is told. The sentence is rendered when it is read, in the reader's language.
CREATE TABLE notification (
  id         $SERIAL,
  person     TEXT NOT NULL,
  cause      TEXT NOT NULL,          -- derived from what caused it: it tells a person once
  kind       TEXT NOT NULL,          -- names the sentence, notification.<kind> of the catalogue
  subject    TEXT NOT NULL,          -- "task:42", "project:XM-2022-001", "rectification:ZG-2022-001"
  args       $JSON NOT NULL,         -- values of the sentence
  created_at $TIME NOT NULL,
  read_at    $TIME,
  UNIQUE (person, cause)
);
CREATE INDEX notification_list ON notification (person, id);
CREATE INDEX notification_unread ON notification (person, id) WHERE read_at IS NULL;
