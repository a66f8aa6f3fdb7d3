-- +goose Up
-- The report (X1): a snapshot keeps values, rows and definitions as they were at a moment; what is printed comes
-- from it alone, so that printing again gives the same bytes and later facts are corrections.
CREATE TABLE report_snapshot (
  id          $SERIAL,
  period_from TEXT NOT NULL,
  period_to   TEXT NOT NULL,
  as_of       $TIME NOT NULL,                -- recording time up to which facts count
  at          $TIME NOT NULL,
  actor       TEXT NOT NULL,
  checks      $JSON NOT NULL,                -- of the figures, see figures.Check
  state       TEXT NOT NULL CHECK (state IN ('DRAFT', 'LOCKED')),
  version     INTEGER NOT NULL DEFAULT 1,    -- moves with every change of a section, a note, or the state
  document    TEXT NOT NULL DEFAULT '',     -- of the locked report
  locked_at   $TIME,
  locked_by   TEXT NOT NULL DEFAULT '',
  CHECK (period_to >= period_from)
);
CREATE INDEX report_snapshot_period ON report_snapshot (period_to, id);

CREATE TABLE report_figure (
  snapshot    BIGINT NOT NULL REFERENCES report_snapshot(id),
  seq         INTEGER NOT NULL,
  id          TEXT NOT NULL,
  version     INTEGER NOT NULL,              -- of the definition
  definition  $JSON NOT NULL,
  unit        TEXT NOT NULL,
  value       TEXT NOT NULL,
  wording     TEXT NOT NULL DEFAULT '',
  n           TEXT NOT NULL DEFAULT '',
  d           TEXT NOT NULL DEFAULT '',
  rows_count  INTEGER NOT NULL,
  rows_digest TEXT NOT NULL,                 -- SHA-256 of the rows in their order
  PRIMARY KEY (snapshot, id)
);

CREATE TABLE report_row (
  snapshot BIGINT NOT NULL,
  figure   TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  ref      TEXT NOT NULL,                    -- what the row is about: later rows are compared by it
  body     $JSON NOT NULL,
  PRIMARY KEY (snapshot, figure, seq)
);

CREATE TABLE report_note (                   -- why a failed check may stand
  snapshot    BIGINT NOT NULL REFERENCES report_snapshot(id),
  validator   TEXT NOT NULL,
  reason      TEXT NOT NULL CHECK (reason <> ''),
  footnote    TEXT NOT NULL DEFAULT '',
  actor       TEXT NOT NULL,
  at          $TIME NOT NULL,
  approved_by TEXT NOT NULL DEFAULT '',
  approved_at $TIME,
  PRIMARY KEY (snapshot, validator)
);

CREATE TABLE report_section (
  snapshot BIGINT NOT NULL REFERENCES report_snapshot(id),
  seq      INTEGER NOT NULL,
  title    TEXT NOT NULL,
  body     TEXT NOT NULL,                    -- {figure} stands for the figure of the snapshot
  revision INTEGER NOT NULL DEFAULT 1,
  actor    TEXT NOT NULL,
  at       $TIME NOT NULL,
  PRIMARY KEY (snapshot, seq)
);

-- Figures and rows of a snapshot stay as they are.
-- +goose StatementBegin
CREATE TRIGGER report_figure_stays BEFORE UPDATE ON report_figure $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER report_figure_kept BEFORE DELETE ON report_figure $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER report_row_stays BEFORE UPDATE ON report_row $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER report_row_kept BEFORE DELETE ON report_row $REFUSE;
-- +goose StatementEnd
