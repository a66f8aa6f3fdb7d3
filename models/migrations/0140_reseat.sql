-- +goose Up
-- Up to which moment the ends of deputyships and posts have reached the open tasks.
CREATE TABLE reseat_mark (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  until $TIME NOT NULL
);
