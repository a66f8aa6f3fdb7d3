package process_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// A key has one open instance of a process, whichever of the messages that start
// it come at the same time; the others wait, and the oldest is next when it has ended.
func TestKeyAcrossMessages(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a := models.Acting{Person: "x", At: noon, BusinessDate: "2026-03-02"}
		names := []string{"opened", "reopened", "reported"}
		p := process.Definition{Process: "p"}
		for i, name := range names {
			p.Starts = append(p.Starts, process.StartSubscription{Element: fmt.Sprint("s", i), Kind: process.SubMessage, Name: name})
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			_, err := process.StoreBundle(tx, a, "d1", []process.BundleFile{{Name: "a.bpmn", Data: []byte("x")}}, []process.Definition{p})
			return err
		})
		starts, err := process.StartsOf(db.Read(context.Background()), "d1")
		if err != nil || len(starts) != len(names) {
			t.Fatalf("starts %+v, %v", starts, err)
		}
		const keys = 10
		var wg sync.WaitGroup
		for i := range keys * len(names) {
			wg.Go(func() {
				m := process.Message{
					ID: fmt.Sprint(i), Name: names[i%len(names)], CorrelationKey: fmt.Sprint(i / len(names)),
					ExpiresAt: noon.Add(time.Hour),
				}
				if err := db.Tx(context.Background(), func(tx *gorm.DB) error { return process.Publish(tx, a, m) }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var open []process.RootState
		if err := db.Read(context.Background()).Where("open").Find(&open).Error; err != nil || len(open) != keys {
			t.Fatalf("%d instances, %v; want %d", len(open), err, keys)
		}
		for _, r := range open {
			modelstest.Tx(t, db, func(tx *gorm.DB) error {
				r.Open, r.State = false, []byte(`{}`)
				if ok, err := r.Advance(tx); err != nil || !ok {
					t.Errorf("advance: %v, %v", ok, err)
				}
				return process.BeginNext(tx, noon, r)
			})
		}
		var all, buffered int64
		if err := db.Read(context.Background()).Model(&process.RootState{}).Count(&all).Error; err != nil || all != 2*keys {
			t.Errorf("%d instances, %v; want %d", all, err, 2*keys)
		}
		if err := db.Read(context.Background()).Model(&process.Message{}).Where("state = ?",
			process.MessageBuffered).Count(&buffered).Error; err != nil ||
			buffered != keys {
			t.Errorf("%d messages wait, %v; want %d", buffered, err, keys)
		}
	})
}
