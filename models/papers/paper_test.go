package papers_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/quancheng/quancheng/models/papers"
)

func shelf(t testing.TB) *papers.Shelf {
	t.Helper()
	s, err := papers.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// doc builds a template from facts with every field filled.
func doc(t testing.TB, kind string) papers.Doc {
	t.Helper()
	s := shelf(t)
	tmpl, ok := s.Kind(kind)
	if !ok {
		t.Fatalf("there is no kind %s", kind)
	}
	d, err := s.Rehearse(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	d.Meta.No, d.Meta.Verify = "县数资审〔2022〕1号", "https://example.gov.cn/verify/ABCDEFGHJKLMNPQRSTUV?no=1"
	return d
}

// squash leaves what is printed of a text, so that line ends do not count.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// wanted are the texts of a tree, in reading order.
func wanted(d papers.Doc) (out []string) {
	for _, b := range d.Blocks {
		if b.Kind != "sign" && b.Kind != "boxes" {
			out = append(out, b.Text)
		}
		out = append(out, b.Items...)
		if b.Table != nil {
			for _, r := range slices.Concat([][]string{b.Table.Head}, b.Table.Rows, [][]string{b.Table.Total}) {
				out = append(out, r...)
			}
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// docxText reads a .docx with the readers of the standard library.
func docxText(t testing.TB, raw []byte) (text, document, settings string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
			continue
		}
		var b strings.Builder
		dec, inText := xml.NewDecoder(bytes.NewReader(body)), false
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				inText = tok.Name.Local == "t"
			case xml.EndElement:
				inText = false
			case xml.CharData:
				if inText {
					b.Write(tok)
				}
			}
		}
		switch f.Name {
		case "word/document.xml":
			text, document = b.String(), string(body)
		case "word/settings.xml":
			settings = string(body)
		}
	}
	return text, document, settings
}

// Every kind that ships is rendered into every format, the same bytes again, with all of its text, read back by readers that
// share no code with the writers, and stands on the page where GB/T 9704 puts it.
func TestEveryKind(t *testing.T) {
	for _, kind := range shelf(t).Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			d := doc(t, kind)
			out := map[string][]byte{}
			for _, format := range []string{"html", "docx", "pdf"} {
				raw, err := d.Render(format)
				if err != nil {
					t.Fatal(err)
				}
				again, err := doc(t, kind).Render(format)
				if err != nil || !bytes.Equal(raw, again) {
					t.Errorf("%s: other bytes at the second time (%v)", format, err)
				}
				out[format] = raw
			}
			text, document, settings := docxText(t, out["docx"])
			pages := readPDF(t, out["pdf"])
			pdfText := ""
			for _, p := range pages {
				pdfText += p.text
			}
			for _, want := range wanted(d) {
				if !strings.Contains(squash(text), squash(want)) {
					t.Errorf("docx lacks %q", want)
				}
				if !within(squash(pdfText), squash(want)) {
					t.Errorf("pdf lacks %q", want)
				}
			}
			for _, measure := range []string{`<w:pgSz w:w="11906" w:h="16838"/>`,
				`w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"`, `w:linePitch="579"`} {
				if !strings.Contains(document, measure) {
					t.Errorf("docx lacks %s", measure)
				}
			}
			if !strings.Contains(settings, "evenAndOddHeaders") {
				t.Error("docx numbers even pages as odd ones")
			}
			for i, p := range pages {
				p.measured(t, i+1)
			}
		})
	}
}

// within reports whether the characters of want come in text, in order and close together: a cell's lines stand beside those of others.
func within(text, want string) bool {
	if strings.Contains(text, want) {
		return true
	}
	for _, r := range want {
		if !strings.ContainsRune(text, r) {
			return false
		}
	}
	return true
}

