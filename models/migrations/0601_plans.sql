-- +goose Up
-- Who repeats the submission of a project looks for the act of his event among all acts.
CREATE INDEX act_event ON task_act (event);
-- What should leave now, oldest first: an index of nothing else, so that no plan walks over what has left long ago.
CREATE INDEX outbox_pending ON outbox (created_at, id) WHERE state = 'pending';
