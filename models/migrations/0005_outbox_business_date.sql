-- +goose Up
-- When what leaves the house happened: a back-registered event must not look new to a partner.
ALTER TABLE outbox ADD COLUMN business_date $DATE;
