package commands

import (
	"encoding/json"
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// into decodes the submitted data. Shapes were checked against the form; what
// still does not fit is the caller's mistake.
func (c Call) into(v any) error {
	if len(c.Data) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.Data, v); err != nil {
		return models.Refuse("invalid-data", "why", err.Error())
	}
	return nil
}

// text is a variable as text, "" when it is absent or null.
func (c Call) text(name string) string {
	switch v := c.Vars[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// number is a variable as an integer, 0 when it is absent.
func (c Call) number(name string) int {
	n, err := strconv.Atoi(c.text(name))
	if err != nil {
		return 0
	}
	return n
}

// project is the project of the process, locked for the rest of the transaction.
func (c Call) project(tx *gorm.DB) (books.Project, error) {
	return books.FindProject(c.locked(tx), c.text("projectCode"))
}

// locked reads rows to change them. A foretelling changes none.
func (c Call) locked(tx *gorm.DB) *gorm.DB {
	if c.reads {
		return tx
	}
	return tx.Clauses(clause.Locking{Strength: "UPDATE"})
}

// source names this call in the ledger.
func (c Call) source() string { return fmt.Sprintf("i:%d/%s", c.Root, c.Element) }

// keepParty lets a unit or a person have a part in the case of this call from now on; neither is nothing.
func (c Call) keepParty(tx *gorm.DB, role, unit, person string) error {
	if unit == "" && person == "" {
		return nil
	}
	return process.KeepParty(
		tx, process.CaseParty{Root: c.Root, Role: role, Unit: unit, Person: person, Source: c.source(), ValidFrom: c.Acting.At},
	)
}

// event makes an id for something that leaves the house because of this call.
func (c Call) event(kind, key string) string {
	return fmt.Sprintf("%s:%s:%s", kind, key, c.Acting.Event)
}

// param is a rule parameter; a missing one is a defect of the rule pack (rule Z02).
func (c Call) param(rule, key string) (json.Number, error) {
	v, ok := c.Params[rule][key]
	if !ok {
		return "", fmt.Errorf("commands: rule pack lacks parameter %s.%s", rule, key)
	}
	return v, nil
}

func (c Call) moneyParam(rule, key string) (models.Money, error) {
	v, err := c.param(rule, key)
	if err != nil {
		return models.Money{}, err
	}
	return models.ParseMoney(v.String())
}

func (c Call) intParam(rule, key string) (int, error) {
	v, err := c.param(rule, key)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(v.String())
}

// record keeps what a task registered and no rule computes with.
func (c Call) record(tx *gorm.DB, project string) error {
	r := books.Record{
		Project: project, Kind: c.Name, Data: models.JSON(c.Data), BusinessDate: c.Acting.On(), At: c.Acting.At.UTC(),
		Actor: c.Acting.Person,
	}
	if len(r.Data) == 0 {
		r.Data = models.JSON("{}")
	}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("record of %s: %w", c.Name, err)
	}
	return nil
}

// post appends a ledger entry whose source is this call.
func (c Call) post(tx *gorm.DB, e books.LedgerEntry) error {
	e.Source = c.source()
	return books.PostEntry(tx, c.Acting, e)
}

// unmarshalList reads a list of texts, or one text as a list of one.
func unmarshalList(data []byte, list *[]string) error {
	if len(data) > 0 && data[0] == '"' {
		var one string
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		*list = nil
		if one != "" {
			*list = []string{one}
		}
		return nil
	}
	return json.Unmarshal(data, list)
}
