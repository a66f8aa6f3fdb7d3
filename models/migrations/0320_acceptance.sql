-- +goose Up
-- Acceptance with files, not codes (domain/processes.md P9): what was delivered and tested,
-- the trial run, the application for the final acceptance and its drawn experts.
CREATE TABLE deliverable (                    -- 交付物: what the contract promises, when it is there
  project   TEXT NOT NULL REFERENCES project(code),
  name      TEXT NOT NULL CHECK (name <> ''),
  documents $JSON NOT NULL,
  actor     TEXT NOT NULL,
  at        $TIME NOT NULL,
  PRIMARY KEY (project, name)
);

CREATE TABLE certificate (                    -- proofs of others: filing, assessments, tests
  project   TEXT NOT NULL REFERENCES project(code),
  no        INTEGER NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('filing', 'assessment', 'crypto', 'test')),
  cert_no   TEXT NOT NULL DEFAULT '',
  level     INTEGER NOT NULL DEFAULT 0,       -- protection level that it is for
  dated     $DATE NOT NULL,
  org       TEXT NOT NULL DEFAULT '',         -- who issued it
  result    TEXT NOT NULL CHECK (result IN ('pass', 'fail')),
  documents $JSON NOT NULL,
  actor     TEXT NOT NULL,
  at        $TIME NOT NULL,
  PRIMARY KEY (project, no)
);

CREATE TABLE trial_run (                      -- 试运行: between the two acceptances
  project      TEXT PRIMARY KEY REFERENCES project(code),
  started_on   $DATE NOT NULL,
  months       INTEGER NOT NULL,              -- that the contract agrees on; 0: it is silent (D07)
  closed_on    $DATE,
  availability $QTY,                          -- percent, from the logs
  documents    $JSON,                         -- the logs
  actor        TEXT NOT NULL,
  at           $TIME NOT NULL
);

CREATE TABLE trial_incident (                 -- append-only
  project     TEXT NOT NULL REFERENCES project(code),
  no          INTEGER NOT NULL,
  severity    INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),
  happened_on $DATE NOT NULL,
  ended_on    $DATE NOT NULL,
  text        TEXT NOT NULL,
  documents   $JSON,
  actor       TEXT NOT NULL,
  at          $TIME NOT NULL,
  PRIMARY KEY (project, no)
);

CREATE TABLE catalogue_entry (                -- data resources of the project in the county's catalogue (F06)
  project   TEXT NOT NULL REFERENCES project(code),
  resource  TEXT NOT NULL CHECK (resource <> ''),
  code      TEXT NOT NULL,                    -- number in the catalogue
  shared    $BOOL NOT NULL,                   -- the share was tried
  actor     TEXT NOT NULL,
  at        $TIME NOT NULL,
  PRIMARY KEY (project, resource)
);

CREATE TABLE acceptance_request (             -- 报请初验, 申请终验
  project    TEXT NOT NULL REFERENCES project(code),
  kind       TEXT NOT NULL CHECK (kind IN ('PRELIM', 'FINAL')),
  round      INTEGER NOT NULL,
  applied_on $DATE NOT NULL,
  comment    TEXT NOT NULL DEFAULT '',
  documents  $JSON,
  actor      TEXT NOT NULL,
  at         $TIME NOT NULL,
  PRIMARY KEY (project, kind, round)
);

CREATE TABLE acceptance_extension (           -- 延期验收 (D09)
  project     TEXT NOT NULL REFERENCES project(code),
  no          INTEGER NOT NULL,
  extended_to $DATE NOT NULL,
  reason      TEXT NOT NULL,
  documents   $JSON,
  asked_by    TEXT NOT NULL,
  asked_at    $TIME NOT NULL,
  granted_on  $DATE,                          -- NULL: not granted
  PRIMARY KEY (project, no)
);

CREATE TABLE acceptance_draw (                -- 验收专家抽取; can be repeated from seed and pool
  draw_no  TEXT PRIMARY KEY,
  project  TEXT NOT NULL REFERENCES project(code),
  seed     TEXT NOT NULL,
  size     INTEGER NOT NULL,
  pool     $JSON NOT NULL,                    -- [{person, reviewed}] in the order that the draw shuffled
  drawn    $JSON NOT NULL,                    -- [person]
  reason   TEXT NOT NULL DEFAULT '',          -- of a second draw
  actor    TEXT NOT NULL,
  at       $TIME NOT NULL
);
CREATE INDEX acceptance_draw_project ON acceptance_draw (project, at);

ALTER TABLE acceptance ADD COLUMN documents $JSON; -- the sheet that the group signed
