-- +goose Up
-- Files of matters outside projects: with their case, or, before it has begun, with who brought them.
ALTER TABLE document ADD COLUMN matter BIGINT NOT NULL DEFAULT 0;      -- root instance
ALTER TABLE document ADD COLUMN loose $BOOL NOT NULL DEFAULT FALSE;    -- brought for a matter that has not begun: its bringer's alone
CREATE INDEX document_matter ON document (matter, created_at) WHERE matter <> 0;
CREATE INDEX document_loose ON document (created_by) WHERE loose;
CREATE INDEX document_digest ON document (digest) WHERE digest <> '';
