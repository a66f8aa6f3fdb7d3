package quancheng

import (
	"encoding/json"
	"strings"
	"testing"
)

// floors is the order of the rooms of the books: a room knows those on the
// floors below its own, never its neighbours. Tests of a room may know all.
var floors = [][]string{
	{""}, // the ground floor: database, money, dates, refusals, who acts
	{"audit", "outbox", "rules", "papers/pdf", "localpg"},
	{"calendar", "office", "modelstest", "service"},
	{"process", "papers", "rulebook", "founding", "seconds"}, // what tokens leave behind, and
	{
		"books", "roster", "rulepacks",
	}, // what the money does: they do not know each other; lists of people; drafts of rule packs
	{"partner", "registers", "campaign", "plan", "stuck"},      // what a county keeps beside its projects
	{"partner/stream", "partner/facts", "partner/watch"},       // watch: how it stands with a bureau
	{"partner/inbox", "partner/reconcile", "partner/exchange"}, // how an event gets in, by line or file, and what the bureaus' books say
	{"running", "privacy"},                                     // takes in what the rooms below keep, as facts of their days; erases what of it is personal and no longer needed
	{"sla", "figures", "demo", "search"},                       // search reads the rows of all rooms below
	{"commands", "acts"},                                       // what people and models do to all of it
}

// apart are rooms that may not know each other although their floors differ.
var apart = map[string]string{"books": "process", "process": "books"}

func TestOrderOfTheBooks(t *testing.T) {
	floor := map[string]int{}
	for n, rooms := range floors {
		for _, r := range rooms {
			floor[r] = n
		}
	}
	room := func(pkg string) (string, bool) {
		rest, ok := strings.CutPrefix(pkg, module+"/models")
		return strings.TrimPrefix(rest, "/"), ok
	}
	dec := json.NewDecoder(strings.NewReader(run(t, "list", "-json=ImportPath,Imports", "./models/...")))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		from, _ := room(p.ImportPath)
		if _, known := floor[from]; !known {
			t.Errorf("models/%s has no floor: say in rooms_test.go what it may know", from)
			continue
		}
		for _, imp := range p.Imports {
			to, ours := room(imp)
			if ours && (floor[to] >= floor[from] || to != "" && apart[from] == to) {
				t.Errorf("models/%s imports models/%s, which is not below it", from, to)
			}
		}
	}
}
