-- +goose Up
-- Units have a parent, validity, codes and a successor; the names they had stay.
ALTER TABLE dept ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE dept ADD COLUMN agency_code TEXT NOT NULL DEFAULT ''; -- 机构代码
ALTER TABLE dept ADD COLUMN uscc TEXT NOT NULL DEFAULT '';        -- 统一社会信用代码, GB 32100
ALTER TABLE dept ADD COLUMN successor TEXT NOT NULL DEFAULT '';   -- took over when the unit ended
ALTER TABLE dept ADD COLUMN valid_from $TIME NOT NULL DEFAULT '0001-01-01 00:00:00+00:00';
ALTER TABLE dept ADD COLUMN valid_to $TIME;                       -- does not belong to it; NULL: open

CREATE TABLE unit_name (
  unit       TEXT NOT NULL,
  name       TEXT NOT NULL,
  name_en    TEXT NOT NULL DEFAULT '',
  valid_from $TIME NOT NULL,
  valid_to   $TIME,                      -- NULL: the present name
  set_by     TEXT NOT NULL,
  PRIMARY KEY (unit, valid_from)
);
INSERT INTO unit_name (unit, name, name_en, valid_from, set_by) SELECT id, name, name_en, valid_from, 'migration' FROM dept;
