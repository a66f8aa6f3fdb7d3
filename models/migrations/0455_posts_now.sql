-- +goose Up
-- Who holds a post at this moment, as before. The two halves share no row, so nothing need be sorted to find
-- that out, and a search for one person or one post goes by the indexes: every request asks for it.
DROP VIEW post_now;
CREATE VIEW post_now AS
  SELECT id, person_id, role, dept_id, title, rank, is_primary, valid_from, valid_to, request
    FROM post WHERE valid_from <= $NOW AND (valid_to IS NULL OR valid_to > $NOW)
  UNION ALL
  SELECT DISTINCT p.role || '@' || h.unit, p.person_id, p.role, h.unit, p.title, p.rank, FALSE, h.since, p.valid_to, p.request
    FROM post p JOIN unit_heir h ON h.heir = p.dept_id
    WHERE p.valid_from <= $NOW AND (p.valid_to IS NULL OR p.valid_to > $NOW) AND h.since <= $NOW;
