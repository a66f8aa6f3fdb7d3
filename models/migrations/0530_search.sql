-- +goose Up
-- What the search (/) finds: a row for each project, document, finding, begun matter, person and service item,
-- kept by triggers in the transaction that writes the thing itself. Words are found by pairs of characters,
-- so that Chinese needs no dictionary: on PostgreSQL an inverted index over an array, on SQLite a table of pairs.
-- What a person may see is asked of the rows when he searches, never of this index alone.

-- +only postgres
-- +goose StatementBegin
CREATE FUNCTION search_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE AS
  'SELECT translate(lower($1), ''〔〕（）【】[]()《》“”、，。；：·'' || chr(9) || chr(10) || chr(13) || chr(12288), repeat('' '', 25))';
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_grams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE AS
  'SELECT coalesce(array_agg(DISTINCT g), ''{}'') FROM (SELECT substr($1, n, 2) AS g FROM generate_series(1, least(length($1), 400) - 1) AS n) AS x WHERE position('' '' in g) = 0';
-- +goose StatementEnd
CREATE TABLE search_entry (
  id      BIGSERIAL PRIMARY KEY,
  kind    TEXT NOT NULL,             -- project, document, rectification, matter, person, item
  ref     TEXT NOT NULL,             -- key of the thing
  title   TEXT NOT NULL,
  no      TEXT NOT NULL DEFAULT '',  -- its number, as people write it
  words   TEXT NOT NULL,             -- what is searched
  dept    TEXT NOT NULL DEFAULT '',
  project TEXT NOT NULL DEFAULT '',
  root    BIGINT NOT NULL DEFAULT 0,
  person  TEXT NOT NULL DEFAULT '',  -- whose it is beside his department
  process TEXT NOT NULL DEFAULT '',
  text    TEXT GENERATED ALWAYS AS (search_fold(words)) STORED,
  grams   TEXT[] GENERATED ALWAYS AS (search_grams(search_fold(words))) STORED,
  UNIQUE (kind, ref)
);
CREATE INDEX search_grams ON search_entry USING gin (grams);

-- +only sqlite
CREATE TABLE search_entry (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    TEXT NOT NULL,
  ref     TEXT NOT NULL,
  title   TEXT NOT NULL,
  no      TEXT NOT NULL DEFAULT '',
  words   TEXT NOT NULL,
  dept    TEXT NOT NULL DEFAULT '',
  project TEXT NOT NULL DEFAULT '',
  root    BIGINT NOT NULL DEFAULT 0,
  person  TEXT NOT NULL DEFAULT '',
  process TEXT NOT NULL DEFAULT '',
  text    TEXT GENERATED ALWAYS AS (
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(words),
    '〔', ' '), '〕', ' '), '（', ' '), '）', ' '), '【', ' '), '】', ' '), '[', ' '), ']', ' '), '(', ' '), ')', ' '), '《', ' '), '》', ' '),
    '“', ' '), '”', ' '), '、', ' '), '，', ' '), '。', ' '), '；', ' '), '：', ' '), '·', ' '), char(9), ' '), char(10), ' '), char(13), ' '), char(12288), ' ')) STORED,
  UNIQUE (kind, ref)
);
CREATE TABLE search_gram (
  gram  TEXT NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (gram, entry)
) WITHOUT ROWID;
CREATE INDEX search_gram_entry ON search_gram (entry);
CREATE TABLE search_place (n INTEGER PRIMARY KEY); -- places in a text: 1 to 399
INSERT INTO search_place (n) WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 399) SELECT n FROM s;
-- +goose StatementBegin
CREATE TRIGGER search_entry_insert AFTER INSERT ON search_entry BEGIN
  INSERT OR IGNORE INTO search_gram (gram, entry)
    SELECT DISTINCT substr(NEW.text, n, 2), NEW.id FROM search_place WHERE n < length(NEW.text) AND instr(substr(NEW.text, n, 2), ' ') = 0;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_entry_update AFTER UPDATE OF words ON search_entry WHEN NEW.words <> OLD.words BEGIN
  DELETE FROM search_gram WHERE entry = OLD.id;
  INSERT OR IGNORE INTO search_gram (gram, entry)
    SELECT DISTINCT substr(NEW.text, n, 2), NEW.id FROM search_place WHERE n < length(NEW.text) AND instr(substr(NEW.text, n, 2), ' ') = 0;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_entry_delete AFTER DELETE ON search_entry BEGIN
  DELETE FROM search_gram WHERE entry = OLD.id;
END;
-- +goose StatementEnd
-- +all
CREATE INDEX search_no ON search_entry (kind, lower(no));
CREATE INDEX search_kind ON search_entry (kind, id);
CREATE INDEX search_dept ON search_entry (dept, kind, id);
CREATE INDEX search_project ON search_entry (project, kind, id);

-- What is there already.
INSERT INTO search_entry (kind, ref, title, no, words, dept, project)
  SELECT 'project', p.code, p.name, p.code, p.code || ' ' || p.name || ' ' || p.accept_no || ' ' || d.name, p.dept_id, p.code
  FROM project p JOIN dept d ON d.id = p.dept_id ORDER BY p.created_at, p.code;
INSERT INTO search_entry (kind, ref, title, no, words, dept, project, person)
  SELECT 'rectification', r.no, r.title, r.no, r.no || ' ' || r.title || ' ' || d.name, r.owner_dept, COALESCE(r.project, ''), r.registrar
  FROM rectification r JOIN dept d ON d.id = r.owner_dept ORDER BY r.no;
