package acts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestIncompleteRowsAreKept: a row that is no line yet costs no other row, keeps
// its place and its cells as they were typed, and counts nowhere.
func TestIncompleteRowsAreKept(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		open(t, db)
		var p books.Project
		run(t, db, func(tx *gorm.DB) (err error) {
			d := draft()
			d.Lines = nil
			p, err = acts.Create(tx, clerk, d)
			return err
		})
		line := func(name string) acts.Line {
			return acts.Line{Category: "硬件", Name: name, Qty: "2", UnitPrice: "10.00"}
		}
		put := func(lines []acts.Line, rows ...books.IncompleteLine) func(*gorm.DB) error {
			return func(tx *gorm.DB) (err error) {
				_, err = acts.PutLines(tx, clerk, p.Code, p.Version, lines, rows)
				return err
			}
		}
		for name, c := range map[string]struct {
			rows []books.IncompleteLine
			want string
		}{
			"no place":       {[]books.IncompleteLine{{Name: "丙"}}, "/incomplete/0/no: number-range"},
			"beyond the end": {[]books.IncompleteLine{{LineNo: 3, Name: "丙"}}, "/incomplete/0/no: number-range"},
			"the same place": {[]books.IncompleteLine{{LineNo: 1, Name: "丙"}, {LineNo: 1, Name: "丁"}}, "/incomplete/1/no: number-range"},
			"nothing lacking": {[]books.IncompleteLine{{LineNo: 2, Category: "硬件", Name: "丙", Qty: "1", UnitPrice: "1.00"}},
				"/incomplete/0: line-complete"},
		} {
			if got := refused(t, db, put([]acts.Line{line("甲")}, c.rows...)); got != "invalid-data; "+c.want {
				t.Errorf("%s: %s", name, got)
			}
		}
		run(
			t, db,
			put(
				[]acts.Line{line("甲"), line("乙")}, books.IncompleteLine{LineNo: 2, Name: " 机柜 ", Qty: "两台", UnitPrice: "面议"},
				books.IncompleteLine{LineNo: 4, Category: "硬件"},
			),
		)
		if got := rowsOf(t, db, p.Code); got != "1 甲 20.00|3 乙 20.00|2 机柜 两台 面议 [category qty unitPrice]|4    [name qty unitPrice]" {
			t.Error(got)
		}
		row, err := books.ProjectByCode(db.Read(context.Background()), nil, p.Code)
		if err != nil || row.Totals.Declared.String() != "40.00" || row.Version != 2 {
			t.Errorf("%+v, %v", row, err)
		}
		p.Version = 2
		run(t, db, put([]acts.Line{line("甲")}))
		if got := rowsOf(t, db, p.Code); got != "1 甲 20.00" {
			t.Errorf("after all is complete: %s", got)
		}
	})
}

// rowsOf tells the lines of a draft, then its incomplete rows.
func rowsOf(t *testing.T, db *models.DB, code string) string {
	t.Helper()
	lines, err := books.Lines(db.Read(context.Background()), code)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := books.IncompleteLines(db.Read(context.Background()), code)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%d %s %s", l.LineNo, l.Name, l.Declared))
	}
	for _, l := range rows {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s %s %v", l.LineNo, l.Name, l.Qty, l.UnitPrice, l.Missing())))
	}
	return strings.Join(out, "|")
}
