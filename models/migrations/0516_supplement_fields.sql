-- +goose Up
-- Which parts of the application a notice of missing papers lets the applicant change:
-- codes of models/books/parts.json, [] none but the answers. NULL: of a model that does not limit them.
ALTER TABLE supplement_item ADD COLUMN fields $JSON;
