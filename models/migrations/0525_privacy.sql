-- +goose Up
-- Personal data that is no longer needed: lists that two persons confirm, and holds that stop them.
CREATE TABLE privacy_list (
  id         $SERIAL,
  act        TEXT NOT NULL CHECK (act IN ('erase', 'lift', 'reveal')),
  hold       BIGINT NOT NULL DEFAULT 0,      -- of a lift
  cutoff     $DATE,                          -- of an erasure: closed on this day or before
  reason     TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused', 'expired')),
  asked_by   TEXT NOT NULL,
  asked_at   $TIME NOT NULL,
  expires_at $TIME NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at $TIME,
  note       TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX privacy_list_waiting ON privacy_list (act, hold) WHERE state = 'waiting';
CREATE TABLE privacy_item (
  id        BIGINT NOT NULL REFERENCES privacy_list(id), -- its list
  kind      TEXT NOT NULL,
  ref       TEXT NOT NULL,                   -- person, or number of a report
  unit      TEXT NOT NULL DEFAULT '',
  closed_on $DATE NOT NULL,
  outcome   TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'erased', 'held', 'changed')),
  PRIMARY KEY (id, kind, ref)
);
CREATE TABLE legal_hold (
  id        $SERIAL,
  kind      TEXT NOT NULL CHECK (kind IN ('stuck', 'person', 'unit')),
  ref       TEXT NOT NULL,
  basis     TEXT NOT NULL,                   -- letter or case that asks for it
  reason    TEXT NOT NULL,
  set_by    TEXT NOT NULL,
  set_at    $TIME NOT NULL,
  lifted_at $TIME,
  lift      BIGINT NOT NULL DEFAULT 0        -- list that lifted it
);
CREATE UNIQUE INDEX legal_hold_open ON legal_hold (kind, ref) WHERE lifted_at IS NULL;
