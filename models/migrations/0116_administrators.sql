-- +goose Up
-- A county's own roles: rows over the permission sets of the shipped roles. And the lists of the week's
-- changes of accounts and posts, as the audit administrator signed them.
CREATE TABLE permission_set (
  id         TEXT PRIMARY KEY,           -- the role's code, of which posts are given
  name       TEXT NOT NULL,
  name_en    TEXT NOT NULL DEFAULT '',
  bases      $JSON NOT NULL,             -- list of shipped roles: what they may, this one may
  changed_by TEXT NOT NULL,
  changed_at $TIME NOT NULL
);

CREATE TABLE grant_review (
  week      $DATE PRIMARY KEY,           -- its Monday
  signed_by TEXT NOT NULL,
  signed_at $TIME NOT NULL,
  entries   INTEGER NOT NULL,
  digest    TEXT NOT NULL,               -- SM3 of the entries' hashes: what was on the list
  remark    TEXT NOT NULL
);
