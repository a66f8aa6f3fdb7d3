package models_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAStandbyReads: on a database that only reads, the books are read; a write is trouble that passes, not a defect, and says what is
// the matter. It is no different where the schema is still to be brought up to date.
func TestAStandbyReads(t *testing.T) {
	dsn := modelstest.Postgres(t)
	modelstest.Open(t, dsn)
	standby, err := models.Open(dsn + "&options=-c%20default_transaction_read_only%3Don")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Close() })
	if applied, err := standby.Migrate(t.Context()); err != nil || len(applied) > 0 {
		t.Errorf("a schema that is up to date: %v %v", applied, err)
	}
	var version int64
	if err := standby.Read(t.Context()).Raw("SELECT version FROM org_version").Scan(&version).Error; err != nil || version == 0 {
		t.Errorf("reading: %d %v", version, err)
	}
	err = standby.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("UPDATE org_version SET version = version + 1").Error })
	if !models.IsTransient(err) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a write: %v", err)
	}

	empty, err := models.Open(modelstest.Postgres(t) + "&options=-c%20default_transaction_read_only%3Don")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = empty.Close() })
	if _, err := empty.Migrate(t.Context()); !models.IsTransient(err) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a schema that is still to be written: %v", err)
	}
}
