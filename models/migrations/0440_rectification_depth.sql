-- +goose Up
-- Rectification in depth: what the finding is about, who checked it and how, and the files that prove it by their hash.
ALTER TABLE rectification ADD COLUMN item TEXT NOT NULL DEFAULT '';          -- code of the service item that it was found at
ALTER TABLE rectification ADD COLUMN verifier_unit TEXT NOT NULL DEFAULT ''; -- of the post that checked it
ALTER TABLE rectification ADD COLUMN site_note TEXT NOT NULL DEFAULT '';     -- of the verifier, from the spot
ALTER TABLE rectification ADD COLUMN objections $JSON;                       -- units that said “not mine”, each once
ALTER TABLE rectification ADD COLUMN extension TEXT NOT NULL DEFAULT '' CHECK (extension IN ('', 'ASKED', 'GRANTED', 'REFUSED')); -- it is asked for once
ALTER TABLE rectification ADD COLUMN extension_days INTEGER NOT NULL DEFAULT 0;
UPDATE rectification SET item = COALESCE((SELECT i.item FROM walk_issue x JOIN walk w ON w.id = x.walk JOIN campaign_item i ON i.id = w.campaign_item WHERE x.issue = rectification.no), '');
CREATE INDEX rectification_item ON rectification (item, cause) WHERE item <> '';
CREATE INDEX rectification_owner ON rectification (owner_dept, created_at);

CREATE TABLE rectification_file (
  no       TEXT NOT NULL REFERENCES rectification(no),
  document TEXT NOT NULL REFERENCES document(id),
  side     TEXT NOT NULL CHECK (side IN ('before', 'after')),
  digest   TEXT NOT NULL,                       -- of the content
  PRIMARY KEY (no, document, side)
);
CREATE INDEX rectification_file_digest ON rectification_file (digest);

ALTER TABLE document ADD COLUMN rectification TEXT NOT NULL DEFAULT '';      -- the finding that the file was handed in for
CREATE INDEX document_rectification ON document (rectification) WHERE rectification <> '';
