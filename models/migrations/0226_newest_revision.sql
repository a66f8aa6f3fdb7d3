-- The newest revision of each project is asked for at each act, by its digest alone: not through the contents of all revisions.
-- +goose Up
CREATE INDEX application_revision_digest ON application_revision (project, revision_no, digest);
