-- +goose Up
-- A second person confirms what is done with a case; task is where it was asked, 0: on the
-- page of the case. Of one kind one request waits at a time; it goes stale when the case
-- has moved on from what its asker saw.
UPDATE confirmation SET state = 'stale' WHERE state = 'waiting'
  AND id NOT IN (SELECT MAX(id) FROM confirmation WHERE state = 'waiting' GROUP BY root, operation);
CREATE UNIQUE INDEX confirmation_waiting ON confirmation (root, operation) WHERE state = 'waiting';
