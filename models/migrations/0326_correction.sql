-- +goose Up
-- A parked amount that was told in another unit: what a person says it should be. The event itself stays as it was sent.
ALTER TABLE partner_inbox ADD COLUMN corrected $MONEY;
