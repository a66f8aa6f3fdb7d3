package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// A county has changed the models; a newer program starts: the county's stay the
// newest until somebody asks for the program's.
func TestModelsOfTheCountyStay(t *testing.T) {
	ctx := context.Background()
	db := modelstest.Open(t, modelstest.SQLite(t))
	if _, err := installShipped(ctx, db, true); err != nil {
		t.Fatal(err)
	}
	src, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	compiled, _ := bundles.Compile(src)
	one := compiled.Models[0].Processes[0].ID
	newest := func() (d process.Definition) {
		t.Helper()
		d, err := process.NewestDefinition(db.Read(ctx), one)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	shipped := newest().Bundle
	// The county's own: the same files stand for changed ones, stored under another digest.
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		now := time.Now()
		a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: "本县流程"}
		files := []process.BundleFile{{Name: "own.bpmn", Data: []byte("x")}}
		_, err := process.StoreBundle(tx, a, "county", files, []process.Definition{{Process: one, Name: "own"}})
		return err
	})
	// A newer program: its bundle is one that nobody has deployed here.
	own, err := ownProcesses(db.Read(ctx), definitions.Bundle{Digest: "newer", Files: src.Files})
	if err != nil || !slices.Equal(own, []string{one}) {
		t.Errorf("the county's own are %v, %v; want %s", own, err, one)
	}
	if kept, err := installShipped(ctx, db, false); err != nil || len(kept) > 0 {
		t.Errorf("the same program again: %v, %v", kept, err)
	}
	if now := newest().Bundle; now != "county" || now == shipped {
		t.Errorf("the newest is %s", now)
	}
}
