-- +goose Up
-- The books: projects and their money, reviews, procurement, contracts,
-- construction, payments, archive, rectifications, and partners' facts.
-- Constraints hold our own decisions; partners' facts are never refused.

CREATE TABLE project (
  code             TEXT PRIMARY KEY,          -- XM-YYYY-NNN, given once
  name             TEXT NOT NULL CHECK (name <> ''),
  dept_id          TEXT NOT NULL REFERENCES dept(id),
  type             TEXT NOT NULL,
  mlps_level       INTEGER NOT NULL CHECK (mlps_level BETWEEN 0 AND 4), -- 0: not stated yet
  form             $JSON NOT NULL,
  stage            TEXT NOT NULL,
  closed_from      TEXT NOT NULL DEFAULT '',  -- stage it was closed in, of a closed one
  revision_no      INTEGER NOT NULL DEFAULT 0,
  supplement_round INTEGER NOT NULL DEFAULT 0,
  rule_pack        TEXT NOT NULL DEFAULT '',  -- pinned at acceptance
  drafted_on       $DATE NOT NULL,
  submitted_on     $DATE,
  accepted_on      $DATE,
  reviewed_on      $DATE,
  approved_on      $DATE,
  accept_no        TEXT NOT NULL DEFAULT '',
  previous_project TEXT REFERENCES project(code), -- of a project declared again
  version          INTEGER NOT NULL,
  created_at       $TIME NOT NULL,
  created_by       TEXT NOT NULL,
  updated_at       $TIME NOT NULL,
  CHECK (previous_project <> code)
);
CREATE INDEX project_recent ON project (created_at, code);
CREATE INDEX project_dept ON project (dept_id, created_at);
CREATE INDEX project_by_stage ON project (stage, created_at);

CREATE TABLE project_stage (
  project       TEXT NOT NULL REFERENCES project(code),
  seq           INTEGER NOT NULL,
  stage         TEXT NOT NULL,
  business_date $DATE NOT NULL,
  at            $TIME NOT NULL,
  actor         TEXT NOT NULL,
  reason        TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, seq)
);

CREATE TABLE budget_line (
  project    TEXT NOT NULL REFERENCES project(code),
  line_no    INTEGER NOT NULL CHECK (line_no > 0),
  category   TEXT NOT NULL,
  name       TEXT NOT NULL CHECK (name <> ''),
  spec       TEXT NOT NULL DEFAULT '',
  unit       TEXT NOT NULL DEFAULT '',
  qty        $QTY NOT NULL,
  unit_price $MONEY NOT NULL CHECK (unit_price >= 0),
  declared   $MONEY NOT NULL CHECK (declared >= 0),
  remark     TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, line_no)
);

CREATE TABLE application_revision (           -- frozen at each submission
  project       TEXT NOT NULL REFERENCES project(code),
  revision_no   INTEGER NOT NULL,
  digest        TEXT NOT NULL,                -- SM3 of content
  content       $JSON NOT NULL,
  declared      $MONEY NOT NULL,
  submitted_by  TEXT NOT NULL,
  submitted_at  $TIME NOT NULL,
  business_date $DATE NOT NULL,
  PRIMARY KEY (project, revision_no)
);

CREATE TABLE supplement_item (                -- what a notice of missing papers asks for
  project     TEXT NOT NULL REFERENCES project(code),
  round       INTEGER NOT NULL,
  no          INTEGER NOT NULL,
  item        TEXT NOT NULL CHECK (item <> ''),
  requirement TEXT NOT NULL,
  answer      TEXT NOT NULL DEFAULT '',
  documents   $JSON,
  PRIMARY KEY (project, round, no)
);

CREATE TABLE record (                         -- what a task registered and no rule computes with
  id            $SERIAL,
  project       TEXT NOT NULL REFERENCES project(code),
  kind          TEXT NOT NULL,                -- name of the command
  data          $JSON NOT NULL,
  business_date $DATE NOT NULL,
  at            $TIME NOT NULL,
  actor         TEXT NOT NULL
);
CREATE INDEX record_project ON record (project, kind, id);

