package models_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

type fastened struct{}

func (fastened) Name() string                 { return "fastened" }
func (fastened) Initialize(db *gorm.DB) error { return nil }

// TestUse: what is fastened is found by readers and writers, on one connection pool as on two.
func TestUse(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		if err := db.Use(fastened{}); err != nil {
			t.Fatal(err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for name, g := range map[string]*gorm.DB{"writer": tx, "reader": db.Read(t.Context())} {
				if g.Plugins["fastened"] == nil {
					t.Errorf("the %s does not find it", name)
				}
			}
			return nil
		})
	})
}
