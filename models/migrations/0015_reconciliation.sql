-- +goose Up
-- 对账: which days were compared with a partner's books, and what differs.
CREATE TABLE reconciliation_run (
  partner     TEXT NOT NULL,
  from_on     $DATE NOT NULL,
  to_on       $DATE NOT NULL,
  at          $TIME NOT NULL,        -- of the newest run
  matched     INTEGER NOT NULL,
  differences INTEGER NOT NULL,
  PRIMARY KEY (partner, from_on, to_on)
);

CREATE TABLE reconciliation_item (
  id            $SERIAL,
  partner       TEXT NOT NULL,
  event_type    TEXT NOT NULL,
  natural_key   TEXT NOT NULL,
  class         TEXT NOT NULL CHECK (class IN ('ONLY_OURS', 'ONLY_THEIRS', 'AMOUNT_DIFF', 'STATUS_DIFF', 'DATE_DIFF')),
  project       TEXT NOT NULL DEFAULT '',
  our_amount    $MONEY,
  their_amount  $MONEY,
  our_date      $DATE,
  their_date    $DATE,
  owner         TEXT NOT NULL,       -- post that looks into it
  rectification TEXT NOT NULL DEFAULT '',
  found_at      $TIME NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  resolution    TEXT NOT NULL DEFAULT '', -- gone: a later run found no difference; explained, corrected: by a person
  reason        TEXT NOT NULL DEFAULT '',
  closed_by     TEXT NOT NULL DEFAULT '',
  closed_at     $TIME,
  UNIQUE (partner, event_type, natural_key, class)
);
CREATE INDEX reconciliation_state ON reconciliation_item (state, id);