CREATE TABLE review (                         -- one visit of the technical review
  project    TEXT NOT NULL REFERENCES project(code),
  cycle      INTEGER NOT NULL,
  conclusion TEXT NOT NULL DEFAULT '',
  summary    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, cycle)
);

CREATE TABLE expert_draw (
  draw_no    TEXT PRIMARY KEY,
  project    TEXT NOT NULL,
  cycle      INTEGER NOT NULL,
  seed       TEXT NOT NULL,                   -- the draw can be repeated from it
  criteria   $JSON NOT NULL,
  pool       $JSON NOT NULL,                  -- who could be drawn, in the order drawn from
  at         $TIME NOT NULL,
  actor      TEXT NOT NULL,
  FOREIGN KEY (project, cycle) REFERENCES review (project, cycle)
);

CREATE TABLE expert_seat (
  project   TEXT NOT NULL,
  cycle     INTEGER NOT NULL,
  person_id TEXT NOT NULL REFERENCES person(id),
  draw_no   TEXT NOT NULL REFERENCES expert_draw(draw_no),
  leader    $BOOL NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('drawn', 'accepted', 'void', 'signed')),
  reason    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, cycle, person_id)
);
CREATE INDEX expert_seat_person ON expert_seat (person_id);

CREATE TABLE expert_opinion (
  project       TEXT NOT NULL,
  cycle         INTEGER NOT NULL,
  person_id     TEXT NOT NULL,
  scores        $JSON NOT NULL,
  score         INTEGER NOT NULL,             -- weighted, in hundredths
  lines         $JSON NOT NULL,
  overall       TEXT NOT NULL CHECK (overall IN ('pass', 'revise', 'fail')),
  comment       TEXT NOT NULL,
  dissent       TEXT NOT NULL DEFAULT '',
  at            $TIME NOT NULL,
  business_date $DATE NOT NULL,
  PRIMARY KEY (project, cycle, person_id),
  FOREIGN KEY (project, cycle, person_id) REFERENCES expert_seat (project, cycle, person_id)
);

CREATE TABLE capability (                     -- of the city brain, for reuse
  code         TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  name_en      TEXT NOT NULL DEFAULT '',
  status       TEXT NOT NULL,                 -- 已建, 建设中, 规划
  committed_on $DATE                          -- when it will be there
);

CREATE TABLE sheet (                          -- one state of the trimming sheet; never edited, only followed by another
  project       TEXT NOT NULL REFERENCES project(code),
  round         INTEGER NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('A', 'B', 'ARBITRATION', 'ANSWER')),
  issued        $BOOL NOT NULL,
  declared      $MONEY NOT NULL,
  reviewed      $MONEY NOT NULL,
  cut           $MONEY NOT NULL,
  actor         TEXT NOT NULL,
  at            $TIME NOT NULL,
  business_date $DATE NOT NULL,
  PRIMARY KEY (project, round),
  CHECK (reviewed + cut = declared)
);

CREATE TABLE sheet_line (
  project    TEXT NOT NULL,
  round      INTEGER NOT NULL,
  line_no    INTEGER NOT NULL,
  declared   $MONEY NOT NULL,
  reviewed   $MONEY NOT NULL CHECK (reviewed >= 0),
  cut        $MONEY NOT NULL,
  reason     TEXT CHECK (reason <> ''),
  capability TEXT CHECK (capability <> '') REFERENCES capability(code),
  basis      TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, round, line_no),
  FOREIGN KEY (project, round) REFERENCES sheet (project, round),
  CHECK (reviewed <= declared),
  CHECK (reviewed + cut = declared),
  CHECK ((cut > 0) = (reason IS NOT NULL))
);

CREATE TABLE cross_line (                     -- reviewer B's own figures
  project  TEXT NOT NULL,
  round    INTEGER NOT NULL,
  line_no  INTEGER NOT NULL,
  reviewed $MONEY NOT NULL CHECK (reviewed >= 0),
  comment  TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, round, line_no),
  FOREIGN KEY (project, round) REFERENCES sheet (project, round)
);

