-- +goose Up
-- Partners' streams: where each stands, what it has told, what is missing, and
-- events that wait for an earlier one.

CREATE TABLE stream_head (
  source TEXT NOT NULL,
  stream TEXT NOT NULL,
  epoch  INTEGER NOT NULL,           -- begins anew when a partner was restored and numbers again
  seq    BIGINT NOT NULL,            -- greatest of the epoch
  PRIMARY KEY (source, stream)
);

CREATE TABLE stream_event (
  source   TEXT NOT NULL,
  stream   TEXT NOT NULL,
  epoch    INTEGER NOT NULL,
  seq      BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (source, stream, epoch, seq)
);

CREATE TABLE stream_gap (            -- numbers that have not reached us
  source     TEXT NOT NULL,
  stream     TEXT NOT NULL,
  epoch      INTEGER NOT NULL,
  from_seq   BIGINT NOT NULL,
  to_seq     BIGINT NOT NULL,
  found_at   $TIME NOT NULL,
  asked_at   $TIME,                  -- when the partner was asked to send them again
  alarmed_at $TIME,                  -- when it was given up
  PRIMARY KEY (source, stream, epoch, from_seq)
);

INSERT INTO stream_event SELECT source, stream, 1, seq, event_id FROM partner_stream;
INSERT INTO stream_head SELECT source, stream, 1, MAX(seq) FROM partner_stream GROUP BY source, stream;
DROP TABLE partner_stream;

ALTER TABLE partner_inbox ADD COLUMN stream TEXT NOT NULL DEFAULT '';
ALTER TABLE partner_inbox ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE partner_inbox ADD COLUMN held_for TEXT NOT NULL DEFAULT ''; -- held: what it waits for
