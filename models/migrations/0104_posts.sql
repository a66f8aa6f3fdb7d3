-- +goose Up
-- Posts have a rank and validity: a post that was held before can be held again, and what was stays.
CREATE TABLE post_span (
  id         TEXT NOT NULL,            -- ROLE@UNIT
  person_id  TEXT NOT NULL REFERENCES person(id),
  role       TEXT NOT NULL,
  dept_id    TEXT NOT NULL REFERENCES dept(id),
  title      TEXT NOT NULL DEFAULT '',
  rank       INTEGER NOT NULL DEFAULT 0, -- 0 is the head
  is_primary $BOOL NOT NULL,
  valid_from $TIME NOT NULL DEFAULT '0001-01-01 00:00:00+00:00',
  valid_to   $TIME,                    -- does not belong to it; NULL: open
  request    BIGINT NOT NULL DEFAULT 0, -- grant_request that it comes from; 0: none
  PRIMARY KEY (id, person_id, valid_from)
);
INSERT INTO post_span (id, person_id, role, dept_id, title, rank, is_primary)
  SELECT id, person_id, role, dept_id, title,
    CASE WHEN role IN ('APPLY_LEADER', 'BUREAU_DIRECTOR', 'COUNTY_LEADER') THEN 0 WHEN role = 'BUREAU_DEPUTY' THEN 1 WHEN role = 'BUREAU_CHIEF' THEN 2 ELSE 3 END, is_primary
  FROM post;
DROP TABLE post;
ALTER TABLE post_span RENAME TO post;
CREATE INDEX post_person ON post (person_id);
CREATE INDEX post_unit ON post (dept_id);

-- A unit that has ended and the units that took over from it, at first or second hand, since when.
CREATE VIEW unit_heir AS WITH RECURSIVE heir (unit, heir, since) AS (
  SELECT id, successor, valid_to FROM dept WHERE successor <> '' AND valid_to IS NOT NULL
  UNION
  SELECT h.unit, d.successor, CASE WHEN d.valid_to > h.since THEN d.valid_to ELSE h.since END
    FROM heir h JOIN dept d ON d.id = h.heir WHERE d.successor <> '' AND d.valid_to IS NOT NULL
) SELECT unit, heir, since FROM heir;

-- Who holds a post at this moment, for whom to tell and what to show; who holds one of the successor
-- holds the same of the unit that ended, and so its open tasks. Who may act is decided by the snapshot.
CREATE VIEW post_now AS
  SELECT id, person_id, role, dept_id, title, rank, is_primary, valid_from, valid_to, request
    FROM post WHERE valid_from <= $NOW AND (valid_to IS NULL OR valid_to > $NOW)
  UNION
  SELECT p.role || '@' || h.unit, p.person_id, p.role, h.unit, p.title, p.rank, FALSE, h.since, p.valid_to, p.request
    FROM post p JOIN unit_heir h ON h.heir = p.dept_id
    WHERE p.valid_from <= $NOW AND (p.valid_to IS NULL OR p.valid_to > $NOW) AND h.since <= $NOW;

-- Who acts for whom, for a while (§11).
CREATE TABLE deputyship (
  id         $SERIAL,
  principal  TEXT NOT NULL,
  deputy     TEXT NOT NULL,
  roles      $JSON NOT NULL,           -- list; empty: all
  processes  $JSON NOT NULL,           -- list; empty: all
  cap        $MONEY,                   -- up to which amount; NULL: any
  valid_from $TIME NOT NULL,
  valid_to   $TIME NOT NULL,
  reason     TEXT NOT NULL,
  set_by     TEXT NOT NULL,
  set_at     $TIME NOT NULL,
  ended_at   $TIME                     -- before its time
);
CREATE INDEX deputyship_principal ON deputyship (principal);

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
CREATE TRIGGER deputyship_insert_moves_org AFTER INSERT ON deputyship $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deputyship_update_moves_org AFTER UPDATE ON deputyship $MOVE_ORG;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deputyship_delete_moves_org AFTER DELETE ON deputyship $MOVE_ORG;
-- +goose StatementEnd