CREATE TABLE objection (                      -- of the applicant, one round
  project    TEXT NOT NULL,
  round      INTEGER NOT NULL,                -- sheet that it answers
  line_no    INTEGER NOT NULL,
  text       TEXT NOT NULL,
  documents  $JSON,
  actor      TEXT NOT NULL,
  at         $TIME NOT NULL,
  outcome    TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'uphold', 'partly', 'withdraw')),
  reply      TEXT NOT NULL DEFAULT '',
  replied_by TEXT NOT NULL DEFAULT '',
  replied_at $TIME,
  PRIMARY KEY (project, round, line_no),
  FOREIGN KEY (project, round) REFERENCES sheet (project, round)
);

CREATE TABLE ledger (                         -- append-only; sums are queries
  id            $SERIAL,
  kind          TEXT NOT NULL CHECK (kind IN ('declared', 'reviewed', 'cut', 'approved', 'issued', 'contracted', 'paid', 'refunded')),
  project       TEXT NOT NULL REFERENCES project(code),
  line_no       INTEGER,
  amount        $MONEY NOT NULL,
  reason        TEXT CHECK (reason <> ''),    -- of a cut
  natural_key   TEXT NOT NULL,
  source        TEXT NOT NULL,                -- "i:<root>/<element>" or "p:<partner>:<event id>"
  ref           TEXT NOT NULL DEFAULT '',     -- number of the document, indicator, contract or voucher
  business_date $DATE NOT NULL,
  recorded_at   $TIME NOT NULL,
  actor         TEXT NOT NULL,
  UNIQUE (kind, natural_key)
);
CREATE INDEX ledger_project ON ledger (project, kind);
CREATE INDEX ledger_date ON ledger (kind, business_date);
-- +goose StatementBegin
$REFUSER
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger $REFUSE;
-- +goose StatementEnd

CREATE TABLE budget_indicator (
  bgt_id      TEXT PRIMARY KEY,
  project     TEXT NOT NULL REFERENCES project(code),
  pro_code    TEXT NOT NULL DEFAULT '',
  doc_no      TEXT NOT NULL DEFAULT '',
  doc_date    $DATE,
  fiscal_year TEXT NOT NULL DEFAULT '',
  fund_type   TEXT NOT NULL DEFAULT '',
  amount      $MONEY NOT NULL                 -- as first issued; changes are ledger entries
);

CREATE TABLE proc_round (                     -- one attempt to buy
  project        TEXT NOT NULL REFERENCES project(code),
  round          INTEGER NOT NULL,
  plan_no        TEXT NOT NULL UNIQUE,
  agency         TEXT NOT NULL DEFAULT '',
  planned_notice $DATE,
  total          $MONEY NOT NULL CHECK (total >= 0),
  sent_on        $DATE,
  handled        TEXT NOT NULL DEFAULT '',    -- what was decided after a failure
  PRIMARY KEY (project, round)
);

CREATE TABLE proc_package (
  project     TEXT NOT NULL,
  round       INTEGER NOT NULL,
  package_no  TEXT NOT NULL CHECK (package_no <> ''),
  name        TEXT NOT NULL,
  category    TEXT NOT NULL,
  mode        TEXT NOT NULL,
  budget      $MONEY NOT NULL CHECK (budget >= 0),
  limit_price $MONEY NOT NULL CHECK (limit_price >= 0),
  line_nos    $JSON NOT NULL,
  mode_reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (project, round, package_no),
  FOREIGN KEY (project, round) REFERENCES proc_round (project, round),
  CHECK (limit_price <= budget)
);

