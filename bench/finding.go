package bench

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/search"
	"github.com/quancheng/quancheng/spreadsheet"
)

// FindOptions of a run over the search, the search of cases, and sheets that are taken out.
type FindOptions struct {
	Out      io.Writer
	Things   []int // that are searched, from few to many
	Cases    []int // from few to many
	Elements int   // of each case
	Rounds   int   // of each question
	Export   int   // rows of a sheet
	SQLite   bool  // too; it is for desks, and slow to fill
}

// Finding measures what finding costs at several sizes: it must not grow with what lies behind it.
func Finding(ctx context.Context, o FindOptions) error {
	return onBoth(o.Out, o.SQLite, func(name, dsn, _ string) error { return o.on(ctx, name, dsn) })
}

func (o FindOptions) on(ctx context.Context, name, dsn string) error {
	fmt.Fprintf(o.Out, "\n%s\n", name)
	db, err := models.Open(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	grower := RegisterOptions{Out: o.Out, Rounds: o.Rounds}
	if err := grower.grow(ctx, db, "things", o.Things, findQuestions(), fillThings); err != nil {
		return err
	}
	err = db.Tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO bundle (digest, deployed_at, deployed_by) VALUES ('b', CURRENT_TIMESTAMP, 'x')").Error; err != nil {
			return err
		}
		return tx.Exec(
			"INSERT INTO definition (process, version, bundle, deployed_at) SELECT 'p' || CAST(n AS TEXT), 1, 'b', CURRENT_TIMESTAMP " +
				"FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2) AS s",
		).Error
	})
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if err := grower.grow(ctx, db, "cases", o.Cases, caseQuestions(), o.fillCases); err != nil {
		return err
	}
	return o.export(ctx, db)
}

// fillThings writes the index as the triggers would: titles of common and rare words, spread over 40 departments.
func fillThings(tx *gorm.DB, from, to int) error {
	return tx.Exec(numbers+`INSERT INTO search_entry (kind, ref, title, no, words, dept, project)
		SELECT CASE n % 5 WHEN 0 THEN 'project' WHEN 1 THEN 'rectification' WHEN 2 THEN 'item' ELSE 'document' END, 'R' || CAST(n AS TEXT), t,
		'XM-' || CAST(n AS TEXT), 'XM-' || CAST(n AS TEXT) || ' ' || t, 'DP' || CAST(n % 40 AS TEXT), 'XM-' || CAST(n AS TEXT)
		FROM (SELECT n, CASE n % 7 WHEN 0 THEN '智慧水利系统' WHEN 1 THEN '城市管理信息系统' WHEN 2 THEN '关于审查意见的批复' ELSE '政务数据共享平台' END || '第' || CAST(n AS
		TEXT) || '号' || CASE WHEN n % 50000 = 17 THEN '小型水库' ELSE '' END AS t FROM s) AS x`, from, to).Error
}

func findQuestions() []question {
	all := search.Sight{Business: true, All: true, Oversees: true, Person: "x"}
	own := search.Sight{Business: true, Depts: []string{"DP7"}, Person: "x"}
	ask := func(words string, s search.Sight) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			_, err := search.Find(tx, search.Question{Words: search.Words(words), Most: 100, Sight: s})
			return err
		}
	}
	return []question{
		{
			"a rare word", ask("小型水库", all),
		}, {"a common word", ask("系统", all)}, {"common words", ask("系统 水利", all)}, {"words never together", ask("水利 批复", all)},
		{
			"a number", ask("xm-12345", all),
		}, {"one department's, common", ask("系统", own)}, {"one department's, rare", ask("小型水库", own)}, {"%_'\"", ask("%_'\"", all)},
	}
}

