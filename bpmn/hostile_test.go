package bpmn

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const emptyModel = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t" id="d">%s</definitions>`

func TestHostileXML(t *testing.T) {
	entities := `<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	nested := strings.Repeat("<subProcess id='s'>", 10_000) + strings.Repeat("</subProcess>", 10_000)
	cases := []struct {
		name, rule string
		data       string
	}{
		{"empty", "xml-syntax", ""},
		{"not xml", "xml-syntax", "PK\x03\x04"},
		{"entity bomb", "xml-doctype", entities + fmt.Sprintf(emptyModel, "&b;")},
		{"external entity", "xml-doctype", `<!DOCTYPE d SYSTEM "file:///etc/passwd">` + fmt.Sprintf(emptyModel, "")},
		{"unknown entity", "xml-syntax", fmt.Sprintf(emptyModel, "&nbsp;")},
		{"attribute of 100 MB", "xml-limit", fmt.Sprintf(emptyModel, `<process id="p" name="`+strings.Repeat("x", 100<<20)+`"/>`)},
		{"attribute of 2 MB", "xml-limit", fmt.Sprintf(emptyModel, `<process id="p" name="`+strings.Repeat("x", 2<<20)+`"/>`)},
		{"nested 10,000 deep", "xml-limit", fmt.Sprintf(emptyModel, nested)},
		{"a million elements", "xml-limit", fmt.Sprintf(emptyModel, strings.Repeat("<x/>", 1_000_000))},
		{"a thousand attributes", "xml-limit", fmt.Sprintf(emptyModel, "<process "+manyAttributes(1000)+"/>")},
		{"cut off", "xml-syntax", fmt.Sprintf(emptyModel, "")[:80]},
		{"not closed", "xml-syntax", `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">`},
		{"closed twice", "xml-syntax", fmt.Sprintf(emptyModel, "") + "</definitions>"},
		{"crossed", "xml-syntax", fmt.Sprintf(emptyModel, "<a><b></a></b>")},
		{"two roots", "xml-syntax", fmt.Sprintf(emptyModel, "") + fmt.Sprintf(emptyModel, "")},
		{"text after the root", "xml-syntax", fmt.Sprintf(emptyModel, "") + "x"},
		{"attribute twice", "xml-syntax", fmt.Sprintf(emptyModel, `<process id="a" id="b"/>`)},
		{"undeclared prefix", "xml-namespace", fmt.Sprintf(emptyModel, `<zeebe:x/>`)},
		{"broken UTF-8", "xml-encoding", fmt.Sprintf(emptyModel, "<process id='\xff'/>")},
		{"unknown encoding", "xml-encoding", `<?xml version="1.0" encoding="EBCDIC-7"?>` + fmt.Sprintf(emptyModel, "")},
		{"another root", "xml-root", `<html/>`},
		{"BPMN 1", "xml-root", `<definitions xmlns="http://example.org/other"/>`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, ds := Parse([]byte(c.data))
			if len(ds) == 0 || ds[0].Rule != c.rule || ds[0].Severity != Error || ds[0].Line < 1 || ds[0].Col < 1 || ds[0].Hint == "" {
				t.Fatalf("got %v, want an error %s with a place and a hint", ds, c.rule)
			}
			if m != nil {
				Check(m)
			}
		})
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d='' ", i)
	}
	return b.String()
}

// What is large but allowed is checked in bounded time, and diagnostics are bounded too.
func TestCheckIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<process id="p" isExecutable="true"><startEvent id="s"/>`)
	for i := range 5_000 {
		fmt.Fprintf(&b, `<task id="t%d"><incoming>f</incoming></task><sequenceFlow id="f%d" sourceRef="s" targetRef="t%d"/>`, i, i, i)
	}
	b.WriteString(`</process>`)
	m := mustParse(t, fmt.Appendf(nil, emptyModel, b.String()))
	if n := len(Check(m)); n == 0 || n > maxDiagnostics {
		t.Errorf("%d diagnostics", n)
	}
	b.WriteString(strings.Repeat(`<process/>`, maxElements))
	m = mustParse(t, fmt.Appendf(nil, emptyModel, b.String()))
	if ds := Check(m); len(ds) != 1 || ds[0].Rule != "limit" {
		t.Errorf("%d diagnostics, want the limit alone", len(ds))
	}
}

func TestEncodings(t *testing.T) {
	name := []byte{0xC9, 0xEA, 0xC7, 0xEB} // 申请 in GBK
	parts := strings.SplitN(fmt.Sprintf(emptyModel, `<process id="p" name="@"/>`), "@", 2)
	data := bytes.Join([][]byte{[]byte(`<?xml version="1.0" encoding="GBK"?>`), []byte(parts[0]), name, []byte(parts[1])}, nil)
	m := mustParse(t, data)
	if got := m.Processes[0].Name; got != "申请" {
		t.Errorf("name is %q", got)
	}
	if got := rewritten(t, m).Processes[0].Name; got != "申请" {
		t.Errorf("written name is %q", got)
	}
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range `<?xml version="1.0" encoding="UTF-16"?>` + parts[0] + "申" + parts[1] {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	if got := mustParse(t, utf16).Processes[0].Name; got != "申" {
		t.Errorf("UTF-16 name is %q", got)
	}
}

// FuzzParse: whatever the bytes, reading, checking, repairing and writing neither
// panics nor loses anything.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, model := range archive.Files {
			f.Add(model.Data)
		}
	}
	f.Add(
		[]byte(
			"<?xml version='1.0'?><!-- c --><b:definitions xmlns:b='http://www.omg.org/spec/BPMN/20100524/MODEL' a='&#13;&quot;'><![CDATA[]]></b:definitions>",
		),
	)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ds := Parse(data)
		if m == nil {
			if !HasErrors(ds) {
				t.Fatal("no model and no error")
			}
			return
		}
		Check(m)
		if len(ds) > 0 {
			return
		}
		out, err := m.Write()
		if err != nil {
			t.Fatal(err)
		}
		again, ds := Parse(out)
		if again == nil || HasErrors(ds) {
			t.Fatalf("what was written cannot be read: %v\n%s", ds, out)
		}
		if a, b := dump(m.Root), dump(again.Root); a != b {
			t.Fatalf("not the same: %s", firstDifference(a, b))
		}
		Repair(m)
		Check(m)
	})
}
