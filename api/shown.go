package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/spreadsheet"
	"github.com/quancheng/quancheng/texts"
)

//go:embed shown.json
var shownFile []byte

// shownList is a list whose rows one question answers: those of a project, of a year, of the county. What its page shows is arranged in
// the browser and taken out here, both by this description (api/shown.json, of which the browser's build makes its own).
//
// A column is a path into a row of the answer: "askedBy.name". Behind it "#" says that it is a sum of money, "@dept" that it is a
// unit's id, "@" that it is a code with words in texts/shown, "@x" that it is a code with words under "x.".
type shownList struct {
	Path    string            `json:"path"`  // of the route that answers; its permission is the list's
	With    map[string]string `json:"with"`  // parts of the path, by the filter that gives them
	Items   []string          `json:"items"` // where the rows are in the answer
	Paged   bool              `json:"paged"` // the answer has pages; the server arranges them (models.Sorting)
	Columns []string          `json:"columns"`
	Orders  []string          `json:"orders"` // that a person may choose; without a choice as the answer has it
}

// shownLists are the lists by name.
var shownLists map[string]shownList

func init() {
	if err := json.Unmarshal(shownFile, &shownLists); err != nil {
		panic(fmt.Errorf("api: shown.json: %w", err))
	}
	for name, s := range shownLists {
		exportedLists[name] = s.Path
		i := slices.IndexFunc(routes, func(r route) bool { return r.Method == http.MethodGet && r.Path == s.Path })
		if i < 0 {
			panic("api: shown.json: nothing answers " + s.Path)
		}
		exports[name] = exported{routes[i].Needs, "export." + name, func(c *call, cursor string) ([][]any, string, error) {
			return s.sheet(c, name, routes[i], cursor)
		}}
	}
}

// filters are those that the list has beside its route's own.
func (s shownList) filters() []string {
	all := []string{"q"}
	if !s.Paged {
		all = append(all, "sort")
	}
	for _, filter := range s.With {
		all = append(all, filter)
	}
	for _, c := range s.Columns {
		if _, _, id := s.column(c); strings.HasSuffix(c, "@") {
			all = append(all, id)
		}
	}
	return all
}

// sheet is a page of the list, filtered and in order as its page shows it.
func (s shownList) sheet(c *call, name string, r route, cursor string) ([][]any, string, error) {
	items, next, err := s.rows(c, r, cursor)
	if err != nil {
		return nil, "", err
	}
	d, err := c.directory()
	if err != nil {
		return nil, "", err
	}
	if items, err = s.arranged(items, c.Request.URL.Query(), d.dept); err != nil {
		return nil, "", err
	}
	var rows [][]any
	for _, item := range items {
		var row []any
		for _, column := range s.Columns {
			row = append(row, c.shownCell(d, name, column, item))
		}
		rows = append(rows, row)
	}
	return rows, next, nil
}

// rows asks the list's own route, as its page does.
func (s shownList) rows(c *call, r route, cursor string) (items []map[string]any, next string, err error) {
	q := c.Request.URL.Query()
	asked := *c
	asked.Context = c.Context.Copy() // answers a question of its own, and writes to nobody
	asked.Params = nil
	for part, filter := range s.With {
		if q.Get(filter) == "" {
			return nil, "", notFound()
		}
		asked.Params = append(asked.Params, gin.Param{Key: part, Value: q.Get(filter)})
	}
	for _, own := range []string{"q", "reason"} {
		q.Del(own)
	}
	if !s.Paged {
		q.Del("sort")
	}
	q.Set("limit", strconv.Itoa(exportPage))
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	asked.Request = c.Request.Clone(c.Request.Context())
	asked.Request.URL.RawQuery = q.Encode()
	answer, err := r.Do(&asked)
	if err != nil {
		return nil, "", err
	}
	if with, ok := answer.(reply); ok {
		answer = with.Body
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return nil, "", err
	}
	var body map[string]any
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	if err := in.Decode(&body); err != nil {
		return nil, "", err
	}
	for _, path := range s.Items {
		items = append(items, under(body, strings.Split(path, "."))...)
	}
	next, _ = body["next"].(string)
	return items, next, nil
}

// under are the rows at a path: of each row of a list what it has there.
func under(at any, path []string) (rows []map[string]any) {
	switch v := at.(type) {
	case []any:
		for _, x := range v {
			rows = append(rows, under(x, path)...)
		}
	case map[string]any:
		if len(path) == 0 {
			return []map[string]any{v}
		}
		return under(v[path[0]], path[1:])
	}
	return rows
}

