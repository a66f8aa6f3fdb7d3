-- +goose Up
-- Which ended case was taken up again (唤醒), each once, and the case that goes on for it.
CREATE TABLE reopened (
  root BIGINT PRIMARY KEY,
  again BIGINT NOT NULL UNIQUE,
  into_element TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  at $TIME NOT NULL
);
