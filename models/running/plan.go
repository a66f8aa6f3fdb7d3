package running

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// What can become of a project of a workbook.
const (
	StateOK      = "ok"      // can be taken in
	StateHeed    = "heed"    // can, with something to look at
	StateSame    = "same"    // was taken in before, as it is here
	StateRefused = "refused" // cannot
)

// Plan is what a workbook would do.
type Plan struct {
	Rows     int     `json:"rows"`
	Projects []Item  `json:"projects"`
	Stray    []Wrong `json:"stray"`  // rows that belong to no project
	Totals   Amounts `json:"totals"` // of what can be taken in
}

// Item is a project of the workbook.
type Item struct {
	Ref, Name, Unit, UnitName, Entry, State string
	Line                                    int    // in the sheet of projects
	Project                                 string // of one that is in the books already
	Amounts                                 Amounts
	Notes                                   []Note
	Wrong                                   []Wrong

	rows   sorted
	digest string
}

// Amounts of a project, in 元.
type Amounts struct {
	Declared, Approved, Issued, Contracted, Paid models.Money
}

func (a *Amounts) add(b Amounts) {
	a.Declared, a.Approved, a.Issued = a.Declared.Add(b.Declared), a.Approved.Add(b.Approved), a.Issued.Add(b.Issued)
	a.Contracted, a.Paid = a.Contracted.Add(b.Contracted), a.Paid.Add(b.Paid)
}

// Note is something to know about a project; Heed: to look at.
type Note struct {
	Code string
	Args map[string]string
	Heed bool
}

// sorted are the rows of one project.
type sorted struct {
	project                     Row
	lines, papers, contracts    []Row
	terms, milestones, payments []Row
}

// Takes reports whether an item can be taken in.
func (i Item) Takes() bool { return i.State == StateOK || i.State == StateHeed }

// Count is how many projects of the plan are in one of the states.
func (p Plan) Count(states ...string) (n int) {
	for _, i := range p.Projects {
		if slices.Contains(states, i.State) {
			n++
		}
	}
	return n
}

// Make says what a workbook would do on a day.
func Make(tx *gorm.DB, book Book, on models.Date) (Plan, error) {
	w, err := readWorld(tx)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Projects: []Item{}, Stray: []Wrong{}}
	items, stray := sortRows(book)
	p.Stray = append(p.Stray, stray...)
	for _, rows := range book {
		p.Rows += len(rows)
	}
	seen := newSeen()
	for _, rows := range items {
		i, err := w.judge(tx, rows, on, seen)
		if err != nil {
			return p, err
		}
		if i.Takes() {
			p.Totals.add(i.Amounts)
		}
		p.Projects = append(p.Projects, i)
	}
	return p, nil
}

// sortRows gives each project its rows: by its number, or by the number of its contract.
func sortRows(book Book) (items []sorted, stray []Wrong) {
	at := map[string]int{}
	for _, r := range book["project"] {
		ref := r.text("ref")
		if _, twice := at[ref]; twice && ref != "" {
			stray = append(stray, Wrong{"project", r.Line, "ref", "running-twice", models.Pairs([]string{"value", ref})})
			continue
		}
		at[ref] = len(items)
		items = append(items, sorted{project: r})
	}
	contracts := map[string]int{}
	give := func(key, column string, index map[string]int, code string, to func(*sorted, Row)) {
		for _, r := range book[key] {
			name := r.text(column)
			if column == "contract" {
				name = books.ContractKey(name)
			}
			i, known := index[name]
			if !known || name == "" {
				stray = append(stray, Wrong{key, r.Line, column, code, models.Pairs([]string{"value", r.text(column)})})
				continue
			}
			to(&items[i], r)
		}
	}
	give("line", "ref", at, "running-stray", func(s *sorted, r Row) { s.lines = append(s.lines, r) })
	give("paper", "ref", at, "running-stray", func(s *sorted, r Row) { s.papers = append(s.papers, r) })
	give("milestone", "ref", at, "running-stray", func(s *sorted, r Row) { s.milestones = append(s.milestones, r) })
	give("contract", "ref", at, "running-stray", func(s *sorted, r Row) {
		s.contracts = append(s.contracts, r)
		contracts[books.ContractKey(r.text("no"))] = at[r.text("ref")]
	})
	give("term", "contract", contracts, "running-contract-unknown", func(s *sorted, r Row) { s.terms = append(s.terms, r) })
	give("payment", "contract", contracts, "running-contract-unknown", func(s *sorted, r Row) { s.payments = append(s.payments, r) })
	return items, stray
}

// all rows of a project, with the keys of their sheets.
func (s sorted) each(f func(sheet string, r Row)) {
	f("project", s.project)
	for _, part := range []struct {
		key  string
		rows []Row
	}{
		{"line", s.lines}, {"paper", s.papers}, {"contract", s.contracts}, {"term", s.terms}, {"milestone", s.milestones},
		{"payment", s.payments},
	} {
		for _, r := range part.rows {
			f(part.key, r)
		}
	}
}

// digestOf says whether rows are the same as others, wherever in a workbook they stand.
func (s sorted) digestOf() string {
	var cells []any
	s.each(func(sheet string, r Row) {
		own := map[string]string{}
		for k, v := range r.Cells {
			if k != "ref" {
				own[k] = v
			}
		}
		cells = append(cells, []any{sheet, own})
	})
	return sum(cells)
}

func sum(v any) string {
	raw, err := json.Marshal(v) // maps are written in the order of their keys
	if err != nil {
		panic(fmt.Sprintf("running: %v", err)) // texts and numbers only
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

// amounts of a project as its rows have them.
func (s sorted) amounts() (a Amounts) {
	for _, r := range s.lines {
		a.Declared = a.Declared.Add(declared(r))
	}
	a.Approved, a.Issued = s.project.money("approved"), s.project.money("issued")
	for _, r := range s.contracts {
		a.Contracted = a.Contracted.Add(r.money("amount"))
	}
	for _, r := range s.payments {
		a.Paid = a.Paid.Add(r.money("amount"))
	}
	return a
}

// declared is what a line asked for: quantity × price, half up to 分.
func declared(r Row) models.Money {
	return models.Yuan(r.decimal("qty").Mul(r.money("price").Decimal()))
}
