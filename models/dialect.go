package models

import (
	"fmt"
	"strings"
)

// dialectOf writes a migration for one database. Besides the words of
// migrate.go a migration has lines that begin with:
//
//	-- +only postgres, -- +only sqlite, -- +all      what follows is for one database, or for both again
//	-- +trigger NAME EVENT, EVENT ON TABLE … -- +end what follows is done after each row that is written;
//	                                                 an event is INSERT, DELETE, or UPDATE OF column column
func dialectOf(sql, dialect string) (string, error) {
	var out, body strings.Builder
	only, trigger := "", ""
	for line := range strings.Lines(sql) {
		mark, isMark := strings.CutPrefix(strings.TrimSpace(line), "-- +")
		verb, rest, _ := strings.Cut(mark, " ")
		switch {
		case isMark && verb == "only":
			only = rest
		case isMark && verb == "all":
			only = ""
		case isMark && verb == "trigger":
			trigger = rest
			body.Reset()
		case isMark && verb == "end":
			if err := writeTrigger(&out, trigger, body.String(), dialect); err != nil {
				return "", err
			}
			trigger = ""
		case trigger != "":
			body.WriteString(line)
		case only == "" || only == dialect:
			out.WriteString(line)
		}
	}
	if trigger != "" {
		return "", fmt.Errorf("models: trigger %q has no end", trigger)
	}
	return out.String(), nil
}

// writeTrigger writes one trigger; SQLite has one for each event.
func writeTrigger(out *strings.Builder, head, body, dialect string) error {
	before, table, ok := strings.Cut(head, " ON ")
	name, events, named := strings.Cut(before, " ")
	if !ok || !named {
		return fmt.Errorf("models: trigger %q: write NAME EVENT, EVENT ON TABLE", head)
	}
	statement := func(format string, args ...any) {
		out.WriteString("-- +goose StatementBegin\n")
		fmt.Fprintf(out, format, args...)
		out.WriteString("\n-- +goose StatementEnd\n")
	}
	if dialect == postgresName {
		statement(
			"CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS '\nBEGIN\n%sRETURN NULL;\nEND';", name,
			strings.ReplaceAll(body, "'", "''"),
		)
	}
	var all []string
	for event := range strings.SplitSeq(events, ", ") {
		verb, columns, some := strings.Cut(event, " OF ")
		if some {
			event = verb + " OF " + strings.Join(strings.Fields(columns), ", ")
		}
		all = append(all, event)
		if dialect == NameSQLite {
			statement("CREATE TRIGGER %s_%s AFTER %s ON %s BEGIN\n%sEND;", name, strings.ToLower(verb), event, table, body)
		}
	}
	if dialect == postgresName {
		statement("CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION %s();", name, strings.Join(all, " OR "), table, name)
	}
	return nil
}
