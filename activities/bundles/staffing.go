package bundles

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Staffing is what the newest models ask of the organisation and it does not have.
type Staffing struct {
	NoUnit []string `json:"noUnit"` // functions that no unit serves as: processes stop there
	Vacant []string `json:"vacant"` // posts, or roles in any unit ("ROLE@"), that nobody holds
}

// Staffing resolves whom the models of the bundle name against an organisation.
func (b *Bundle) Staffing(in engine.Input) Staffing {
	out := Staffing{NoUnit: []string{}, Vacant: []string{}}
	for _, m := range b.Models {
		for _, f := range verify.Staffing(m, verify.Surroundings{Org: in.Org, Now: in.Now}) {
			list := &out.Vacant
			if f.Code == "no-unit" || f.Code == "unknown-function" {
				list = &out.NoUnit
			}
			if !slices.Contains(*list, f.Arg) {
				*list = append(*list, f.Arg)
			}
		}
	}
	slices.Sort(out.NoUnit)
	slices.Sort(out.Vacant)
	return out
}

// StaffingOf asks what a bundle needs of the organisation as the transaction sees it.
func StaffingOf(tx *gorm.DB, now time.Time, src definitions.Bundle) (Staffing, error) {
	w, err := (&Cache{}).World(tx, About{Now: now, On: models.DateOf(now)})
	if err != nil {
		return Staffing{}, err
	}
	b, _ := Compile(src)
	if b == nil {
		return Staffing{}, fmt.Errorf("the bundle %s has errors", src.Digest)
	}
	return b.Staffing(w.Input), nil
}

// Staffing asks what the newest versions of all processes need of the organisation.
func (c *Cache) Staffing(ctx context.Context, now time.Time) (Staffing, error) {
	out := Staffing{NoUnit: []string{}, Vacant: []string{}}
	w, err := c.World(c.db.Read(ctx), About{Now: now, On: models.DateOf(now)})
	if err != nil {
		return out, err
	}
	digests, err := process.NewestBundles(c.db.Read(ctx))
	if err != nil {
		return out, err
	}
	for _, digest := range digests {
		b, err := c.Load(ctx, digest)
		if err != nil {
			return out, err
		}
		s := b.Staffing(w.Input)
		out.NoUnit, out.Vacant = append(out.NoUnit, s.NoUnit...), append(out.Vacant, s.Vacant...)
	}
	for _, list := range []*[]string{&out.NoUnit, &out.Vacant} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return out, nil
}
