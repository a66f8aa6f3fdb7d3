-- +goose Up
-- A numbered paper keeps what it says: its facts (data), the template and its tree, each by digest, and the
-- signature of the house over the tree. Papers of former releases have a number and no tree.
ALTER TABLE document ADD COLUMN template TEXT NOT NULL DEFAULT '';        -- kind of papers/<kind>.md
ALTER TABLE document ADD COLUMN series TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN year INTEGER NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN tree TEXT NOT NULL DEFAULT '';            -- JSON, letter by letter as it was signed
ALTER TABLE document ADD COLUMN template_digest TEXT NOT NULL DEFAULT ''; -- SM3 of the file
ALTER TABLE document ADD COLUMN doc_digest TEXT NOT NULL DEFAULT '';      -- SM3 of the tree
ALTER TABLE document ADD COLUMN signed_by TEXT NOT NULL DEFAULT '';       -- id of the house's SM2 key
ALTER TABLE document ADD COLUMN signature $BYTES;
ALTER TABLE document ADD COLUMN verify_token TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN voided_on $DATE;
ALTER TABLE document ADD COLUMN void_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN voided_by TEXT NOT NULL DEFAULT '';       -- person
ALTER TABLE document ADD COLUMN void_asked_by TEXT NOT NULL DEFAULT '';   -- who asked for it: a second person confirms
ALTER TABLE document ADD COLUMN void_asked_at $TIME;
ALTER TABLE document ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';     -- id of the document that holds instead
CREATE UNIQUE INDEX document_series ON document (series, year, seq) WHERE series <> '';
CREATE UNIQUE INDEX document_token ON document (verify_token) WHERE verify_token <> '';

CREATE TABLE document_file (     -- twins of a paper that were rendered, by the digest of their content
  document TEXT NOT NULL REFERENCES document (id),
  format   TEXT NOT NULL,        -- html, docx, pdf; with -void of one that is void
  sha      TEXT NOT NULL,        -- SM3: its name in the store
  size     BIGINT NOT NULL,
  PRIMARY KEY (document, format)
);
