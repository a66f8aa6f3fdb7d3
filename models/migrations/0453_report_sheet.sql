-- +goose Up
-- The cross-footing sheet (勾稽核对表) of a locked report is a paper of its own, beside the report.
ALTER TABLE report_snapshot ADD COLUMN sheet TEXT NOT NULL DEFAULT '';