CREATE TABLE contract (
  contract_no     TEXT PRIMARY KEY,           -- normalised
  project         TEXT NOT NULL REFERENCES project(code),
  title           TEXT NOT NULL DEFAULT '',
  supplier        TEXT NOT NULL DEFAULT '',
  uscc            TEXT NOT NULL DEFAULT '',
  supplier_org    TEXT NOT NULL DEFAULT '',   -- organisation whose people build
  supervisor_org  TEXT NOT NULL DEFAULT '',
  amount          $MONEY NOT NULL,
  starts          $DATE,
  ends            $DATE,
  warranty_months INTEGER NOT NULL DEFAULT 0,
  state           TEXT NOT NULL CHECK (state IN ('draft', 'signed')),
  signed_on       $DATE,
  published_on    $DATE,
  filed_on        $DATE,
  documents       $JSON,
  CHECK ((state = 'signed') = (signed_on IS NOT NULL))
);
CREATE INDEX contract_project ON contract (project);

CREATE TABLE contract_term (                  -- payment terms
  contract_no  TEXT NOT NULL REFERENCES contract(contract_no) ON DELETE CASCADE,
  no           INTEGER NOT NULL,
  name         TEXT NOT NULL,
  condition    TEXT NOT NULL DEFAULT '',      -- advance, delivery, prelim, final, retention
  ratio        $QTY NOT NULL,                 -- percent
  amount       $MONEY NOT NULL,
  milestone_no INTEGER,
  PRIMARY KEY (contract_no, no)
);

CREATE TABLE milestone (
  project   TEXT NOT NULL REFERENCES project(code),
  no        INTEGER NOT NULL,
  name      TEXT NOT NULL,
  plan_date $DATE NOT NULL,
  percent   INTEGER NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
  passed_on $DATE,
  PRIMARY KEY (project, no)
);

CREATE TABLE progress (
  id            $SERIAL,
  project       TEXT NOT NULL,
  milestone_no  INTEGER NOT NULL,
  percent       INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
  period        TEXT NOT NULL,
  evidence      $JSON,
  comment       TEXT NOT NULL DEFAULT '',
  actor         TEXT NOT NULL,
  at            $TIME NOT NULL,
  business_date $DATE NOT NULL,
  FOREIGN KEY (project, milestone_no) REFERENCES milestone (project, no)
);

CREATE TABLE acceptance (
  project       TEXT NOT NULL REFERENCES project(code),
  kind          TEXT NOT NULL CHECK (kind IN ('PRELIM', 'FINAL')),
  round         INTEGER NOT NULL,
  conclusion    TEXT NOT NULL CHECK (conclusion IN ('pass', 'conditional', 'fail')),
  held_on       $DATE NOT NULL,
  members       $JSON NOT NULL,
  items         $JSON NOT NULL,
  trial_ends    $DATE,
  availability  $QTY,
  rectify_due   $DATE,
  doc_no        TEXT NOT NULL DEFAULT '',
  comment       TEXT NOT NULL DEFAULT '',
  actor         TEXT NOT NULL,
  at            $TIME NOT NULL,
  PRIMARY KEY (project, kind, round)
);

CREATE TABLE material (                       -- papers of the acceptance check list
  project   TEXT NOT NULL REFERENCES project(code),
  code      TEXT NOT NULL,
  documents $JSON,
  actor     TEXT NOT NULL,
  at        $TIME NOT NULL,
  PRIMARY KEY (project, code)
);

CREATE TABLE payment_request (
  request_no    TEXT PRIMARY KEY,
  project       TEXT NOT NULL REFERENCES project(code),
  contract_no   TEXT NOT NULL REFERENCES contract(contract_no),
  term          TEXT NOT NULL,
  amount        $MONEY NOT NULL CHECK (amount > 0),
  invoice_no    TEXT NOT NULL,
  payee         TEXT NOT NULL,
  comment       TEXT NOT NULL DEFAULT '',
  state         TEXT NOT NULL CHECK (state IN ('draft', 'pending', 'paid', 'rejected')),
  actor         TEXT NOT NULL,
  at            $TIME NOT NULL,
  business_date $DATE NOT NULL
);
CREATE INDEX payment_request_project ON payment_request (project);
CREATE UNIQUE INDEX payment_invoice ON payment_request (invoice_no) WHERE state <> 'rejected'; -- an invoice is used once