// A full page holds 22 lines of 28 characters; no line begins with a closing mark or ends with an opening one.
func TestGrid(t *testing.T) {
	d := doc(t, "acceptance_notice")
	d.Blocks = nil
	d.Class = "N"
	d.Meta.Verify = ""
	for range 3 {
		d.Blocks = append(d.Blocks, papers.Block{Kind: "p", Text: strings.Repeat("数据资源管理局组织评审，形成意见（共三项）；", 28)})
	}
	d.Blocks = append(d.Blocks, papers.Block{Kind: "p", Text: strings.Repeat("数", 28*40)})
	raw, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	pages := readPDF(t, raw)
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	full := 0
	for _, p := range pages[:len(pages)-1] {
		lines := p.lines()
		if len(lines) != 22 {
			t.Errorf("%d lines on a full page", len(lines))
		}
		for _, l := range lines {
			runes := []rune(l)
			if len(runes) > 28 {
				t.Errorf("%d characters: %s", len(runes), l)
			}
			if len(runes) == 28 {
				full++
			}
			if strings.ContainsRune("、，。；：？！）》”", runes[0]) || strings.ContainsRune("（《“", runes[len(runes)-1]) {
				t.Errorf("a line parts wrongly: %s", l)
			}
		}
	}
	if full < 22 {
		t.Errorf("only %d lines are full", full)
	}
}

// What does not fit the facts refuses a template, with its line.
func TestTemplatesRefused(t *testing.T) {
	front := "---\nkind: trial_notice\nname: {zh: 试, en: Trial}\nclass: N\nseries: 试\nfacts: [app, lines]\n---\n"
	for _, c := range []struct {
		name, text string
		line       int
		want       string
	}{
		{"an unknown root", front + "# 题\n{aplicant.name}\n", 9, "aplicant"},
		{"an unknown field", front + "# 题\n{app.recievedOn}\n", 9, "recievedOn"},
		{"an unknown field of a row", front + "# 题\n::: table x widths='78,78' rows='{lines}'\n序号 {no} | 金额 {wan(amount)}\n:::\n", 10,
			"amount"},
		{"an unknown function", front + "# 题\n{wann(1)}\n", 9, "wann"},
		{"a root that is not named", front + "# 题\n{contract.no}\n", 9, "contract"},
		{"an open brace", front + "# 题\n{app.revision\n", 9, "brace"},
		{"an open block", front + "# 题\n::: if {true}\n文\n", 9, "end"},
		{"an unknown block", front + "# 题\n::: tabel\n", 9, "tabel"},
		{"widths", front + "# 题\n::: table x widths='70,78' rows='{lines}'\n序号 {no} | 名 {name}\n:::\n", 9, "148"},
		{"no front matter", "# 题\n", 1, "front matter"},
		{"an unknown key", "---\nkind: a_b\nnaem: x\n---\n# 题\n", 3, "naem"},
		{"an unknown class", strings.Replace(front, "class: N", "class: Q", 1) + "# 题\n", 4, "class"},
		{"an unknown root of facts", strings.Replace(front, "[app, lines]", "[ap]", 1) + "# 题\n", 6, "ap"},
		{"no text", front, 8, "no text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl, found := papers.Parse([]byte(c.text))
			if tmpl != nil || len(found) == 0 || !strings.Contains(found[0].Message, c.want) || found[0].Line != c.line {
				t.Errorf("%v, want line %d: %s", found, c.line, c.want)
			}
		})
	}
}

// A county's file stands in the place of the shipped one; what nobody brings to the kind is refused with file and line.
func TestCountysTemplates(t *testing.T) {
	raw, err := os.ReadFile("templates/acceptance_notice.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, old, new, want string }{
		{"another sentence", "acceptance_notice.md", "予以受理。", "准予受理。", ""},
		{"a misspelt field", "acceptance_notice.md", "{rulePack}", "{rulePak}", "acceptance_notice.md:22:"},
		{"a fact that nobody brings", "acceptance_notice.md", "facts: [app, clock]", "facts: [app, clock, award]",
			"nobody brings the fact award"},
		{"another series", "acceptance_notice.md", "series: 受", "series: 收", "series stays"},
		{"a misplaced file", "other.md", "", "", "belongs into a file acceptance_notice.md"},
		{"a house", "house.yaml", "", "code: 甲数资\n", ""},
		{"a misspelt house", "house.yaml", "", "cod: 甲数资\n", "cod"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			body := strings.Replace(string(raw), c.old, c.new, 1)
			if c.file == "house.yaml" {
				body = c.new
			}
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := papers.Load(dir)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if c.name == "another sentence" && !strings.HasPrefix(s.Source("acceptance_notice"), dir) {
				t.Error(s.Source("acceptance_notice"))
			}
		})
	}
}

