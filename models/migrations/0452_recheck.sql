-- +goose Up
-- 回头看 (R06): of what was closed thirty days ago a sample is drawn for each unit, by a seed that is kept. What has
-- come again is opened anew and says which one it was.
CREATE TABLE recheck_draw (
  id         $SERIAL,
  after_on   $DATE,                          -- closed after this day …
  until_on   $DATE NOT NULL,                 -- … and up to this one
  seed       TEXT NOT NULL,
  pack       TEXT NOT NULL,                  -- rule pack in force
  population $JSON NOT NULL,                 -- [{unit, closed, drawn}]
  actor      TEXT NOT NULL,
  at         $TIME NOT NULL
);
CREATE TABLE recheck (
  no       TEXT PRIMARY KEY REFERENCES rectification(no),
  draw     BIGINT NOT NULL REFERENCES recheck_draw(id),
  unit     TEXT NOT NULL,
  result   TEXT NOT NULL DEFAULT '' CHECK (result IN ('', 'valid', 'recurred')),
  method   TEXT NOT NULL DEFAULT '',
  note     TEXT NOT NULL DEFAULT '',
  checker  TEXT NOT NULL DEFAULT '',
  checked_on $DATE,
  again    TEXT NOT NULL DEFAULT ''          -- number of the rectification that was opened anew
);
CREATE INDEX recheck_open ON recheck (no) WHERE result = '';
ALTER TABLE rectification ADD COLUMN reopens TEXT NOT NULL DEFAULT ''; -- the closed one that has come again
