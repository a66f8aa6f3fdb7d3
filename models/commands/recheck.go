package commands

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"gorm.io/gorm"

	cryptorand "crypto/rand"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// rechecked is the part of R06 that says how many of each unit are drawn.
type rechecked struct {
	Draw []struct {
		Unit string `json:"unit"`
		N    int    `json:"n"`
	} `json:"draw"`
}

// DrawRechecks draws, of what was closed as long ago as R06 says and was in no
// draw before, so many of each unit as R06 says. The seed is kept: the same seed
// draws the same ones again.
func DrawRechecks(tx *gorm.DB, a models.Acting) (books.RecheckDraw, error) {
	seed := make([]byte, 8)
	if _, err := cryptorand.Read(seed); err != nil {
		return books.RecheckDraw{}, fmt.Errorf("seed of a draw: %w", err)
	}
	return drawRechecks(tx, a, hex.EncodeToString(seed))
}

func drawRechecks(tx *gorm.DB, a models.Acting, seed string) (books.RecheckDraw, error) {
	e, err := Checks.Edition(tx, "", a.On())
	if err != nil {
		return books.RecheckDraw{}, err
	}
	pack, err := rules.PackOn(tx, a.On())
	if err != nil {
		return books.RecheckDraw{}, err
	}
	tree, err := pack.Tree()
	if err != nil {
		return books.RecheckDraw{}, err
	}
	days, err := tree["R06"]["days"].Int64()
	if err != nil {
		return books.RecheckDraw{}, fmt.Errorf("parameter R06.days: %w", err)
	}
	last, err := books.LastRecheckDraw(tx)
	if err != nil {
		return last, err
	}
	d := books.RecheckDraw{
		AfterOn: last.UntilOn, UntilOn: a.On().AddDays(-int(days)), Seed: seed, Pack: pack.ID, Actor: a.Person, At: models.Stamp(a.At),
	}
	closed, err := books.ClosedBetween(tx, d.AfterOn, d.UntilOn)
	if err != nil {
		return d, err
	}
	if len(closed) == 0 {
		return d, models.Refuse("recheck-nothing", "until", string(d.UntilOn))
	}
	units, of := []books.RecheckUnit{}, map[string][]string{}
	for _, r := range closed {
		if of[r.OwnerDept] == nil {
			units = append(units, books.RecheckUnit{Unit: r.OwnerDept})
		}
		of[r.OwnerDept] = append(of[r.OwnerDept], r.No)
	}
	for i := range units {
		units[i].Closed = len(of[units[i].Unit])
	}
	n, err := toDraw(e, units, a)
	if err != nil {
		return d, err
	}
	var drawn []books.Recheck
	for i, u := range units {
		units[i].Drawn = n[u.Unit]
		for _, no := range sample(of[u.Unit], n[u.Unit], seed+u.Unit) {
			drawn = append(drawn, books.Recheck{No: no, Unit: u.Unit})
		}
	}
	d.Population = models.JSONOf(units)
	if err := tx.Create(&d).Error; err != nil {
		return d, fmt.Errorf("draw: %w", err)
	}
	for i := range drawn {
		drawn[i].Draw = d.ID
	}
	if len(drawn) > 0 {
		if err := tx.CreateInBatches(&drawn, 500).Error; err != nil {
			return d, fmt.Errorf("draw %d: %w", d.ID, err)
		}
	}
	return d, audit.Audit(
		tx, "r:rectification", a,
		audit.AuditEntry{
			Action: "rectification.draw", Subject: fmt.Sprintf("recheck:%d", d.ID),
			Detail: models.JSONOf(map[string]any{"seed": seed, "units": units}),
		},
	)
}

// toDraw asks R06 how many of each unit are drawn.
func toDraw(e rules.Edition, units []books.RecheckUnit, a models.Acting) (map[string]int, error) {
	facts, err := feel.FromJSON(models.JSONOf(units))
	if err != nil {
		return nil, err
	}
	on, ok := feel.ParseDate(string(a.On()))
	if !ok {
		return nil, fmt.Errorf("commands: %s is no date", a.On())
	}
	res := rules.JudgeRule("R06", rules.Facts{"closedUnits": facts, "on": on}, e)
	if res.Value == nil {
		return nil, models.Refuse("recheck-rule-unknown", "why", res.Reason)
	}
	raw, err := feel.ToJSON(res.Value)
	if err != nil {
		return nil, err
	}
	var said rechecked
	if err := models.JSON(raw).Into(&said); err != nil {
		return nil, err
	}
	n := map[string]int{}
	for _, u := range said.Draw {
		n[u.Unit] = u.N
	}
	return n, nil
}

// sample shuffles numbers by a seed and takes the first ones.
func sample(all []string, n int, seed string) []string {
	var key [32]byte
	copy(key[:], seed)
	binary.LittleEndian.PutUint64(key[24:], uint64(len(all)))
	out := append([]string{}, all...)
	rand.New(rand.NewChaCha8(key)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}
