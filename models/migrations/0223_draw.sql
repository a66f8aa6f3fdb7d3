-- +goose Up
-- A draw that anyone can repeat: the list with its digest, what the seed was made of, who stood aside and why.
ALTER TABLE expert_draw ADD COLUMN list_digest TEXT NOT NULL DEFAULT ''; -- SM3 of pool; '': drawn by a former release
ALTER TABLE expert_draw ADD COLUMN number TEXT NOT NULL DEFAULT '';      -- that the operator typed
ALTER TABLE expert_draw ADD COLUMN nonce TEXT NOT NULL DEFAULT '';       -- of the machine, hex
ALTER TABLE expert_draw ADD COLUMN supervisor TEXT NOT NULL DEFAULT '';  -- who confirmed the draw
ALTER TABLE expert_draw ADD COLUMN plan $JSON;                           -- specialty of each seat, '' any
ALTER TABLE expert_draw ADD COLUMN avoided $JSON;                        -- number of persons by reason
ALTER TABLE expert_draw ADD COLUMN round INTEGER NOT NULL DEFAULT 1;
ALTER TABLE expert_seat ADD COLUMN specialty TEXT NOT NULL DEFAULT '';
ALTER TABLE expert_seat ADD COLUMN serial TEXT NOT NULL DEFAULT '';      -- code in the list
ALTER TABLE expert_seat ADD COLUMN hash TEXT NOT NULL DEFAULT '';        -- SM3(seed + specialty-code): the order of the draw
ALTER TABLE expert_seat ADD COLUMN round INTEGER NOT NULL DEFAULT 1;
ALTER TABLE expert_seat ADD COLUMN outcome TEXT NOT NULL DEFAULT '';     -- declined, lapsed, conflict; '' of a seat that stands
