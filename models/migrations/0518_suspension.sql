-- +goose Up
-- Until when a case is suspended: then it goes on by itself. A suspension of a former release has no row and no end.
CREATE TABLE suspension (
  root BIGINT PRIMARY KEY,
  until_at $TIME NOT NULL
);
