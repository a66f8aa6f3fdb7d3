// Package commands holds the domain commands that models name: what a task or
// a service task does to the books (docs/adr/0002). The catalogue is
// workflows/definitions/README.md.
//
// A command runs inside the transaction of its step. It checks, then writes
// (as a rule in two halves, see Plan), and returns process variables; when it refuses it has changed nothing that
// the caller's savepoint does not undo. It never calls the network.
package commands

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Call is what a command may know.
type Call struct {
	Name    string
	Acting  models.Acting
	Root    int64             // root instance
	Task    int64             // the user task, 0 for a service task
	Element string            // element id
	Vars    map[string]any    // visible variables as JSON values; numbers are json.Number
	Headers map[string]string // zeebe:taskHeaders
	Data    json.RawMessage   // what the task's form submitted; nil for a service task
	Params  Params            // rule parameters of the project's pack
	Workday Calendar

	before []Foretold // a foretelling: what comes before it in the same step, and is not written
	reads  bool       // a foretelling: nothing is locked
}

// Calendar answers working-day questions; the newest published one.
type Calendar interface {
	IsWorkday(models.Date) bool
	// After is the date n working days after d, which itself is day 0.
	After(d models.Date, n int) models.Date
	// Between counts the working days after a up to b.
	Between(a, b models.Date) int
}

// Params are rule parameters by rule and key: Params["B06"]["L2"].
type Params map[string]map[string]json.Number

// Result is the process variables that a command returns. Values are what JSON
// holds; money is Number, so that models compute with it exactly.
type Result map[string]any

// Number is an exact JSON number.
func Number(m models.Money) json.Number { return json.Number(m.String()) }

// Func is a command. A *models.Refusal is the caller's fault; another error is technical or a defect.
type Func func(tx *gorm.DB, c Call) (Result, error)

// registry is the table of all commands. Each file adds its own.
var registry = map[string]Func{}

// register adds commands when the program starts. A name that is taken is a broken program.
func register(some map[string]Func) bool {
	for name, f := range some {
		if registry[name] != nil {
			panic("commands: " + name + " is registered twice")
		}
		registry[name] = f
	}
	return true
}

// Run runs a command by name, and issues the papers that follow from it.
func Run(tx *gorm.DB, c Call) (Result, error) {
	f, ok := registry[c.Name]
	if !ok {
		return nil, fmt.Errorf("commands: there is no command %q", c.Name)
	}
	r, err := f(tx, c)
	if err != nil {
		return nil, err
	}
	return r, c.issueDue(tx, r)
}

// Has reports whether a command exists; deploy refuses a model that names another.
func Has(name string) bool { _, ok := registry[name]; return ok }

func jsonNumber(d decimal.Decimal) json.Number { return json.Number(d.String()) }
