-- +goose Up
-- A second person has a limited time. scope is the task that a request is about, 0: the whole
-- case; of one kind one request waits for each. digest is what was asked for, so that the
-- same is not asked again after a refusal. benefits are persons who may not confirm it.
ALTER TABLE confirmation ADD COLUMN scope BIGINT NOT NULL DEFAULT 0;
ALTER TABLE confirmation ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE confirmation ADD COLUMN benefits TEXT NOT NULL DEFAULT '';
ALTER TABLE confirmation ADD COLUMN expires_at $TIME;
DROP INDEX confirmation_waiting;
CREATE UNIQUE INDEX confirmation_waiting ON confirmation (root, operation, scope) WHERE state = 'waiting';
