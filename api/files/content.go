package files

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// The reasons why the content of a file of an allowed type is not let in.
var (
	ErrActive = errors.New("files: it runs something or fetches something when it is opened")
	ErrSecret = errors.New("files: it is marked as a state secret")
)

// running are parts that begin to run with the file that has them: macros of all ages, controls.
var running = []string{"vbaproject.bin", "vbadata.xml", "xl/macrosheets/", "xl/dialogsheets/", "/activex/"}

// calm are relations to the outside that fetch nothing before somebody clicks or agrees.
var calm = []string{"/hyperlink", "/externallinkpath", "/externallinklongpath", "/image"}

// dde are fields and links that start a program, or have one send data.
var dde = regexp.MustCompile(`(?i)\bDDE(AUTO)?\b`)

// Secret finds the mark of a state secret (保守国家秘密法): the grade with the star behind it.
var Secret = regexp.MustCompile(`(绝密|机密|秘密)\s*[★☆]`)

// maxPart is how much of a part of an office file is read to look for such things.
const maxPart = 64 << 20

// calms looks into one part of an archive, whose name is cleaned and in lower case.
func calms(name string, e *zip.File) error {
	for _, part := range running {
		if strings.HasSuffix(name, part) || strings.HasPrefix(name, part) ||
			strings.HasSuffix(part, "/") && strings.Contains("/"+name, "/"+strings.TrimPrefix(part, "/")) {
			return ErrActive
		}
	}
	switch {
	case name == "[content_types].xml", strings.HasSuffix(name, ".rels"), strings.HasPrefix(name, "xl/externallinks/"):
	case (strings.HasPrefix(name, "word/") || strings.HasPrefix(name, "xl/") || strings.HasPrefix(name, "doc_") ||
		name == "docprops/core.xml") && path.Ext(name) == ".xml":
	default:
		return nil
	}
	r, err := e.Open()
	if err != nil {
		return ErrType
	}
	defer func() { _ = r.Close() }()
	limited := &io.LimitedReader{R: r, N: maxPart}
	err = looked(limited)
	switch {
	case errors.Is(err, ErrActive), errors.Is(err, ErrSecret):
		return err
	case limited.N <= 0:
		return ErrLarge
	case err != nil:
		return fmt.Errorf("%w: %s", ErrDisguised, name) // a part that is no XML is not what its name says
	}
	return nil
}

// looked reads a part for relations, fields and marks that must not come in. What people read
// stands in several elements of a paragraph, an instruction in several of a field: they are read as one.
func looked(r io.Reader) error {
	dec := xml.NewDecoder(r)
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var text, field strings.Builder
	inField := false
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := started(t); err != nil {
				return err
			}
			switch t.Name.Local {
			case "instrText":
				inField = true
			case "fldChar":
				field.WriteByte(' ')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "instrText":
				inField = false
			case "p", "si", "row", "TextObject":
				text.WriteByte('\n')
			}
		case xml.CharData:
			if inField {
				field.Write(t)
			} else if strings.TrimSpace(string(t)) != "" {
				text.Write(t)
			}
			if Secret.MatchString(tail(text.String())) {
				return ErrSecret
			}
			if dde.MatchString(tail(field.String())) {
				return ErrActive
			}
		}
	}
	return nil
}

// tail is the end of a text, long enough for whatever is looked for in it.
func tail(s string) string {
	if len(s) <= 4096 {
		return s
	}
	s = s[len(s)-4096:]
	for !utf8.RuneStart(s[0]) {
		s = s[1:]
	}
	return s
}

// started refuses elements that run or fetch something.
func started(e xml.StartElement) error {
	attr := func(name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	switch e.Name.Local {
	case "ddeLink", "oleLink":
		return ErrActive
	case "fldSimple":
		if dde.MatchString(attr("instr")) {
			return ErrActive
		}
	case "Override", "Default":
		if strings.Contains(strings.ToLower(attr("ContentType")), "macroenabled") {
			return ErrActive
		}
	case "Relationship":
		if strings.EqualFold(attr("TargetMode"), "External") && !calmly(attr("Type"), attr("Target")) {
			return ErrActive
		}
	}
	return nil
}

// calmly reports whether a relation to the outside waits for somebody. A picture from the web is only fetched; one
// from another computer's share hands over who opens it.
func calmly(kind, target string) bool {
	kind, target = strings.ToLower(kind), strings.ToLower(strings.ReplaceAll(target, `\`, "/"))
	for _, k := range calm {
		if strings.HasSuffix(kind, k) {
			return k != "/image" || !strings.HasPrefix(target, "//") && !strings.HasPrefix(target, "file:")
		}
	}
	return false
}
