-- +goose Up
-- A step asks for the open tasks of its case; a case of many years has thousands of closed ones.
CREATE INDEX task_open ON task (root, key) WHERE state <> 'closed';
