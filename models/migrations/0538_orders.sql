-- +goose Up
-- The lists that kept the server's order can be read in others too; each order is a short range of an index, wherever a page begins.
ALTER TABLE incident ADD COLUMN process TEXT NOT NULL DEFAULT ''; -- of its root: those of one process stand together
UPDATE incident SET process = COALESCE((SELECT r.process FROM root_state r WHERE r.key = incident.root), '');
CREATE INDEX incident_raised ON incident (raised_at, key) WHERE resolved_at IS NULL;
CREATE INDEX incident_process ON incident (process, key) WHERE resolved_at IS NULL;
CREATE INDEX grant_request_kind ON grant_request (kind, id);
CREATE INDEX grant_request_state_kind ON grant_request (state, kind, id);
CREATE INDEX partner_inbox_state ON partner_inbox (state, id);
CREATE INDEX partner_inbox_state_source ON partner_inbox (state, source, id);
CREATE INDEX partner_inbox_source ON partner_inbox (source, id);
CREATE INDEX campaign_item_code ON campaign_item (campaign, unit, item, id);
CREATE INDEX campaign_item_name ON campaign_item (campaign, unit, name, id);
CREATE INDEX campaign_item_state ON campaign_item (campaign, unit,
  (CASE WHEN dropped <> '' THEN 3 WHEN counted_walk <> 0 THEN 2 WHEN booked_on <> '' THEN 1 ELSE 0 END), id);
CREATE INDEX notification_order ON notification (person, (CASE WHEN read_at IS NULL THEN 1 ELSE 0 END), id);
CREATE INDEX notification_kind ON notification (person, kind, id);
