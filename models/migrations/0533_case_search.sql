-- +goose Up
-- Cases are searched by where they stand, whose they are and what they are about: each a short range of an index.
CREATE INDEX element_active ON element_instance (element, root) WHERE state = 'active';
CREATE INDEX root_by_process ON root_state (process, key);
CREATE INDEX root_by_bundle ON root_state (bundle, process, key);
CREATE INDEX root_by_business_key ON root_state (business_key, key);
CREATE INDEX root_by_open ON root_state (open, key);
CREATE INDEX root_by_age ON root_state (created_at, key);
CREATE INDEX act_person ON task_act (person, root);
CREATE INDEX instance_suspended ON process_instance (root) WHERE state = 'suspended';
CREATE INDEX incident_waiting ON incident (root) WHERE resolved_at IS NULL;
