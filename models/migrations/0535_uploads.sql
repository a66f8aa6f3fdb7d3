-- +goose Up
-- Uploads that come in pieces go on after a broken line or a closed page, with whichever server process answers. What was
-- not finished is gone after its time; a finished one goes with the document that is made of it.
CREATE TABLE upload (
  id         TEXT PRIMARY KEY,
  person     TEXT NOT NULL,
  file_name  TEXT NOT NULL,
  size       BIGINT NOT NULL,           -- that it will have
  received   BIGINT NOT NULL DEFAULT 0,
  created_at $TIME NOT NULL,
  expires_at $TIME NOT NULL
);
CREATE INDEX upload_person ON upload (person);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE TABLE upload_piece (
  upload TEXT NOT NULL,
  at     BIGINT NOT NULL,               -- where it begins
  body   $BYTES NOT NULL,
  PRIMARY KEY (upload, at)
);
-- A file may come in the place of a former one, which stays: one each, so that versions are a line.
ALTER TABLE document ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX document_replaces ON document (replaces) WHERE replaces <> '';
