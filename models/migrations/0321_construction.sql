-- +goose Up
-- Construction with the bureau in it (domain/processes.md P8): key persons, supervision, delays, spot checks.
CREATE TABLE key_person (                     -- 关键人员: whom the bid promised, and who is there
  project  TEXT NOT NULL REFERENCES project(code),
  role     TEXT NOT NULL CHECK (role <> ''),
  bid_name TEXT NOT NULL,
  name     TEXT NOT NULL,
  actor    TEXT NOT NULL,
  at       $TIME NOT NULL,
  PRIMARY KEY (project, role)
);

CREATE TABLE supervision_report (             -- 监理月报
  project   TEXT NOT NULL REFERENCES project(code),
  month     TEXT NOT NULL,                    -- 2026-11
  body      $JSON NOT NULL,
  documents $JSON NOT NULL,
  actor     TEXT NOT NULL,
  at        $TIME NOT NULL,
  PRIMARY KEY (project, month)
);

CREATE TABLE construction_month (             -- what the rules say of a month's progress (D02, D03), and what the bureau made of it
  project  TEXT NOT NULL REFERENCES project(code),
  month    TEXT NOT NULL,
  card     TEXT NOT NULL CHECK (card IN ('none', 'yellow', 'orange', 'red')),
  stagnant $BOOL NOT NULL,
  decision TEXT NOT NULL DEFAULT '',          -- observe, rectify
  comment  TEXT NOT NULL DEFAULT '',
  actor    TEXT NOT NULL DEFAULT '',
  at       $TIME NOT NULL,
  PRIMARY KEY (project, month)
);

CREATE TABLE inspection_draw (                -- 双随机: projects by chance; can be repeated from seed and pool
  draw_no TEXT PRIMARY KEY,
  seed    TEXT NOT NULL,
  size    INTEGER NOT NULL CHECK (size > 0),
  pool    $JSON NOT NULL,                     -- project codes in the order that the draw shuffled
  reason  TEXT NOT NULL,
  actor   TEXT NOT NULL,
  at      $TIME NOT NULL
);

CREATE TABLE inspection (                     -- 抽查 of a project, by inspectors drawn by chance
  no         TEXT PRIMARY KEY,
  draw_no    TEXT NOT NULL REFERENCES inspection_draw(draw_no),
  project    TEXT NOT NULL REFERENCES project(code),
  seed       TEXT NOT NULL,
  pool       $JSON NOT NULL,                  -- person ids
  inspectors $JSON NOT NULL,
  opened_on  $DATE NOT NULL,
  closed_on  $DATE,
  result     TEXT NOT NULL DEFAULT ''         -- pass, issues
);
CREATE INDEX inspection_project ON inspection (project);

CREATE TABLE inspection_visit (               -- what one inspector found
  no        TEXT NOT NULL REFERENCES inspection(no),
  person    TEXT NOT NULL,
  held_on   $DATE NOT NULL,
  place     TEXT NOT NULL,
  result    TEXT NOT NULL CHECK (result IN ('pass', 'issues')),
  issues    $JSON NOT NULL,                   -- [{title, text}]
  documents $JSON NOT NULL,
  comment   TEXT NOT NULL DEFAULT '',
  at        $TIME NOT NULL,
  PRIMARY KEY (no, person)
);
