-- +goose Up
-- Each list can be read in more than one order, and each order costs a short range of an index, wherever a page begins.
ALTER TABLE task_candidate ADD COLUMN born BIGINT NOT NULL DEFAULT 0; -- of the task: milliseconds since 1970
-- +only postgres
UPDATE task_candidate SET born =
  (SELECT CAST(EXTRACT(EPOCH FROM t.created_at) * 1000 AS BIGINT) FROM task t WHERE t.key = task_candidate.key)
  WHERE key IN (SELECT key FROM task);
-- +only sqlite
UPDATE task_candidate SET born =
  COALESCE((SELECT unixepoch(substr(t.created_at, 1, 19)) * 1000 FROM task t WHERE t.key = task_candidate.key), 0);
-- +all
CREATE INDEX candidate_born ON task_candidate (principal, born, key);
CREATE INDEX task_business_key ON task (business_key, key);
CREATE INDEX root_by_move ON root_state (updated_at, key);
CREATE INDEX rectification_due ON rectification (COALESCE(due_on, '9999-12-31'), no);
CREATE INDEX rectification_found ON rectification (found_on, no);
CREATE INDEX rectification_moved ON rectification (updated_at, no);
CREATE INDEX audit_recent ON audit (at);
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_action ON audit (action, at);
CREATE INDEX stuck_case_term ON stuck_case (COALESCE(due_on, '9999-12-31'), no);
CREATE INDEX person_by_name ON person (name, id);