CREATE TABLE archive_item (
  project     TEXT NOT NULL REFERENCES project(code),
  no          INTEGER NOT NULL,
  stage       TEXT NOT NULL,
  category    TEXT NOT NULL,
  title       TEXT NOT NULL,
  doc_no      TEXT NOT NULL DEFAULT '',
  dated       $DATE NOT NULL,
  documents   $JSON,
  PRIMARY KEY (project, no)
);

CREATE TABLE rectification (
  no            TEXT PRIMARY KEY,             -- ZG-YYYY-NNNN
  source        TEXT NOT NULL,
  title         TEXT NOT NULL CHECK (title <> ''),
  description   TEXT NOT NULL DEFAULT '',
  project       TEXT REFERENCES project(code),
  owner_dept    TEXT NOT NULL REFERENCES dept(id),
  severity      TEXT NOT NULL CHECK (severity IN ('A', 'B', 'C')),
  state         TEXT NOT NULL CHECK (state IN ('OPEN', 'ANALYSIS', 'PLAN', 'RECTIFYING', 'VERIFYING', 'CLOSED', 'RETURNED', 'REFERRED_UP', 'INVALID')),
  blocking      $BOOL NOT NULL,               -- an acceptance waits for it
  found_on      $DATE NOT NULL,
  registrar     TEXT NOT NULL,
  due_on        $DATE,
  owner         TEXT NOT NULL DEFAULT '',     -- who handed in the evidence
  cause         TEXT NOT NULL DEFAULT '',
  analysis      TEXT NOT NULL DEFAULT '',
  measures      $JSON,
  evidence      TEXT NOT NULL DEFAULT '',
  before_docs   $JSON,
  after_docs    $JSON,
  materials_cut INTEGER NOT NULL DEFAULT 0 CHECK (materials_cut >= 0),
  steps_cut     INTEGER NOT NULL DEFAULT 0 CHECK (steps_cut >= 0),
  days_cut      INTEGER NOT NULL DEFAULT 0 CHECK (days_cut >= 0), -- tenths of a working day
  method        TEXT NOT NULL DEFAULT '',
  verification  TEXT NOT NULL DEFAULT '',
  verifier      TEXT NOT NULL DEFAULT '',
  returns       INTEGER NOT NULL DEFAULT 0,
  referred_to   TEXT NOT NULL DEFAULT '',
  referred_on   $DATE,
  letter_no     TEXT NOT NULL DEFAULT '',
  contact       TEXT NOT NULL DEFAULT '',
  workaround    TEXT NOT NULL DEFAULT '',
  reply         TEXT NOT NULL DEFAULT '',
  replied_on    $DATE,
  closed_on     $DATE,
  root          BIGINT NOT NULL DEFAULT 0,    -- instance that it runs in, 0 until it started
  version       INTEGER NOT NULL,
  created_at    $TIME NOT NULL,
  updated_at    $TIME NOT NULL,
  CHECK ((state = 'CLOSED') = (closed_on IS NOT NULL))
);
CREATE INDEX rectification_recent ON rectification (created_at, no);
CREATE INDEX rectification_state ON rectification (state, created_at);
CREATE INDEX rectification_project ON rectification (project);

CREATE TABLE rectification_step (             -- its history
  no            TEXT NOT NULL REFERENCES rectification(no),
  seq           INTEGER NOT NULL,
  action        TEXT NOT NULL,
  state         TEXT NOT NULL,
  text          TEXT NOT NULL DEFAULT '',
  actor         TEXT NOT NULL,
  at            $TIME NOT NULL,
  business_date $DATE NOT NULL,
  PRIMARY KEY (no, seq)
);