INSERT INTO search_entry (kind, ref, title, no, words, dept, project, person)
  SELECT 'document', o.id, o.title, COALESCE(o.doc_no, ''), COALESCE(o.doc_no, '') || ' ' || o.title || ' ' || o.file_name, COALESCE(p.dept_id, r.owner_dept, ''), o.project, COALESCE(r.registrar, '')
  FROM document o LEFT JOIN project p ON p.code = o.project LEFT JOIN rectification r ON r.no = o.rectification ORDER BY o.created_at, o.id;
INSERT INTO search_entry (kind, ref, title, no, words, dept, project, root, person, process)
  SELECT 'matter', CAST(b.root AS TEXT), b.title, s.business_key, b.title || ' ' || s.business_key, s.dept, s.project, b.root, b.person, s.process
  FROM begun b JOIN root_state s ON s.key = b.root ORDER BY b.root;
INSERT INTO search_entry (kind, ref, title, words, person)
  SELECT 'person', p.id, p.name, p.name || ' ' || p.name_en, p.id FROM person p WHERE p.active ORDER BY p.id;
INSERT INTO search_entry (kind, ref, title, no, words, dept)
  SELECT 'item', i.code, i.name, i.code, i.code || ' ' || i.name, i.unit FROM service_item i
  WHERE i.version = (SELECT MAX(n.version) FROM service_item n WHERE n.code = i.code) ORDER BY i.code;

-- +trigger search_of_project INSERT, UPDATE OF name accept_no dept_id ON project
INSERT INTO search_entry (kind, ref, title, no, words, dept, project)
  SELECT 'project', NEW.code, NEW.name, NEW.code, NEW.code || ' ' || NEW.name || ' ' || NEW.accept_no || ' ' || d.name, NEW.dept_id, NEW.code FROM dept d WHERE d.id = NEW.dept_id
  ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, words = excluded.words, dept = excluded.dept;
-- +end
-- +trigger search_of_rectification INSERT, UPDATE OF title owner_dept project ON rectification
INSERT INTO search_entry (kind, ref, title, no, words, dept, project, person)
  SELECT 'rectification', NEW.no, NEW.title, NEW.no, NEW.no || ' ' || NEW.title || ' ' || d.name, NEW.owner_dept, COALESCE(NEW.project, ''), NEW.registrar FROM dept d WHERE d.id = NEW.owner_dept
  ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, words = excluded.words, dept = excluded.dept, project = excluded.project;
-- +end
-- +trigger search_of_document INSERT, UPDATE OF title doc_no file_name ON document
INSERT INTO search_entry (kind, ref, title, no, words, dept, project, person)
  SELECT 'document', NEW.id, NEW.title, COALESCE(NEW.doc_no, ''), COALESCE(NEW.doc_no, '') || ' ' || NEW.title || ' ' || NEW.file_name,
    COALESCE((SELECT p.dept_id FROM project p WHERE p.code = NEW.project), (SELECT r.owner_dept FROM rectification r WHERE r.no = NEW.rectification), ''), NEW.project,
    COALESCE((SELECT r.registrar FROM rectification r WHERE r.no = NEW.rectification), '') FROM org_version WHERE true
  ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, no = excluded.no, words = excluded.words;
-- +end
-- +trigger search_of_begun INSERT, UPDATE OF title ON begun
INSERT INTO search_entry (kind, ref, title, no, words, dept, project, root, person, process)
  SELECT 'matter', CAST(NEW.root AS TEXT), NEW.title, s.business_key, NEW.title || ' ' || s.business_key, s.dept, s.project, NEW.root, NEW.person, s.process FROM root_state s WHERE s.key = NEW.root
  ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, words = excluded.words;
-- +end
-- +trigger search_of_person INSERT, UPDATE OF name name_en active ON person
DELETE FROM search_entry WHERE kind = 'person' AND ref = NEW.id AND NOT NEW.active;
INSERT INTO search_entry (kind, ref, title, words, person)
  SELECT 'person', NEW.id, NEW.name, NEW.name || ' ' || NEW.name_en, NEW.id FROM org_version WHERE NEW.active
  ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, words = excluded.words;
-- +end
-- +trigger search_of_item INSERT ON service_item
INSERT INTO search_entry (kind, ref, title, no, words, dept)
  SELECT 'item', NEW.code, NEW.name, NEW.code, NEW.code || ' ' || NEW.name, NEW.unit FROM org_version WHERE true
  ON CONFLICT (kind, ref) DO UPDATE SET title = excluded.title, words = excluded.words, dept = excluded.dept;
-- +end
-- +trigger search_of_dept UPDATE OF name ON dept
UPDATE search_entry SET words = replace(words, OLD.name, NEW.name) WHERE dept = NEW.id AND kind IN ('project', 'rectification');
-- +end
-- +trigger search_loses_project DELETE ON project
DELETE FROM search_entry WHERE kind = 'project' AND ref = OLD.code;
-- +end
-- +trigger search_loses_document DELETE ON document
DELETE FROM search_entry WHERE kind = 'document' AND ref = OLD.id;
-- +end
-- +trigger search_loses_begun DELETE ON begun
DELETE FROM search_entry WHERE kind = 'matter' AND ref = CAST(OLD.root AS TEXT);
-- +end

-- A group of filters that a person keeps under a name.
CREATE TABLE saved_view (
  id       $SERIAL,
  person   TEXT NOT NULL,
  page     TEXT NOT NULL,            -- projects, rectifications, tasks, matters, cases, search
  name     TEXT NOT NULL,
  query    TEXT NOT NULL,            -- as it stands in the address
  saved_at $TIME NOT NULL,
  UNIQUE (person, page, name)
);
