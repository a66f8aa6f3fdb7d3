package files

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// office is an archive of parts: name, content ….
func office(t *testing.T, parts ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i+1 < len(parts); i += 2 {
		f, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(f, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const (
	types    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`
	relation = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%TYPE%" Target="%TARGET%" TargetMode="%MODE%"/></Relationships>`
)

func rel(kind, target, mode string) string {
	return strings.NewReplacer("%TYPE%", kind, "%TARGET%", target, "%MODE%", mode).Replace(relation)
}

func word(inner string) string {
	return `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + inner + `</w:body></w:document>`
}

// TestWhatComesIn: office files that run or fetch something are refused by what is in them; ordinary ones come in.
func TestWhatComesIn(t *testing.T) {
	for _, c := range []struct {
		name, ext string
		parts     []string
		want      error
	}{
		{"an ordinary document", ".docx", []string{"word/document.xml", word(`<w:p><w:r><w:t>建设方案</w:t></w:r></w:p>`)}, nil},
		{"a link to a page", ".docx", []string{"word/document.xml", word(""), "word/_rels/document.xml.rels",
			rel("hyperlink", "https://www.gov.cn", "External")}, nil},
		{"a picture from the web", ".docx", []string{"word/document.xml", word(""), "word/_rels/document.xml.rels",
			rel("image", "https://www.gov.cn/a.png", "External")}, nil},
		{"a picture on a share", ".docx", []string{"word/document.xml", word(""), "word/_rels/document.xml.rels",
			rel("image", `\\host\a.png`, "External")}, ErrActive},
		{"a template of its own", ".docx", []string{"word/document.xml", word(""), "word/_rels/settings.xml.rels",
			rel("attachedTemplate", "normal.dotx", "Internal")}, nil},
		{"a remote template", ".docx", []string{"word/document.xml", word(""), "word/_rels/settings.xml.rels",
			rel("attachedTemplate", "https://evil.example/t.dotm", "External")}, ErrActive},
		{"a remote template, written small", ".docx", []string{"word/document.xml", word(""), "WORD/_RELS/SETTINGS.XML.RELS",
			rel("attachedTemplate", "https://evil.example/t.dotm", "external")}, ErrActive},
		{"a linked object", ".docx", []string{"word/document.xml", word(""), "word/_rels/document.xml.rels",
			rel("oleObject", "https://evil.example/o", "External")}, ErrActive},
		{"a page number", ".docx", []string{"word/document.xml", word(`<w:p><w:fldSimple w:instr=" PAGE "/></w:p>`)}, nil},
		{"DDE in a simple field", ".docx", []string{"word/document.xml",
			word(`<w:p><w:fldSimple w:instr=" DDEAUTO c:\\windows\\cmd.exe "/></w:p>`)}, ErrActive},
		{"DDE in pieces", ".docx",
			[]string{"word/document.xml",
				word(`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:\x</w:instrText></w:r></w:p>`)}, ErrActive},
		{"DDE in a header", ".docx", []string{"word/document.xml", word(""), "word/header1.xml",
			word(`<w:p><w:instrText>DDE x y</w:instrText></w:p>`)}, ErrActive},
		{"the word DDE in the text", ".docx", []string{"word/document.xml", word(`<w:p><w:r><w:t>不得使用 DDE 链接</w:t></w:r></w:p>`)}, nil},
		{"a control", ".docx", []string{"word/document.xml", word(""), "word/activeX/activeX1.xml", "<x/>"}, ErrActive},
		{"macros", ".xlsx", []string{"xl/workbook.xml", "<x/>", "xl/vbaProject.bin", "x"}, ErrActive},
		{"macros of Excel 4", ".xlsx", []string{"xl/workbook.xml", "<x/>", "xl/macrosheets/sheet1.xml", "<x/>"}, ErrActive},
		{"dialogs of Excel 5", ".xlsx", []string{"xl/workbook.xml", "<x/>", "xl/dialogsheets/sheet1.xml", "<x/>"}, ErrActive},
		{"a type with macros", ".xlsx", []string{"xl/workbook.xml", "<x/>", "[Content_Types].xml",
			strings.Replace(types, "application/xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", 1)}, ErrActive},
		{"another workbook", ".xlsx", []string{"xl/workbook.xml", "<x/>", "xl/externalLinks/externalLink1.xml",
			`<externalLink><externalBook/></externalLink>`, "xl/externalLinks/_rels/externalLink1.xml.rels",
			rel("externalLinkPath", "报价.xlsx", "External")}, nil},
		{"a DDE link", ".xlsx", []string{"xl/workbook.xml", "<x/>", "xl/externalLinks/externalLink1.xml",
			`<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>`}, ErrActive},
		{"a mark of secrecy", ".docx",
			[]string{"word/document.xml", word(`<w:p><w:r><w:t>机密</w:t></w:r><w:r><w:t>★ 10年</w:t></w:r></w:p>`)}, ErrSecret},
		{"a mark in a sheet", ".xlsx", []string{"xl/workbook.xml", "<x/>", "xl/sharedStrings.xml", `<sst><si><t>秘密 ★</t></si></sst>`},
			ErrSecret},
		{"trade secrets", ".docx", []string{"word/document.xml", word(`<w:p><w:r><w:t>商业秘密的保护，★ 为重点条款</w:t></w:r></w:p>`)}, nil},
		{"a part that is no XML", ".docx", []string{"word/document.xml", "<w:p"}, ErrDisguised},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := c.parts
			if !strings.Contains(strings.Join(parts, ""), "Types xmlns") {
				parts = append([]string{"[Content_Types].xml", types}, parts...)
			}
			f, err := Store{Dir: t.TempDir()}.Stage("文件"+c.ext, bytes.NewReader(office(t, parts...)))
			defer f.Discard()
			if c.want == nil && err != nil || !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	if _, err := (Store{Dir: t.TempDir()}).Stage("机密★方案.pdf", strings.NewReader("%PDF-1.7\n")); !errors.Is(err, ErrSecret) {
		t.Errorf("a name with a mark: %v", err)
	}
}

// eicar is the test file of the scanners' makers, in two pieces: none shall find it here.
var eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// fakeClamd speaks as clamd does: it finds eicar, or says what it is told to.
func fakeClamd(t *testing.T, says string) *Scanner {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				answer := says
				if found := received(c); answer == "" {
					answer = map[bool]string{true: "stream: Win.Test.EICAR_HDB-1 FOUND", false: "stream: OK"}[found]
				}
				_, _ = io.WriteString(c, answer+"\x00")
			}()
		}
	}()
	return &Scanner{Network: "tcp", Address: l.Addr().String(), Patience: 5 * time.Second}
}

func received(c net.Conn) (found bool) {
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(c, command[:6]); err != nil || string(command[:6]) == "zPING\x00" {
		return false
	}
	_, _ = io.ReadFull(c, command[6:])
	var all []byte
	for {
		var size uint32
		if binary.Read(c, binary.BigEndian, &size) != nil || size == 0 {
			return bytes.Contains(all, []byte(eicar))
		}
		part := make([]byte, size)
		if _, err := io.ReadFull(c, part); err != nil {
			return false
		}
		all = append(all, part...)
	}
}

// TestScanner: what it finds is refused, and what it cannot look at as well.
func TestScanner(t *testing.T) {
	pdf := []byte("%PDF-1.7\n" + strings.Repeat("x", 3*chunk))
	gone := fakeClamd(t, "")
	gone.Address = "127.0.0.1:1"
	for _, c := range []struct {
		name    string
		scanner *Scanner
		content []byte
		want    error
	}{
		{"clean", fakeClamd(t, ""), pdf, nil},
		{"found, across two chunks", fakeClamd(t, ""), append(bytes.Clone(pdf[:chunk-7]), eicar...), ErrInfected},
		{"an error of its own", fakeClamd(t, "INSTREAM size limit exceeded. ERROR"), pdf, ErrScanner},
		{"no word", fakeClamd(t, "\x00"), pdf, ErrScanner},
		{"gone", gone, pdf, ErrScanner},
		{"none", nil, append(bytes.Clone(pdf), eicar...), nil},
	} {
		dir := t.TempDir()
		f, err := Store{Dir: dir, Scanner: c.scanner}.Stage("方案.pdf", bytes.NewReader(c.content))
		if c.want == nil && err != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if left, _ := os.ReadDir(dir); c.want != nil && len(left) > 0 {
			t.Errorf("%s: %v stays", c.name, left)
		}
		f.Discard()
	}
	if err := fakeClamd(t, "PONG").Ping(context.Background()); err != nil {
		t.Error(err)
	}
	if err := gone.Ping(context.Background()); !errors.Is(err, ErrScanner) {
		t.Errorf("nobody there: %v", err)
	}
	for setting, want := range map[string]bool{"": true, "tcp://clamd:3310": true, "unix:/run/clamd.sock": true, "clamd:3310": false,
		"tcp://clamd": false, "unix:clamd.sock": false, "http://x:1": false} {
		if _, err := ParseScanner(setting); (err == nil) != want {
			t.Errorf("%q: %v", setting, err)
		}
	}
}
