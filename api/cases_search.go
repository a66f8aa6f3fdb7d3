package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

func init() {
	exports["cases"] = exported{incidentRead, "export.cases", exportCases}
}

// caseFilter is what the address asks of the search of cases.
func (c *call) caseFilter(cursor string, limit int) process.CaseFilter {
	f := process.CaseFilter{
		Process: c.Query("process"), State: c.Query("state"), Element: c.Query("element"), Key: c.Query("key"), Person: c.Query("person"),
		Sort: c.Query("sort"), Cursor: cursor, Limit: limit,
	}
	f.Version, _ = strconv.Atoi(c.Query("version")) // api/openapi says what these are
	if days, err := strconv.Atoi(c.Query("days")); err == nil {
		f.Before = c.now.AddDate(0, 0, -days)
	}
	if text := c.Query("incident"); text != "" {
		yes := text == "true"
		f.Incident = &yes
	}
	return f
}

// searchCases finds cases by where they stand, whose they are, how old they are.
func searchCases(c *call) (any, error) {
	rows, next, err := c.casePage(c.Query("cursor"), c.limit())
	return wire.CasePage{Items: rows, Next: next}, err
}

func (c *call) casePage(cursor string, limit int) ([]wire.CaseRow, string, error) {
	f := c.caseFilter(cursor, limit)
	if f.Person != "" && !c.who.may(projectRead) { // who may not know whose a case is does not ask for it
		return nil, "", models.Refuse("unknown-filter", "field", "person").Field("query/person", "unknown-filter", "field", "person")
	}
	if f.Key != "" && !c.who.may(projectRead) {
		if _, err := strconv.ParseInt(f.Key, 10, 64); err != nil {
			return nil, "", models.Refuse("unknown-filter", "field", "key").Field("query/key", "unknown-filter", "field", "key")
		}
	}
	found, next, err := process.Cases(c.db(), f)
	if err != nil {
		return nil, "", err
	}
	rows, err := c.caseRows(found)
	return rows, next, err
}

// caseRows are cases with names, and where their tokens stand, read at once.
func (c *call) caseRows(found []process.FoundCase) ([]wire.CaseRow, error) {
	out := []wire.CaseRow{}
	if len(found) == 0 {
		return out, nil
	}
	keys := make([]int64, len(found))
	for i, k := range found {
		keys[i] = k.Key
	}
	var definitions []process.Definition
	if err := c.db().Order("version").Find(&definitions).Error; err != nil {
		return nil, err
	}
	begun, err := process.BegunAll(c.db(), keys)
	if err != nil {
		return nil, err
	}
	at, err := c.standingAt(keys)
	if err != nil {
		return nil, err
	}
	projects, err := c.projectNames(found)
	if err != nil {
		return nil, err
	}
	for _, k := range found {
		w := wire.CaseRow{
			Key: keyText(
				k.Key,
			), Process: k.Process, ProcessName: k.Process, State: caseStateOf(k), Step: k.Step, At: append([]string{}, at[k.Key]...),
			Incidents: k.Incidents,
			BegunAt:   k.CreatedAt.In(models.Zone), MovedAt: k.UpdatedAt.In(models.Zone),
		}
		for _, d := range definitions {
			if d.Process == k.Process {
				w.ProcessName = c.definitionName(d)
				if d.Bundle == k.Bundle {
					w.Version = d.Version
				}
			}
		}
		if c.who.may(projectRead) {
			w.Matter, w.Project, w.Title = matterOfCase(k.RootState), k.Project, cmp.Or(begun[k.Key].Title, projects[k.Project])
		}
		out = append(out, w)
	}
	return out, nil
}

// projectNames are the names of the projects that cases are about.
func (c *call) projectNames(found []process.FoundCase) (map[string]string, error) {
	var codes []string
	for _, k := range found {
		if k.Project != "" {
			codes = append(codes, k.Project)
		}
	}
	var rows []struct{ Code, Name string }
	if err := c.db().Table("project").Select("code", "name").Where("code IN ?", append(codes, "-")).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, r := range rows {
		out[r.Code] = r.Name
	}
	return out, nil
}

func caseStateOf(k process.FoundCase) string {
	switch {
	case !k.Open:
		return "ended"
	case k.Step == 0:
		return "starting"
	case k.Suspended:
		return "suspended"
	}
	return "running"
}

// containers hold tokens; what they hold is told instead.
var containers = []string{"process", "subProcess", "callActivity", "adHocSubProcess", "transaction"}

func (c *call) standingAt(roots []int64) (map[int64][]string, error) {
	var rows []process.ElementInstance
	err := c.db().
		Select("root", "element", "name", "process").
		Where("root IN ? AND state = 'active' AND kind NOT IN ?", roots, containers).
		Order("key").
		Find(&rows).
		Error
	out := map[int64][]string{}
	for _, e := range rows {
		name := e.Name
		if name == "" {
			name = e.Element
		}
		if !slices.Contains(out[e.Root], name) {
			out[e.Root] = append(out[e.Root], name)
		}
	}
	return out, err
}

// processNames are the names of all processes, as their newest versions have them.
func (c *call) processNames() (map[string]string, error) {
	var definitions []process.Definition
	if err := c.db().Order("version").Find(&definitions).Error; err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, d := range definitions {
		names[d.Process] = c.definitionName(d)
	}
	return names, nil
}

// countElements says where the tokens of all cases stand.
func countElements(c *call) (any, error) {
	all, err := process.ElementCounts(c.db(), c.Query("process"))
	if err != nil {
		return nil, err
	}
	names, err := c.processNames()
	if err != nil {
		return nil, err
	}
	out := wire.ElementCounts{Items: []wire.ElementCount{}}
	for _, e := range all {
		w := wire.ElementCount{
			Process: e.Process, ProcessName: names[e.Process], Element: e.Element, Name: e.Name, Tokens: e.Tokens, Stuck: e.Stuck,
		}
		if w.Name == "" {
			w.Name = e.Element
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func exportCases(c *call, cursor string) ([][]any, string, error) {
	all, next, err := c.casePage(cursor, exportPage)
	var rows [][]any
	for _, w := range all {
		rows = append(rows, []any{
			w.Key, w.ProcessName, strconv.Itoa(w.Version), c.text("search.state." + w.State), w.Matter, w.Title, strings.Join(w.At, "；"),
			strconv.Itoa(w.Incidents), atTime(&w.BegunAt), atTime(&w.MovedAt),
		})
	}
	return rows, next, err
}

// causeOf says an incident in words; what has none is named by its code.
func (c *call) causeOf(code string) string {
	for _, key := range []string{"incident." + code, code} {
		if texts.Has(key) {
			return c.text(key)
		}
	}
	return code
}
