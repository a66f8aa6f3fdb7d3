-- +goose Up
-- Who was given a task to read (抄送), and who has opened a task (已阅).
CREATE TABLE task_copy (
  person TEXT NOT NULL,
  task   BIGINT NOT NULL,
  root   BIGINT NOT NULL,
  sender TEXT NOT NULL,              -- who sent it last
  at     BIGINT NOT NULL,            -- milliseconds since 1970, when it was sent last
  PRIMARY KEY (person, task)
);
CREATE INDEX copy_recent ON task_copy (person, at, task);
CREATE INDEX copy_task ON task_copy (task);
CREATE INDEX copy_root ON task_copy (root);

CREATE TABLE task_read (
  task   BIGINT NOT NULL,
  person TEXT NOT NULL,
  at     $TIME NOT NULL,             -- when it was first opened
  PRIMARY KEY (task, person)
);
