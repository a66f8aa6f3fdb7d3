-- +goose Up
-- What a time-stamp authority says of seals: when they were there at the latest. A seal goes back to all before it.
CREATE TABLE audit_stamp (
  seal  BIGINT PRIMARY KEY,
  at    $TIME NOT NULL,              -- that the token states
  token $BYTES NOT NULL              -- RFC 3161, DER
);
-- +goose StatementBegin
CREATE TRIGGER audit_stamp_no_update BEFORE UPDATE ON audit_stamp $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_stamp_no_delete BEFORE DELETE ON audit_stamp $REFUSE;
-- +goose StatementEnd