// column is a column's path, how it is read, and the name by which it is ordered and filtered.
func (s shownList) column(column string) (path []string, how, id string) {
	plain, how, _ := strings.Cut(strings.TrimSuffix(column, "#"), "@")
	path = strings.Split(plain, ".")
	id = path[0]
	for _, part := range path[1:] {
		id += strings.ToUpper(part[:1]) + part[1:]
	}
	return path, how, id
}

// arranged leaves the rows that hold the words and have the chosen codes, in the chosen order; what has no value stands last.
func (s shownList) arranged(items []map[string]any, q url.Values, unit func(string) string) ([]map[string]any, error) {
	words := strings.Fields(strings.ToLower(q.Get("q")))
	items = slices.DeleteFunc(items, func(item map[string]any) bool {
		var said strings.Builder
		for _, column := range s.Columns {
			path, how, id := s.column(column)
			value := strings.Join(plainValues(item, path), " ")
			if strings.HasSuffix(column, "@") {
				if want := q.Get(id); want != "" && want != value {
					return true
				}
				continue
			}
			if how == "dept" {
				value = unit(value)
			}
			said.WriteString(strings.ToLower(value) + "\n")
		}
		return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(said.String(), w) })
	})
	order := q.Get("sort")
	if order == "" || s.Paged {
		return items, nil
	}
	if !slices.Contains(s.Orders, order) {
		return nil, models.Refuse("unknown-filter", "field", order).Field("query/sort", "unknown-filter", "field", order)
	}
	by, down := strings.CutPrefix(order, "-")
	var path []string
	for _, column := range s.Columns {
		if p, _, id := s.column(column); id == by {
			path = p
		}
	}
	slices.SortStableFunc(items, func(a, b map[string]any) int {
		x, y := strings.Join(plainValues(a, path), " "), strings.Join(plainValues(b, path), " ")
		switch {
		case x == "" || y == "":
			return cmp.Compare(y, x) // the empty one last, either way
		case down:
			return byValue(y, x)
		}
		return byValue(x, y)
	})
	return items, nil
}

var isNumber = regexp.MustCompile(`^-?\d{1,15}(\.\d+)?$`)

// byValue compares numbers as numbers, anything else character by character.
func byValue(a, b string) int {
	if isNumber.MatchString(a) && isNumber.MatchString(b) {
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// plainValues are the values at a path as text: of people and firms their names, of a list each of its own.
func plainValues(at any, path []string) []string {
	switch v := at.(type) {
	case nil:
		return nil
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, plainValues(x, path)...)
		}
		return all
	case map[string]any:
		if len(path) == 0 {
			path = []string{"name"}
		}
		return plainValues(v[path[0]], path[1:])
	case string:
		if v == "" {
			return nil
		}
	}
	return []string{fmt.Sprint(at)}
}

// shownCell is what stands in a cell of the sheet.
func (c *call) shownCell(d *directory, list, column string, item map[string]any) any {
	path, how, id := shownList{}.column(column)
	values := plainValues(item, path)
	if len(values) == 1 && strings.HasSuffix(column, "#") {
		return amount(values[0])
	}
	for i, v := range values {
		switch {
		case strings.HasSuffix(column, "@"):
			values[i] = c.codeText("shown."+list+"."+id+".", v)
		case how == "dept":
			values[i] = d.dept(v)
		case how != "":
			values[i] = c.codeText(how+".", v)
		case v == "true" || v == "false":
			values[i] = c.text(yesNo(v == "true"))
		case len(v) > 18 && v[10] == 'T':
			if at, err := time.Parse(time.RFC3339, v); err == nil {
				values[i] = atTime(&at)
			}
		case len(values) == 1 && isNumber.MatchString(v) && isNumberCell(item, path):
			return spreadsheet.Number(v)
		}
	}
	return strings.Join(values, "；")
}

// isNumberCell reports whether a value is a number itself, not the text of one, as a code is.
func isNumberCell(item map[string]any, path []string) bool {
	for _, part := range path[:len(path)-1] {
		item, _ = item[part].(map[string]any)
	}
	_, is := item[path[len(path)-1]].(json.Number)
	return is
}

// codeText are the words of a code, or the code where it has none.
func (c *call) codeText(prefix, code string) string {
	if !texts.Has(prefix + code) {
		return code
	}
	return c.text(prefix + code)
}
