package founding

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/quancheng/quancheng/models"
)

// File is what a town is founded with: setup.json.
type File struct {
	Town           Town           `json:"town"`
	Units          []Unit         `json:"units"`
	Functions      Functions      `json:"functions"`
	Administrators Administrators `json:"administrators"`
}

// Town is who moves in.
type Town struct {
	Name       string `json:"name"`
	NameEn     string `json:"nameEn,omitempty"`
	RegionCode string `json:"regionCode,omitempty"` // 行政区划代码, GB/T 2260: six digits
	DocSeries  string `json:"docSeries,omitempty"`  // 机关代字
}

// Unit is a department of the town.
type Unit struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	NameEn     string `json:"nameEn,omitempty"`
	Kind       string `json:"kind,omitempty"` // without it: the function that it serves, else applying
	Parent     string `json:"parent,omitempty"`
	AgencyCode string `json:"agencyCode,omitempty"`
	USCC       string `json:"uscc,omitempty"` // 统一社会信用代码
}

// Functions say which unit does what. Discipline, audit and hall may be missing.
type Functions struct {
	Bureau      string   `json:"bureau"`
	Finance     string   `json:"finance"`
	Procurement string   `json:"procurement"`
	County      string   `json:"county"`
	Joint       []string `json:"joint"`
	Archive     string   `json:"archive"`
	Experts     string   `json:"experts"`
	Discipline  string   `json:"discipline,omitempty"`
	Audit       string   `json:"audit,omitempty"`
	Hall        string   `json:"hall,omitempty"`
}

// assigned is one unit of a function, and where the file says so.
type assigned struct {
	function, unit, pointer string
	optional                bool
}

func (f Functions) all() []assigned {
	out := []assigned{
		{"bureau", f.Bureau, "/functions/bureau", false}, {"finance", f.Finance, "/functions/finance", false},
		{"procurement", f.Procurement, "/functions/procurement", false}, {"county", f.County, "/functions/county", false},
		{"archive", f.Archive, "/functions/archive", false}, {"experts", f.Experts, "/functions/experts", false},
		{
			"discipline", f.Discipline, "/functions/discipline", true,
		}, {"audit", f.Audit, "/functions/audit", true}, {"hall", f.Hall, "/functions/hall", true},
	}
	for i, unit := range f.Joint {
		out = append(out, assigned{"joint", unit, fmt.Sprintf("/functions/joint/%d", i), false})
	}
	return out
}

// Administrators are three different people, who hold no other post ever.
type Administrators struct {
	System   Administrator `json:"system"`
	Security Administrator `json:"security"`
	Audit    Administrator `json:"audit"`
}

// Administrator is one of the three. Passwords and second factors are their own affair, at first sign-in.
type Administrator struct {
	ID     string `json:"id"` // what the person signs in with
	Name   string `json:"name"`
	NameEn string `json:"nameEn,omitempty"`
	Mobile string `json:"mobile"`
	Unit   string `json:"unit"`
}

//go:embed example.json
var example []byte

// Example is a complete file that Read and Check accept.
func Example() []byte { return bytes.Clone(example) }

// Read reads a file. What is no such file is a refusal that names the place.
func Read(raw []byte) (File, error) {
	var f File
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	dec.DisallowUnknownFields()
	err := dec.Decode(&f)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			return f, models.Refuse("setup-unreadable").Field("", "setup-trailing")
		}
		return f, nil
	}
	var wrong *json.UnmarshalTypeError
	switch name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case unknown:
		return f, models.Refuse("setup-unreadable").
			Field("/"+strings.Trim(name, `"`), "setup-unknown-field", "field", strings.Trim(name, `"`))
	case errors.As(err, &wrong):
		return f, models.Refuse("setup-unreadable").
			Field("/"+strings.ReplaceAll(wrong.Field, ".", "/"), "setup-wrong-type", "is", wrong.Value)
	}
	return f, models.Refuse("setup-unreadable").Field("", "setup-no-json", "cause", err.Error())
}
