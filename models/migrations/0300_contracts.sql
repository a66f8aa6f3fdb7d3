-- +goose Up
-- Packages of a project with their awards and contracts, and changes of contracts
-- (domain/processes.md P6, P7, C1).
CREATE TABLE package (                        -- 包: what is bought together; its newest attempt
  project     TEXT NOT NULL REFERENCES project(code),
  no          TEXT NOT NULL CHECK (no <> ''),
  round       INTEGER NOT NULL,               -- attempt that it stands in
  name        TEXT NOT NULL,
  category    TEXT NOT NULL,
  mode        TEXT NOT NULL,
  budget      $MONEY NOT NULL,
  limit_price $MONEY NOT NULL,
  section     TEXT NOT NULL DEFAULT '',       -- the bureau's code of the section (标段)
  state       TEXT NOT NULL,                  -- '', RUNNING, SUSPENDED, AWARDED, FAILED
  PRIMARY KEY (project, no)
);

CREATE TABLE award (                          -- who won a package; several: framework winners
  project    TEXT NOT NULL REFERENCES project(code),
  package    TEXT NOT NULL,
  round      INTEGER NOT NULL,
  no         INTEGER NOT NULL,
  party      TEXT NOT NULL,
  uscc       TEXT NOT NULL DEFAULT '',        -- 统一社会信用代码, GB 32100
  party_unit TEXT NOT NULL DEFAULT '',        -- organisation of the directory, of a known one
  members    $JSON,                           -- of a consortium (联合体): [{name, uscc}]
  kind       TEXT NOT NULL CHECK (kind IN ('sole', 'consortium', 'framework')),
  amount     $MONEY NOT NULL,                 -- of a rate or unit price: the package's budget is the cap
  price_form TEXT NOT NULL CHECK (price_form IN ('total', 'unit', 'rate')),
  notice_on  $DATE NOT NULL,                  -- clock C10 starts
  state      TEXT NOT NULL CHECK (state IN ('live', 'lost')),
  PRIMARY KEY (project, package, round, no)
);

ALTER TABLE contract ADD COLUMN package TEXT NOT NULL DEFAULT '';
ALTER TABLE contract ADD COLUMN members $JSON;                      -- of a consortium
ALTER TABLE contract ADD COLUMN bond $MONEY NOT NULL DEFAULT 0;     -- 履约保证金
ALTER TABLE contract ADD COLUMN bond_form TEXT NOT NULL DEFAULT ''; -- letter, transfer
ALTER TABLE contract ADD COLUMN sme $BOOL NOT NULL DEFAULT FALSE;   -- supplier is a small or medium enterprise (E04)
ALTER TABLE contract ADD COLUMN ipr TEXT NOT NULL DEFAULT '';       -- clause on rights and source code
ALTER TABLE contract ADD COLUMN data_security TEXT NOT NULL DEFAULT '';
ALTER TABLE contract ADD COLUMN deliverables $JSON;                 -- [text]
ALTER TABLE contract ADD COLUMN ended_on $DATE;                     -- terminated, or its award was lost
ALTER TABLE contract ADD COLUMN ended_why TEXT NOT NULL DEFAULT ''; -- terminated, award-lost
CREATE INDEX contract_package ON contract (project, package);

ALTER TABLE milestone ADD COLUMN package TEXT NOT NULL DEFAULT '';
ALTER TABLE payment_request ADD COLUMN tax_code TEXT NOT NULL DEFAULT '';  -- of the invoice (税号)
ALTER TABLE payment_request ADD COLUMN guarantee TEXT NOT NULL DEFAULT ''; -- letter that stands for a retention while the warranty runs
ALTER TABLE payment_request ADD COLUMN delivered_on $DATE;                 -- clock E04 starts

CREATE TABLE contract_change (                -- append-only: what became of a contract's amount
  contract_no  TEXT NOT NULL REFERENCES contract(contract_no),
  no           INTEGER NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('supplement', 'reduction', 'termination')),
  delta        $MONEY NOT NULL,
  same_subject $BOOL NOT NULL,
  ratio        $QTY NOT NULL,                 -- percent: supplements so far of the original amount (C15)
  changed_on   $DATE NOT NULL,
  source       TEXT NOT NULL,                 -- as in the ledger
  PRIMARY KEY (contract_no, no)
);