CREATE TABLE breach (                         -- a rule that facts have broken
  id            $SERIAL,
  project       TEXT NOT NULL REFERENCES project(code),
  rule          TEXT NOT NULL,
  subject       TEXT NOT NULL,                -- natural key: one breach is recorded once
  args          $JSON,
  blocks        TEXT NOT NULL DEFAULT '',     -- our next act that it blocks: payment, procurement, ""
  business_date $DATE NOT NULL,
  at            $TIME NOT NULL,
  cleared_at    $TIME,
  UNIQUE (project, rule, subject)
);

CREATE TABLE reminder (                       -- a partner was asked to hurry
  id      $SERIAL,
  project TEXT NOT NULL REFERENCES project(code),
  partner TEXT NOT NULL,
  event   TEXT NOT NULL,
  post    TEXT NOT NULL,
  at      $TIME NOT NULL
);

CREATE TABLE fact (                           -- what partners did, once each
  id            $SERIAL,
  source        TEXT NOT NULL,
  event_type    TEXT NOT NULL,
  natural_key   TEXT NOT NULL,
  event_id      TEXT NOT NULL,
  project       TEXT NOT NULL REFERENCES project(code),
  round         INTEGER NOT NULL DEFAULT 0,   -- procurement round it belongs to
  data          $JSON NOT NULL,
  occurred_at   $TIME NOT NULL,
  business_date $DATE NOT NULL,
  seq           BIGINT NOT NULL DEFAULT 0,
  offline       $BOOL NOT NULL,
  handled       $BOOL NOT NULL DEFAULT FALSE, -- a refusal that somebody dealt with
  posted_at     $TIME NOT NULL,
  UNIQUE (source, event_type, natural_key)
);
CREATE INDEX fact_project ON fact (project, event_type);

CREATE TABLE correlation (                    -- partners' keys of our projects
  kind    TEXT NOT NULL,
  key     TEXT NOT NULL,
  project TEXT NOT NULL REFERENCES project(code),
  PRIMARY KEY (kind, key)
);

CREATE TABLE partner_stream (                 -- sequence numbers seen, for gaps
  source   TEXT NOT NULL,
  stream   TEXT NOT NULL,
  seq      BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (source, stream, seq)
);

CREATE TABLE offline_registration (           -- 线下登记: a partner's fact entered by hand
  id            $SERIAL,
  partner       TEXT NOT NULL,
  event_type    TEXT NOT NULL,
  event_id      TEXT NOT NULL UNIQUE,
  project       TEXT NOT NULL REFERENCES project(code),
  occurred_on   $DATE NOT NULL,
  data          $JSON NOT NULL,
  evidence      TEXT NOT NULL DEFAULT '',
  reason        TEXT NOT NULL CHECK (reason <> ''),
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'refused')),
  registered_by TEXT NOT NULL,
  registered_at $TIME NOT NULL,
  verified_by   TEXT CHECK (verified_by <> registered_by),
  verified_at   $TIME,
  note          TEXT NOT NULL DEFAULT '',
  CHECK ((state = 'waiting') = (verified_by IS NULL))
);
CREATE INDEX offline_project ON offline_registration (project);

CREATE TABLE rule_pack (                      -- immutable once published
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  valid_from $DATE NOT NULL,
  params     $JSON NOT NULL,                  -- [{rule, key, value, unit, basis, verified}]
  digest     TEXT NOT NULL,
  at         $TIME NOT NULL
);

CREATE TABLE work_calendar (                  -- the newest version counts
  version INTEGER PRIMARY KEY,
  data    $JSON NOT NULL,                     -- {"2022": {"holidays": ["2022-01-01"], "workdays": ["2022-01-29"]}}
  source  TEXT NOT NULL,
  at      $TIME NOT NULL,
  actor   TEXT NOT NULL
);

CREATE TABLE business_counter (               -- of codes that may have gaps
  kind TEXT NOT NULL,
  year INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (kind, year)
);

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seal_no_update BEFORE UPDATE ON audit_seal $REFUSE;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER seal_no_delete BEFORE DELETE ON audit_seal $REFUSE;
-- +goose StatementEnd
