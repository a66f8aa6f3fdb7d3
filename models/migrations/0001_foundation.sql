-- +goose Up
-- The organisation, the audit chain, documents, and what leaves the house.

CREATE TABLE dept (
  id      TEXT PRIMARY KEY,          -- DP34, SU01, EX00
  name    TEXT NOT NULL,
  name_en TEXT NOT NULL DEFAULT '',
  kind    TEXT NOT NULL              -- applying, bureau, finance, procurement, county, supplier, supervisor, experts, joint
);

CREATE TABLE person (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  name_en  TEXT NOT NULL DEFAULT '',
  active   $BOOL NOT NULL,
  demo     $BOOL NOT NULL,           -- a person of the demonstration: may sign in without a password on a dev server
  password TEXT NOT NULL DEFAULT ''  -- argon2id, PHC string; empty: cannot sign in by password
);

CREATE TABLE post (
  id         TEXT NOT NULL,          -- ROLE@DEPT
  person_id  TEXT NOT NULL REFERENCES person(id),
  role       TEXT NOT NULL,
  dept_id    TEXT NOT NULL REFERENCES dept(id),
  title      TEXT NOT NULL DEFAULT '',
  is_primary $BOOL NOT NULL,
  PRIMARY KEY (id, person_id)
);
CREATE INDEX post_person ON post (person_id);

CREATE TABLE audit (
  chain         TEXT NOT NULL,       -- "i:<root instance key>" or "r:<register>"
  seq           BIGINT NOT NULL,     -- from 1, without gaps
  at            $TIME NOT NULL,
  actor         TEXT NOT NULL,       -- person id, or "system"
  post          TEXT NOT NULL DEFAULT '',
  on_behalf     TEXT NOT NULL DEFAULT '',
  remote        TEXT NOT NULL DEFAULT '',
  action        TEXT NOT NULL,
  subject       TEXT NOT NULL,       -- "task:42", "project:XM-2022-001"
  project       TEXT NOT NULL DEFAULT '',
  business_date $DATE,
  reason        TEXT NOT NULL DEFAULT '',
  digest        TEXT NOT NULL DEFAULT '', -- SM3 of the content acted on
  event         TEXT NOT NULL DEFAULT '',
  detail        $JSON,
  prev          TEXT NOT NULL,       -- hash of the predecessor, "" for the first
  hash          TEXT NOT NULL,       -- SM3 over this entry and prev, lower-case hex
  PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_project ON audit (project, at);

CREATE TABLE audit_head (
  chain  TEXT PRIMARY KEY,
  seq    BIGINT NOT NULL,
  hash   TEXT NOT NULL,
  sealed BIGINT NOT NULL DEFAULT 0   -- seq that the last global seal covers
);

CREATE TABLE audit_seal (
  no    $SERIAL,
  at    $TIME NOT NULL,
  heads $JSON NOT NULL,              -- [{chain, seq, hash}] that are new
  prev  TEXT NOT NULL,
  hash  TEXT NOT NULL
);

CREATE TABLE document (
  id          TEXT PRIMARY KEY,
  project     TEXT NOT NULL DEFAULT '',
  kind        TEXT NOT NULL,         -- attachment, evidence, or a numbered kind such as approval
  title       TEXT NOT NULL,
  doc_no      TEXT UNIQUE,           -- of a numbered document, gap-free per kind and year
  file_name   TEXT NOT NULL DEFAULT '',
  media_type  TEXT NOT NULL DEFAULT '',
  size        BIGINT NOT NULL DEFAULT 0,
  digest      TEXT NOT NULL DEFAULT '', -- SM3 of the content: its name in the store
  dated       $DATE,
  created_by  TEXT NOT NULL,
  created_at  $TIME NOT NULL,
  data        $JSON                  -- fields a numbered document is made of
);
CREATE INDEX document_project ON document (project, created_at);

CREATE TABLE doc_counter (
  kind TEXT NOT NULL,
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, year)
);

CREATE TABLE outbox (
  id           TEXT PRIMARY KEY,     -- event id; the partner's deduplication key
  kind         TEXT NOT NULL,        -- partner, start, message, signal
  target       TEXT NOT NULL,        -- finance, procurement; else ""
  event_type   TEXT NOT NULL,
  project      TEXT NOT NULL DEFAULT '',
  payload      $JSON NOT NULL,
  state        TEXT NOT NULL,        -- pending, delivered, dead
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_at      $TIME NOT NULL,
  last_error   TEXT NOT NULL DEFAULT '',
  created_at   $TIME NOT NULL,
  delivered_at $TIME
);
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_recent ON outbox (created_at, id);