// A value that is printed and that nobody brought refuses the paper; one that a text from outside smuggles in is taken out.
func TestFactsOfAPaper(t *testing.T) {
	tmpl, _ := shelf(t).Kind("acceptance_notice")
	facts := tmpl.Sample()
	facts["rulePack"] = nil
	vars, err := tmpl.Values(facts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tmpl.Build(vars); err == nil || !strings.Contains(err.Error(), "rulePack") {
		t.Errorf("without a rule pack: %v", err)
	}
	facts["rulePack"] = "甲\x00包\u202e(2022\u200b,示例)\r\n二"
	if vars, err = tmpl.Values(facts); err != nil {
		t.Fatal(err)
	}
	d, err := tmpl.Build(vars)
	if err != nil {
		t.Fatal(err)
	}
	if html := string(d.HTML()); !strings.Contains(html, "甲包（2022，示例） 二") {
		t.Error("control characters stay, or brackets are half-width")
	}
	facts["clock"] = map[string]any{"dueOn": "gestern"}
	if _, err := tmpl.Values(facts); err == nil || !strings.Contains(err.Error(), "clock.dueOn") {
		t.Errorf("a date that is none: %v", err)
	}
}

// A table of a thousand rows, and a row that is longer than a page, are drawn whole, the head on every page.
func TestLongTables(t *testing.T) {
	d := doc(t, "approval_sheet")
	table := &papers.Table{Widths: []int{20, 136}, Head: []string{"序号", "内容"}, Total: []string{"合计", "一千零一"}}
	for i := range 1000 {
		table.Rows = append(table.Rows, []string{fmt.Sprint(i + 1), "第" + fmt.Sprint(i+1) + "项内容"})
	}
	table.Rows = append(table.Rows, []string{"1001", strings.Repeat("很长的一格。", 2000) + "完"})
	d.Blocks = []papers.Block{{Kind: "table", Table: table}}
	raw, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	pages, text := readPDF(t, raw), ""
	for i, p := range pages {
		p.measured(t, i+1)
		if !strings.Contains(squash(p.text), "序号内容") {
			t.Errorf("page %d has no head", i+1)
		}
		text += squash(p.text)
	}
	if !strings.Contains(text, "1000第1000项内容") || strings.Count(text, "很长的一格") < 1990 || !strings.Contains(text, "合计一千零一") {
		t.Error("rows are missing")
	}
}

// A void paper says so on every page, in every format.
func TestVoidMark(t *testing.T) {
	d := doc(t, "approval_reply")
	digest := d.Digest()
	d.Void = "作废"
	if d.Digest() != digest {
		t.Error("the mark is part of what was signed")
	}
	raw, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range readPDF(t, raw) {
		if !strings.Contains(squash(p.text), "作废") {
			t.Errorf("page %d is clean", i+1)
		}
	}
	if !strings.Contains(string(d.HTML()), `class="void">作废`) {
		t.Error("the HTML is clean")
	}
}

func TestCapital(t *testing.T) {
	for amount, want := range map[string]string{
		"0.00": "人民币零元整", "107000.53": "人民币壹拾万零柒仟元伍角叁分", "0.05": "人民币伍分", "971400.00": "人民币玖拾柒万壹仟肆佰元整", "10.00": "人民币壹拾元整",
		"3602600.00": "人民币叁佰陆拾万零贰仟陆佰元整", "1409.50": "人民币壹仟肆佰零玖元伍角", "20000000.10": "人民币贰仟万元壹角", "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
		"1000010000.00": "人民币壹拾亿零壹万元整",
	} {
		if got, ok := papers.Capital(decimal.RequireFromString(amount)); !ok || got != want {
			t.Errorf("%s: %s, want %s", amount, got, want)
		}
	}
	for _, bad := range []string{"-0.01", "1000000000000.00", "0.001"} {
		if got, ok := papers.Capital(decimal.RequireFromString(bad)); ok {
			t.Errorf("%s: %s", bad, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := decimal.New(rapid.Int64Range(0, 99999999999999).Draw(t, "cents"), -2)
		s, ok := papers.Capital(v)
		back, ok2 := papers.ParseCapital(s)
		if !ok || !ok2 || !back.Equal(v) {
			t.Fatalf("%s: %s: %s", v, s, back)
		}
	})
}
