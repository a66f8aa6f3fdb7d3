package running

import (
	"slices"
	"strconv"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// payments are of terms of the contract, none is there twice, and none is more than was bound.
func (j *judging) payments() {
	paid, asked := map[string]models.Money{}, map[[2]string]models.Money{}
	for _, r := range j.rows.payments {
		no, term := contractNo(r, "contract"), r.text("term")
		for _, n := range []struct {
			column string
			taken  map[string]string
		}{{"cert", j.certs}, {"invoice", j.invoices}} {
			value := r.text(n.column)
			if project := n.taken[value]; project != "" {
				j.object("payment", r, n.column, "running-number-taken", "value", value, "project", project)
			} else if first, twice := j.seen.twice(n.column, value, r); value != "" && twice {
				j.object("payment", r, n.column, "running-twice-at", "value", value, "line", strconv.Itoa(first.Line))
			}
		}
		if r.money("amount").Sign() == 0 {
			j.object("payment", r, "amount", "amount-zero")
		}
		if r.date("paidOn") > j.on {
			j.object("payment", r, "paidOn", "date-in-future")
		}
		if k, known := j.contract(no); known && r.date("paidOn") != "" && r.date("paidOn") < k.date("signedOn") {
			j.object("payment", r, "paidOn", "running-before", "column", "签订日期", "day", string(k.date("signedOn")))
		}
		paid[no] = paid[no].Add(r.money("amount"))
		key := [2]string{no, term}
		asked[key] = asked[key].Add(r.money("amount"))
		t, known := j.term(no, term)
		switch {
		case term == "":
		case !known:
			j.object("payment", r, "term", "running-term-unknown", "value", term)
		case asked[key].Cmp(t.money("amount")) > 0:
			j.object("payment", r, "amount", "running-term-spent", "term", term, "paid", asked[key].String(),
				"amount", t.money("amount").String())
		}
	}
	for _, r := range j.rows.contracts {
		if sum := paid[contractNo(r, "no")]; sum.Cmp(r.money("amount")) > 0 {
			j.object("contract", r, "amount", "running-paid-above", "paid", sum.String(), "amount", r.money("amount").String(),
				"more", sum.Sub(r.money("amount")).String())
		}
	}
}

func (j *judging) contract(no string) (Row, bool) {
	for _, r := range j.rows.contracts {
		if contractNo(r, "no") == no {
			return r, true
		}
	}
	return Row{}, false
}

func (j *judging) term(no, name string) (Row, bool) {
	for _, r := range j.rows.terms {
		if contractNo(r, "contract") == no && r.text("name") == name {
			return r, true
		}
	}
	return Row{}, false
}

func (j *judging) milestones() {
	numbers := map[int]bool{}
	for _, r := range j.rows.milestones {
		no := r.int("no")
		switch {
		case no < 1 && r.text("no") != "":
			j.object("milestone", r, "no", "number-range", "low", "1", "high", "9999")
		case numbers[no]:
			j.object("milestone", r, "no", "running-twice", "value", strconv.Itoa(no))
		case r.int("percent") > 100:
			j.object("milestone", r, "percent", "number-range", "low", "0", "high", "100")
		case r.date("passedOn") > j.on:
			j.object("milestone", r, "passedOn", "date-in-future")
		case r.date("passedOn") != "" && r.text("percent") != "" && r.int("percent") != 100:
			j.object("milestone", r, "percent", "running-passed-not-whole")
		case j.Entry == EntryContract && r.date("passedOn") != "":
			j.object("milestone", r, "passedOn", "running-not-begun")
		case !j.builds() && r.date("passedOn") == "":
			j.object("milestone", r, "passedOn", "running-milestone-open")
		}
		numbers[no] = true
	}
	open := slices.ContainsFunc(j.rows.milestones, func(r Row) bool { return r.date("passedOn") == "" })
	if j.builds() && !open {
		j.object("project", j.rows.project, "entry", "running-milestones-missing")
	}
}

// must are the columns that a stage needs, beside those of the stages before it.
var must = map[string][]string{
	EntryBuilding:   {"startedOn"},
	EntryTrial:      {"prelimOn", "trialFrom"},
	EntryAcceptance: {"trialTo", "availability"},
	EntryFinal:      {"finalOn"},
}

// stage holds that what lies behind the stage is there, and says how it goes on.
func (j *judging) stage() {
	p := j.rows.project
	for _, entry := range Entries {
		for _, column := range must[entry] {
			reached := slices.Index(Entries, j.Entry) >= slices.Index(Entries, entry)
			switch {
			case j.Entry == "":
			case reached && p.text(column) == "":
				j.object("project", p, column, "running-stage-needs", "column", ColumnName("project", column, false))
			case !reached && p.text(column) != "":
				j.object("project", p, column, "running-stage-beyond", "column", ColumnName("project", column, false))
			}
		}
	}
	if share := p.decimal("availability"); share.GreaterThan(whole100) {
		j.object("project", p, "availability", "number-range", "low", "0", "high", "100")
	}
	switch j.Entry {
	case EntryTrial:
		j.note(false, "running-note-trial", "from", string(p.date("trialFrom")))
	case EntryAcceptance:
		j.note(true, "running-note-papers")
	case EntryFinal:
		if k, ok := j.main(); ok && p.date("finalOn") != "" {
			j.note(false, "running-note-warranty", "end", string(books.MonthsAfter(p.date("finalOn"), k.int("warranty"))))
		}
	case EntryOperating:
		j.note(false, "running-note-operating")
	}
}

// main is the contract that the project's life follows: the greatest one, of who builds.
func (j *judging) main() (Row, bool) {
	at := j.mainAt()
	if at < 0 {
		return Row{}, false
	}
	return j.rows.contracts[at], true
}

func (j *judging) mainAt() int {
	best := -1
	for i, r := range j.rows.contracts {
		if best < 0 || r.money("award").Cmp(j.rows.contracts[best].money("award")) > 0 {
			best = i
		}
	}
	return best
}
