package spreadsheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/quancheng/quancheng/spreadsheet"
)

// book makes a workbook of parts; sheet is the body of its only sheet.
func book(t *testing.T, sheet string, more ...string) []byte {
	t.Helper()
	parts := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="x"><workbookPr/><sheets><sheet name="a" sheetId="1" r:id="rId7"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId7" Target="worksheets/s.xml"/></Relationships>`,
		"xl/worksheets/s.xml":        `<worksheet>` + sheet + `</worksheet>`,
		"xl/sharedStrings.xml":       `<sst><si><t>窗口</t></si><si><r><t>税</t></r><r><t>务</t></r></si></sst>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="0.00&quot;day&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
	}
	for i := 0; i < len(more); i += 2 {
		parts[more[i]] = more[i+1]
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// say writes rows as "row: A|B!fault|…".
func say(rows []spreadsheet.Row) string {
	var lines []string
	for _, r := range rows {
		var cells []string
		for _, c := range r.Cells {
			text := c.Text
			if c.Fault != spreadsheet.Fine {
				text += "!" + string(c.Fault)
			}
			cells = append(cells, text)
		}
		lines = append(lines, fmt.Sprintf("%d: %s", r.No, strings.Join(cells, "|")))
	}
	return strings.Join(lines, "\n")
}

func TestWorkbooks(t *testing.T) {
	cell := func(inner string) string { return `<sheetData><row r="3">` + inner + `</row></sheetData>` }
	for name, c := range map[string]struct{ sheet, want string }{
		"shared strings": {cell(`<c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c>`), "3: 窗口||税务"},
		"inline":         {cell(`<c r="A3" t="inlineStr"><is><t> 　a </t></is></c>`), "3: a"},
		"dates": {cell(`<c r="A3" s="1"><v>44742</v></c><c r="B3" s="2"><v>44742.5</v></c><c r="C3"><v>44742</v></c>`),
			"3: 2022-06-30|2022-06-30|44742"},
		"days of 1900":   {cell(`<c r="A3" s="1"><v>5</v></c><c r="B3" s="1"><v>61</v></c>`), "3: 1900-01-05|1900-03-01"},
		"no date at all": {cell(`<c r="A3" s="3"><v>12</v></c>`), "3: 12"},
		"numbers":        {cell(`<c r="A3"><v>0.10000000000000001</v></c><c r="B3"><v>3E2</v></c>`), "3: 0.1|300"},
		"a formula":      {cell(`<c r="A3"><f>1+1</f><v>2</v></c>`), "3: 2!formula"},
		"a failed one":   {cell(`<c r="A3" t="e"><v>#N/A</v></c>`), "3: #N/A!failed"},
		"booleans":       {cell(`<c r="A3" t="b"><v>1</v></c>`), "3: true"},
		"merged": {cell(`<c r="A3" t="s"><v>0</v></c><c r="B3"/>`) + `<mergeCells><mergeCell ref="A3:B4"/></mergeCells>`,
			"3: 窗口!merged|!merged"},
		"empty rows": {`<sheetData>` + strings.Repeat(`<row><c><v></v></c></row>`, 2000) +
			`<row r="9000"><c r="A9000"><v>7</v></c></row></sheetData>`, "9000: 7"},
	} {
		rows, err := spreadsheet.Read(book(t, c.sheet))
		if err != nil || say(rows) != c.want {
			t.Errorf("%s: %q %v, want %q", name, say(rows), err, c.want)
		}
	}
}

func TestAMillionEmptyRows(t *testing.T) {
	rows, err := spreadsheet.Read(
		book(t, `<sheetData><row r="1"><c r="A1"><v>1</v></c></row>`+strings.Repeat(`<row s="1"/>`, 1_000_000)+`</sheetData>`),
	)
	if err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestWholeFilesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"a macro":    {book(t, "", "xl/vbaProject.bin", "x"), spreadsheet.ErrMacro},
		"an old xls": {append([]byte("\xd0\xcf\x11\xe0"), make([]byte, 99)...), spreadsheet.ErrFormat},
		"half a zip": {book(t, "")[:200], spreadsheet.ErrFormat},
		"broken xml": {book(t, "<sheetData><row>"), spreadsheet.ErrFormat},
		"nothing":    {book(t, "<sheetData></sheetData>"), spreadsheet.ErrEmpty},
		"no text":    {[]byte{0xff, 0xff, 0xff, 0x80, 0x81}, spreadsheet.ErrEncoding},
		"zeros":      {[]byte("a,b\x00c"), spreadsheet.ErrFormat},
		"too wide":   {[]byte(strings.Repeat("a,", 300)), spreadsheet.ErrTooLarge},
	} {
		if _, err := spreadsheet.Read(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestTexts(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("窗口,办件\r\n税务,3\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"GBK": gbk, "a mark": "\xef\xbb\xbf窗口,办件\n税务,3\n", "semicolons": "窗口;办件\n\n税务;3",
		"tabs": "窗口\t办件\n税务\t3\n"} {
		rows, err := spreadsheet.Read([]byte(data))
		if err != nil || len(rows) != 2 || rows[0].Text(0) != "窗口" || rows[1].Text(1) != "3" {
			t.Errorf("%s: %q %v", name, say(rows), err)
		}
	}
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	raw, err := spreadsheet.Write(
		spreadsheet.Sheet{Name: "值[班]", Heads: []string{"窗口", "办件"}, Rows: [][]any{{"=1+1", spreadsheet.Number("12.5")}, {"<税&务>", ""}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := spreadsheet.Read(raw)
	if want := "1: 窗口|办件\n2: =1+1|12.5\n3: <税&务>"; err != nil || say(rows) != want {
		t.Errorf("%q %v", say(rows), err)
	}
	again, err := spreadsheet.Write(
		spreadsheet.Sheet{Name: "值[班]", Heads: []string{"窗口", "办件"}, Rows: [][]any{{"=1+1", spreadsheet.Number("12.5")}, {"<税&务>", ""}}},
	)
	if err != nil || !bytes.Equal(raw, again) {
		t.Error("the same sheet gives other bytes")
	}
}

func TestColumns(t *testing.T) {
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 27: "AB", 701: "ZZ", 702: "AAA"} {
		if got := spreadsheet.Column(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
