package commands

import (
	"errors"
	"maps"
	"slices"

	"gorm.io/gorm"
)

// Plan is a command in two halves. It checks and computes while it only reads,
// and says what it would write. So a preview learns what the command returns,
// from the very lines that decide, and writes nothing.
type Plan func(tx *gorm.DB, c Call) (Result, Write, error)

// Write is the second half of a command, in the transaction of the first; nil:
// it writes nothing. It may add to the result what only writing makes known, as
// the number of a paper. No model decides by that.
type Write func() error

// ErrUndecided says that what a command returns is not known before it runs:
// chance decides, or figures that the actor may not know yet, or rows that an
// earlier command of the same step has still to write.
var ErrUndecided = errors.New("commands: this is known only when it is done")

// Foretold is a command that would run, and what it would return.
type Foretold struct {
	Call   Call
	Result Result
	Writes bool
}

// plans are the commands that can be foretold.
var plans = map[string]Plan{}

// foretold adds commands in two halves.
func foretold(some map[string]Plan) bool {
	funcs := map[string]Func{}
	for name, plan := range some {
		funcs[name] = plan.run
	}
	maps.Copy(plans, some)
	return register(funcs)
}

// run does both halves.
func (plan Plan) run(tx *gorm.DB, c Call) (Result, error) {
	r, write, err := plan(tx, c)
	if err != nil {
		return nil, err
	}
	if write != nil {
		if err := write(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Foretell says what a command would return after others of the same step, and
// whether it would write. It locks and writes nothing. ErrUndecided: nobody
// can say; a *models.Refusal: the command would refuse.
func Foretell(tx *gorm.DB, c Call, before []Foretold) (Foretold, error) {
	plan, ok := plans[c.Name]
	if !ok {
		return Foretold{Call: c}, ErrUndecided
	}
	c.before, c.reads = before, true
	r, write, err := plan(tx, c)
	return Foretold{Call: c, Result: r, Writes: write != nil}, err
}

// decidable refuses to foretell from books that a command before this one has
// still to write, unless it is among those that are taken account of.
func (c Call) decidable(but ...string) error {
	for _, b := range c.before {
		if b.Writes && !slices.Contains(but, b.Call.Name) {
			return ErrUndecided
		}
	}
	return nil
}

// earlier are the commands of a name that come before this one and are not written.
func (c Call) earlier(names ...string) []Foretold {
	return slices.DeleteFunc(slices.Clone(c.before), func(f Foretold) bool { return !slices.Contains(names, f.Call.Name) })
}
