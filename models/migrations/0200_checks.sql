-- +goose Up
-- Checks (DESIGN §12): a pack has rule files beside its parameters; what a check
-- point found is kept with its facts, and answered.

ALTER TABLE rule_pack ADD COLUMN files_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE rule_pack ADD COLUMN state TEXT NOT NULL DEFAULT 'published'; -- draft, published
ALTER TABLE rule_pack ADD COLUMN drafted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE rule_pack ADD COLUMN published_by TEXT NOT NULL DEFAULT '';

CREATE TABLE rule_file (
  pack TEXT NOT NULL REFERENCES rule_pack(id),
  name TEXT NOT NULL,                -- checks/A.dmn
  body $BYTES NOT NULL,
  PRIMARY KEY (pack, name)
);

CREATE TABLE check_facts (
  digest TEXT PRIMARY KEY,           -- SHA-256 of body, lower-case hex
  body   $JSON NOT NULL              -- facts by name
);

CREATE TABLE check_run (
  id           $SERIAL,
  point        TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  revision     INTEGER NOT NULL,
  root         BIGINT NOT NULL,      -- 0 outside a process
  project      TEXT NOT NULL DEFAULT '',
  pack         TEXT NOT NULL,        -- pinned
  in_force     TEXT NOT NULL,        -- of what floats
  digest       TEXT NOT NULL,        -- of parameters and files
  facts_digest TEXT NOT NULL REFERENCES check_facts(digest),
  event        TEXT NOT NULL DEFAULT '',
  actor        TEXT NOT NULL,
  business_date $DATE NOT NULL,
  at           $TIME NOT NULL
);
CREATE INDEX check_run_subject ON check_run (subject_kind, subject_id, point, id);
CREATE INDEX check_run_project ON check_run (project, id);

-- A rule of a run is an evaluation, as a decision of a model is.
ALTER TABLE rule_eval ADD COLUMN run BIGINT NOT NULL DEFAULT 0;        -- 0: a decision of a model
ALTER TABLE rule_eval ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE rule_eval ADD COLUMN severity TEXT NOT NULL DEFAULT '';    -- hard, soft; '' of a route or computation
ALTER TABLE rule_eval ADD COLUMN state TEXT NOT NULL DEFAULT '';
ALTER TABLE rule_eval ADD COLUMN findings $JSON;
ALTER TABLE rule_eval ADD COLUMN missing $JSON;
CREATE INDEX rule_eval_run ON rule_eval (run, id);

-- What somebody says to a finding. It lapses when the finding's values change.
CREATE TABLE check_answer (
  id           $SERIAL,
  subject_kind TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  project      TEXT NOT NULL DEFAULT '',
  point        TEXT NOT NULL,        -- where it was answered
  rule         TEXT NOT NULL,
  place        TEXT NOT NULL,        -- field|line|ref of the finding; '' of an unknown rule
  finding      TEXT NOT NULL,        -- digest of its values
  kind         TEXT NOT NULL,        -- answer, override
  reason       TEXT NOT NULL,
  person       TEXT NOT NULL,
  post         TEXT NOT NULL,
  second_by    TEXT NOT NULL DEFAULT '', -- of an override
  run          BIGINT NOT NULL DEFAULT 0, -- the last kept run of the point, 0 while drafting
  at           $TIME NOT NULL
);
CREATE INDEX check_answer_subject ON check_answer (subject_kind, subject_id, rule, id);
