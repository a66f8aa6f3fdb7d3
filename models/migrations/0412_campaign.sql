-- +goose Up
-- 局长走流程: a campaign, the units that take part, the items that they walk, the walks, and the issues that walks
-- have found. Root instances are the campaign, each participation and each issue; items and walks are rows.
CREATE TABLE campaign (
  id          TEXT PRIMARY KEY,              -- ZL-2022-001
  name        TEXT NOT NULL CHECK (name <> ''),
  starts_on   TEXT NOT NULL,
  ends_on     TEXT NOT NULL,
  goal        TEXT NOT NULL DEFAULT '',
  late_days   INTEGER NOT NULL DEFAULT 5,    -- working days until the ledger of a walk is late (W03)
  substitutes INTEGER NOT NULL DEFAULT 20,   -- percent of a unit's walks that others may walk (W04)
  urge_after  INTEGER NOT NULL DEFAULT 20,   -- walks without any issue that ask for a second look (R09)
  state       TEXT NOT NULL CHECK (state IN ('RUNNING', 'CLOSED')),
  summary     TEXT NOT NULL DEFAULT '',
  root        BIGINT NOT NULL DEFAULT 0,
  created_at  $TIME NOT NULL,
  created_by  TEXT NOT NULL,
  closed_on   TEXT NOT NULL DEFAULT '',
  CHECK (ends_on >= starts_on)
);

CREATE TABLE campaign_unit (
  campaign       TEXT NOT NULL REFERENCES campaign(id),
  unit           TEXT NOT NULL,
  list_state     TEXT NOT NULL CHECK (list_state IN ('OPEN', 'SUBMITTED', 'APPROVED')),
  list_revision  INTEGER NOT NULL DEFAULT 0, -- moves with every change of the list
  submitted      INTEGER NOT NULL DEFAULT 0, -- the revision that was submitted
  approved_on    TEXT NOT NULL DEFAULT '',
  completed_on   TEXT NOT NULL DEFAULT '',
  completed_at   $TIME,
  second_look    TEXT NOT NULL DEFAULT '',   -- what the organiser found where a unit found nothing
  root           BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign, unit)
);

CREATE TABLE campaign_item (
  id           $SERIAL,
  campaign     TEXT NOT NULL,
  unit         TEXT NOT NULL,
  item         TEXT NOT NULL,                -- code of the service item
  version      INTEGER NOT NULL,             -- of it, when it was planned
  name         TEXT NOT NULL,
  booked_on    TEXT NOT NULL DEFAULT '',
  booked_for   TEXT NOT NULL DEFAULT '',     -- person
  dropped      TEXT NOT NULL DEFAULT '',     -- why it is walked no longer; '': planned
  counted_walk BIGINT NOT NULL DEFAULT 0,
  UNIQUE (campaign, item),
  FOREIGN KEY (campaign, unit) REFERENCES campaign_unit (campaign, unit)
);
CREATE INDEX campaign_item_unit ON campaign_item (campaign, unit, id);

CREATE TABLE walk (
  id            $SERIAL,
  campaign      TEXT NOT NULL,
  unit          TEXT NOT NULL,
  campaign_item BIGINT NOT NULL REFERENCES campaign_item(id),
  walker        TEXT NOT NULL,
  is_director   $BOOL NOT NULL,              -- else a substitute (W04)
  why_not       TEXT NOT NULL DEFAULT '',    -- why the director did not go
  role          TEXT NOT NULL,
  channel       TEXT NOT NULL,
  on_date       TEXT NOT NULL,
  steps         $JSON NOT NULL,
  minutes       INTEGER NOT NULL,            -- waited, all steps
  visits        INTEGER NOT NULL,
  guide_version TEXT NOT NULL DEFAULT '',
  extra         $JSON NOT NULL,              -- what was asked beside the guide
  extra_steps   INTEGER NOT NULL DEFAULT 0,
  extra_visits  INTEGER NOT NULL DEFAULT 0,
  result        TEXT NOT NULL,
  ticket_no     TEXT NOT NULL DEFAULT '',
  proof         $JSON NOT NULL,              -- photos: SHA-256 or ids of documents
  no_issue      TEXT NOT NULL DEFAULT '',    -- the statement of a walk without issues
  issues        INTEGER NOT NULL,
  counted       $BOOL NOT NULL,              -- an item counts once in a campaign (W01)
  due_on        TEXT NOT NULL,               -- of the ledger
  late          $BOOL NOT NULL,
  recorded_on   TEXT NOT NULL,               -- business date of the record
  recorded_at   $TIME NOT NULL,
  backfilled    $BOOL NOT NULL,
  actor         TEXT NOT NULL,
  event         TEXT NOT NULL UNIQUE
);
CREATE INDEX walk_unit ON walk (campaign, unit, on_date, id);
CREATE INDEX walk_recent ON walk (campaign, on_date, id);
CREATE INDEX walk_item ON walk (campaign_item, id);

CREATE TABLE walk_issue (
  walk     BIGINT NOT NULL REFERENCES walk(id),
  seq      INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  unit     TEXT NOT NULL,                    -- that walked
  kind     TEXT NOT NULL,
  issue    TEXT NOT NULL UNIQUE REFERENCES rectification(no),
  PRIMARY KEY (walk, seq)
);
CREATE INDEX walk_issue_unit ON walk_issue (campaign, unit);

CREATE TABLE campaign_bulletin (
  campaign TEXT NOT NULL,
  no       INTEGER NOT NULL,
  on_date  TEXT NOT NULL,
  body     $JSON NOT NULL,                   -- the rows of the units as they were
  at       $TIME NOT NULL,
  actor    TEXT NOT NULL,
  PRIMARY KEY (campaign, no)
);

-- +goose StatementBegin
CREATE TRIGGER walk_kept BEFORE DELETE ON walk $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER campaign_bulletin_stays BEFORE UPDATE ON campaign_bulletin $REFUSE;
-- +goose StatementEnd
