-- +goose Up
-- What an entry of the audit says is bound to the rows that it is about: each row of the books that was
-- written beside it, by the digest of what it said then. The newest version of a row is what the row must still say.
CREATE TABLE audit_row (
  kind    TEXT NOT NULL,             -- of models.Bound: ledger, act, sheet, document, …
  key     TEXT NOT NULL,             -- of the row, parts joined by #
  version INTEGER NOT NULL,          -- from 1; the number before says what the row was before
  digest  TEXT NOT NULL,             -- SM3 of the row and its parts; '' when it was removed
  chain   TEXT NOT NULL,             -- entry that binds it
  seq     BIGINT NOT NULL,
  PRIMARY KEY (kind, key, version)
);
CREATE INDEX audit_row_entry ON audit_row (chain, seq);
-- +goose StatementBegin
CREATE TRIGGER audit_row_no_update BEFORE UPDATE ON audit_row $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_row_no_delete BEFORE DELETE ON audit_row $REFUSE;
-- +goose StatementEnd
ALTER TABLE audit ADD COLUMN binds TEXT NOT NULL DEFAULT '';        -- SM3 over the rows that the entry binds; part of its hash

-- Seals are signed by the key of the house.
ALTER TABLE audit_seal ADD COLUMN signed_by TEXT NOT NULL DEFAULT ''; -- id of the key; '' in seals of former releases
ALTER TABLE audit_seal ADD COLUMN signature $BYTES;                   -- SM2 over the hash

-- How far verifying has come: what was verified is looked at again in turns.
ALTER TABLE audit_head ADD COLUMN checked BIGINT NOT NULL DEFAULT 0;  -- seq up to which the chain was found whole
ALTER TABLE audit_head ADD COLUMN walked_at $TIME;                    -- when all of it was looked at last
CREATE TABLE audit_check (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  at       $TIME NOT NULL,           -- of the last look
  seal     BIGINT NOT NULL,          -- up to which the seals were found whole
  anchored BIGINT NOT NULL,          -- last seal that was brought to the second medium
  broken   $JSON                     -- the first break that was found, while it stands
);
INSERT INTO audit_check (id, at, seal, anchored) VALUES (1, $NOW, 0, 0);
