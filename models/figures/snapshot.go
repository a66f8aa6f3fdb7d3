package figures

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// ErrNoSnapshots says that this release computes figures from the live books only (DESIGN §15).
var ErrNoSnapshots = errors.New("figures: snapshots are not built yet")

// Query is SQL over the books with the parameters @from, @to and @as_of, or the total of a register.
type Query struct{ SQL, Register, Total string }

// Definition is a version of a figure: how its value is computed, and the rows behind it.
type Definition struct {
	ID, Kind, Unit string
	Version        int
	Value, Rows    Query
}

// Snapshot keeps values, rows and definitions of all figures of a period (business dates) as they
// were recorded at a moment, and returns its id. The room is empty: nothing calls it yet.
func Snapshot(*gorm.DB, models.Acting, Period, time.Time) (int64, error) {
	return 0, ErrNoSnapshots
}
