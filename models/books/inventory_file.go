package books

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/models"
)

// heads of the columns of an inventory sheet, in either language.
var heads = map[string]string{
	"单位": "unit", "单位编码": "unit", "unit": "unit", "系统名称": "name", "名称": "name", "name": "name", "功能": "functions", "主要功能": "functions",
	"functions": "functions",
	"建成年份":      "year", "建成年": "year", "built": "year", "投资": "cost", "投资（元）": "cost", "投资(元)": "cost", "cost": "cost", "用户数": "users",
	"users": "users",
	"最近使用":  "active", "最近使用日期": "active", "last active": "active",
}

// ReadInventory reads an inventory sheet: .csv (UTF-8) or the first sheet of an
// .xlsx, the first row being heads. What cannot be read is a refusal that says where.
func ReadInventory(name string, content []byte, most int) ([]System, error) {
	var rows [][]string
	var err error
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		rows, err = r.ReadAll()
	case ".xlsx":
		rows, err = firstSheet(content)
	default:
		return nil, models.Refuse("inventory-incomplete").Field("/fileName", "file-type-refused")
	}
	if err != nil {
		return nil, models.Refuse("inventory-incomplete").Field("/content", "not-readable")
	}
	if len(rows) < 2 || len(rows) > most+1 {
		return nil, models.Refuse("inventory-incomplete").Field("/content", "not-readable")
	}
	columns := map[string]int{}
	for i, head := range rows[0] {
		if key, ok := heads[strings.ToLower(strings.TrimSpace(head))]; ok {
			columns[key] = i
		}
	}
	var out []System
	refusal := models.Refuse("inventory-incomplete")
	for i, row := range rows[1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		s, fault := systemOf(row, columns)
		if fault != "" {
			refusal.Field(fmt.Sprintf("/rows/%d/%s", i, fault), "not-readable")
		}
		s.Source = path.Base(name)
		out = append(out, s)
	}
	return out, refusal.OrNil()
}

// systemOf reads a row; fault is the column that is no number.
func systemOf(row []string, columns map[string]int) (s System, fault string) {
	cell := func(key string) string {
		if i, ok := columns[key]; ok && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	s = System{Unit: cell("unit"), Name: cell("name"), Functions: cell("functions"), LastActive: cell("active")}
	var err error
	for _, n := range []struct {
		key string
		to  *int
	}{{"year", &s.BuiltYear}, {"users", &s.Users}} {
		if text := strings.TrimSuffix(cell(n.key), "年"); text != "" {
			if *n.to, err = strconv.Atoi(text); err != nil || *n.to < 0 {
				return s, n.key
			}
		}
	}
	if text := strings.ReplaceAll(cell("cost"), ",", ""); text != "" {
		if s.Cost, err = models.ParseMoney(text); err != nil {
			return s, "cost"
		}
	}
	return s, ""
}

// longestPart of an .xlsx that is read, in bytes: a small file can hold a very large one.
const longestPart = 32 << 20

// firstSheet reads the cells of the first sheet of an .xlsx as texts.
func firstSheet(content []byte) ([][]string, error) {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	var shared struct {
		Items []struct {
			T    string `xml:"t"`
			Runs []struct {
				T string `xml:"t"`
			} `xml:"r"`
		} `xml:"si"`
	}
	if err := part(z, "xl/sharedStrings.xml", &shared); err != nil {
		return nil, err
	}
	var sheet struct {
		Rows []struct {
			Cells []struct {
				Ref    string `xml:"r,attr"`
				Type   string `xml:"t,attr"`
				Value  string `xml:"v"`
				Inline string `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := part(z, "xl/worksheets/sheet1.xml", &sheet); err != nil {
		return nil, err
	}
	var out [][]string
	for _, r := range sheet.Rows {
		var row []string
		for _, k := range r.Cells {
			at := column(k.Ref, len(row))
			if at > 500 {
				return nil, fmt.Errorf("column %s", k.Ref)
			}
			for len(row) <= at {
				row = append(row, "")
			}
			row[at] = k.Value + k.Inline
			if n, err := strconv.Atoi(k.Value); k.Type == "s" && err == nil && n >= 0 && n < len(shared.Items) {
				row[at] = shared.Items[n].T
				for _, run := range shared.Items[n].Runs {
					row[at] += run.T
				}
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// column is the number of a cell's column by its reference ("C7" is 2).
func column(ref string, otherwise int) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		return otherwise
	}
	return n - 1
}

// part decodes a part of an .xlsx; one that is not there leaves it empty.
func part(z *zip.Reader, name string, into any) error {
	f, err := z.Open(name)
	if err != nil {
		return nil //nolint:nilerr // a sheet of numbers alone has no shared texts
	}
	defer func() { _ = f.Close() }() // it was only read
	return xml.NewDecoder(io.LimitReader(f, longestPart)).Decode(into)
}