// fillCases writes cases with the elements that they have passed; one of a hundred is stuck, nine of ten have ended.
func (o FindOptions) fillCases(tx *gorm.DB, from, to int) error {
	for _, sql := range []string{
		`INSERT INTO root_state (key, bundle, process, business_key, dept, step, state, open, created_at, updated_at)
			SELECT n, 'b', 'p' || CAST(n % 3 AS TEXT), 'SX-' || CAST(n AS TEXT), 'DP1', 9, ?, n % 10 = 0, ?, ? FROM s`,
		`INSERT INTO process_instance (key, root, parent, parent_element, process, state, started_at)
			SELECT n, n, 0, 0, 'p' || CAST(n % 3 AS TEXT), 'active', ? FROM s`,
		`INSERT INTO case_party (root, role, unit, person, source, valid_from)
			SELECT n, 'applicant', '', 'person' || CAST(n % 5000 AS TEXT), 'bench', ? FROM s`,
		`INSERT INTO incident (key, root, instance, element_key, element, code, raised_at) SELECT n, n, n, 0, 'e3', 'x', ? FROM s
			WHERE n % 100 = 0`,
	} {
		args := []any{from, to}
		if sql[:30] == "INSERT INTO root_state (key, b" {
			args = append(args, []byte("{}"), registrar.At.UTC())
		}
		if err := tx.Exec(numbers+sql, append(args, registrar.At.UTC())...).Error; err != nil {
			return err
		}
	}
	for e := range o.Elements {
		err := tx.Exec(
			numbers+`INSERT INTO element_instance (key, root, instance, scope, process, element, kind, name, loop, state, entered_at)
			SELECT CAST(n AS BIGINT) * 1048576 + ?, n, n, n, 'p' || CAST(n % 3 AS TEXT), 'e' || CAST(? AS TEXT), 'userTask', 'step', 0, CASE WHEN
			n % 10 = 0 AND ? = n % ? THEN 'active' ELSE 'completed' END, ? FROM s`,
			from, to, e, strconv.Itoa(e), e, o.Elements, registrar.At.UTC(),
		).Error
		if err != nil {
			return err
		}
	}
	return nil
}

func caseQuestions() []question {
	yes := true
	late, _ := process.CaseSorting.Pick("")
	ask := func(f process.CaseFilter) func(tx *gorm.DB) error {
		f.Limit = 50
		return func(tx *gorm.DB) error {
			_, _, err := process.Cases(tx, f)
			return err
		}
	}
	return []question{
		{
			"cases, first page", ask(process.CaseFilter{}),
		}, {"cases of a process", ask(process.CaseFilter{Process: "p1", Version: 1})},
		{"running cases", ask(process.CaseFilter{State: "running"})},
		{
			"cases at an element", ask(process.CaseFilter{Element: "e2"}),
		}, {"a case by its number", ask(process.CaseFilter{Key: "SX-77"})},
		{"a person's cases", ask(process.CaseFilter{Person: "person77"})},
		{
			"stuck cases", ask(process.CaseFilter{Incident: &yes}),
		}, {"old cases", ask(process.CaseFilter{Before: registrar.At.AddDate(0, 0, 1), State: "running"})},
		{"a late page", ask(process.CaseFilter{Cursor: late.Cursor(process.FoundCase{RootState: process.RootState{Key: 500}})})},
		{"cases, the longest still first", ask(process.CaseFilter{Sort: "movedAt"})},
	}
}

// export takes cases out as a sheet, page by page, and says how much of it was held at once.
func (o FindOptions) export(ctx context.Context, db *models.DB) error {
	began := time.Now()
	s, err := spreadsheet.NewStream(io.Discard, "cases", "bench", []string{"key", "process", "number"})
	if err != nil {
		return err
	}
	f := process.CaseFilter{Limit: 200}
	var most uint64
	for s.Rows() < o.Export {
		page, next, err := process.Cases(db.Read(ctx), f)
		if err != nil {
			return fmt.Errorf("bench: export: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, k := range page {
			if err := s.Row([]any{strconv.FormatInt(k.Key, 10), k.Process, k.BusinessKey}); err != nil {
				return err
			}
		}
		if f.Cursor = next; next == "" {
			break
		}
		if s.Rows()%10_000 < 200 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "  a sheet of %d rows: %s, at most %.1f MB held\n", s.Rows(), ms(time.Since(began)), float64(most)/(1<<20))
	return nil
}
