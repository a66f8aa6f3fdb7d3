-- +goose Up
-- The organisation as a snapshot: a counter that every change of it moves, which unit serves as what,
-- and who has a part in a case. A step reads one version of the organisation and keeps its number.
CREATE TABLE org_version (
  id      INTEGER PRIMARY KEY CHECK (id = 1), -- one row
  version BIGINT NOT NULL
);
INSERT INTO org_version (id, version) VALUES (1, 1);

CREATE TABLE unit_function (
  function   TEXT NOT NULL,              -- bureau, finance, procurement, county, joint, archive, experts, discipline, audit, hall
  unit       TEXT NOT NULL,
  ord        INTEGER NOT NULL DEFAULT 0, -- among the units of one function
  valid_from $TIME NOT NULL,
  valid_to   $TIME,                      -- does not belong to it; NULL: open
  PRIMARY KEY (function, unit, valid_from)
);

CREATE TABLE case_party (
  root       BIGINT NOT NULL,            -- root instance
  role       TEXT NOT NULL,              -- applicant, supplier, supervisor, tester, agency, expert, avoided, author
  unit       TEXT NOT NULL DEFAULT '',
  person     TEXT NOT NULL DEFAULT '',
  source     TEXT NOT NULL,              -- what made it so: "i:<root>/<element>", or the event that began the case
  valid_from $TIME NOT NULL,
  valid_to   $TIME,
  PRIMARY KEY (root, role, unit, person, valid_from)
);

ALTER TABLE event_outcome ADD COLUMN org_version BIGINT NOT NULL DEFAULT 0; -- 0: the event saw no organisation

-- Cases of former releases: what the books know of their parties.
INSERT INTO case_party (root, role, unit, person, source, valid_from)
  SELECT r.key, 'applicant', r.dept, COALESCE(p.created_by, ''), 'migration', r.created_at
  FROM root_state r LEFT JOIN project p ON p.code = r.project WHERE r.dept <> '';
INSERT INTO case_party (root, role, unit, person, source, valid_from)
  SELECT r.key, 'supplier', k.supplier_org, '', 'migration', MIN(r.created_at)
  FROM root_state r JOIN contract k ON k.project = r.project WHERE k.state = 'signed' AND k.supplier_org <> '' GROUP BY r.key, k.supplier_org;
INSERT INTO case_party (root, role, unit, person, source, valid_from)
  SELECT r.key, 'supervisor', k.supervisor_org, '', 'migration', MIN(r.created_at)
  FROM root_state r JOIN contract k ON k.project = r.project WHERE k.state = 'signed' AND k.supervisor_org <> '' GROUP BY r.key, k.supervisor_org;
INSERT INTO case_party (root, role, unit, person, source, valid_from)
  SELECT r.key, 'expert', '', s.person_id, 'migration', MIN(r.created_at)
  FROM root_state r JOIN expert_seat s ON s.project = r.project WHERE s.state <> 'void' GROUP BY r.key, s.person_id;

-- Whoever changes the organisation, by whatever way, moves the version in the same transaction.
-- +goose StatementBegin
$ORG_MOVER
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dept_insert_moves_org AFTER INSERT ON dept $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dept_update_moves_org AFTER UPDATE ON dept $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER dept_delete_moves_org AFTER DELETE ON dept $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER person_insert_moves_org AFTER INSERT ON person $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER person_update_moves_org AFTER UPDATE OF id, active ON person $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER person_delete_moves_org AFTER DELETE ON person $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER post_insert_moves_org AFTER INSERT ON post $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER post_update_moves_org AFTER UPDATE ON post $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER post_delete_moves_org AFTER DELETE ON post $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER unit_function_insert_moves_org AFTER INSERT ON unit_function $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER unit_function_update_moves_org AFTER UPDATE ON unit_function $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER unit_function_delete_moves_org AFTER DELETE ON unit_function $MOVE_ORG;
-- +goose StatementEnd
