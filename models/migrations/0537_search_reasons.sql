-- +goose Up
-- Who sees little of much finds it along an index: what is his own, and the matters of a process that he may see.
CREATE INDEX search_person ON search_entry (person, kind, id);
CREATE INDEX search_process ON search_entry (process, kind, id);
