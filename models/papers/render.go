package papers

import (
	"errors"
	"path/filepath"
	"strings"
)

// Formats of papers, and how they travel.
var mediaTypes = map[string]string{
	"html": "text/html; charset=utf-8",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"pdf":  "application/pdf",
}

// The reasons why a format is not rendered.
var (
	ErrFormat = errors.New("papers: formats are html, docx and pdf")
	ErrOFD    = errors.New("papers: OFD is reserved: the tree holds what it needs, a writer comes with the e-seal services")
)

// MediaType of a format; empty where it is none.
func MediaType(format string) string { return mediaTypes[format] }

// FormatOf is the format that a file's name asks for.
func FormatOf(file string) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), ".")
}

// Render gives the bytes of a format.
func (d Doc) Render(format string) ([]byte, error) {
	switch format {
	case "html":
		return d.HTML(), nil
	case "docx":
		return d.Docx()
	case "pdf":
		return d.PDF()
	case "ofd":
		return nil, ErrOFD
	}
	return nil, ErrFormat
}

// Rehearse builds a template from made-up facts, every field filled: for a look at it. It has no number.
func (s *Shelf) Rehearse(t *Template) (Doc, error) {
	facts := t.Sample()
	desk := &Desk{Shelf: s}
	house, _ := facts["house"].(map[string]any)
	house["name"] = ""
	facts["house"] = desk.house(house)
	paper, _ := facts["paper"].(map[string]any)
	paper["no"], paper["signer"] = "（送审稿）", ""
	vars, err := t.Values(facts)
	if err != nil {
		return Doc{}, err
	}
	return t.Build(vars)
}
