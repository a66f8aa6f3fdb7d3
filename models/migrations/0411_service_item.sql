-- +goose Up
-- Service items (事项). A change is another version, so that what was promised before and after can be compared; a
-- version counts from valid_from until the next one does, and an item that has ended says so in its last version.
CREATE TABLE service_item (
  code          TEXT NOT NULL,
  version       INTEGER NOT NULL,
  name          TEXT NOT NULL CHECK (name <> ''),
  unit          TEXT NOT NULL,
  kind          TEXT NOT NULL,                     -- as service.Kinds
  legal_days    INTEGER NOT NULL CHECK (legal_days >= 0), -- working days
  promised_days INTEGER NOT NULL CHECK (promised_days >= 0),
  instant       $BOOL NOT NULL,                    -- 即办件
  materials     $JSON NOT NULL,                    -- names
  steps         $JSON NOT NULL,                    -- names
  visits        INTEGER NOT NULL DEFAULT 1,
  guide_version TEXT NOT NULL DEFAULT '',
  guide_url     TEXT NOT NULL DEFAULT '',
  valid_from    TEXT NOT NULL,
  valid_to      TEXT NOT NULL DEFAULT '',          -- first day on which it is offered no longer; '': none
  recorded_at   $TIME NOT NULL,
  actor         TEXT NOT NULL,
  reason        TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (code, version),
  CHECK (promised_days <= legal_days OR legal_days = 0),
  CHECK (NOT instant OR promised_days = 0)
);
CREATE INDEX service_item_unit ON service_item (unit, code, version);

-- +goose StatementBegin
CREATE TRIGGER service_item_stays BEFORE UPDATE ON service_item $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER service_item_kept BEFORE DELETE ON service_item $REFUSE;
-- +goose StatementEnd

-- The capabilities of the city brain get what a reviewer asks of them.
ALTER TABLE capability ADD COLUMN owner_unit TEXT NOT NULL DEFAULT '';
ALTER TABLE capability ADD COLUMN interface TEXT NOT NULL DEFAULT '';
