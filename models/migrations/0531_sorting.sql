-- +goose Up
-- Lists that are sorted otherwise are read in the order of an index too.
CREATE INDEX project_by_name ON project (name, code);
CREATE INDEX project_by_update ON project (updated_at, code);
