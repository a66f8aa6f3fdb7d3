-- +goose Up
-- Within how many days after delivery a contract says that it is paid; 0: it says nothing (rule E04).
ALTER TABLE contract ADD COLUMN pay_days INTEGER NOT NULL DEFAULT 0;
