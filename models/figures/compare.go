package figures

import (
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Before is the period of the same kind that ends where this one begins: the
// former half-year, or as many days.
func (p Period) Before() Period {
	from, to := p.From.Start(), p.To.Start()
	if p.From == models.DateOf(time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, models.Zone)) && p.To.AddDays(1).Start().Day() == 1 {
		months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month()) + 1
		return Period{From: models.DateOf(from.AddDate(0, -months, 0)), To: p.From.AddDays(-1)}
	}
	days := int(to.Sub(from).Hours()/24) + 1
	return Period{From: p.From.AddDays(-days), To: p.From.AddDays(-1)}
}

// Compared is a figure beside that of the former period.
type Compared struct {
	Figure, Unit, Was, Is string
	Change                string // Is less Was; "" where one of them is no number
	Redefined             bool   // the two were computed by different definitions
}

// Comparison of a snapshot with the period before: with its last snapshot, a
// locked one first, else with the live books. The id is 0 of the live books.
func Comparison(tx *gorm.DB, s Taken) (Period, int64, []Compared, error) {
	p := s.Period().Before()
	is, _, err := Kept(tx, s)
	if err != nil {
		return p, 0, nil, err
	}
	var rows []Taken
	err = tx.Where("period_from = ? AND period_to = ?", string(p.From), string(p.To)).
		Order("CASE WHEN state = 'LOCKED' THEN 0 ELSE 1 END, id DESC").
		Limit(1).
		Find(&rows).
		Error
	if err != nil {
		return p, 0, nil, err
	}
	var was []Figure
	id := int64(0)
	if len(rows) > 0 {
		id = rows[0].ID
		was, _, err = Kept(tx, rows[0])
	} else {
		was, _, err = At(tx, p, s.AsOf)
	}
	if err != nil {
		return p, id, nil, err
	}
	by := map[string]Figure{}
	for _, f := range was {
		by[f.ID] = f
	}
	out := make([]Compared, 0, len(is))
	for _, f := range is {
		g, there := by[f.ID]
		c := Compared{Figure: f.ID, Unit: f.Unit, Was: g.Value, Is: f.Value, Redefined: there && g.Version != f.Version}
		a, errA := decimal.NewFromString(g.Value)
		b, errB := decimal.NewFromString(f.Value)
		if errA == nil && errB == nil {
			c.Change = b.Sub(a).String()
		}
		out = append(out, c)
	}
	return p, id, out, nil
}
