-- +goose Up
-- Who was refused, and who read what is sensitive, counted by the minute until the sweeper writes it
-- into the audit: an attacker adds to a number, not to the disk.
CREATE TABLE access_tally (
  minute  BIGINT NOT NULL,           -- since 1970
  person  TEXT NOT NULL,             -- person id; ?xxx: a name that nobody has
  action  TEXT NOT NULL,             -- access.denied, access.read, access.export, session.refused
  subject TEXT NOT NULL,             -- route:<method and path>, read:<path>, person:<id>
  code    TEXT NOT NULL DEFAULT '',  -- why refused, of the last time
  remote  TEXT NOT NULL DEFAULT '',  -- from where, the last time
  n       BIGINT NOT NULL,
  PRIMARY KEY (minute, person, action, subject)
);

-- Wrong passwords in a row, for all processes.
CREATE TABLE sign_in_attempt (
  account      TEXT PRIMARY KEY,     -- person id; ?xxx: a name that nobody has
  attempts     INTEGER NOT NULL,
  since        $TIME NOT NULL,       -- of the first of them
  locked_until $TIME
);

-- What is cleaned by its age.
CREATE INDEX request_outcome_at ON request_outcome (at);
