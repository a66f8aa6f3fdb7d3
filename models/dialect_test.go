package models

import (
	"strings"
	"testing"
)

func TestDialectOf(t *testing.T) {
	const sql = "a;\n-- +only postgres\np;\n-- +only sqlite\ns;\n-- +all\nb;\n-- +trigger tr INSERT, UPDATE OF x y ON t\nINSERT INTO u SELECT 'it';\n-- +end\nc;\n"
	for dialect, want := range map[string][]string{
		NameSQLite: {"s;", "CREATE TRIGGER tr_insert AFTER INSERT ON t BEGIN\nINSERT INTO u SELECT 'it';\nEND;",
			"tr_update AFTER UPDATE OF x, y ON t"},
		postgresName: {"p;", "SELECT ''it'';\nRETURN NULL;",
			"CREATE TRIGGER tr AFTER INSERT OR UPDATE OF x, y ON t FOR EACH ROW EXECUTE FUNCTION tr();"},
	} {
		got, err := dialectOf(sql, dialect)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range append(want, "a;", "b;", "c;") {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", dialect, w, got)
			}
		}
	}
	for _, wrong := range []string{"-- +trigger x INSERT ON t\n", "-- +trigger x\n-- +end\n"} {
		if _, err := dialectOf(wrong, NameSQLite); err == nil {
			t.Errorf("%q passed", wrong)
		}
	}
}
