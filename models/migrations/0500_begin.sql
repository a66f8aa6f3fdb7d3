-- +goose Up
-- What people begin by themselves (发起): drafts of start forms, what was filled in, who follows and who was given it to read.

CREATE TABLE start_draft (
  id       $SERIAL,
  person   TEXT NOT NULL,            -- whose it is; nobody else sees it
  process  TEXT NOT NULL,
  version  INTEGER NOT NULL,         -- of the process whose start form was filled in
  data     $JSON NOT NULL,
  revision INTEGER NOT NULL,         -- grows with each save: who saves names the one he saw
  saved_at $TIME NOT NULL
);
CREATE INDEX start_draft_person ON start_draft (person, saved_at);

CREATE TABLE begun (                 -- what a person said when he began a case
  root    BIGINT PRIMARY KEY,
  person  TEXT NOT NULL,
  post    TEXT NOT NULL,
  version INTEGER NOT NULL,          -- of the process
  form    TEXT NOT NULL,             -- id of the start form; '': none
  title   TEXT NOT NULL,             -- what people call it
  data    $JSON NOT NULL,            -- as the form took it
  at      $TIME NOT NULL
);
CREATE INDEX begun_person ON begun (person, root);

CREATE TABLE case_follow (           -- who follows a case
  root   BIGINT NOT NULL,
  person TEXT NOT NULL,
  at     $TIME NOT NULL,
  PRIMARY KEY (root, person)
);
CREATE INDEX follow_person ON case_follow (person, root);

CREATE TABLE case_copy (             -- who was given a case to read (抄送)
  root   BIGINT NOT NULL,
  person TEXT NOT NULL,
  sender TEXT NOT NULL,              -- who sent it last
  at     $TIME NOT NULL,
  PRIMARY KEY (root, person)
);
CREATE INDEX case_copy_person ON case_copy (person, root);
CREATE INDEX party_person ON case_party (person, role, root);
