-- +goose Up
-- What people prove themselves with, the parameters of signing in, and how often it went wrong.
CREATE TABLE credential (
  id         $SERIAL,
  person     TEXT NOT NULL,
  kind       TEXT NOT NULL,              -- password, totp, totp-offer, recovery, oidc
  data       TEXT NOT NULL,              -- argon2id PHC string; SHA-256 of a recovery code; the key of a TOTP, encrypted, base64; "<provider> <claim>"
  key_id     TEXT NOT NULL DEFAULT '',   -- of the key that data is encrypted with; '': nothing secret
  counter    BIGINT NOT NULL DEFAULT 0,  -- of a TOTP: the last step that was used
  changed_at $TIME NOT NULL,
  used_at    $TIME                       -- of a code: it opens nothing any more; of a password: since when another one holds
);
CREATE INDEX credential_person ON credential (person, kind, id);
CREATE UNIQUE INDEX credential_oidc ON credential (data) WHERE kind = 'oidc';

INSERT INTO credential (person, kind, data, changed_at) SELECT id, 'password', password, CURRENT_TIMESTAMP FROM person WHERE password <> '';
UPDATE person SET password = '';

CREATE TABLE policy (
  name       TEXT PRIMARY KEY,           -- a parameter that models/office knows; without a row its default holds
  value      TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at $TIME NOT NULL
);

-- Wrong sign-ins lock an account at one address, so that nobody locks others out. What was counted before
-- (by account alone) lived for a quarter of an hour.
DROP TABLE sign_in_attempt;
CREATE TABLE sign_in_attempt (
  account      TEXT NOT NULL,            -- person id; ?xxx: a name that nobody has
  remote       TEXT NOT NULL DEFAULT '', -- IPv4 address, or the /64 of an IPv6 one
  attempts     INTEGER NOT NULL,
  since        $TIME NOT NULL,           -- of the first of them
  locked_until $TIME,
  PRIMARY KEY (account, remote)
);

ALTER TABLE session ADD COLUMN pending TEXT NOT NULL DEFAULT ''; -- steps of the sign-in that are still open: code, password, factor
ALTER TABLE session ADD COLUMN posts TEXT NOT NULL DEFAULT '';   -- the posts it was opened with; '': of a former release
ALTER TABLE session ADD COLUMN factor_at $TIME;                  -- when a second factor was shown
