-- +goose Up
-- How many requests came through Temporal that none of our processes had sealed, by reason: for the meters of every
-- process. Who and when is in the audit, by the minute.
CREATE TABLE distrust (
  code TEXT PRIMARY KEY,  -- contract.Distrust.Code
  n    BIGINT NOT NULL
);
