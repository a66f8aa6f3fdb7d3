-- +goose Up
-- What somebody asks for and another grants: a post, an import of the organisation. A request has
-- parts, each decided by somebody else; nothing is written before its part is released.
CREATE TABLE grant_request (
  id       $SERIAL,
  kind     TEXT NOT NULL,              -- organisation.import, post.grant, post.end
  body     $JSON NOT NULL,             -- what is asked for, without personal numbers
  sealed   $BYTES,                     -- the rows of an import, encrypted; gone once it is decided
  key_id   TEXT NOT NULL DEFAULT '',   -- of the key that sealed it
  digest   TEXT NOT NULL,              -- of what is asked for: what was looked at is what is decided
  reason   TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at $TIME NOT NULL,
  state    TEXT NOT NULL               -- open, granted, refused
);
CREATE INDEX grant_request_state ON grant_request (state, id);

CREATE TABLE grant_part (
  request    BIGINT NOT NULL,
  part       TEXT NOT NULL,            -- accounts, posts
  ord        INTEGER NOT NULL,         -- parts are released in this order
  needs      TEXT NOT NULL,            -- role that decides it
  state      TEXT NOT NULL,            -- open, granted, refused
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  reason     TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (request, part)
);
