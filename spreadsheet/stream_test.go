package spreadsheet_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/spreadsheet"
)

func TestStreamReadsBack(t *testing.T) {
	var out bytes.Buffer
	s, err := spreadsheet.NewStream(&out, "项目", "周敏 & 项目科 2026-03-02", []string{"编号", "金额"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][]any{{"XM-1", spreadsheet.Number("12.50")}, {"=SUM(A1)", ""}, {"<b>&", spreadsheet.Number("")}} {
		if err := s.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := spreadsheet.Read(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got := say(rows); s.Rows() != 3 || !strings.Contains(got, "周敏 & 项目科 2026-03-02") || !strings.Contains(got, "XM-1") ||
		!strings.Contains(got, "12.5") || !strings.Contains(got, "=SUM(A1)") || !strings.Contains(got, "<b>&") {
		t.Error(got)
	}
}

// What is held does not grow with the rows.
func TestStreamIsFlat(t *testing.T) {
	s, err := spreadsheet.NewStream(io.Discard, "x", "m", []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	grown := func(rows int) int64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range rows {
			if err := s.Row([]any{fmt.Sprintf("第 %d 行", i), spreadsheet.Number(fmt.Sprint(i))}); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		return int64(after.HeapAlloc) - int64(before.HeapAlloc)
	}
	grown(1000)
	if g := grown(100_000); g > 1<<20 {
		t.Errorf("100000 rows hold %d bytes", g)
	}
}
