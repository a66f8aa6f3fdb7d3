package activities

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/workflows/contract"
)

// errTried rolls a rehearsal back.
var errTried = errors.New("activities: only a rehearsal")

// Try does all that Commit would do with an event, lets look see the world as
// it would be (nil: nobody looks), and takes everything back. Look is called
// for an event that would be applied; its error is returned.
func (c *Committer) Try(ctx context.Context, r contract.Request, look func(tx *gorm.DB, out contract.Outcome) error) (out contract.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &defect{fmt.Errorf("panic: %v", p), string(debug.Stack())}
		}
	}()
	err = c.DB.Tx(ctx, func(tx *gorm.DB) error {
		if out, err = c.transaction(ctx, tx, r); err != nil {
			return err
		}
		if look != nil && out.Verdict == contract.Applied {
			if err := look(tx, out); err != nil {
				return err
			}
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return out, nil
	}
	return out, err
}
