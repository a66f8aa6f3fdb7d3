-- +goose Up
-- What a task changes and what it is about come from its model (qc:task edits, about), no longer from the
-- id of its element. Tasks of former releases get what their ids said; workflows/definitions/former.json
-- says the same of those that open later from a bundle of that time.
ALTER TABLE task ADD COLUMN edits TEXT NOT NULL DEFAULT ''; -- parts of the dossier: sheet.a,lines
ALTER TABLE task ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- application, sheet, contract, …
UPDATE task SET edits = 'application' WHERE element IN ('p1_draft', 'p2_supplement');
UPDATE task SET about = CASE
  WHEN substr(element, 1, 3) IN ('p1_', 'p2_') THEN 'application' WHEN substr(element, 1, 3) = 'p3_' THEN 'review'
  WHEN substr(element, 1, 3) = 'p4_' THEN 'sheet' WHEN substr(element, 1, 3) = 'p5_' THEN 'approval'
  WHEN substr(element, 1, 3) = 'p6_' THEN 'procurement' WHEN substr(element, 1, 3) = 'p7_' THEN 'contract'
  WHEN substr(element, 1, 3) = 'p8_' THEN 'construction' WHEN substr(element, 1, 3) = 'p9_' THEN 'acceptance'
  WHEN substr(element, 1, 4) = 'p10_' THEN 'payment' WHEN substr(element, 1, 4) = 'p12_' THEN 'archive'
  WHEN substr(element, 1, 3) = 'r1_' THEN 'rectification' ELSE '' END;

-- Experts are drawn from the pool, and liaisons found, by the functions of units. Where cases run and nobody has said
-- which unit serves as what, the kinds of the units and the posts in them say it.
INSERT INTO unit_function (function, unit, ord, valid_from)
  SELECT f.function, f.unit, 0, (SELECT MIN(created_at) FROM root_state) FROM (
    SELECT kind AS function, id AS unit FROM dept WHERE kind IN ('bureau', 'finance', 'procurement', 'county', 'experts', 'audit')
    UNION SELECT 'archive', dept_id FROM post WHERE role = 'ARCHIVIST'
    UNION SELECT 'joint', dept_id FROM post WHERE role = 'JOINT'
  ) f WHERE EXISTS (SELECT 1 FROM root_state) AND NOT EXISTS (SELECT 1 FROM unit_function);
