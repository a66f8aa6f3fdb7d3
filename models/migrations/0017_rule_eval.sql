-- +goose Up
-- How decisions came about: what was put in, under which rules, which rows of the tables held (rules.md §0).
CREATE TABLE rule_eval (
  id          $SERIAL,
  root        BIGINT NOT NULL,
  project     TEXT NOT NULL DEFAULT '',
  element_key BIGINT NOT NULL,
  element     TEXT NOT NULL,
  decision    TEXT NOT NULL,
  pack        TEXT NOT NULL,             -- pinned
  in_force    TEXT NOT NULL,             -- of what floats
  inputs      $JSON NOT NULL,
  output      $JSON NOT NULL,
  hits        $JSON NOT NULL,            -- [{table, hitPolicy, rules: [number]}]
  event       TEXT NOT NULL,
  at          $TIME NOT NULL
);
CREATE INDEX rule_eval_project ON rule_eval (project, id);
CREATE INDEX rule_eval_root ON rule_eval (root, id);
