-- +goose Up
-- The report is signed by a process: who owns a section, who has said that it is done, and the case.
ALTER TABLE report_snapshot ADD COLUMN root BIGINT NOT NULL DEFAULT 0;     -- of its process; 0: not begun
ALTER TABLE report_section ADD COLUMN owner TEXT NOT NULL DEFAULT 'OFFICE'; -- role of the bureau
ALTER TABLE report_section ADD COLUMN done_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE report_section ADD COLUMN done_by TEXT NOT NULL DEFAULT '';
